import CLibPQ
import Glibc
import Pacing

/// One connection of a `Client`: its state, what is in flight, who has it exclusively. Belongs to the poll thread.
final class ClientConnection {
    enum Phase {
        case waiting(until: UInt64)
        case connecting(deadline: UInt64, events: Int16)
        case ready
    }

    struct InFlight {
        /// nil for the connection's own statements (DEALLOCATE, ROLLBACK).
        var request: ClientRequest?
        var exchange: Exchange
        var sentAt: UInt64
        /// How often it may be sent again for a stale statement: 0 inside a transaction, else once for each statement.
        var retries: Int
    }

    let options: ClientOptions
    let configuration: ConnectionConfiguration
    private(set) var phase = Phase.waiting(until: 0)
    private var wire: Wire?
    private(set) var fifo = Fifo<InFlight>()
    private var backoff: Backoff
    /// Nothing may be sent until everything is answered and a left-over transaction is gone.
    private var mustDrain = false
    /// Waits for the exclusive use of this connection, as soon as it is drained.
    private var acquiring: ClientRequest?
    private(set) var session: UInt64?
    /// Written, but the socket's buffer was full.
    private(set) var hasUnsentBytes = false
    private var isCorked = false

    /// Told about failures: the error, and whether the connection had been ready.
    var onFailure: ((DatabaseError, Bool) -> Void)?
    /// Told which of the server's processes owed an answer for too long, before its connection is given up.
    var onTimeOut: ((Int32) -> Void)?
    /// Makes session identifiers.
    var makeSession: () -> UInt64 = { 0 }

    init(_ configuration: ConnectionConfiguration, _ options: ClientOptions) {
        self.configuration = configuration
        self.options = options
        backoff = options.backoff
    }

    var isReady: Bool {
        if case .ready = phase { true } else { false }
    }

    /// Takes requests of anybody.
    var isShareable: Bool {
        isReady && !mustDrain && acquiring == nil && session == nil
    }

    var load: Int { fifo.count }

    /// What to poll for; nil while there is no socket.
    var interest: pollfd? {
        guard let wire, wire.socket >= 0 else { return nil }
        switch phase {
        case .waiting: return nil
        case .connecting(_, let events): return pollfd(fd: wire.socket, events: events, revents: 0)
        case .ready:
            return pollfd(fd: wire.socket, events: Int16(POLLIN | (hasUnsentBytes ? POLLOUT : 0)), revents: 0)
        }
    }

    /// When something is to be done even if nothing arrives.
    var nextDeadline: UInt64? {
        switch phase {
        case .waiting(let until): until
        case .connecting(let deadline, _): deadline
        case .ready: fifo.first.map { $0.sentAt + options.responseTimeout.nanoseconds }
        }
    }

    // MARK: Sending

    func send(_ request: ClientRequest, _ statements: [Statement], now: UInt64) {
        guard let wire else { return }
        do throws(DatabaseError) {
            // Between two exchanges of anybody there is no transaction; in a session only the server knows.
            let isOutside = session == nil || (fifo.isEmpty && !wire.isInTransaction)
            if isOutside, let deallocations = wire.deallocations() { try enqueue(deallocations, nil, now, retries: 0) }
            if session == nil, Exchange.mayLeaveTransaction(statements) { mustDrain = true }
            try enqueue(Exchange(statements), request, now, retries: isOutside ? statements.count : 0)
        } catch {
            if case .some(let last) = fifo.last, last.request === request {} else { request.complete(.failure(error)) }
            fail(error)
        }
    }

    private func enqueue(
        _ exchange: Exchange, _ request: ClientRequest?, _ now: UInt64, retries: Int
    ) throws(DatabaseError) {
        guard let wire else { throw .local("08003", "the connection is closed") }
        var exchange = exchange
        try wire.send(&exchange)
        fifo.append(InFlight(request: request, exchange: exchange, sentAt: now, retries: retries))
        hasUnsentBytes = try !wire.flush()
    }

    /// More requests than one will be sent now: they leave together, at `uncork()`.
    func cork() {
        guard !isCorked, let wire else { return }
        isCorked = true
        wire.setCorked(true)
    }

    func uncork() {
        guard isCorked else { return }
        isCorked = false
        wire?.setCorked(false)
    }

    // MARK: Exclusive use

    func acquire(_ request: ClientRequest) {
        acquiring = request
        if fifo.isEmpty { drained() }
    }

    /// Takes the connection back; it serves everybody again when it is clean.
    func release() {
        session = nil
        mustDrain = true
        if fifo.isEmpty { drained() }
    }

    /// Everything is answered: clean up, then let the next one in.
    private func drained() {
        guard let wire else { return }
        if session != nil { return }
        if wire.isInTransaction {
            do throws(DatabaseError) {
                try enqueue(Exchange([Statement("ROLLBACK", prepared: false)]), nil, monotonicNow(), retries: 0)
            } catch {
                fail(error)
            }
            return
        }
        mustDrain = false
        if let request = acquiring {
            acquiring = nil
            let identifier = makeSession()
            session = identifier
            if !request.complete(.success(.session(identifier))) { session = nil }
        }
    }

    // MARK: Events

    /// The socket is ready, or a deadline may have passed.
    func proceed(isSocketReady: Bool, now: UInt64) {
        do throws(DatabaseError) {
            switch phase {
            case .waiting(let until):
                if now >= until { try connect(now) }
            case .connecting(let deadline, _):
                if isSocketReady { try advance(deadline) }
                if case .connecting = phase, now >= deadline {
                    throw DatabaseError.local("08001", "no connection within \(configuration.connectTimeout)")
                }
            case .ready:
                if isSocketReady { try receive(now) }
                if isOverdue(now) {
                    // A process that was stopped, or had no processor, for that long finds the answer waiting.
                    if !isSocketReady, hasInput { try receive(now) }
                    if isOverdue(now) { throw DatabaseError.timedOut }
                }
            }
        } catch {
            fail(error)
        }
    }

    private func connect(_ now: UInt64) throws(DatabaseError) {
        phase = .connecting(deadline: now + configuration.connectTimeout.nanoseconds, events: Int16(POLLOUT))
        wire = try Wire(configuration, cacheCapacity: options.statementCacheCapacity)
        if PQstatus(wire!.connection) == CONNECTION_BAD { throw .connecting(wire!.connection) }
    }

    private func advance(_ deadline: UInt64) throws(DatabaseError) {
        guard let wire else { return }
        switch try wire.advance() {
        case .waitForReading: phase = .connecting(deadline: deadline, events: Int16(POLLIN))
        case .waitForWriting: phase = .connecting(deadline: deadline, events: Int16(POLLOUT))
        case .connected:
            try wire.enterPipeline()
            phase = .ready
            backoff.reset()
        }
    }

    private func receive(_ now: UInt64) throws(DatabaseError) {
        guard let wire else { return }
        try wire.consume()
        if hasUnsentBytes { hasUnsentBytes = try !wire.flush() }
        var isDrained = false
        while !fifo.isEmpty, !wire.isBusy {
            let result = PQgetResult(wire.connection)
            fifo.withFirst { $0.exchange.accept(result, wire.connection, &wire.cache) }
            guard wire.isAlive else { break }
            if fifo.first?.exchange.isFinished == true {
                try finish(fifo.removeFirst(), now)
                isDrained = fifo.isEmpty
            }
        }
        guard wire.isAlive else { throw fifo.first?.exchange.failure ?? .lost(wire.connection) }
        if isDrained, fifo.isEmpty { drained() }
    }

    private func finish(_ done: InFlight, _ now: UInt64) throws(DatabaseError) {
        guard let request = done.request else { return }
        if done.exchange.isStale, done.retries > 0, done.exchange.isAtomic, !request.isDone {
            do throws(DatabaseError) {
                try enqueue(Exchange(done.exchange.statements), request, now, retries: done.retries - 1)
            } catch {
                request.complete(.failure(error))
                throw error
            }
            return
        }
        if let failure = done.exchange.failure {
            request.complete(.failure(failure))
        } else {
            request.complete(.success(.results(done.exchange.results)))
        }
    }

    private func isOverdue(_ now: UInt64) -> Bool {
        fifo.first.map { now >= $0.sentAt + options.responseTimeout.nanoseconds } ?? false
    }

    /// Whether something can be read at this moment.
    private var hasInput: Bool {
        guard let wire, wire.socket >= 0 else { return true }
        var entry = pollfd(fd: wire.socket, events: Int16(POLLIN), revents: 0)
        return poll(&entry, 1, 0) > 0
    }

    /// The server's process behind this connection; 0: none.
    var serverProcess: Int32 { wire.map { PQbackendPID($0.connection) } ?? 0 }

    // MARK: The end

    /// Gives the connection up: the head of the line gets the error itself, the others learn that the connection is lost.
    func fail(_ error: DatabaseError) {
        let wasReady = isReady
        if error == .timedOut { onTimeOut?(serverProcess) }
        wire = nil
        hasUnsentBytes = false
        isCorked = false
        phase = .waiting(until: monotonicNow() + backoff.next().nanoseconds)
        let lost = DatabaseError.local("08006", "the connection was lost before the answer came")
        var isHead = true
        while !fifo.isEmpty {
            let entry = fifo.removeFirst()
            entry.request?.complete(.failure(isHead ? entry.exchange.failure ?? error : lost))
            isHead = false
        }
        acquiring?.complete(.failure(lost))
        acquiring = nil
        session = nil
        mustDrain = false
        onFailure?(error, wasReady)
    }
}

/// A queue whose removal from the front costs no copy.
struct Fifo<Element> {
    private var elements: [Element?] = []
    private var head = 0

    var count: Int { elements.count - head }
    var isEmpty: Bool { head == elements.count }
    var first: Element? { isEmpty ? nil : elements[head] }
    var last: Element? { isEmpty ? nil : elements[elements.count - 1] }

    mutating func append(_ element: Element) {
        elements.append(element)
    }

    mutating func removeFirst() -> Element {
        let element = elements[head]!
        elements[head] = nil
        head += 1
        if head == elements.count {
            elements.removeAll(keepingCapacity: true)
            head = 0
        } else if head >= 256, head * 2 >= elements.count {
            elements.removeFirst(head)
            head = 0
        }
        return element
    }

    mutating func withFirst(_ body: (inout Element) -> Void) {
        body(&elements[head]!)
    }
}

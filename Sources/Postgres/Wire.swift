import CLibPQ
import Glibc

/// One libpq connection in non-blocking mode with its prepared statements. Whoever owns it uses it from one thread only;
/// it never waits by itself.
final class Wire {
    enum Progress { case waitForReading, waitForWriting, connected }

    let connection: OpaquePointer
    var cache: StatementCache
    var onNotice: ((_ severity: String, _ message: String) -> Void)?
    private var encoder = ParameterEncoder()

    /// Starts to connect; `advance()` continues when the socket is ready.
    init(_ configuration: ConnectionConfiguration, cacheCapacity: Int) throws(DatabaseError) {
        let started = try configuration.withKeywords { PQconnectStartParams($0, $1, 0) }
        guard let started else { throw .local("53200", "out of memory for a connection") }
        connection = started
        cache = StatementCache(capacity: cacheCapacity)
        // Verbose until connected: the only way to learn the SQLSTATE of a refused connection.
        PQsetErrorVerbosity(started, PQERRORS_VERBOSE)
        // libpq would print to stderr. Unretained: the connection ends with this object.
        PQsetNoticeReceiver(
            started, { Wire.receiveNotice($0, $1) }, Unmanaged.passUnretained(self).toOpaque())
    }

    deinit {
        PQfinish(connection)
    }

    var socket: Int32 { PQsocket(connection) }
    var isAlive: Bool { PQstatus(connection) == CONNECTION_OK }
    /// Valid only when no answer is outstanding.
    var isInTransaction: Bool { PQtransactionStatus(connection) != PQTRANS_IDLE }
    var isInPipeline: Bool { PQpipelineStatus(connection) != PQ_PIPELINE_OFF }

    func advance() throws(DatabaseError) -> Progress {
        switch PQconnectPoll(connection) {
        case PGRES_POLLING_READING: return .waitForReading
        case PGRES_POLLING_WRITING: return .waitForWriting
        case PGRES_POLLING_OK:
            PQsetErrorVerbosity(connection, PQERRORS_DEFAULT)
            guard PQsetnonblocking(connection, 1) == 0 else { throw .lost(connection) }
            return .connected
        default: throw .connecting(connection)
        }
    }

    func enterPipeline() throws(DatabaseError) {
        guard PQenterPipelineMode(connection) == 1 else { throw .lost(connection) }
    }

    func exitPipeline() throws(DatabaseError) {
        if !isInPipeline { return }
        guard PQexitPipelineMode(connection) == 1 else { throw .lost(connection) }
    }

    /// Queues all statements and their sync points. On failure the connection is unusable.
    func send(_ exchange: inout Exchange) throws(DatabaseError) {
        exchange.steps.removeAll(keepingCapacity: true)
        let isBalanced = Exchange.isBalanced(exchange.statements)
        for index in exchange.statements.indices {
            if isBalanced, index == exchange.statements.count - 1 { try sync(&exchange) }
            try send(exchange.statements[index], index, &exchange)
        }
        try sync(&exchange)
    }

    private func sync(_ exchange: inout Exchange) throws(DatabaseError) {
        guard PQpipelineSync(connection) == 1 else { throw .lost(connection) }
        exchange.steps.append(.sync)
    }

    private func send(_ statement: Statement, _ index: Int, _ exchange: inout Exchange) throws(DatabaseError) {
        let parameters = statement.parameters
        var accepted: Int32
        if statement.isPrepared {
            let name: String
            if let known = cache.find(statement.sql, parameters) {
                name = known
            } else {
                let types = parameters.map(\.typeOID)
                name = cache.insert(statement.sql, types: types)
                accepted = PQsendPrepare(connection, name, statement.sql, Int32(types.count), types)
                guard accepted == 1 else { throw .lost(connection) }
                exchange.steps.append(.prepare(statement: index, name: name))
            }
            accepted = encoder.withEncoded(parameters) { count, values, lengths, formats in
                PQsendQueryPrepared(connection, name, count, values, lengths, formats, 0)
            }
            exchange.steps.append(.execute(statement: index, name: name))
        } else {
            let types = parameters.map(\.typeOID)
            accepted = encoder.withEncoded(parameters) { count, values, lengths, formats in
                PQsendQueryParams(connection, statement.sql, count, types, values, lengths, formats, 0)
            }
            exchange.steps.append(.execute(statement: index, name: nil))
        }
        guard accepted == 1 else { throw .lost(connection) }
    }

    /// The statements that drop evicted ones on the server, nil if there are none.
    func deallocations() -> Exchange? {
        if cache.evicted.isEmpty { return nil }
        return Exchange(cache.takeEvicted().map { Statement("DEALLOCATE \($0)", prepared: false) })
    }

    /// Writes what is queued; true if all of it is out.
    func flush() throws(DatabaseError) -> Bool {
        switch PQflush(connection) {
        case 0: return true
        case 1: return false
        default: throw .lost(connection)
        }
    }

    /// Holds small packets back until `isCorked` is false again. libpq writes at every sync point; with many requests at once
    /// each write would otherwise be a packet that wakes the server. Has no effect on Unix sockets, where a write is cheap.
    func setCorked(_ isCorked: Bool) {
        var value: Int32 = isCorked ? 1 : 0
        setsockopt(socket, Int32(IPPROTO_TCP), TCP_CORK, &value, socklen_t(MemoryLayout<Int32>.size))
    }

    /// Reads what has arrived.
    func consume() throws(DatabaseError) {
        guard PQconsumeInput(connection) == 1 else { throw .lost(connection) }
    }

    /// Whether the next result is not complete yet.
    var isBusy: Bool { PQisBusy(connection) == 1 }

    private static func receiveNotice(_ argument: UnsafeMutableRawPointer?, _ result: OpaquePointer?) {
        guard let argument, let result else { return }
        let wire = Unmanaged<Wire>.fromOpaque(argument).takeUnretainedValue()
        guard let onNotice = wire.onNotice else { return }
        func field<Code: BinaryInteger>(_ code: Code) -> String? {
            PQresultErrorField(result, Int32(code)).map { String(cString: $0) }
        }
        onNotice(
            field(MW_DIAG_SEVERITY) ?? "NOTICE",
            field(MW_DIAG_MESSAGE) ?? String(cString: PQresultErrorMessage(result)))
    }
}

/// Blocking waits, for owners with a thread of their own.
extension Wire {
    static func connect(_ configuration: ConnectionConfiguration, cacheCapacity: Int) throws(DatabaseError) -> Wire {
        let deadline = monotonicNow() + configuration.connectTimeout.nanoseconds
        let wire = try Wire(configuration, cacheCapacity: cacheCapacity)
        var events = Int16(POLLOUT)
        while true {
            guard try wire.wait(for: events, until: deadline) else {
                throw .local("08001", "no connection within \(configuration.connectTimeout)")
            }
            switch try wire.advance() {
            case .connected: return wire
            case .waitForReading: events = Int16(POLLIN)
            case .waitForWriting: events = Int16(POLLOUT)
            }
        }
    }

    /// Waits until the socket is ready for one of the events; false when the time is over.
    func wait(for events: Int16, until deadline: UInt64?) throws(DatabaseError) -> Bool {
        // Between two hosts there may be no socket for a moment; PQconnectPoll tells what is next.
        guard socket >= 0 else { return true }
        var entry = pollfd(fd: socket, events: events, revents: 0)
        while true {
            let count = poll(&entry, 1, deadline.map { pollTimeout(until: $0) } ?? -1)
            if count > 0 { return true }
            if count == 0 {
                if let deadline, monotonicNow() >= deadline { return false }
            } else if errno != EINTR {
                throw .local("58030", "poll failed with error \(errno)")
            }
        }
    }

    /// Writes everything, reading meanwhile, so that two full buffers cannot block each other.
    func flushAll(until deadline: UInt64? = nil) throws(DatabaseError) {
        while try !flush() {
            guard try wait(for: Int16(POLLIN | POLLOUT), until: deadline) else { throw .timedOut }
            try consume()
        }
    }

    /// The next result; nil separates statements.
    func nextResult(until deadline: UInt64? = nil) throws(DatabaseError) -> OpaquePointer? {
        try flushAll(until: deadline)
        while isBusy {
            guard try wait(for: Int16(POLLIN), until: deadline) else { throw .timedOut }
            try consume()
        }
        return PQgetResult(connection)
    }
}

extension DatabaseError {
    static let timedOut = DatabaseError.local("57014", "no answer within the time allowed; the connection was given up")
}

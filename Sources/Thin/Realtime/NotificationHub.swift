import Logging
import NIOCore
import Pacing
import Postgres
import ServiceLifecycle
import Synchronization

/// One row of the outbox, ready to be sent.
struct OutboxMessage: Sendable {
    let seq: Int64
    let kind: String
    let equipmentID: String?
    /// Complete JSON of the WebSocket message; shared by all clients, never copied.
    let json: ByteBuffer
}

/// Where the hub gets the outbox from.
struct OutboxSource: Sendable {
    /// Rows after a sequence number, in order, at most so many.
    let fetch: @Sendable (_ after: Int64, _ limit: Int) async throws -> [OutboxMessage]
    /// The oldest row that can still be fetched and the newest sequence number given out.
    let bounds: @Sendable () async throws -> (oldest: Int64, newest: Int64)

    static func database(_ client: Client) -> OutboxSource {
        OutboxSource(
            fetch: { after, limit in
                let rows = try await client.query(
                    "SELECT seq, kind, equipment_id, message FROM relay.fetch($1, $2)",
                    [.int8(after), .int4(Int32(limit))])
                return rows.compactMap { row in
                    guard let seq = row.int64(0), let json = row.string(3) else { return nil }
                    return OutboxMessage(
                        seq: seq, kind: row.string(1) ?? "", equipmentID: row.string(2), json: ByteBuffer(string: json))
                }
            },
            bounds: {
                let rows = try await client.query("SELECT oldest, newest FROM relay.bounds()")
                guard rows.count == 1, let oldest = rows[0].int64(0), let newest = rows[0].int64(1) else {
                    return (1, 0)
                }
                return (oldest, newest)
            })
    }
}

/// Follows the outbox and serves every client the same gap-free, ordered stream from wherever the client is.
///
/// Clients pull: each has a position and asks for what comes after it, so a slow client costs no memory here. The
/// newest rows are kept in a ring; older ones are fetched from the database for whoever still needs them.
final class NotificationHub: Service {
    /// Rows in the ring.
    static let retained = 4096
    private static let page = 1000
    /// A NOTIFY may be lost with its connection; a look costs one query.
    private static let pollInterval: Duration = .seconds(2)

    enum Step: Sendable {
        /// Never empty, in order, directly after the position that was asked for.
        case messages([OutboxMessage])
        /// What comes after the position is gone (or the database was set back): the stream goes on after `resume`.
        case gap(oldest: Int64, newest: Int64, resume: Int64)
    }

    private struct State {
        var isPrimed = false
        /// Consecutive rows up to `newest`.
        var ring: [OutboxMessage] = []
        var newest: Int64 = 0
        var waiters: [UInt64: CheckedContinuation<Void, Never>] = [:]
        var nextWaiter: UInt64 = 0
        var clients = 0
        var isFollowing = false
    }

    private enum Decision {
        case messages([OutboxMessage])
        case history
        case ahead
        case wait
    }

    private let source: OutboxSource
    /// Clients that read old rows take turns: however many resume from the beginning, requests find the database free.
    private let historyTurns = Turns(2)
    private let logger: Logger
    private let state = Mutex(State())
    private let wakeUps: AsyncStream<Void>
    private let waker: AsyncStream<Void>.Continuation

    init(source: OutboxSource, logger: Logger) {
        self.source = source
        self.logger = logger
        (wakeUps, waker) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Something may have been committed to the outbox: look now. Cheap, never blocks, may be called from any thread.
    func wake() {
        waker.yield()
    }

    /// The newest sequence number known here.
    var newest: Int64 { state.withLock { $0.newest } }
    var isFollowing: Bool { state.withLock { $0.isFollowing } }
    var clientCount: Int { state.withLock { $0.clients } }

    func clientConnected() { state.withLock { $0.clients += 1 } }
    func clientDisconnected() { state.withLock { $0.clients -= 1 } }

    // MARK: Following

    func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            await withDiscardingTaskGroup { group in
                group.addTask { await self.tick() }
                await follow()
                group.cancelAll()
            }
        }
        wakeWaiters()
    }

    private func tick() async {
        while (try? await Task.sleep(for: Self.pollInterval)) != nil { waker.yield() }
    }

    private func follow() async {
        var backoff = Backoff()
        waker.yield()
        for await _ in wakeUps {
            while !Task.isCancelled {
                do {
                    try await catchUp()
                    backoff.reset()
                    break
                } catch is CancellationError {
                    break
                } catch {
                    if state.withLock({ wasFollowing(&$0) }) {
                        logger.warning("the outbox cannot be read", metadata: ["error": "\(error)"])
                    }
                    try? await Task.sleep(for: backoff.next())
                }
            }
            if Task.isCancelled { break }
        }
    }

    private func wasFollowing(_ state: inout State) -> Bool {
        defer { state.isFollowing = false }
        return state.isFollowing
    }

    private func catchUp() async throws {
        if !state.withLock({ $0.isPrimed }) { try await prime() }
        while true {
            let after = state.withLock { $0.newest }
            let rows = try await source.fetch(after, Self.page)
            append(rows)
            if rows.count < Self.page { break }
        }
        state.withLock { $0.isFollowing = true }
    }

    private func prime() async throws {
        let (_, newest) = try await source.bounds()
        let rows = try await source.fetch(max(0, newest - Int64(Self.retained)), Self.retained)
        state.withLock { state in
            // rows that wait for their delivery outlive their neighbours: what is before the last hole is history
            let hole = rows.indices.dropFirst().last { rows[$0].seq != rows[$0 - 1].seq + 1 }
            state.ring = Array(rows[(hole ?? 0)...])
            state.newest = max(newest, rows.last?.seq ?? 0)
            state.isPrimed = true
        }
        wakeWaiters()
    }

    private func append(_ rows: [OutboxMessage]) {
        guard let last = rows.last else { return }
        state.withLock { state in
            // the ring must stay consecutive, or a reader would skip what is missing
            if let first = rows.first, first.seq != state.newest + 1 { state.ring.removeAll(keepingCapacity: true) }
            let hole = rows.indices.dropFirst().last { rows[$0].seq != rows[$0 - 1].seq + 1 }
            if hole != nil { state.ring.removeAll(keepingCapacity: true) }
            state.ring.append(contentsOf: rows[(hole ?? 0)...])
            state.newest = last.seq
            // trimmed in quarters, so that the copying is amortised
            if state.ring.count > Self.retained + Self.retained / 4 {
                state.ring.removeFirst(state.ring.count - Self.retained)
            }
        }
        wakeWaiters()
    }

    private func wakeWaiters() {
        let waiters = state.withLock { state in
            defer { state.waiters.removeAll(keepingCapacity: true) }
            return Array(state.waiters.values)
        }
        for waiter in waiters { waiter.resume() }
    }

    // MARK: Serving

    /// What comes after `position`; suspends until there is something.
    /// - Throws: `DatabaseError` when older rows cannot be fetched, `CancellationError`.
    func next(after position: Int64, limit: Int) async throws -> Step {
        while true {
            try Task.checkCancellation()
            switch state.withLock({ Self.decide($0, position, limit) }) {
            case .messages(let messages): return .messages(messages)
            case .history:
                if let step = try await history(after: position, limit: limit) { return step }
                await wait(after: position)
            case .ahead:
                // another process may be ahead of this one; only the database knows whether the position exists
                let (oldest, newest) = try await source.bounds()
                if position > newest {
                    rewind(to: newest)
                    return .gap(oldest: oldest, newest: newest, resume: newest)
                }
                wake()
                await wait(after: position)
            case .wait: await wait(after: position)
            }
        }
    }

    private static func decide(_ state: State, _ position: Int64, _ limit: Int) -> Decision {
        guard state.isPrimed else { return .wait }
        if position == state.newest { return .wait }
        if position > state.newest { return .ahead }
        guard let first = state.ring.first, position >= first.seq - 1 else { return .history }
        let start = Int(position - first.seq + 1)
        return .messages(Array(state.ring[start..<min(start + limit, state.ring.count)]))
    }

    private func history(after position: Int64, limit: Int) async throws -> Step? {
        let rows = try await historyTurns.run { try await source.fetch(position, limit) }
        if let first = rows.first {
            guard first.seq == position + 1 else {
                return .gap(oldest: first.seq, newest: newest, resume: first.seq - 1)
            }
            // up to the next hole, which is a gap of its own
            let hole = rows.indices.dropFirst().first { rows[$0].seq != rows[$0 - 1].seq + 1 }
            return .messages(Array(rows[..<(hole ?? rows.count)]))
        }
        // nothing is left of what the ring once announced
        let (oldest, newest) = try await source.bounds()
        return newest > position ? .gap(oldest: oldest, newest: newest, resume: newest) : nil
    }

    /// The database was set back (restored): follow it there.
    private func rewind(to newest: Int64) {
        let isBehind = state.withLock { state in
            guard state.newest > newest else { return false }
            state.ring.removeAll(keepingCapacity: true)
            state.newest = newest
            return true
        }
        if isBehind { logger.warning("the outbox was set back", metadata: ["newest": .stringConvertible(newest)]) }
    }

    private func wait(after position: Int64) async {
        let identifier = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isReady = state.withLock { state in
                    // it may have come between the look and the wait, or the task may be cancelled already
                    if Task.isCancelled || (state.isPrimed && state.newest > position) { return true }
                    state.waiters[identifier] = continuation
                    return false
                }
                if isReady { continuation.resume() }
            }
        } onCancel: {
            let waiter = state.withLock { $0.waiters.removeValue(forKey: identifier) }
            waiter?.resume()
        }
    }
}

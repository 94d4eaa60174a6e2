public import Logging
public import Pacing
import Synchronization

/// Many callers on few pipelined connections, all served by one thread that sleeps in `poll`. Calls suspend; they never block
/// a thread of Swift's pool.
///
/// Requests of different callers are independent: each has its own sync point. A caller that is cancelled gets
/// `CancellationError` at once; if its statements were sent already they are still executed and their answer is dropped.
/// `statement_timeout` (server side) is what bounds a statement; the client's own limit replaces the connection.
public final class Client: Sendable {
    private let core: ClientCore

    /// - Parameters:
    ///   - connections: at least 1.
    ///   - queueCapacity: requests that may wait for a connection; one more fails with 53300 (retriable).
    ///   - queueDeadline: a request that could not be sent within this time fails with 08001 (no connection) or 53300 (all busy).
    ///   - responseTimeout: a request without an answer after this time fails with 57014, and its connection is replaced.
    ///   - statementCacheCapacity: prepared statements kept per connection.
    public init(
        _ configuration: ConnectionConfiguration, connections: Int = 4, logger: Logger, queueCapacity: Int = 10_000,
        queueDeadline: Duration = .seconds(5), responseTimeout: Duration = .seconds(60),
        statementCacheCapacity: Int = 256, backoff: Backoff = Backoff()
    ) {
        var options = ClientOptions()
        options.connections = max(1, connections)
        options.queueCapacity = max(1, queueCapacity)
        options.queueDeadline = queueDeadline
        options.responseTimeout = responseTimeout
        options.statementCacheCapacity = statementCacheCapacity
        options.backoff = backoff
        core = ClientCore(configuration, options, logger)
    }

    deinit {
        core.stop()
    }

    /// Starts the thread, which connects. Calling it again does nothing; the first request does it, too.
    public func start() {
        core.start()
    }

    /// Starts, waits until the task is cancelled, then stops: nothing new is taken, what was sent may end for 2 s, and
    /// every connection is closed when it returns.
    public func run() async throws {
        start()
        let (stream, _) = AsyncStream.makeStream(of: Never.self)
        for await _ in stream {}  // ends with the task's cancellation
        await stop()
    }

    /// As the end of `run()`, for owners without a task.
    public func stop() async {
        core.stop()
        await core.ended()
    }

    /// At least one connection is ready.
    public var isConnected: Bool { status.connected > 0 }

    public var status: ClientStatus {
        core.shared.withLock { shared in
            var status = shared.status
            status.waiting = shared.waiting
            return status
        }
    }

    /// Calls `observe` with how long each request waited for a connection, those that gave up waiting included. It must
    /// return at once. One observer; a later one takes the place of the earlier.
    public func observeWaits(_ observe: @escaping @Sendable (Duration) -> Void) {
        core.waitObserver.withLock { $0 = observe }
    }

    public func query(_ sql: String, _ parameters: [Parameter] = []) async throws -> QueryResult {
        try await pipeline([Statement(sql, parameters)])[0]
    }

    /// One round trip with one sync point: without BEGIN it is one implicit transaction; the first failure skips the rest and
    /// is thrown. A list from BEGIN to COMMIT never leaves a transaction behind; other lists with transaction statements work,
    /// but hold up the requests behind them.
    public func pipeline(_ statements: [Statement]) async throws -> [QueryResult] {
        try await core.perform(statements, session: nil)
    }

    /// Lends a connection exclusively, for transactions of several steps. When the body ends, an open transaction is rolled back;
    /// settings made without LOCAL, temporary tables and session locks stay: undo them.
    /// After a lost connection every call of that session fails; it never moves to another connection.
    public func withSession<Value: Sendable>(_ body: (ClientSession) async throws -> Value) async throws -> Value {
        let request = ClientRequest(.acquire, sendDeadline: core.sendDeadline())
        guard case .session(let identifier) = try await request.wait(submit: { core.submit(request) }) else {
            preconditionFailure("a connection was asked for")
        }
        defer { core.release(identifier) }
        return try await body(ClientSession(core: core, identifier: identifier))
    }
}

/// An exclusive connection inside `Client.withSession`. Afterwards its calls fail with 08003.
public struct ClientSession: Sendable {
    let core: ClientCore
    let identifier: UInt64

    public func query(_ sql: String, _ parameters: [Parameter] = []) async throws -> QueryResult {
        try await pipeline([Statement(sql, parameters)])[0]
    }

    /// As `Client.pipeline`, inside the session's transaction if there is one.
    public func pipeline(_ statements: [Statement]) async throws -> [QueryResult] {
        try await core.perform(statements, session: identifier)
    }
}

extension ClientCore {
    func sendDeadline() -> UInt64 { monotonicNow() + options.queueDeadline.nanoseconds }

    func perform(_ statements: [Statement], session: UInt64?) async throws -> [QueryResult] {
        if statements.isEmpty { return [] }
        for statement in statements { try statement.validate() }
        let request = ClientRequest(.statements(statements, session: session), sendDeadline: sendDeadline())
        guard case .results(let results) = try await request.wait(submit: { submit(request) }) else {
            preconditionFailure("statements were sent")
        }
        return results
    }
}

import CLibPQ
import Glibc

/// A blocking connection for one dedicated thread at a time (ingest, migration). Not Sendable on purpose.
///
/// It does not reconnect by itself: after a connection failure `isUsable` is false until `reset()` succeeds.
public final class Session {
    /// Called during other calls, for every NOTICE and WARNING.
    public var onNotice: ((_ severity: String, _ message: String) -> Void)? {
        didSet { wire?.onNotice = onNotice }
    }

    /// Each request's limit; when it passes, the connection is given up (57014). nil waits for ever.
    public var responseTimeout: Duration?

    private let configuration: ConnectionConfiguration
    private let cacheCapacity: Int
    private var wire: Wire?

    /// Connects.
    /// - Parameter statementCacheCapacity: prepared statements that are kept.
    public init(
        _ configuration: ConnectionConfiguration, responseTimeout: Duration? = nil, statementCacheCapacity: Int = 128
    ) throws(DatabaseError) {
        self.configuration = configuration
        self.responseTimeout = responseTimeout
        cacheCapacity = statementCacheCapacity
        try reset()
    }

    /// The connection is there and was not seen failing.
    public var isUsable: Bool { wire?.isAlive == true }

    /// Whether a transaction is open (or failed and waits for ROLLBACK).
    public var isInTransaction: Bool { wire?.isInTransaction == true }

    /// Closes the connection, if there is one, and opens a new one.
    public func reset() throws(DatabaseError) {
        wire = nil
        let new = try Wire.connect(configuration, cacheCapacity: cacheCapacity)
        new.onNotice = onNotice
        wire = new
    }

    /// Ends the connection; later calls throw 08003.
    public func close() {
        wire = nil
    }

    /// Can stop the running statement from another thread; belongs to the present connection only.
    public func cancelHandle() throws(DatabaseError) -> CancelHandle {
        try CancelHandle(usable().connection)
    }

    /// Runs one statement in one round trip, also when it must be prepared first.
    @discardableResult
    public func execute(_ statement: Statement) throws(DatabaseError) -> QueryResult {
        try pipeline([statement])[0]
    }

    @discardableResult
    public func execute(_ sql: String, _ parameters: [Parameter] = []) throws(DatabaseError) -> QueryResult {
        try execute(Statement(sql, parameters))
    }

    /// Runs statements in one round trip with one sync point: outside a transaction they are one. The first failure skips
    /// the rest and is thrown.
    public func pipeline(_ statements: [Statement]) throws(DatabaseError) -> [QueryResult] {
        if statements.isEmpty { return [] }
        for statement in statements { try statement.validate() }
        let wire = try usable()
        let startedIdle = !wire.isInTransaction
        if startedIdle, var deallocations = wire.deallocations() { try run(&deallocations, wire) }
        var exchange = Exchange(statements)
        try run(&exchange, wire)
        // Each of the statements may be stale, and a failure shows one.
        var attempts = statements.count
        while exchange.isStale, startedIdle, exchange.isAtomic, attempts > 0 {
            attempts -= 1
            exchange = Exchange(statements)
            try run(&exchange, wire)
        }
        if let failure = exchange.failure { throw failure }
        return exchange.results
    }

    /// Runs a text of many statements without parameters, as `psql -c` would: outside a transaction block all of them are one
    /// transaction, unless the text itself has BEGIN and COMMIT.
    public func script(_ sql: String) throws(DatabaseError) {
        try Statement(sql, prepared: false).validateText()
        let wire = try usable()
        let deadline = deadline()
        try guarding {
            () throws(DatabaseError) in
            try wire.exitPipeline()
            guard PQsendQuery(wire.connection, sql) == 1 else { throw .lost(wire.connection) }
        }
        var failure: DatabaseError?
        while let result = try guarding({ () throws(DatabaseError) in try wire.nextResult(until: deadline) }) {
            defer { PQclear(result) }
            switch PQresultStatus(result) {
            case PGRES_COPY_IN:
                PQputCopyEnd(wire.connection, "a script cannot carry COPY data")
            case PGRES_COPY_OUT, PGRES_COPY_BOTH:
                self.wire = nil
                throw .local("0A000", "a script cannot take COPY data")
            case PGRES_FATAL_ERROR, PGRES_BAD_RESPONSE:
                failure = failure ?? DatabaseError(result: result, connection: wire.connection)
            default: break
            }
        }
        if let failure { throw failure }
    }

    /// BEGIN, the body, COMMIT; ROLLBACK when the body throws. Not to be nested.
    public func transaction<Value>(_ body: () throws -> Value) throws -> Value {
        try execute("BEGIN")
        let value: Value
        do {
            value = try body()
        } catch {
            if isUsable { _ = try? execute("ROLLBACK") }
            throw error
        }
        let end = try execute("COMMIT")
        // A failed transaction answers COMMIT with ROLLBACK and no error: the body swallowed one.
        if end.commandTag == "ROLLBACK" {
            throw DatabaseError.local("25P02", "the transaction had failed and was rolled back")
        }
        return value
    }

    /// COPY … FROM STDIN; what `write` appends is sent as it comes, in pieces of 64 KiB.
    /// - Returns: rows copied. When `write` throws, nothing is copied and its error is thrown.
    public func copyIn(_ sql: String, _ write: (inout CopyWriter) throws -> Void) throws -> Int {
        try Statement(sql, prepared: false).validateText()
        let wire = try usable()
        try guarding {
            () throws(DatabaseError) in
            try wire.exitPipeline()
            guard PQsendQuery(wire.connection, sql) == 1 else { throw .lost(wire.connection) }
        }
        let deadline = deadline()
        try guarding { () throws(DatabaseError) in try Self.expectCopyIn(wire, deadline) }
        var writer = CopyWriter(wire)
        do {
            try write(&writer)
            try writer.finish()
        } catch {
            if wire.isAlive {
                PQputCopyEnd(wire.connection, "the client gave up")
                _ = try? Self.copyOutcome(wire, self.deadline())
            }
            if !wire.isAlive { self.wire = nil }
            throw error
        }
        return try guarding { () throws(DatabaseError) in
            guard PQputCopyEnd(wire.connection, nil) >= 0 else { throw .lost(wire.connection) }
            return try Self.copyOutcome(wire, self.deadline())
        }
    }

    private static func expectCopyIn(_ wire: Wire, _ deadline: UInt64?) throws(DatabaseError) {
        let first = try wire.nextResult(until: deadline)
        if let first, PQresultStatus(first) == PGRES_COPY_IN {
            PQclear(first)
            return
        }
        var failure: DatabaseError?
        if let first, PQresultStatus(first) == PGRES_FATAL_ERROR {
            failure = DatabaseError(result: first, connection: wire.connection)
        }
        let leavesConnectionUnusable = first.map { PQresultStatus($0) == PGRES_COPY_OUT } == true
        PQclear(first)
        if leavesConnectionUnusable {
            throw .local("08003", "COPY TO STDOUT is not supported; the connection was closed")
        }
        while let rest = try wire.nextResult(until: deadline) { PQclear(rest) }
        throw failure ?? .local("42601", "the statement is not COPY … FROM STDIN")
    }

    private static func copyOutcome(_ wire: Wire, _ deadline: UInt64?) throws(DatabaseError) -> Int {
        var rows = 0
        var failure: DatabaseError?
        while let result = try wire.nextResult(until: deadline) {
            if PQresultStatus(result) == PGRES_COMMAND_OK {
                rows = Int(String(cString: PQcmdTuples(result))) ?? 0
            } else {
                failure = failure ?? DatabaseError(result: result, connection: wire.connection)
            }
            PQclear(result)
        }
        if let failure { throw failure }
        return rows
    }

    private func run(_ exchange: inout Exchange, _ wire: Wire) throws(DatabaseError) {
        let deadline = deadline()
        do throws(DatabaseError) {
            if !wire.isInPipeline { try wire.enterPipeline() }
            try wire.send(&exchange)
            while !exchange.isFinished {
                let result = try wire.nextResult(until: deadline)
                exchange.accept(result, wire.connection, &wire.cache)
                if !wire.isAlive { throw exchange.failure ?? .lost(wire.connection) }
            }
        } catch {
            // What the server still owes cannot be told apart from later answers.
            self.wire = nil
            throw exchange.failure ?? error
        }
    }

    /// After a lost connection or a passed deadline the connection must not be used again.
    private func guarding<Value>(_ body: () throws(DatabaseError) -> Value) throws(DatabaseError) -> Value {
        do throws(DatabaseError) {
            return try body()
        } catch {
            if error.isConnectionFailure || error == .timedOut { wire = nil }
            throw error
        }
    }

    private func usable() throws(DatabaseError) -> Wire {
        guard let wire else { throw .local("08003", "the connection is closed") }
        guard wire.isAlive else { throw .local("08006", "the connection is lost") }
        return wire
    }

    private func deadline() -> UInt64? {
        responseTimeout.map { monotonicNow() + $0.nanoseconds }
    }
}

/// Stops what a `Session` is running. Unchecked: libpq documents `PQcancel` as safe from any thread; the handle is immutable.
public final class CancelHandle: @unchecked Sendable {
    private let handle: OpaquePointer

    init(_ connection: OpaquePointer) throws(DatabaseError) {
        guard let handle = PQgetCancel(connection) else { throw .lost(connection) }
        self.handle = handle
    }

    deinit {
        PQfreeCancel(handle)
    }

    /// Asks the server to stop; the statement then fails with 57014, unless it had just ended. Blocks for a short connection.
    /// - Returns: whether the request could be delivered.
    @discardableResult
    public func cancel() -> Bool {
        var message = [CChar](repeating: 0, count: 256)
        return PQcancel(handle, &message, 256) == 1
    }
}

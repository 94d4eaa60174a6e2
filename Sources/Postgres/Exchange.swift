import CLibPQ

/// One request's statements on their way: which answers the server still owes, what came so far. Pure but for reading results.
///
/// A list that begins with BEGIN and ends with COMMIT or ROLLBACK gets a sync point before that last statement: when one in
/// the middle fails, the server skips the rest only up to there, so that the end is always executed and no failed
/// transaction is left to whoever uses the connection next.
struct Exchange {
    enum Step {
        case prepare(statement: Int, name: String)
        case execute(statement: Int, name: String?)
        case sync
    }

    let statements: [Statement]
    var steps: [Step] = []
    private(set) var results: [QueryResult] = []
    private(set) var failure: DatabaseError?
    /// The failure was a prepared statement that the server dropped or outgrew.
    private(set) var isStale = false
    private var position = 0

    init(_ statements: [Statement]) {
        self.statements = statements
        steps.reserveCapacity(statements.count + 2)
        results.reserveCapacity(statements.count)
    }

    var isFinished: Bool { position == steps.count }

    /// Takes the next value that `PQgetResult` gave; owns the result from now on.
    mutating func accept(_ result: OpaquePointer?, _ connection: OpaquePointer, _ cache: inout StatementCache) {
        guard !isFinished else {
            PQclear(result)
            return
        }
        guard let result else {
            // The end of one statement's results; a sync point has none.
            if case .sync = steps[position] { return }
            position += 1
            return
        }
        switch (PQresultStatus(result), steps[position]) {
        case (PGRES_PIPELINE_SYNC, _):
            PQclear(result)
            skipPastSync()
        case (PGRES_TUPLES_OK, .execute), (PGRES_COMMAND_OK, .execute), (PGRES_EMPTY_QUERY, .execute):
            results.append(QueryResult(storage: ResultStorage(result)))
        case (PGRES_COMMAND_OK, .prepare):
            PQclear(result)
        case (PGRES_PIPELINE_ABORTED, let step):
            PQclear(result)
            if case .prepare(let statement, let name) = step {
                cache.remove(statements[statement].sql, name: name, deallocate: false)
            }
        case (_, let step):
            let error = DatabaseError(result: result, connection: connection)
            PQclear(result)
            fail(error, at: step, &cache)
        }
    }

    /// The connection is lost: nothing more will come.
    mutating func abandon(_ error: DatabaseError) {
        failure = failure ?? error
        position = steps.count
    }

    private mutating func fail(_ error: DatabaseError, at step: Step, _ cache: inout StatementCache) {
        switch step {
        case .prepare(let statement, let name):
            cache.remove(statements[statement].sql, name: name, deallocate: false)
        case .execute(let statement, let name?) where error.isStaleStatement:
            cache.remove(statements[statement].sql, name: name, deallocate: error.sqlState != "26000")
            if failure == nil { isStale = true }
        default: break
        }
        failure = failure ?? error
    }

    private mutating func skipPastSync() {
        while position < steps.count {
            position += 1
            if case .sync = steps[position - 1] { return }
        }
    }

    /// The list as a whole is BEGIN … COMMIT (or ROLLBACK), with nothing in between that ends a transaction.
    static func isBalanced(_ statements: [Statement]) -> Bool {
        guard statements.count >= 2, statements.first?.kind == .begin, statements.last?.kind == .end else {
            return false
        }
        return statements.dropFirst().dropLast().allSatisfy {
            $0.kind != .begin && $0.kind != .end && $0.kind != .other
        }
    }

    /// Whether the connection can be left inside a transaction, so that nothing may follow before that was looked at.
    static func mayLeaveTransaction(_ statements: [Statement]) -> Bool {
        statements.contains { $0.kind == .begin || $0.kind == .end || $0.kind == .savepoint || $0.kind == .other }
            && !isBalanced(statements)
    }

    /// Whether a failure undid all of it (given that it began outside a transaction), so that it may be sent again.
    var isAtomic: Bool {
        if statements.count == 1 { return statements[0].kind == .plannable }
        return Self.isBalanced(statements) || statements.allSatisfy { $0.kind == .plannable || $0.kind == .harmless }
    }
}

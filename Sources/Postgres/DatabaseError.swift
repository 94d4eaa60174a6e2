/// What went wrong, as the server or this module says it.
///
/// `description` is safe for a log: it holds codes and names of database objects only. `message`, `detail` and `context`
/// may quote data that a caller sent; show them to whoever may see that data.
public struct DatabaseError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Five characters. Lost connections are `08006`, none to be had `08001`, closed by us `08003`.
    public var sqlState: String
    /// `ERROR`, `FATAL`, `PANIC`, never translated.
    public var severity: String
    public var message: String
    public var detail: String?
    public var hint: String?
    public var column: String?
    public var table: String?
    public var constraint: String?
    public var schema: String?
    /// Where in the SQL text, in characters from 1.
    public var position: Int?
    /// The server's call stack (PL/pgSQL functions and their statements).
    public var context: String?
    /// The server's C function that raised it; tells apart errors that share a code.
    var routine: String?
    /// Made here and not by the server: then `message` quotes nothing and may be shown.
    var isLocal: Bool

    public init(
        sqlState: String, severity: String = "ERROR", message: String, detail: String? = nil, hint: String? = nil,
        column: String? = nil, table: String? = nil, constraint: String? = nil, schema: String? = nil,
        position: Int? = nil, context: String? = nil
    ) {
        self.sqlState = sqlState
        self.severity = severity
        self.message = message
        self.detail = detail
        self.hint = hint
        self.column = column
        self.table = table
        self.constraint = constraint
        self.schema = schema
        self.position = position
        self.context = context
        self.routine = nil
        self.isLocal = false
    }

    /// An error that this module makes; `message` must not quote data.
    static func local(_ sqlState: String, _ message: String, hint: String? = nil) -> DatabaseError {
        var error = DatabaseError(sqlState: sqlState, message: message, hint: hint)
        error.isLocal = true
        return error
    }

    /// The connection could not be made or is gone, which leaves open whether a commit happened. A function may raise any of
    /// these SQLSTATEs, but only as an ERROR, after which the connection is still there.
    public var isConnectionFailure: Bool {
        guard isLocal || severity != "ERROR" else { return false }
        return sqlState.hasPrefix("08") || ["57P01", "57P02", "57P03"].contains(sqlState)
    }

    public var description: String {
        var text = "database error \(sqlState) (\(Self.className(sqlState)))"
        if isLocal { text += ": \(message)" }
        for (label, value) in [
            ("schema", schema), ("table", table), ("column", column), ("constraint", constraint),
        ] {
            if let value { text += ", \(label) \(value)" }
        }
        return text
    }

    private static func className(_ sqlState: String) -> String {
        switch sqlState.prefix(2) {
        case "08": "connection exception"
        case "0A": "feature not supported"
        case "21", "22": "data exception"
        case "23": "integrity constraint violation"
        case "25": "invalid transaction state"
        case "26": "invalid statement name"
        case "28": "invalid authorization"
        case "3D", "3F": "no such database or schema"
        case "40": "transaction rollback"
        case "42": "syntax error or access rule violation"
        case "53": "insufficient resources"
        case "54": "program limit exceeded"
        case "55": "object not in prerequisite state"
        case "57": "operator intervention"
        case "58": "system error"
        case "MW": "refused"
        case "P0": "raised by a function"
        case "XX": "internal error"
        default: "other"
        }
    }

    /// The server keeps a plan whose result columns no longer fit, or no longer knows a statement prepared before.
    var isStaleStatement: Bool {
        sqlState == "26000" || (sqlState == "0A000" && routine == "RevalidateCachedQuery")
    }
}

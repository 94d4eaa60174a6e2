import Postgres

/// Why a migration did not happen. Each case has its own exit code, so that scripts can tell them apart.
struct MigrationError: Error, Equatable, CustomStringConvertible {
    enum Reason: Equatable, Sendable {
        /// The SQL folder is missing or not readable, or a file in it breaks a rule.
        case badTree
        /// The history of the database and of the program do not fit: nothing was changed.
        case refused
        /// The database rejected a statement.
        case failed
        /// The catalog sweep found offending objects: the change was rolled back.
        case sweep
        /// `status` only: there is something to apply.
        case behind
    }

    let reason: Reason
    let description: String

    var exitCode: Int32 {
        switch reason {
        case .failed: 1
        case .badTree: 2
        case .refused: 3
        case .behind: 4
        case .sweep: 5
        }
    }

    static func badTree(_ text: String) -> MigrationError { MigrationError(reason: .badTree, description: text) }
    static func refused(_ text: String) -> MigrationError { MigrationError(reason: .refused, description: text) }

    /// A server's error with its place. These files hold no data, so its whole text may be shown.
    static func failed(_ file: SQLFile, _ error: DatabaseError, firstLine: Int = 1, in text: String? = nil)
        -> MigrationError
    {
        var place = file.path
        if let position = error.position { place += ":\(firstLine + line(of: position, in: text ?? file.text) - 1)" }
        return failed(place, error)
    }

    static func failed(_ place: String, _ error: DatabaseError) -> MigrationError {
        var text = "\(place): \(error.severity) \(error.sqlState): \(error.message)"
        if let detail = error.detail { text += "\n  detail: \(detail)" }
        if let hint = error.hint { text += "\n  hint: \(hint)" }
        if let context = error.context { text += "\n  context: \(context)" }
        return MigrationError(reason: .failed, description: text)
    }

    /// The line (from 1) of a character position (from 1).
    static func line(of position: Int, in text: String) -> Int {
        1 + text.unicodeScalars.prefix(max(0, position - 1)).count { $0 == "\n" }
    }
}

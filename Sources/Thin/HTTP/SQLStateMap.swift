import Foundation
import HTTPTypes
import Postgres

/// Which HTTP answer an SQLSTATE becomes: the rows of `api.sqlstate_http`. The longest pattern that fits wins.
struct SQLStateMap: Sendable, Equatable {
    struct Entry: Sendable, Equatable {
        let pattern: String
        let status: Int
        let code: String
        let title: String
        let meaning: String
        let isMessagePublic: Bool
        /// The row that holds instead where stored data is at fault, not the request.
        var storedCode: String?
    }

    /// As they were given.
    let entries: [Entry]
    private let exact: [String: Entry]
    /// Longest first.
    private let prefixes: [(prefix: String, entry: Entry)]

    init(_ entries: [Entry]) {
        self.entries = entries
        var exact: [String: Entry] = [:]
        var prefixes: [(String, Entry)] = []
        for entry in entries {
            if entry.pattern.hasSuffix("%") {
                prefixes.append((String(entry.pattern.dropLast()), entry))
            } else {
                exact[entry.pattern] = entry
            }
        }
        self.exact = exact
        self.prefixes = prefixes.sorted { $0.0.utf8.count > $1.0.utf8.count }
    }

    static func == (left: SQLStateMap, right: SQLStateMap) -> Bool {
        left.exact == right.exact && left.prefixes.map(\.entry) == right.prefixes.map(\.entry)
    }

    func entry(for sqlState: String) -> Entry? {
        exact[sqlState] ?? prefixes.first { sqlState.hasPrefix($0.prefix) }?.entry
    }

    /// The answer to a failed call.
    /// - Parameter member: the request's member that stands in parameter `$n` of the call, if the error can be traced
    ///   to one.
    ///   - isReading: whether the request only reads. Its values were read as their types before anything was computed,
    ///   so what cannot be computed then is stored data.
    func problem(
        for error: DatabaseError, isReading: Bool = false, member: (Int) -> String? = { _ in nil }
    ) -> Problem {
        if error.isConnectionFailure || error.sqlState.hasPrefix("53") {
            return .unavailable("the database does not answer")
        }
        guard var entry = entry(for: error.sqlState) else { return fallback(for: error) }
        if let code = entry.storedCode, let stored = exact[code], Self.isOfStoredData(error, isReading: isReading) {
            entry = stored
        }
        // a pattern's code stands for many states: the state itself says more, where it may be seen
        let code = entry.pattern.hasSuffix("%") && entry.isMessagePublic ? error.sqlState : entry.code
        var problem = Problem(entry.status, code, entry.title, entry.meaning)
        let listed = Self.listedMembers(error)
        if entry.isMessagePublic {
            if let seconds = Self.retryAfter(error) {
                // DETAIL and HINT tell whoever is in psql what the number is
                problem.detail = "\(error.message): try again in \(seconds) s"
            } else {
                let detail = listed == nil ? error.detail : nil
                problem.detail = [error.message, detail, error.hint].compactMap { $0 }.filter { !$0.isEmpty }
                    .joined(separator: ". ")
            }
        }
        problem.errors = listed ?? Self.members(error, entry: entry, member: member)
        if problem.status == 401 { problem.headers = Problem.unauthorized("").headers }
        if problem.status == 429 || problem.status == 503 {
            problem.headers[.retryAfter] = Self.retryAfter(error).map(String.init) ?? String(Problem.retryAfterSeconds)
        }
        return problem
    }

    /// Not where the server could not read a value of the request; else in a request that reads, and in one that writes where
    /// a function computed that takes no requests: what comes there was judged before.
    private static func isOfStoredData(_ error: DatabaseError, isReading: Bool) -> Bool {
        if parameter(in: error.context) != nil { return false }
        return isReading || !["api", "auth", nil].contains(computingSchema(in: error.context))
    }

    /// The schema in the innermost `PL/pgSQL function alarm.run(…) line 9 at …` of the server's context.
    static func computingSchema(in context: String?) -> String? {
        guard let context, let range = context.firstRange(of: "PL/pgSQL function ") else { return nil }
        let name = context[range.upperBound...].prefix { $0 != "(" }
        return name.contains(".") ? name.split(separator: ".").first.map(String.init) : nil
    }

    /// Without a row: the class `MW` says its status in its digits; anything else is an internal error.
    private func fallback(for error: DatabaseError) -> Problem {
        switch error.sqlState {
        case "57014":
            return Problem(504, "57014", "Took too long", "the request was ended after its time limit")
        case "40001", "40P01", "55P03":
            return .unavailable("the request met another one; send it again")
        case let state where state.hasPrefix("MW"):
            guard let status = Int(state.dropFirst(2)), (400...499).contains(status) else { return .internalError }
            return Problem(status, state, "Refused", error.message)
        default:
            return .internalError
        }
    }

    /// A refusal of ours may list all wrong members in its detail: `[{"field": …, "message": …}, …]`.
    private static func listedMembers(_ error: DatabaseError) -> [Problem.Member]? {
        guard error.sqlState.hasPrefix("MW"), let detail = error.detail, detail.hasPrefix("[{") else { return nil }
        return try? JSONDecoder().decode([Problem.Member].self, from: Data(detail.utf8))
    }

    private static func members(_ error: DatabaseError, entry: Entry, member: (Int) -> String?) -> [Problem.Member] {
        let message = entry.isMessagePublic ? error.message : entry.title
        if let column = error.column, !column.isEmpty { return [.init(field: column, message: message)] }
        if let column = checkedColumn(error) { return [.init(field: column, message: entry.meaning)] }
        if let name = parameter(in: error.context).flatMap(member) { return [.init(field: name, message: message)] }
        return keyColumns(error.detail).map { .init(field: $0, message: entry.meaning) }
    }

    /// The column in the name that PostgreSQL gives to a column's check, and we keep to: `table_column_check`.
    static func checkedColumn(_ error: DatabaseError) -> String? {
        guard error.sqlState == "23514", let table = error.table, let constraint = error.constraint,
            constraint.hasPrefix("\(table)_"), constraint.hasSuffix("_check")
        else { return nil }
        let column = constraint.dropFirst(table.utf8.count + 1).dropLast("_check".utf8.count)
        return column.isEmpty ? nil : String(column)
    }

    /// `unnamed portal parameter $2 = …` in the server's context says which value it could not read.
    static func parameter(in context: String?) -> Int? {
        guard let context,
            let range = context.firstRange(of: "portal parameter $") ?? context.firstRange(of: "parameter $")
        else {
            return nil
        }
        return Int(context[range.upperBound...].prefix { $0.isASCII && $0.isNumber })
    }

    /// Column names in `Key (a, b)=(…) already exists.`
    static func keyColumns(_ detail: String?) -> [String] {
        guard let detail, detail.hasPrefix("Key ("), let end = detail.firstRange(of: ")=(") else { return [] }
        let names = detail[detail.index(detail.startIndex, offsetBy: 5)..<end.lowerBound]
        // an expression index shows its expression: lower(email) is email to whoever sent it
        return names.split(separator: ",").map { part in
            let name = part.drop { $0 == " " }
            guard let open = name.lastIndex(of: "("), let close = name[open...].firstIndex(of: ")") else {
                return String(name)
            }
            return String(name[name.index(after: open)..<close])
        }
    }

    /// `DETAIL` of a refusal with 429 or 503 is the number of seconds to wait.
    private static func retryAfter(_ error: DatabaseError) -> Int? {
        guard error.sqlState.hasPrefix("MW") else { return nil }
        return error.detail.flatMap { Int($0) }
    }
}

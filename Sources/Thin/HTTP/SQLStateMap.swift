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
    }

    private let exact: [String: Entry]
    /// Longest first.
    private let prefixes: [(prefix: String, entry: Entry)]

    init(_ entries: [Entry]) {
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
    func problem(for error: DatabaseError, member: (Int) -> String? = { _ in nil }) -> Problem {
        if error.isConnectionFailure || error.sqlState.hasPrefix("53") {
            return .unavailable("the database does not answer")
        }
        guard let entry = entry(for: error.sqlState) else { return fallback(for: error) }
        // a pattern's code stands for many states: the state itself says more, where it may be seen
        let code = entry.pattern.hasSuffix("%") && entry.isMessagePublic ? error.sqlState : entry.code
        var problem = Problem(entry.status, code, entry.title, entry.meaning)
        let listed = Self.listedMembers(error)
        if entry.isMessagePublic {
            let detail = listed == nil && Self.retryAfter(error) == nil ? error.detail : nil
            problem.detail = [error.message, detail, error.hint].compactMap { $0 }.joined(separator: ". ")
        }
        problem.errors = listed ?? Self.members(error, entry: entry, member: member)
        if problem.status == 401 { problem.headers = Problem.unauthorized("").headers }
        if problem.status == 429 || problem.status == 503 {
            problem.headers[.retryAfter] = Self.retryAfter(error).map(String.init) ?? String(Problem.retryAfterSeconds)
        }
        return problem
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
        if let name = parameter(in: error.context).flatMap(member) { return [.init(field: name, message: message)] }
        return keyColumns(error.detail).map { .init(field: $0, message: entry.meaning) }
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

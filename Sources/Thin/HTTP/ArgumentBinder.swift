import Postgres

/// A request's body as it arrived.
enum RequestBodyContent: Sendable {
    case none
    case json([UInt8])
    /// Pairs of an `application/x-www-form-urlencoded` body.
    case form([(name: String, value: String)])
}

/// The SQL call of one request.
struct BoundCall: Sendable {
    /// `SELECT "api"."fn"("id" => $1::bigint, …)::text`
    let sql: String
    let parameters: [Parameter]
    /// The request's member behind each parameter, for errors that name a parameter.
    let members: [String]

    func member(_ parameter: Int) -> String? {
        members.indices.contains(parameter - 1) ? members[parameter - 1] : nil
    }
}

/// Puts path, query and body members into a function's named arguments by their SQL types. Everything that is wrong is
/// reported at once; a member that no argument takes is refused, because a misspelt filter that is ignored is a wrong
/// answer.
enum ArgumentBinder {
    /// Members that clients of the OAuth 2 password form send beside name and password.
    private static let oauthMembers: Set<String> = ["grant_type", "scope", "client_id", "client_secret"]
    static let maximumMembers = 1000

    private enum Given {
        case query([String])
        case value(ArgumentValue.Source)
    }

    static func bind(
        _ route: Route, path: [String: String], query: [(name: String, value: String)], body: RequestBodyContent
    ) throws(Problem) -> BoundCall {
        var given: [String: Given] = [:]
        var errors: [Problem.Member] = []
        collectQuery(query, into: &given)
        try collectBody(route, body, into: &given, &errors)
        for (name, value) in path {
            if given[name] != nil { errors.append(.init(field: name, message: "is in the path already")) }
            given[name] = .value(.text(value))
        }
        var arguments: [String] = []
        var parameters: [Parameter] = []
        var members: [String] = []
        for argument in route.arguments {
            guard let value = given.removeValue(forKey: argument.name) else {
                if !argument.hasDefault { errors.append(.init(field: argument.name, message: "is required")) }
                continue
            }
            do {
                let text = try text(value, type: argument.type)
                parameters.append(text.map(Parameter.untyped) ?? .null)
                members.append(argument.name)
                arguments.append("\(SQLText.identifier(argument.name)) => $\(parameters.count)::\(argument.type)")
            } catch {
                errors.append(.init(field: field(argument.name, error.place, route), message: error.message))
            }
        }
        for name in given.keys.sorted() {
            errors.append(.init(field: name, message: "is not a member that this request takes"))
        }
        guard errors.isEmpty else { throw .invalid(errors) }
        let sql = "SELECT \(route.quotedFunction ?? "")(\(arguments.joined(separator: ", ")))::text"
        return BoundCall(sql: sql, parameters: parameters, members: members)
    }

    /// The name of what is wrong as the client knows it: a body that is one argument has no name of its own.
    private static func field(_ argument: String, _ place: String?, _ route: Route) -> String {
        guard argument != route.bodyArgument else { return place ?? "body" }
        guard let place else { return argument }
        return place.hasPrefix("[") ? argument + place : "\(argument).\(place)"
    }

    private static func text(_ given: Given, type: String) throws(ArgumentValue.Refusal) -> String? {
        switch given {
        case .value(let source): return try ArgumentValue.text(source, type: type)
        case .query(let values):
            if type.hasSuffix("[]") { return try ArgumentValue.text(repeated: values, type: type) }
            guard values.count == 1 else { throw ArgumentValue.Refusal(message: "is given \(values.count) times") }
            return try ArgumentValue.text(.text(values[0]), type: type)
        }
    }

    private static func collectQuery(_ query: [(name: String, value: String)], into given: inout [String: Given]) {
        for (name, value) in query {
            if case .query(let values)? = given[name] {
                given[name] = .query(values + [value])
            } else {
                given[name] = .query([value])
            }
        }
    }

    private static func collectBody(
        _ route: Route, _ body: RequestBodyContent, into given: inout [String: Given], _ errors: inout [Problem.Member]
    ) throws(Problem) {
        switch (body, route.bodyMode) {
        case (.none, _): return
        case (.form(let pairs), _):
            for (name, value) in pairs where route.response != .token || !oauthMembers.contains(name) {
                add(name, .value(.text(value)), to: &given, &errors)
            }
        case (.json, .none):
            throw .invalid([.init(field: "body", message: "this request takes no body")])
        case (.json(let bytes), .whole):
            let value = try parse(bytes)
            guard let argument = route.bodyArgument else { throw .internalError }
            add(argument, .value(.json(value, bytes)), to: &given, &errors)
        case (.json(let bytes), .members):
            let value = try parse(bytes)
            guard value.kind == .object else {
                throw .invalid([.init(field: "body", message: "must be a JSON object")])
            }
            let members: [(name: String, value: JSONScanner.Value)]
            do {
                members = try JSONScanner.members(of: value, in: bytes)
            } catch {
                throw .notJSON(error)
            }
            guard members.count <= maximumMembers else {
                throw .invalid([.init(field: "body", message: "may have at most \(maximumMembers) members")])
            }
            for (name, value) in members { add(name, .value(.json(value, bytes)), to: &given, &errors) }
        }
    }

    private static func add(
        _ name: String, _ value: Given, to given: inout [String: Given], _ errors: inout [Problem.Member]
    ) {
        if given[name] != nil { errors.append(.init(field: name, message: "is given twice")) }
        given[name] = value
    }

    private static func parse(_ bytes: [UInt8]) throws(Problem) -> JSONScanner.Value {
        do {
            return try JSONScanner.value(of: bytes)
        } catch {
            throw .notJSON(error)
        }
    }
}

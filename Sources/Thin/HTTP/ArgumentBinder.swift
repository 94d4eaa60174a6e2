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
        let shape = takeShape(route, &given, &errors)
        let names = resolveAliases(route, &given, &errors)
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
                members.append(names[argument.name] ?? argument.name)
                arguments.append("\(SQLText.identifier(argument.name)) => $\(parameters.count)::\(argument.type)")
            } catch {
                errors.append(
                    .init(
                        field: field(names[argument.name] ?? argument.name, error.place, route), message: error.message)
                )
            }
        }
        for name in given.keys.sorted() {
            errors.append(.init(field: name, message: "is not a member that this request takes"))
        }
        guard errors.isEmpty else { throw .invalid(errors) }
        let call = "\(route.quotedFunction ?? "")(\(arguments.joined(separator: ", ")))"
        let shaped = shape.map { "\($0)(\(call))" } ?? call
        return BoundCall(sql: "SELECT \(shaped)::text", parameters: parameters, members: members)
    }

    static let shapeMember = "shape"

    /// The function that shapes the answer; nil: none.
    private static func takeShape(
        _ route: Route, _ given: inout [String: Given], _ errors: inout [Problem.Member]
    ) -> String? {
        guard !route.shapes.isEmpty else { return nil }
        guard let value = given.removeValue(forKey: shapeMember) else {
            return route.shapes.first(where: \.isDefault)?.quotedFunction
        }
        guard case .query(let values) = value, values.count == 1,
            let shape = route.shapes.first(where: { $0.name == values[0] })
        else {
            let known = route.shapes.map(\.name).joined(separator: " or ")
            errors.append(.init(field: shapeMember, message: "must be \(known), once, in the query"))
            return nil
        }
        return shape.quotedFunction
    }

    /// Puts what came under another name under the argument's own, and other words for values into the argument's.
    ///
    /// - Returns: argument → the name that the client used.
    private static func resolveAliases(
        _ route: Route, _ given: inout [String: Given], _ errors: inout [Problem.Member]
    ) -> [String: String] {
        var names: [String: String] = [:]
        for alias in route.aliases {
            guard var value = given.removeValue(forKey: alias.name) else { continue }
            if alias.name != alias.member {
                if given[alias.member] != nil {
                    errors.append(.init(field: alias.name, message: "is given twice, as \(alias.member), too"))
                    continue
                }
                names[alias.member] = alias.name
            }
            if !alias.meanings.isEmpty { value = translated(value, alias.meanings) }
            given[alias.member] = value
        }
        return names
    }

    private static func translated(_ value: Given, _ meanings: [String: String]) -> Given {
        switch value {
        case .query(let values): .query(values.map { meanings[$0] ?? $0 })
        case .value(.text(let text)): .value(.text(meanings[text] ?? text))
        // a body has no such member today
        case .value(.json): value
        }
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

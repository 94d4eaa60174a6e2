import Foundation

/// One row of `api.route_catalog`: an endpoint and what answers it.
struct Route: Sendable, Equatable, Decodable {
    enum BodyMode: String, Sendable, Decodable {
        /// Each member of the body is an argument.
        case members
        /// The body is one jsonb argument.
        case whole
        case none
    }

    enum Response: String, Sendable, Decodable {
        /// The result is the body.
        case json
        /// The result's claims are signed; the answer is an access token.
        case token
        /// The result says what the session cookie becomes, and what the body is.
        case cookie
        case empty
    }

    /// Which connections to the database it runs on.
    enum Lane: String, Sendable, Decodable {
        /// The ones that all requests share.
        case request
        /// Those of ``PasswordLane``.
        case password
    }

    enum RateLimitScope: String, Sendable, Decodable {
        case address, account
    }

    struct Argument: Sendable, Equatable, Decodable {
        let name: String
        /// As `format_type` writes it: `integer`, `timestamp with time zone`, `text[]`, …
        let type: String
        let hasDefault: Bool

        enum CodingKeys: String, CodingKey {
            case name, type
            case hasDefault = "has_default"
        }
    }

    /// Another name of an argument, or other words for its values (`api.parameter_alias`).
    struct Alias: Sendable, Equatable, Decodable {
        let name: String
        /// The argument.
        let member: String
        /// What a value means that clients know under another word.
        let meanings: [String: String]
    }

    /// A shape that the answer can have (`api.response_shape`).
    struct Shape: Sendable, Equatable, Decodable {
        let name: String
        /// nil: what the route's function answers.
        let functionSchema: String?
        let functionName: String?
        let isDefault: Bool

        enum CodingKeys: String, CodingKey {
            case name
            case functionSchema = "function_schema"
            case functionName = "function_name"
            case isDefault = "is_default"
        }

        /// `"schema"."name"`, quoted as identifiers.
        var quotedFunction: String? { SQLText.routine(functionSchema, functionName) }
    }

    let method: String
    let path: String
    let functionSchema: String?
    let functionName: String?
    /// Name of a Swift handler instead of a function.
    let handler: String?
    let minimumRole: Role
    let successStatus: Int
    let bodyMode: BodyMode
    let bodyArgument: String?
    let arguments: [Argument]
    let rateLimitPerMinute: Int?
    let rateLimitScope: RateLimitScope?
    let maxBodyBytes: Int
    let response: Response
    let timeoutMilliseconds: Int
    /// false: an Idempotency-Key is ignored, because the answer holds a secret.
    let isIdempotent: Bool
    let summary: String
    let lane: Lane
    let aliases: [Alias]
    /// Empty: there is but one.
    let shapes: [Shape]

    enum CodingKeys: String, CodingKey {
        case method, path, handler, arguments, response, summary, lane, aliases, shapes
        case functionSchema = "function_schema"
        case functionName = "function_name"
        case minimumRole = "minimum_role"
        case successStatus = "success_status"
        case bodyMode = "body_mode"
        case bodyArgument = "body_argument"
        case rateLimitPerMinute = "rate_limit_per_minute"
        case rateLimitScope = "rate_limit_scope"
        case maxBodyBytes = "max_body_bytes"
        case timeoutMilliseconds = "timeout_ms"
        case isIdempotent = "is_idempotent"
    }

    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        method = try values.decode(String.self, forKey: .method)
        path = try values.decode(String.self, forKey: .path)
        functionSchema = try values.decodeIfPresent(String.self, forKey: .functionSchema)
        functionName = try values.decodeIfPresent(String.self, forKey: .functionName)
        handler = try values.decodeIfPresent(String.self, forKey: .handler)
        minimumRole = try values.decode(Role.self, forKey: .minimumRole)
        successStatus = try values.decode(Int.self, forKey: .successStatus)
        bodyMode = try values.decode(BodyMode.self, forKey: .bodyMode)
        bodyArgument = try values.decodeIfPresent(String.self, forKey: .bodyArgument)
        arguments = try values.decodeIfPresent([Argument].self, forKey: .arguments) ?? []
        rateLimitPerMinute = try values.decodeIfPresent(Int.self, forKey: .rateLimitPerMinute)
        rateLimitScope = try values.decodeIfPresent(RateLimitScope.self, forKey: .rateLimitScope)
        maxBodyBytes = try values.decode(Int.self, forKey: .maxBodyBytes)
        response = try values.decode(Response.self, forKey: .response)
        timeoutMilliseconds = try values.decode(Int.self, forKey: .timeoutMilliseconds)
        isIdempotent = try values.decodeIfPresent(Bool.self, forKey: .isIdempotent) ?? true
        summary = try values.decodeIfPresent(String.self, forKey: .summary) ?? ""
        lane = try values.decodeIfPresent(Lane.self, forKey: .lane) ?? .request
        aliases = try values.decodeIfPresent([Alias].self, forKey: .aliases) ?? []
        shapes = try values.decodeIfPresent([Shape].self, forKey: .shapes) ?? []
    }

    /// `"schema"."name"`, quoted as identifiers.
    var quotedFunction: String? { SQLText.routine(functionSchema, functionName) }

    /// Whether the method changes something, so that an Idempotency-Key has a meaning.
    var isWrite: Bool { method != "GET" && method != "HEAD" }
}

/// A caller's role, each of which may do what the one before may. Every one is a PostgreSQL role, and nothing else is
/// ever SET.
enum Role: String, Sendable, Decodable, CaseIterable, Comparable {
    case anonymous, viewer, `operator`, engineer, admin

    private var rank: Int { Self.allCases.firstIndex(of: self)! }

    static func < (left: Role, right: Role) -> Bool { left.rank < right.rank }
}

enum SQLText {
    static func identifier(_ name: String) -> String {
        "\"" + name.replacing("\"", with: "\"\"") + "\""
    }

    static func routine(_ schema: String?, _ name: String?) -> String? {
        guard let schema, let name else { return nil }
        return "\(identifier(schema)).\(identifier(name))"
    }
}

/// Finds the route of a method and path.
struct RouteTable: Sendable {
    enum Match: Sendable {
        case found(Route, parameters: [String: String])
        /// The path exists, for these methods.
        case methodNotAllowed([String])
        case notFound
    }

    /// A path's segments as a tree; a literal segment wins over a member.
    private final class Node: Sendable {
        let literals: [String: Node]
        let member: (name: String, node: Node)?
        let routes: [String: Route]

        init(_ routes: [(segments: ArraySlice<String>, route: Route)]) {
            var literals: [String: [(ArraySlice<String>, Route)]] = [:]
            var members: [(ArraySlice<String>, Route)] = []
            var memberName: String?
            var here: [String: Route] = [:]
            for (segments, route) in routes {
                guard let first = segments.first else {
                    here[route.method] = route
                    continue
                }
                if first.hasPrefix("{"), first.hasSuffix("}") {
                    memberName = memberName ?? String(first.dropFirst().dropLast())
                    members.append((segments.dropFirst(), route))
                } else {
                    literals[first, default: []].append((segments.dropFirst(), route))
                }
            }
            self.literals = literals.mapValues(Node.init)
            member = memberName.map { ($0, Node(members)) }
            self.routes = here
        }
    }

    let routes: [Route]
    private let root: Node

    init(_ routes: [Route]) {
        self.routes = routes
        root = Node(routes.map { (Self.segments($0.path)[...], $0) })
    }

    private static func segments(_ path: String) -> [String] {
        path.split(separator: "/", omittingEmptySubsequences: true).map(String.init)
    }

    /// - Parameter path: percent-encoded, without the query. One trailing slash is forgiven.
    func match(method: String, path: String) -> Match {
        var names: [String] = []
        var values: [String] = []
        guard let node = find(path.split(separator: "/", omittingEmptySubsequences: true)[...], root, &values),
            !node.routes.isEmpty
        else { return .notFound }
        guard let route = node.routes[method] ?? (method == "HEAD" ? node.routes["GET"] : nil) else {
            return .methodNotAllowed(Self.allowed(node))
        }
        for segment in Self.segments(route.path) where segment.hasPrefix("{") {
            names.append(String(segment.dropFirst().dropLast()))
        }
        return .found(route, parameters: Dictionary(zip(names, values)) { first, _ in first })
    }

    private static func allowed(_ node: Node) -> [String] {
        var methods = Set(node.routes.keys)
        if methods.contains("GET") { methods.insert("HEAD") }
        methods.insert("OPTIONS")
        return methods.sorted()
    }

    /// A member's value must be decodable and not empty; otherwise the path matches nothing.
    private func find(_ segments: ArraySlice<Substring>, _ node: Node, _ values: inout [String]) -> Node? {
        guard let first = segments.first else { return node }
        if let literal = node.literals[String(first)] {
            let mark = values.count
            if let found = find(segments.dropFirst(), literal, &values), !found.routes.isEmpty { return found }
            values.removeSubrange(mark...)
        }
        guard let member = node.member, let value = PercentEncoding.decode(first, plusIsSpace: false), !value.isEmpty
        else {
            return nil
        }
        values.append(value)
        return find(segments.dropFirst(), member.node, &values)
    }
}

/// Percent-encoding of paths, queries and forms.
enum PercentEncoding {
    /// nil when an escape is broken, or the result is not UTF-8 or contains NUL, which no text in PostgreSQL can.
    static func decode(_ text: some StringProtocol, plusIsSpace: Bool) -> String? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        var iterator = text.utf8.makeIterator()
        while let byte = iterator.next() {
            switch byte {
            case UInt8(ascii: "+") where plusIsSpace: bytes.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard let high = iterator.next().flatMap(nibble), let low = iterator.next().flatMap(nibble) else {
                    return nil
                }
                bytes.append(high << 4 | low)
            default: bytes.append(byte)
            }
        }
        guard !bytes.contains(0) else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func nibble(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    /// `a=1&b=2` as pairs, in order. An empty part is passed over.
    static func pairs(_ text: some StringProtocol) -> [(name: String, value: String)]? {
        var result: [(name: String, value: String)] = []
        for part in text.split(separator: "&") {
            let pieces = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = decode(pieces[0], plusIsSpace: true),
                let value = decode(pieces.count > 1 ? pieces[1] : "", plusIsSpace: true)
            else { return nil }
            result.append((name, value))
        }
        return result
    }
}

import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Postgres
import TestSupport
import Testing

@testable import Thin

/// Every route × every parameter × every hostile value of its type, generated from `api.route`: none is answered with a
/// 5xx, each refusal of a value names its member, and what was accepted breaks no reader after it. A new endpoint is
/// covered by itself.
@Suite(
    .enabled(if: EngineDatabase.isAvailable, "needs MILLWRIGHT_TEST_ADMIN_URL and MILLWRIGHT_TEST_TEMPLATE"),
    .serialized, .timeLimit(.minutes(30)))
struct RouteSweepTests {
    /// Each part has a database of its own: hundreds of rules that meet hundreds of sensors would take most of the time.
    enum Part: CaseIterable {
        case rules, sensors, others

        func holds(_ route: Route) -> Bool {
            switch route.path.split(separator: "/").dropFirst(2).first {
            case "rules": self == .rules
            case "sensors": self == .sensors
            default: self == .others
            }
        }
    }

    @Test(arguments: Part.allCases)
    func noValueOfAnyParameterBreaksAnything(_ part: Part) async throws {
        let database = try await onThread { try EngineDatabase() }
        try await onThread { try database.run(HostileValues.settings) }
        let server = await TestServer(databaseURL: database.thinURL, queueDeadline: .seconds(30))
        try await server.routes.reload(from: server.database)
        let routes = try #require(server.routes.snapshot?.table.routes)
            .filter { $0.functionName != nil && !$0.path.hasPrefix("/test/") }
            .sorted { ($0.path, $0.method) < ($1.path, $1.method) }
        let schemas = try await onThread { try database.schemas() }
        let token = try await database.login(server)
        let readers = routes.filter { $0.method == "GET" && $0.arguments.allSatisfy(\.hasDefault) }
        let count = try await server.application.test(.router) { client in
            let sweep = Sweep(token: token, readers: readers)
            for (path, body) in HostileValues.plant {
                try await sweep.make(path, body ?? schemas["POST\(path)"]?.example ?? "{}", client)
            }
            for route in routes where part.holds(route) && !sweep.isLeftOut(route) {
                for request in HostileValues.requests(route, schema: schemas[route.method + route.path]) {
                    try await sweep.send(request, client)
                }
                try await sweep.read(client, after: route)
            }
            // what was accepted does not stop the line, nor the jobs
            try await sweep.make(HostileValues.points.path, HostileValues.points.body ?? "", client)
            try await onThread { try database.run("CALL ops.run_due_jobs()") }
            let failed = try await onThread { try database.failedJobs() }
            #expect(failed.isEmpty, "\(failed)")
            print(
                "the sweep's answers, \(part):",
                sweep.statuses.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: ", "))
            return sweep.count
        }
        #expect(count > 1000)
        await server.database.stop()
        try await onThread { database.drop() }
    }
}

/// One hostile request.
struct HostileRequest: Sendable {
    var method: HTTPRequest.Method
    var uri: String
    var body: String?
    /// What is hostile in it.
    var member: String
    /// Whether the type alone decides that it must be refused.
    var isRefused = false
}

private final class Sweep {
    private let headers: HTTPFields
    private let readers: [Route]
    private(set) var count = 0
    /// Answers by status.
    private(set) var statuses: [Int: Int] = [:]

    init(token: String, readers: [Route]) {
        headers = [.authorization: "Bearer \(token)", .contentType: "application/json"]
        self.readers = readers
    }

    /// What would end the session that everything else needs.
    func isLeftOut(_ route: Route) -> Bool { route.functionName == "logout" }

    func make(_ path: String, _ body: String, _ client: any TestClientProtocol) async throws {
        try await client.execute(uri: path, method: .post, headers: headers, body: ByteBuffer(string: body)) {
            response in
            #expect(
                response.status.kind == .successful, "\(path) \(body.prefix(200)): \(String(buffer: response.body))")
        }
    }

    func send(_ request: HostileRequest, _ client: any TestClientProtocol) async throws {
        count += 1
        try await client.execute(
            uri: request.uri, method: request.method, headers: headers,
            body: request.body.map { ByteBuffer(string: $0) }
        ) { response in
            let status = Int(response.status.code)
            self.statuses[status, default: 0] += 1
            let text = String(buffer: response.body)
            let what =
                "\(request.method) \(request.uri.prefix(200)) \((request.body ?? "").prefix(300)): \(status) \(text.prefix(400))"
            #expect(status < 500, "\(what)")
            #expect(!request.isRefused || status >= 400, "accepted: \(what)")
            guard status == 400 || status == 422 else { return }
            let problem = try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
            let fields = (problem?["errors"] as? [[String: Any]])?.compactMap { $0["field"] as? String } ?? []
            #expect(response.headers[.contentType] == "application/problem+json", "\(what)")
            #expect(!fields.isEmpty, "no member is named: \(what)")
        }
    }

    /// Every list, as a client opens it.
    func read(_ client: any TestClientProtocol, after route: Route) async throws {
        for reader in readers {
            try await client.execute(uri: reader.path, method: .get, headers: headers) { response in
                #expect(
                    response.status == .ok,
                    "\(reader.path) after \(route.method) \(route.path): \(response.status) \(String(buffer: response.body).prefix(400))"
                )
            }
        }
    }
}

enum HostileValues {
    private static let long = String(
        (0..<5000).map { index in "abcdefghijklmnopqrstuvwxyz0123456789"[(index * 7 + index / 36 * 11) % 36] })

    static let integers = [
        "9223372036854775808", "-9223372036854775809", "9223372036854775807", "-9223372036854775808", "2147483648",
        "2147483647", "-2147483648", "32768", "NaN", "Infinity", "1e3", "1e999999", "1.5", "0x10", " 1", "", "1_000",
        "٣", "-0",
        "0", "-1", "00000000000000000000000000001", "true", "999999999999999999999999999999", "'", "1;2", "null",
    ]
    static let numbers = [
        "NaN", "Infinity", "-Infinity", "1e309", "-1e309", "1e-400", "1e308", "-1e308", "5e-324", "-0", "0x1p3", "",
        "1,5",
        "1e999999", "1e-999999", "0.1e", long.filter(\.isNumber),
    ]
    static let times = [
        "infinity", "-infinity", "now", "epoch", "today", "tomorrow", "294277-01-01", "294276-12-31T00:00:00Z",
        "4714-11-24 BC",
        "0001-01-01T00:00:00Z", "0001-01-01T00:00:00+15:59", "9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59-15:59",
        "1970-01-01T00:00:00Z", "2026-02-30", "2026-01-01T24:00:00Z", "2026-01-01T00:00:60Z",
        "2026-01-01T00:00:00+15:59",
        "1700000000", "", "2026-01-01T00:00:00 Asia/Seoul", "10000-01-01", "-0001-01-01", "2026-1-1",
    ]
    static let texts = [
        "", "a", long, "'; DROP TABLE plant.equipment; --", "%", "_", "\\", "\u{202E}", "\u{FEFF}", "🦀", "e\u{301}",
        "line\r\nbreak", "\u{7F}\u{1B}[31m", "../../etc/passwd", "NaN", "infinity", "null", "{}", "[]",
        "178000000 years", "-1 day",
        "P1Y", "1e999999", "$1", "%s", "{\"a\":1}", "viewer", "2026-01-01", "0", "-1", "\u{10FFFF}", "장비",
    ]
    static let json = [
        "null", "true", "0", "-1", "-0", "1.5", "1e308", "-1e308", "5e-324", "123456789012345678901234567890",
        "9223372036854775808",
        "\"\"", "\"a\"", "\"\(long)\"", "\"infinity\"", "\"-infinity\"", "\"now\"", "\"NaN\"", "\"178000000 years\"",
        "\"-1 day\"",
        "\"294276-12-31T00:00:00Z\"", "\"9999-12-31T23:59:59.999999Z\"", "\"0001-01-01T00:00:00+15:59\"",
        "\"4714-11-24 BC\"",
        "\"1 year BC\"", "\"\\u0001\\r\\n\"", "\"🦀\\u202e\"", "\"'; DROP TABLE x; --\"", "\"-05:00\"", "[]", "[null]",
        "[\"\"]",
        "[1e308,-1e308]", "[\"a\",\"a\"]", "[[[[]]]]",
        "[\(Array(repeating: "\"x\"", count: 2000).joined(separator: ","))]", "{}",
        "{\"\": \"\"}", "{\"a\": {\"b\": [null, {\"c\": -0}]}}", "{\"\(long)\": 1}",
    ]
    /// Refused whatever the member's type.
    static let refusedJSON = [
        "\"\\u0000\"", "\"\\ud800\"", "[\"\\udc00\"]", "1e309", "1e131071", "1e-400", "{\"a\": 1, \"\\u0061\": 2}",
        "{\"a\": [{\"b\": 1, \"b\": 1}]}", String(repeating: "[", count: 100) + String(repeating: "]", count: 100),
        "[1e999999999]", "nul", "01", "\u{FEFF}1", "\"\t\"",
    ]

    private static func values(_ type: String) -> [(text: String, isRefused: Bool)] {
        let isRefused: (String) -> Bool
        let texts: [String]
        switch type {
        case "smallint", "integer", "bigint":
            texts = integers
            isRefused = { Int64($0) == nil && !$0.isEmpty && $0 != "-0" && !$0.hasPrefix("000") }
        case "double precision", "real", "numeric":
            texts = numbers
            isRefused = { Double($0)?.isFinite != true || $0.hasPrefix("0x") }
        case "timestamp with time zone", "timestamp without time zone", "date":
            texts = times
            isRefused = {
                $0.first?.isNumber != true || $0.hasSuffix("BC") || $0.hasPrefix("29427") || $0.contains("Asia")
            }
        case "boolean":
            texts = ["true", "false", "TRUE", "2", "", "yes", "null", "maybe", "t"]
            isRefused = { ["2", "null", "maybe", "t"].contains($0) }
        case "uuid":
            texts = ["", "x", "00000000-0000-0000-0000-000000000000", "{00000000-0000-4000-8000-000000000000}", long]
            isRefused = { $0.hasPrefix("{") || $0 == "x" }
        default:
            texts = Self.texts
            isRefused = { _ in false }
        }
        return texts.map { ($0, isRefused($0)) }
    }

    /// A value of the type that the plant of this test has.
    private static func usual(_ argument: Route.Argument) -> String {
        switch argument.type {
        case "smallint", "integer", "bigint": "1"
        case "uuid": "00000000-0000-4000-8000-000000000001"
        case "timestamp with time zone", "timestamp without time zone": "2026-01-01T00:00:00Z"
        case "date": "2026-01-01"
        case "boolean": "true"
        case "jsonb": "{}"
        default:
            ["alias": "champion", "power": "2.2kW", "name": "retention.quarantine", "model_version": "1"][argument.name]
                ?? "press-1"
        }
    }

    private static func usualJSON(_ argument: Route.Argument) -> String {
        switch argument.type {
        case "smallint", "integer", "bigint", "double precision", "numeric", "boolean", "jsonb": usual(argument)
        case let type where type.hasSuffix("[]"): "[]"
        default: String.json(usual(argument))
        }
    }

    static func encode(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    }

    /// - Parameter schema: of the body where it is one argument, and an example of it.
    static func requests(_ route: Route, schema: BodySchema?) -> [HostileRequest] {
        let inPath = Set(
            route.path.split(separator: "/").filter { $0.hasPrefix("{") }.map { String($0.dropFirst().dropLast()) })
        var requests: [HostileRequest] = []
        func uri(_ changes: [String: String] = [:], query: String = "") -> String {
            var path = route.path
            for argument in route.arguments where inPath.contains(argument.name) {
                path = path.replacingOccurrences(
                    of: "{\(argument.name)}", with: encode(changes[argument.name] ?? usual(argument)))
            }
            return query.isEmpty ? path : "\(path)?\(query)"
        }
        let method = HTTPRequest.Method(route.method)!
        let isForBody: (Route.Argument) -> Bool = { route.bodyMode == .members && !inPath.contains($0.name) }
        func members(_ changed: String, _ value: String) -> String {
            let others = route.arguments.filter { isForBody($0) && $0.name != changed && !$0.hasDefault }
                .map { "\(String.json($0.name)): \(usualJSON($0))" }
            return "{" + (others + ["\(String.json(changed)): \(value)"]).joined(separator: ", ") + "}"
        }
        for argument in route.arguments where argument.name != route.bodyArgument {
            if isForBody(argument) {
                for value in json {
                    requests.append(
                        .init(method: method, uri: uri(), body: members(argument.name, value), member: argument.name))
                }
                for value in refusedJSON {
                    requests.append(
                        .init(
                            method: method, uri: uri(), body: members(argument.name, value), member: argument.name,
                            isRefused: true))
                }
                continue
            }
            for (value, isRefused) in values(argument.type) {
                if inPath.contains(argument.name) {
                    // what reads the same as a shorter path is another request
                    guard !value.isEmpty, value != ".", route.method != "DELETE" || value != usual(argument) else {
                        continue
                    }
                    requests.append(
                        .init(
                            method: method, uri: uri([argument.name: value]),
                            body: route.bodyMode == .whole ? schema?.example : nil,
                            member: argument.name, isRefused: isRefused))
                } else {
                    let others = route.arguments.filter {
                        !$0.hasDefault && $0.name != argument.name && !inPath.contains($0.name)
                    }
                    .map { "\($0.name)=\(encode(usual($0)))" }
                    let query = (others + ["\(argument.name)=\(encode(value))"]).joined(separator: "&")
                    guard query.utf8.count < 8000 else { continue }
                    requests.append(
                        .init(
                            method: method, uri: uri(query: query), member: argument.name,
                            isRefused: isRefused && !value.isEmpty))
                }
            }
        }
        // unknown, repeated, not encoded
        for query in [
            "nonsense=1", "limit=1&limit=2", "%00=1", "limit=%ff", "limit=%zz", "a=%c0%af", "limit=%EF%BB%BF1", "=",
            "&&", "limit[]=1",
        ]
        where query != "&&" || route.method != "DELETE" {
            requests.append(
                .init(
                    method: method, uri: uri(query: query), body: schema?.example, member: "query",
                    isRefused: query != "&&"))
        }
        if let schema { requests += schema.requests(method, uri) }
        return requests
    }

    /// Nothing slows it down.
    static let settings = """
        UPDATE ops.setting SET value = '4' WHERE name = 'auth.bcrypt_cost';
        UPDATE ops.setting SET value = '1000' WHERE name = 'auth.login_free_attempts';
        UPDATE api.route SET rate_limit_per_minute = NULL, rate_limit_scope = NULL;
        """

    /// What the usual values name, made in this order; nil: the example of the endpoint's schema.
    static let plant: [(path: String, body: String?)] = [
        ("/api/v1/equipment", nil), ("/api/v1/sensors", nil), ("/api/v1/maintenance", nil),
        (
            "/api/v1/rules",
            "{\"name\": \"high\", \"condition\": \"above\", \"high\": 7, \"severity\": \"high\", \"select_sensor_type\": [\"vibration\"]}"
        ),
        ("/api/v1/notifications/channels", nil), ("/api/v1/notifications/routes", nil),
        points,
    ]

    /// None of the values that the sweep may have made a sentinel or a bound of this sensor.
    static let points: (path: String, body: String?) = (
        "/api/v1/sensors/data",
        "["
            + (0..<60).map {
                "{\"device_id\": \"press-1\", \"sensor_type\": \"vibration\", \"sensor\": \"vibration\", \"value\": \(20.25 + Double($0) / 2)}"
            }.joined(separator: ", ") + "]"
    )
}

/// A body that is one argument.
struct BodySchema: Sendable {
    /// JSON of a body that is accepted.
    let example: String
    let members: [String]

    private var object: [String: Any] {
        (try? JSONSerialization.jsonObject(with: Data(example.utf8)) as? [String: Any]) ?? [:]
    }

    /// One member after the other is hostile, the rest as in the example. Names are new each time, so that what is refused
    /// is refused for the value.
    func requests(_ method: HTTPRequest.Method, _ uri: ([String: String], String) -> String) -> [HostileRequest] {
        var requests: [HostileRequest] = []
        var number = 0
        for member in members {
            for (value, isRefused) in HostileValues.json.map({ ($0, false) })
                + HostileValues.refusedJSON.map({ ($0, true) })
            {
                number += 1
                var others = object
                for name in ["id", "name"] where others[name] is String { others[name] = "sweep-\(member)-\(number)" }
                others[member] = nil
                let rest =
                    (try? JSONSerialization.data(withJSONObject: others)).map {
                        String(decoding: $0, as: UTF8.self).dropLast()
                    } ?? "{"
                let body = rest + (others.isEmpty ? "" : ", ") + "\(String.json(member)): \(value)}"
                requests.append(
                    .init(method: method, uri: uri([:], ""), body: String(body), member: member, isRefused: isRefused))
            }
        }
        for value in HostileValues.json + HostileValues.refusedJSON {
            requests.append(.init(method: method, uri: uri([:], ""), body: value, member: "body"))
        }
        return requests
    }
}

extension String {
    fileprivate subscript(_ index: Int) -> Character { self[self.index(startIndex, offsetBy: index)] }
}

extension EngineDatabase {
    func run(_ script: String) throws {
        try Session(ConnectionConfiguration(url: ownURL, applicationName: "http tests")).script(script)
    }

    func failedJobs() throws -> [String] {
        try Session(ConnectionConfiguration(url: ownURL, applicationName: "http tests"))
            .execute("SELECT j::text FROM ops.job_run AS j WHERE NOT j.succeeded", []).map { $0.string(0) ?? "" }
    }

    /// By method and path: the body's example and its members.
    func schemas() throws -> [String: BodySchema] {
        let session = try Session(ConnectionConfiguration(url: ownURL, applicationName: "http tests"))
        let rows = try session.execute(
            """
            SELECT r.method || r.path, coalesce(c.definition -> 'example', '{}')::text,
                coalesce((SELECT string_agg(k, ' ' ORDER BY k) FROM jsonb_object_keys(c.definition -> 'properties') AS k), '')
            FROM api.route AS r JOIN api.schema_component AS c ON c.name = split_part(r.request_schema ->> '$ref', '/', 4)
            WHERE r.body_mode = 'whole' AND r.function IS NOT NULL
            """, [])
        var schemas: [String: BodySchema] = [:]
        for row in rows {
            schemas[row.string(0) ?? ""] = BodySchema(
                example: row.string(1) ?? "{}", members: (row.string(2) ?? "").split(separator: " ").map(String.init))
        }
        return schemas
    }
}

import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Testing

@testable import Thin

/// What is decided before the database is asked.
@Suite(.timeLimit(.minutes(3))) struct ResponderTests {
    private struct Answer: Decodable {
        struct Item: Decodable, Equatable {
            let field: String
            let message: String
        }
        let status: Int
        let title: String
        let detail: String
        let code: String
        let errors: [Item]
    }

    private func server(handlers: [String: Handler] = [:], cors: [String] = []) async throws -> TestServer {
        let server = await TestServer(handlers: handlers, cors: cors)
        server.routes.replace(
            routes: try [
                TestServer.route("GET", "/things"),
                TestServer.route(
                    "POST", "/things", bodyMode: "members",
                    extra: ", \"arguments\": [{\"name\": \"a\", \"type\": \"integer\", \"has_default\": false}]"),
                TestServer.route("GET", "/open", role: "anonymous"),
                TestServer.route("DELETE", "/things/{id}", role: "admin", status: 204),
                TestServer.route(
                    "POST", "/limited", role: "anonymous",
                    extra: ", \"rate_limit_per_minute\": 2, \"rate_limit_scope\": \"address\""),
                TestServer.route("POST", "/echo", bodyMode: "whole", extra: ", \"handler\": \"echo\""),
                TestServer.route(
                    "GET", WebSocketGate.notifications, role: "anonymous", status: 101,
                    extra: ", \"handler\": \"websocket\""),
            ], errors: SQLStateMap([]))
        return server
    }

    private func check(
        _ server: TestServer, _ method: HTTPRequest.Method, _ path: String, headers: HTTPFields = [:],
        body: String? = nil,
        _ expected: Int, code: String? = nil, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        try await server.application.test(.router) { client in
            try await client.execute(
                uri: path, method: method, headers: headers, body: body.map { ByteBuffer(string: $0) }
            ) { response in
                #expect(response.status.code == expected, sourceLocation: sourceLocation)
                #expect(response.headers[.requestID]?.isEmpty == false, sourceLocation: sourceLocation)
                guard expected >= 400, method != .head else { return }
                #expect(response.headers[.contentType] == "application/problem+json", sourceLocation: sourceLocation)
                let answer = try JSONDecoder().decode(Answer.self, from: Data(response.body.readableBytesView))
                #expect(answer.status == expected && !answer.detail.isEmpty, sourceLocation: sourceLocation)
                if let code { #expect(answer.code == code, sourceLocation: sourceLocation) }
            }
        }
    }

    private func bearer(_ server: TestServer, role: String = "viewer") async throws -> HTTPFields {
        [.authorization: "Bearer \(try await server.token(role: role))", .contentType: "application/json"]
    }

    @Test func everyRefusalIsAProblem() async throws {
        let server = try await server()
        let viewer = try await bearer(server)
        try await check(server, .get, "/nothing", 404, code: "MW404")
        try await check(server, .put, "/things", 405, code: "MW405")
        try await check(server, .get, "/things", 401, code: "MW401")
        try await check(server, .get, "/things", headers: [.authorization: "Basic x"], 401)
        try await check(server, .get, "/things", headers: [.authorization: "Bearer x.y.z"], 401)
        try await check(server, .delete, "/things/1", headers: viewer, 403, code: "MW403")
        try await check(server, .get, "/things?a=%zz", headers: viewer, 400)
        try await check(server, .get, "/things?a=1", headers: viewer, 422, code: "MW422")
        try await check(server, .post, "/things", headers: viewer, body: "{", 400, code: "MW400")
        try await check(server, .post, "/things", headers: viewer, body: "{\"a\": \"x\"}", 422)
        try await check(
            server, .post, "/things", headers: viewer,
            body: "{\"a\": 1, \"pad\": \"\(String(repeating: "x", count: 100))\"}", 413)
        var text = viewer
        text[.contentType] = "text/plain"
        try await check(server, .post, "/things", headers: text, body: "a=1", 415)
        text[.contentType] = "application/json; charset=latin1"
        try await check(server, .post, "/things", headers: text, body: "{}", 415)
        text[.contentType] = "application/x-www-form-urlencoded"
        try await check(server, .post, "/things", headers: text, body: "a=1", 415)
        var both = viewer
        both[.apiKey] = "mwk_x"
        try await check(server, .get, "/things", headers: both, 401)
        var key = viewer
        key[.idempotencyKey] = String(repeating: "k", count: 256)
        try await check(server, .post, "/things", headers: key, body: "{\"a\": 1}", 422)
    }

    @Test func withoutADatabaseIt503s() async throws {
        let server = try await server()
        try await check(server, .get, "/open", 503, code: "MW503")
        let empty = await TestServer()
        try await check(empty, .get, "/anything", 503, code: "MW503")
        try await check(empty, .get, "/openapi.json", 503, code: "MW503")
        try await empty.application.test(.router) { client in
            let started = ContinuousClock.now
            try await client.execute(uri: "/health", method: .get) { response in
                #expect(response.status == .serviceUnavailable && response.headers[.retryAfter] != nil)
                #expect(String(buffer: response.body).contains("database: not connected"))
            }
            #expect(ContinuousClock.now - started < .seconds(5))
        }
    }

    @Test func optionsHeadAndRequestIdentifiers() async throws {
        let server = try await server()
        try await server.application.test(.router) { client in
            try await client.execute(uri: "/things", method: .options) { response in
                #expect(response.status == .noContent && response.headers[.allow] == "GET, HEAD, OPTIONS, POST")
            }
            try await client.execute(uri: "/nothing", method: .head, headers: [.requestID: "my-id-1"]) { response in
                #expect(
                    response.status == .notFound && response.headers[.requestID] == "my-id-1"
                        && response.body.readableBytes == 0)
            }
            try await client.execute(uri: "/nothing", method: .get, headers: [.requestID: "<script>"]) { response in
                #expect(response.headers[.requestID] != "<script>")
            }
        }
    }

    @Test func theLimitSaysWhenToComeBack() async throws {
        let server = try await server()
        try await server.application.test(.router) { client in
            for expected in [503, 503, 429] {
                try await client.execute(uri: "/limited", method: .post) { response in
                    #expect(response.status.code == expected)
                    #expect(
                        response.headers[.rateLimitPolicy] == "\"minute\";q=2;w=60"
                            && response.headers[.rateLimit] != nil)
                    if expected == 429 { #expect((1...30).contains(Int(response.headers[.retryAfter] ?? "") ?? 0)) }
                }
            }
        }
    }

    @Test func corsIsOffUnlessConfigured() async throws {
        let request: HTTPFields = [.origin: "https://plant.example", .accessControlRequestMethod: "POST"]
        let off = try await server()
        try await off.application.test(.router) { client in
            try await client.execute(uri: "/things", method: .options, headers: request) {
                #expect($0.headers[.accessControlAllowOrigin] == nil && $0.headers[.vary] == nil)
            }
        }
        let on = try await server(cors: ["https://plant.example"])
        try await on.application.test(.router) { client in
            try await client.execute(uri: "/things", method: .options, headers: request) {
                #expect($0.status == .noContent && $0.headers[.accessControlAllowOrigin] == "https://plant.example")
                #expect($0.headers[.accessControlAllowHeaders]?.contains("Idempotency-Key") == true)
            }
            try await client.execute(uri: "/things", method: .get, headers: [.origin: "https://evil.example"]) {
                #expect($0.headers[.accessControlAllowOrigin] == nil && $0.headers[.vary] == "Origin")
            }
        }
    }

    @Test func aSocketsPathWithoutUpgradeSaysSo() async throws {
        let server = try await server()
        try await check(server, .get, WebSocketGate.notifications, 426, code: "MW426")
        try await check(server, .get, WebSocketGate.notifications, headers: [.authorization: "Bearer nonsense"], 401)
    }

    @Test func aHandlerThatIsNotThereIs501() async throws {
        let server = try await server()
        try await check(server, .post, "/echo", headers: try await bearer(server), body: "{}", 501)
    }

    @Test func documentationWorksWithoutAssets() async throws {
        let server = try await server()
        try await server.application.test(.router) { client in
            try await client.execute(uri: "/docs", method: .get) { response in
                let page = String(buffer: response.body)
                #expect(response.status == .ok && page.contains("/things/{id}") && !page.contains("<script"))
                let policy = response.headers[.contentSecurityPolicy] ?? ""
                #expect(policy.contains("default-src 'none'") && !policy.contains("script-src"))
            }
            try await client.execute(uri: "/docs", method: .post) { #expect($0.status.code == 405) }
            try await client.execute(uri: "/docs/assets/plain.css", method: .get) { response in
                let tag = try #require(response.headers[.eTag])
                try await client.execute(
                    uri: "/docs/assets/plain.css", method: .get, headers: [.ifNoneMatch: "W/\(tag), \"x\""]
                ) {
                    #expect($0.status == .notModified && $0.body.readableBytes == 0)
                }
            }
            try await client.execute(uri: "/docs/assets/../../etc/passwd", method: .get) {
                #expect($0.status.code == 404)
            }
        }
    }

    @Test func documentationWithAssetsLoadsNothingFromElsewhere() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("docs-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for name in ["swagger-ui.css", "swagger-ui-bundle.js", "secret.txt"] {
            try Data("/* \(name) */".utf8).write(to: folder.appendingPathComponent(name))
        }
        let server = await TestServer(docsAssets: folder.path)
        try await server.application.test(.router) { client in
            try await client.execute(uri: "/docs", method: .get) { response in
                let page = String(buffer: response.body)
                #expect(
                    page.contains("swagger-ui-bundle.js") && !page.contains("http://") && !page.contains("https://"))
                #expect(response.headers[.contentSecurityPolicy]?.contains("script-src 'self';") == true)
            }
            try await client.execute(uri: "/docs/assets/swagger-ui-bundle.js", method: .get) {
                #expect($0.headers[.contentType]?.hasPrefix("text/javascript") == true)
            }
            try await client.execute(uri: "/docs/assets/secret.txt", method: .get) { #expect($0.status.code == 503) }
        }
    }
}

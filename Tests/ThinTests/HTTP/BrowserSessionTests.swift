import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Postgres
import TestSupport
import Testing

@testable import Thin

/// A browser's session: a cookie that scripts cannot read, and what protects it from pages of others.
@Suite(
    .enabled(if: EngineDatabase.isAvailable, "needs MILLWRIGHT_TEST_ADMIN_URL and MILLWRIGHT_TEST_TEMPLATE"),
    .serialized, .timeLimit(.minutes(5)))
struct BrowserSessionTests {
    private static let path = "/api/v1/auth/session"
    private static let viewer = "viewer.of.screens"

    /// A browser that holds a cookie, at one origin.
    private struct Browser {
        let client: any TestClientProtocol
        var cookie = ""
        var csrf: String?

        struct Answer {
            let status: Int
            let headers: HTTPFields
            let body: [String: Any]
            var code: String? { body["code"] as? String }
            /// The members that a refusal names.
            var fields: [String] { (body["errors"] as? [[String: String]] ?? []).compactMap { $0["field"] } }
        }

        func send(
            _ method: HTTPRequest.Method, _ path: String, _ body: String? = nil, _ headers: HTTPFields = [:],
            csrf: Bool = true
        ) async throws -> Answer {
            var fields = headers
            if !cookie.isEmpty, fields[.cookie] == nil { fields[.cookie] = cookie }
            if csrf, let token = self.csrf { fields[.csrfToken] = token }
            if body != nil { fields[.contentType] = "application/json" }
            return try await client.execute(
                uri: path, method: method, headers: fields, body: body.map { ByteBuffer(string: $0) }
            ) { response in
                let data = Data(response.body.readableBytesView)
                return Answer(
                    status: response.status.code, headers: response.headers,
                    body: (try? JSONSerialization.jsonObject(with: data)) as? [String: Any] ?? [:])
            }
        }

        mutating func logIn(_ name: String = EngineDatabase.email, headers: HTTPFields = [:]) async throws -> Answer {
            let answer = try await send(
                .post, BrowserSessionTests.path,
                "{\"username\": \"\(name)\", \"password\": \"\(EngineDatabase.password)\"}", headers)
            cookie = (answer.headers[.setCookie] ?? "").split(separator: ";").first.map(String.init) ?? ""
            csrf = answer.body["csrf_token"] as? String
            return answer
        }
    }

    /// Runs against a server with a database of its own.
    private func with(
        trustedProxies: Set<String> = [], publicURL: String? = nil,
        _ body: @escaping @Sendable (_ client: any TestClientProtocol, _ database: EngineDatabase) async throws -> Void
    ) async throws {
        let database = try await onThread { try EngineDatabase() }
        let server = await TestServer(
            databaseURL: database.thinURL, publicURL: publicURL, trustedProxies: trustedProxies,
            queueDeadline: .seconds(30))
        try await server.routes.reload(from: server.database)
        try await server.application.test(.live) { client in
            try await body(client, database)
        }
        await server.database.stop()
        try await onThread { database.drop() }
    }

    @Test func logInReadWriteLogOut() async throws {
        try await with { client, _ in
            var browser = Browser(client: client)
            let opened = try await browser.logIn()
            #expect(opened.status == 200 && opened.body["access_token"] == nil && opened.body["cookie"] == nil)
            let header = opened.headers[.setCookie] ?? ""
            for part in ["Path=/", "HttpOnly", "SameSite=Strict"] { #expect(header.contains("; \(part)"), "\(header)") }
            #expect(header.hasPrefix("millwright_session=mws_") && !header.contains("Secure"))
            #expect(!header.lowercased().contains("domain"))
            #expect((opened.body["user"] as? [String: Any])?["role"] as? String == "admin")
            #expect(opened.headers[.cacheControl] == "no-store")

            let seen = try await browser.send(.get, Self.path, csrf: false)
            #expect(seen.status == 200 && seen.body["csrf_token"] as? String == browser.csrf && browser.csrf != nil)
            #expect(try await browser.send(.get, "/api/v1/equipment", csrf: false).status == 200)
            #expect(try await browser.send(.head, "/api/v1/equipment", csrf: false).status == 200)
            let ticket = try await browser.send(.post, "/api/v1/auth/ws-ticket")
            #expect(ticket.status == 201 && ticket.body["ticket"] is String)

            let ended = try await browser.send(.delete, Self.path)
            #expect(ended.status == 200)
            #expect(ended.headers[.setCookie]?.hasPrefix("millwright_session=; Path=/; Max-Age=0;") == true)
            let after = try await browser.send(.get, Self.path)
            #expect(after.status == 401 && after.code == "MW401")
            #expect(after.headers[.setCookie]?.contains("Max-Age=0") == true)
        }
    }

    @Test func withoutTheTokenNothingIsChanged() async throws {
        try await with { client, database in
            var browser = Browser(client: client)
            _ = try await browser.logIn()
            var other = Browser(client: client)
            _ = try await other.logIn()
            let writes: [(HTTPRequest.Method, String, String?)] = [
                (.post, "/api/v1/auth/ws-ticket", nil), (.post, "/api/v1/auth/logout", "{}"),
                (.post, "/api/v1/auth/api-keys", "{\"name\": \"x\"}"), (.delete, Self.path, nil),
                (.delete, "/api/v1/equipment/x", nil), (.put, "/api/v1/equipment/x", "{}"),
                (.patch, "/api/v1/users/1", "{\"role\": \"viewer\"}"),
            ]
            let wrong: [String?] = [
                nil, "", "x", other.csrf, browser.csrf.map { $0 + " x" }, browser.csrf?.uppercased(),
                String(repeating: "x", count: 10_000),
            ]
            for (method, path, body) in writes {
                for token in wrong {
                    let answer = try await browser.send(
                        method, path, body, token.map { [.csrfToken: $0] } ?? [:], csrf: false)
                    #expect(answer.status == 403 && answer.code == "MW470", "\(method) \(path) \(token ?? "nil")")
                    #expect(answer.fields == ["X-CSRF-Token"])
                }
            }
            // the token alone opens nothing
            let alone = try await browser.send(
                .post, "/api/v1/auth/ws-ticket", nil, [.cookie: "theme=dark"])
            #expect(alone.status == 401)
            #expect(try await browser.send(.post, "/api/v1/auth/ws-ticket").status == 201)
            let keys = try await onThread { try database.count("auth.api_key") }
            #expect(keys == 0)
        }
    }

    @Test func pagesOfOtherOriginsAreRefused() async throws {
        try await with { client, _ in
            // the client's Host is localhost
            var browser = Browser(client: client)
            _ = try await browser.logIn(headers: [.origin: "http://localhost:80"])
            #expect(!browser.cookie.isEmpty)
            let foreign: [HTTPFields] = [
                [.origin: "http://evil.example"], [.origin: "null"], [.origin: ""], [.origin: "http://localhost:3000"],
                [.origin: "https://localhost"], [.origin: "http://localhost.evil.example"],
                [.origin: "http://evil@localhost"], [.origin: "localhost"], [.origin: "http://localhost/"],
                [.fetchSite: "cross-site"], [.fetchSite: "same-site"],
            ]
            for headers in foreign {
                let answer = try await browser.send(.post, "/api/v1/auth/ws-ticket", nil, headers)
                #expect(answer.status == 403 && answer.code == "MW470", "\(headers)")
                #expect(answer.fields == [headers[.origin] != nil ? "Origin" : "Sec-Fetch-Site"])
                // nor may they log a browser in, as whom they like
                var victim = Browser(client: client)
                let opened = try await victim.logIn(headers: headers)
                #expect(opened.status == 403 && opened.headers[.setCookie] == nil)
            }
            let own: HTTPFields = [.origin: "http://localhost", .fetchSite: "same-origin"]
            #expect(try await browser.send(.post, "/api/v1/auth/ws-ticket", nil, own).status == 201)
            // a form of another page needs no preflight, and is not read
            let form = try await client.execute(
                uri: Self.path, method: .post, headers: [.contentType: "application/x-www-form-urlencoded"],
                body: ByteBuffer(string: "username=a&password=b")
            ) { $0.status.code }
            #expect(form == 415)
        }
    }

    @Test func behindTLSTheCookieIsSecure() async throws {
        try await with(trustedProxies: ["127.0.0.1", "::1"]) { client, _ in
            let proxied: HTTPFields = [.forwardedProto: "https", .origin: "https://localhost"]
            var browser = Browser(client: client)
            let opened = try await browser.logIn(headers: proxied)
            let header = opened.headers[.setCookie] ?? ""
            #expect(header.hasPrefix("__Host-millwright_session=mws_") && header.hasSuffix("; Secure"))
            #expect(try await browser.send(.get, Self.path, nil, proxied).status == 200)
            // over plain HTTP, anybody in between could have planted it
            #expect(try await browser.send(.get, Self.path).status == 401)
            #expect(try await browser.send(.post, "/api/v1/auth/ws-ticket", nil, proxied).status == 201)
        }
        // nobody but a trusted proxy says that there is TLS
        try await with { client, _ in
            var browser = Browser(client: client)
            let opened = try await browser.logIn(headers: [.forwardedProto: "https"])
            #expect(opened.headers[.setCookie]?.hasPrefix("millwright_session=") == true)
        }
        try await with(publicURL: "https://plant.example") { client, _ in
            var browser = Browser(client: client)
            let opened = try await browser.logIn(headers: [.origin: "https://plant.example:443"])
            #expect(opened.status == 200 && opened.headers[.setCookie]?.hasSuffix("; Secure") == true)
            let inside: HTTPFields = [.origin: "http://localhost"]
            #expect(try await browser.send(.post, "/api/v1/auth/ws-ticket", nil, inside).code == "MW470")
        }
    }

    @Test func sessionsEnd() async throws {
        try await with { client, database in
            func session(_ change: String) async throws -> (Int, String?) {
                var browser = Browser(client: client)
                _ = try await browser.logIn()
                #expect(try await browser.send(.get, Self.path).status == 200)
                try await onThread { try database.run(change) }
                let answer = try await browser.send(.get, "/api/v1/equipment")
                return (answer.status, answer.headers[.setCookie])
            }
            let ends = [
                "UPDATE auth.session SET expires_at = now() - INTERVAL '1 second'",
                "UPDATE auth.session SET refreshed_at = now() - INTERVAL '12 hours 1 second'",
                "UPDATE auth.session SET revoked_at = now(), revoked_reason = 'administrator' WHERE revoked_at IS NULL",
                "SELECT auth.end_sessions(id, 'logout') FROM auth.account", "DELETE FROM auth.session",
            ]
            for change in ends {
                let (status, cookie) = try await session(change)
                #expect(status == 401, "\(change)")
                #expect(cookie?.contains("Max-Age=0") == true, "\(change)")
            }
            // a session in use stays
            var browser = Browser(client: client)
            _ = try await browser.logIn()
            try await onThread {
                try database.run("UPDATE auth.session SET refreshed_at = now() - INTERVAL '11 hours'")
            }
            #expect(try await browser.send(.get, Self.path).status == 200)
            let stale = try await onThread {
                try database.count("auth.session WHERE refreshed_at < now() - INTERVAL '1 hour' AND revoked_at IS NULL")
            }
            #expect(stale == 0)
            // POST /auth/logout with a cookie is the same as with a token; everywhere reaches the other browsers
            var second = Browser(client: client)
            _ = try await second.logIn()
            #expect(try await second.send(.post, "/api/v1/auth/logout", "{\"everywhere\": true}").status == 204)
            #expect(try await browser.send(.get, Self.path).status == 401)
            // somebody who has left
            _ = try await browser.logIn()
            try await onThread { try database.run("UPDATE auth.account SET is_active = false") }
            #expect(try await browser.send(.get, Self.path).status == 401)
        }
    }

    @Test func aRoleHoldsAtOnce() async throws {
        try await with { client, database in
            try await onThread {
                try database.run(
                    "SELECT auth.create_account('\(Self.viewer)', 'v@example.com', '\(EngineDatabase.password)', NULL, 'viewer')"
                )
            }
            var browser = Browser(client: client)
            _ = try await browser.logIn(Self.viewer)
            #expect(try await browser.send(.get, "/api/v1/equipment").status == 200)
            let refused = try await browser.send(.post, "/api/v1/equipment", "{\"name\": \"x\"}")
            #expect(refused.status == 403 && refused.code == "MW403")
            #expect(try await browser.send(.get, "/api/v1/users").status == 403)
            try await onThread {
                try database.run("UPDATE auth.account SET role = 'admin' WHERE username = '\(Self.viewer)'")
            }
            #expect(try await browser.send(.get, "/api/v1/users").status == 200)
        }
    }

    @Test func onlyOneCredentialCounts() async throws {
        try await with { client, database in
            var browser = Browser(client: client)
            _ = try await browser.logIn()
            // a token goes on working as it does, with a dead or foreign cookie beside it, and needs no CSRF token
            let token = try await client.execute(
                uri: "/api/v1/auth/login", method: .post, headers: [.contentType: "application/json"],
                body: ByteBuffer(
                    string:
                        "{\"username\": \"\(EngineDatabase.email)\", \"password\": \"\(EngineDatabase.password)\"}")
            ) { response in
                let data = Data(response.body.readableBytesView)
                return (try JSONSerialization.jsonObject(with: data) as? [String: Any])?["access_token"] as? String
            }
            let bearer: HTTPFields = [
                .authorization: "Bearer \(try #require(token))", .origin: "https://elsewhere.example",
            ]
            #expect(try await browser.send(.post, "/api/v1/auth/ws-ticket", nil, bearer, csrf: false).status == 201)
            #expect(try await browser.send(.get, Self.path, nil, [.authorization: "Bearer x.y.z"]).status == 401)
            // cookies that are none: nobody calls
            let value = browser.cookie.split(separator: "=", maxSplits: 1)[1]
            for cookie in [
                "\(browser.cookie); \(browser.cookie)x", "millwright_session=", "millwright_session=mws_x",
                "Millwright_Session=\(value)", "millwright_session2=\(value)", "__Host-millwright_session=\(value)",
                "millwright_session=\(String(repeating: "x", count: 8_000))", "\(browser.cookie)x", "=", ";;;",
            ] {
                #expect(
                    try await browser.send(.get, Self.path, nil, [.cookie: cookie]).status == 401,
                    "\(cookie.prefix(80))")
            }
            #expect(try await browser.send(.get, Self.path, nil, [.cookie: "a=b; \(browser.cookie);c=d"]).status == 200)
            // a dead cookie does not keep anybody from logging in again
            try await onThread { try database.run("DELETE FROM auth.session") }
            #expect(try await browser.logIn().status == 200)
            // an API key has no session
            let made = try await browser.send(.post, "/api/v1/auth/api-keys", "{\"name\": \"x\"}")
            let key = try #require(made.body["key"] as? String)
            #expect(try await Browser(client: client).send(.get, Self.path, nil, [.apiKey: key]).status == 404)
        }
    }

    @Test func wrongPasswordsAreCountedAndSetNoCookie() async throws {
        try await with { client, database in
            let browser = Browser(client: client)
            for _ in 0..<3 {
                let answer = try await browser.send(
                    .post, Self.path, "{\"username\": \"\(EngineDatabase.email)\", \"password\": \"wrong wrong\"}")
                #expect(answer.status == 401 && answer.headers[.setCookie] == nil)
            }
            let failures = try await onThread {
                try database.count("auth.audit_entry WHERE action = 'session.login_failed'")
            }
            #expect(failures == 3)
            #expect(try await onThread { try database.count("auth.session") } == 0)
        }
    }
}

extension EngineDatabase {
    /// Rows of a table, or of a table and a condition.
    func count(_ source: String) throws -> Int64 {
        let own = try Session(ConnectionConfiguration(url: ownURL, applicationName: "http tests"))
        return try own.execute("SELECT count(*) FROM \(source)").one().int(0).map(Int64.init) ?? -1
    }
}

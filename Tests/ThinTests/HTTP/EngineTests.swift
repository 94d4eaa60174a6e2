import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import Postgres
import TestSupport
import Testing

@testable import Thin

/// The route engine against a migrated database, with functions made for the purpose.
@Suite(
    .enabled(if: EngineDatabase.isAvailable, "needs MILLWRIGHT_TEST_ADMIN_URL and MILLWRIGHT_TEST_TEMPLATE"),
    .timeLimit(.minutes(2)))
struct EngineTests {
    private typealias Body = [String: Any]

    private func withServer(_ body: @escaping @Sendable (TestServer, any TestClientProtocol) async throws -> Void)
        async throws
    {
        let database = try await onThread { try EngineDatabase() }
        let server = await TestServer(databaseURL: database.thinURL, queueDeadline: .seconds(5))
        try await server.routes.reload(from: server.database)
        try await server.application.test(.router) { client in try await body(server, client) }
        await server.database.stop()
        try await onThread { database.drop() }
    }

    private static func json(_ response: TestResponse) throws -> Any {
        try JSONSerialization.jsonObject(with: Data(response.body.readableBytesView), options: .fragmentsAllowed)
    }

    private static func login(_ client: any TestClientProtocol) async throws -> HTTPFields {
        var fields: HTTPFields = [:]
        try await client.execute(
            uri: "/api/v1/auth/login", method: .post, headers: [.contentType: "application/x-www-form-urlencoded"],
            body: ByteBuffer(
                string: "grant_type=password&username=\(EngineDatabase.email)&password=\(EngineDatabase.password)")
        ) { response in
            let body = try #require(try json(response) as? Body)
            #expect(response.status == .ok && body["token_type"] as? String == "bearer" && body["refresh_token"] != nil)
            fields = [
                .authorization: "Bearer \(body["access_token"] as? String ?? "")", .contentType: "application/json",
            ]
        }
        return fields
    }

    @Test func argumentsArriveWithTheirTypes() async throws {
        try await withServer { _, client in
            let headers = try await Self.login(client)
            let sent = """
                {"t": "é\\n\\"x\\"", "i": -5, "b": true, "d": 1e-3, "n": 12345678901234567890.12, "j": {"a": [null, 1.10]},
                 "ta": ["a,b", "c\\"}"], "ia": [1, 2], "at": "2026-01-31T08:30:00+09:00", "u": "0ca2d9dc-0c3e-4174-bda4-adda4c240ab0"}
                """
            try await client.execute(
                uri: "/test/echo/7", method: .post, headers: headers, body: ByteBuffer(string: sent)
            ) { response in
                #expect(response.status == .ok)
                let body = try #require(try Self.json(response) as? Body)
                #expect(body["id"] as? Int == 7 && body["t"] as? String == "é\n\"x\"" && body["i"] as? Int == -5)
                #expect(
                    body["b"] as? Bool == true && body["d"] as? Double == 0.001
                        && body["ta"] as? [String] == ["a,b", "c\"}"])
                #expect(
                    body["ia"] as? [Int] == [1, 2] && body["u"] as? String == "0ca2d9dc-0c3e-4174-bda4-adda4c240ab0")
                #expect(String(buffer: response.body).contains("12345678901234567890.12"))
                #expect(body["at"] as? String == "2026-01-30T23:30:00+00:00")
                #expect(
                    body["role"] as? String == "admin" && body["user"] as? String == "1", "runs as the caller's role")
            }
            try await client.execute(uri: "/test/echo/7?t=from%20query&ta=x&ta=y", method: .post, headers: headers) {
                response in
                let body = try #require(try Self.json(response) as? Body)
                #expect(
                    body["t"] as? String == "from query" && body["ta"] as? [String] == ["x", "y"] && body["i"] is NSNull
                )
            }
        }
    }

    @Test func errorsOfTheDatabaseBecomeProblems() async throws {
        try await withServer { _, client in
            let headers = try await Self.login(client)
            for (state, status) in [
                ("MW404", 404), ("MW409", 409), ("MW422", 422), ("23505", 409), ("42501", 403), ("XX000", 500),
                // a division by zero in a request that reads is ours: its values were read before
                ("22P02", 422), ("22012", 500),
            ] {
                try await client.execute(uri: "/test/fail?state=\(state)", method: .get, headers: headers) { response in
                    #expect(Int(response.status.code) == status, "\(state)")
                    let text = String(buffer: response.body)
                    #expect(text.contains("secret thing") == state.hasPrefix("MW"), "\(state): \(text)")
                    let body = try #require(try Self.json(response) as? Body)
                    if state.hasPrefix("MW") {
                        #expect((body["errors"] as? [Body])?.first?["field"] as? String == "gadget")
                    }
                }
            }
        }
    }

    @Test func aRequestIsEndedAfterItsTime() async throws {
        try await withServer { _, client in
            let headers = try await Self.login(client)
            let started = ContinuousClock.now
            try await client.execute(uri: "/test/slow", method: .get, headers: headers) {
                #expect($0.status.code == 504)
            }
            #expect(ContinuousClock.now - started < .seconds(9), "it slept ten")
            // the limit was the request's, not the connection's
            try await client.execute(uri: "/test/settings", method: .get, headers: headers) { response in
                let body = try #require(try Self.json(response) as? Body)
                #expect(body["statement_timeout"] as? String == "5s" && body["role"] as? String == "admin")
            }
        }
    }

    @Test func nullIsNotFoundAndEmptyIsEmpty() async throws {
        try await withServer { _, client in
            let headers = try await Self.login(client)
            try await client.execute(uri: "/test/null", method: .get, headers: headers) {
                #expect($0.status == .notFound)
            }
            try await client.execute(uri: "/test/null", method: .delete, headers: headers) {
                #expect($0.status == .noContent && $0.body.readableBytes == 0)
            }
        }
    }

    @Test func anIdempotentWriteHappensOnce() async throws {
        try await withServer { _, client in
            let headers = try await Self.login(client)
            var keyed = headers
            keyed[.idempotencyKey] = "key-1"
            var answers: [String] = []
            for index in 0..<3 {
                try await client.execute(
                    uri: "/test/count", method: .post, headers: keyed, body: ByteBuffer(string: "{\"name\": \"a\"}")
                ) {
                    #expect($0.status == .created)
                    #expect(($0.headers[.idempotencyReplayed] == "true") == (index > 0))
                    answers.append(String(buffer: $0.body))
                }
            }
            #expect(Set(answers).count == 1)
            try await client.execute(
                uri: "/test/count", method: .post, headers: keyed, body: ByteBuffer(string: "{\"name\": \"b\"}")
            ) {
                #expect($0.status.code == 422, "the key belongs to another request")
            }
            try await client.execute(
                uri: "/test/count", method: .post, headers: headers, body: ByteBuffer(string: "{\"name\": \"a\"}")
            ) {
                #expect(String(buffer: $0.body).contains("2"), "without a key it happens again")
            }
        }
    }

    @Test func callersAreWhoTheySayOrNobody() async throws {
        try await withServer { server, client in
            let headers = try await Self.login(client)
            // signed by us, but the session does not exist
            let ghost = try await server.token(
                role: "admin", subject: "1", session: "00000000-0000-4000-8000-000000000000")
            try await client.execute(uri: "/test/settings", method: .get, headers: [.authorization: "Bearer \(ghost)"])
            {
                #expect($0.status == .unauthorized && $0.headers[.wwwAuthenticate] != nil)
            }
            var key = ""
            try await client.execute(
                uri: "/api/v1/auth/api-keys", method: .post, headers: headers,
                body: ByteBuffer(string: "{\"name\": \"m\", \"role\": \"viewer\"}")
            ) { response in
                #expect(response.status == .created)
                key = (try Self.json(response) as? Body)?["key"] as? String ?? ""
            }
            try await client.execute(uri: "/test/settings", method: .get, headers: [.apiKey: key]) { response in
                let body = try #require(try Self.json(response) as? Body)
                #expect(body["role"] as? String == "viewer")
            }
            try await client.execute(uri: "/test/settings", method: .get, headers: [.apiKey: "mwk_wrong"]) {
                #expect($0.status == .unauthorized)
            }
            try await client.execute(uri: "/api/v1/auth/logout", method: .post, headers: headers) {
                #expect($0.status == .noContent)
            }
            try await client.execute(uri: "/test/settings", method: .get, headers: headers) {
                #expect($0.status == .unauthorized)
            }
        }
    }

    @Test func aWrongPasswordCountsAndIsRefused() async throws {
        try await withServer { _, client in
            for _ in 0..<3 {
                try await client.execute(
                    uri: "/api/v1/auth/login", method: .post, headers: [.contentType: "application/json"],
                    body: ByteBuffer(string: "{\"username\": \"\(EngineDatabase.email)\", \"password\": \"wrong\"}")
                ) { response in
                    #expect(response.status == .unauthorized)
                    #expect(!String(buffer: response.body).contains("mw_refusal"))
                }
            }
        }
    }
}

/// A database cloned from the migrated template, with an administrator's account and endpoints for the tests.
struct EngineDatabase: Sendable {
    static let email = "engine@example.com"
    static let password = "engine-tests-of-the-http-side"
    private static let variables = ProcessInfo.processInfo.environment
    static var isAvailable: Bool {
        variables["MILLWRIGHT_TEST_ADMIN_URL"] != nil && variables["MILLWRIGHT_TEST_TEMPLATE"] != nil
    }

    let name: String
    let role: String
    let thinURL: String
    /// An administrator's.
    let ownURL: String
    private let adminURL: String

    init() throws {
        adminURL = Self.variables["MILLWRIGHT_TEST_ADMIN_URL"]!
        let suffix = UUID().uuidString.lowercased().filter { $0 != "-" }.prefix(20)
        name = "millwright_http_\(suffix)"
        role = "thin_http_\(suffix)"
        let admin = try Session(ConnectionConfiguration(url: adminURL, applicationName: "http tests"))
        try Self.clone(Self.variables["MILLWRIGHT_TEST_TEMPLATE"]!, as: name, admin)
        let secret = UUID().uuidString
        try admin.script(
            "CREATE ROLE \(role) LOGIN PASSWORD '\(secret)' IN ROLE thin; GRANT CONNECT ON DATABASE \(name) TO \(role)")
        var components = URLComponents(string: adminURL)!
        components.path = "/\(name)"
        ownURL = components.string!
        let own = try Session(ConnectionConfiguration(url: ownURL, applicationName: "http tests"))
        try own.script(Self.fixtures)
        _ = try own.execute("SELECT auth.bootstrap_admin($1, $2)", [.text(Self.email), .text(Self.password)])
        components.user = role
        components.password = secret
        thinURL = components.string!
    }

    /// TimescaleDB's scheduler looks into each database now and then, and a database in use cannot be cloned.
    private static func clone(_ template: String, as name: String, _ admin: Session) throws {
        for _ in 0..<20 {
            if (try? admin.script("CREATE DATABASE \(name) TEMPLATE \(template)")) != nil { return }
            Thread.sleep(forTimeInterval: 0.2)
        }
        try admin.script("CREATE DATABASE \(name) TEMPLATE \(template)")
    }

    /// An access token of the administrator.
    func login(_ server: TestServer) async throws -> String {
        try await server.application.test(.router) { client in
            try await client.execute(
                uri: "/api/v1/auth/login", method: .post, headers: [.contentType: "application/json"],
                body: ByteBuffer(string: "{\"username\": \"\(Self.email)\", \"password\": \"\(Self.password)\"}")
            ) { response in
                let body =
                    try JSONSerialization.jsonObject(with: Data(response.body.readableBytesView)) as? [String: Any]
                return try #require(body?["access_token"] as? String)
            }
        }
    }

    func drop() {
        guard let admin = try? Session(ConnectionConfiguration(url: adminURL, applicationName: "http tests")) else {
            return
        }
        try? admin.script("DROP DATABASE IF EXISTS \(name) WITH (FORCE)")
        try? admin.script("DROP ROLE IF EXISTS \(role)")
    }

    private static let fixtures = """
        SET ROLE millwright;
        CREATE FUNCTION api.test_echo(id bigint, t text DEFAULT NULL, i integer DEFAULT NULL, b boolean DEFAULT NULL,
            d double precision DEFAULT NULL, n numeric DEFAULT NULL, j jsonb DEFAULT NULL, ta text[] DEFAULT NULL, ia integer[] DEFAULT NULL,
            at timestamptz DEFAULT NULL, u uuid DEFAULT NULL) RETURNS jsonb LANGUAGE sql SET search_path = pg_catalog, pg_temp
        AS $$ SELECT jsonb_build_object('id', id, 't', t, 'i', i, 'b', b, 'd', d, 'n', n, 'j', j, 'ta', ta, 'ia', ia, 'at', at, 'u', u,
            'role', current_user, 'user', current_setting('millwright.user_id', true)) $$;
        CREATE FUNCTION api.test_fail(state text) RETURNS jsonb LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
        AS $$ BEGIN RAISE EXCEPTION USING ERRCODE = state, MESSAGE = 'secret thing', COLUMN = 'gadget'; END $$;
        CREATE FUNCTION api.test_slow() RETURNS jsonb LANGUAGE sql SET search_path = pg_catalog, pg_temp
        AS $$ SELECT to_jsonb(pg_sleep(10)::text) $$;
        CREATE FUNCTION api.test_settings() RETURNS jsonb LANGUAGE sql SET search_path = pg_catalog, pg_temp
        AS $$ SELECT jsonb_build_object('statement_timeout', current_setting('statement_timeout'), 'role', current_user) $$;
        CREATE FUNCTION api.test_null() RETURNS jsonb LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$ SELECT NULL::jsonb $$;
        CREATE TABLE api.test_counter (name text);
        CREATE FUNCTION api.test_count(name text) RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
        AS $$ BEGIN INSERT INTO api.test_counter VALUES (test_count.name);
            RETURN jsonb_build_object('count', (SELECT count(*) FROM api.test_counter)); END $$;
        GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA api TO viewer;
        INSERT INTO api.route (method, path, area, function, minimum_role, success_status, body_mode, response, summary, timeout_ms) VALUES
            ('POST', '/test/echo/{id}', 'test', 'api.test_echo', 'viewer', 200, 'members', 'json', 'echo', 5000),
            ('GET', '/test/fail', 'test', 'api.test_fail', 'viewer', 200, 'none', 'json', 'fail', 5000),
            ('GET', '/test/slow', 'test', 'api.test_slow', 'viewer', 200, 'none', 'json', 'slow', 200),
            ('GET', '/test/settings', 'test', 'api.test_settings', 'viewer', 200, 'none', 'json', 'settings', 5000),
            ('GET', '/test/null', 'test', 'api.test_null', 'viewer', 200, 'none', 'json', 'null', 5000),
            ('DELETE', '/test/null', 'test', 'api.test_null', 'viewer', 204, 'none', 'empty', 'null', 5000),
            ('POST', '/test/count', 'test', 'api.test_count', 'viewer', 201, 'members', 'json', 'count', 5000);
        RESET ROLE;
        """
}

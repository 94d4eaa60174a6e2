import Foundation
import Postgres
import Synchronization

/// Who sends a request, as the database is told at its begin.
struct Caller: Sendable, Equatable {
    var role: Role
    var userID: String?
    var sessionID: String?
    var apiKeyID: String?
    /// When the token ends; nil for API keys and anonymous callers.
    var expiresAt: Date?

    static let anonymous = Caller(role: .anonymous)

    init(role: Role, userID: String? = nil, sessionID: String? = nil, apiKeyID: String? = nil, expiresAt: Date? = nil) {
        self.role = role
        self.userID = userID
        self.sessionID = sessionID
        self.apiKeyID = apiKeyID
        self.expiresAt = expiresAt
    }

    init?(_ token: AccessToken) {
        guard let role = Role(rawValue: token.role), role != .anonymous else { return nil }
        self.init(
            role: role, userID: token.sub, sessionID: token.sid,
            expiresAt: Date(timeIntervalSince1970: TimeInterval(token.exp)))
    }

    /// What `auth.authenticate_api_key` and `auth.redeem_ws_ticket` answer.
    init?(json: String?) {
        struct Answer: Decodable {
            let userID: Int64
            let sessionID: String?
            let apiKeyID: String?
            let role: Role

            enum CodingKeys: String, CodingKey {
                case userID = "user_id"
                case sessionID = "session_id"
                case apiKeyID = "api_key_id"
                case role
            }
        }
        guard let json, let answer = try? JSONDecoder().decode(Answer.self, from: Data(json.utf8)) else { return nil }
        self.init(
            role: answer.role, userID: String(answer.userID), sessionID: answer.sessionID, apiKeyID: answer.apiKeyID)
    }

    /// The argument of `auth.begin_request`.
    func requestJSON(requestID: String, address: String?, method: String, path: String) -> String {
        var text = "{\"role\":\"\(role.rawValue)\""
        func add(_ name: String, _ value: String?) {
            guard let value else { return }
            text += ",\"\(name)\":"
            text.appendJSONString(value)
        }
        add("request_id", requestID)
        add("address", address)
        add("user_id", userID)
        add("session_id", sessionID)
        add("api_key_id", apiKeyID)
        add("method", method)
        add("path", path)
        return text + "}"
    }
}

/// Finds out who calls: from a bearer token, or from an API key that the database knows.
final class Authenticator: Sendable {
    /// `auth.begin_request` checks a key's revocation on every request anyway, so its owner may be remembered this
    /// long.
    private static let apiKeyCacheLifetime: Duration = .seconds(10)
    private static let apiKeyCacheLimit = 4096
    private static let maximumTicketBytes = 256
    /// What an API key begins with (auth.random_secret), and how long it is: anything else is not looked up.
    private static let apiKeyPrefix = "mwk_"
    private static let apiKeyBytes = 47

    private struct CachedKey {
        let caller: Caller
        let until: ContinuousClock.Instant
    }

    private let tokens: AccessTokens
    private let database: Client
    private let apiKeys = Mutex<[String: CachedKey]>([:])

    init(tokens: AccessTokens, database: Client) {
        self.tokens = tokens
        self.database = database
    }

    /// - Throws: ``Problem`` 401 for a credential that is not valid, `DatabaseError` when an API key cannot be looked
    ///   up.
    func caller(authorization: String?, apiKey: String?) async throws -> Caller {
        if let authorization {
            guard apiKey == nil else {
                throw Problem.unauthorized("send a bearer token or an API key, not both", error: "invalid_request")
            }
            let parts = authorization.split(separator: " ", maxSplits: 1)
            guard parts.count == 2, parts[0].lowercased() == "bearer" else {
                throw Problem.unauthorized("the Authorization header must be: Bearer TOKEN", error: "invalid_request")
            }
            return try await caller(credential: String(parts[1]))
        }
        if let apiKey { return try await caller(apiKey: apiKey) }
        return .anonymous
    }

    /// An access token or an API key, as `Authorization: Bearer` and a WebSocket's first message carry it.
    func caller(credential: String) async throws -> Caller {
        let credential = credential.trimmingCharacters(in: .whitespaces)
        return credential.hasPrefix(Self.apiKeyPrefix)
            ? try await caller(apiKey: credential) : try await caller(token: credential)
    }

    private func caller(token: String) async throws(Problem) -> Caller {
        do {
            let token = try await tokens.verify(token)
            if let caller = Caller(token) { return caller }
        } catch {
            throw .unauthorized(error.reason)
        }
        throw .unauthorized("the token names no role")
    }

    private func caller(apiKey: String) async throws -> Caller {
        guard apiKey.hasPrefix(Self.apiKeyPrefix), apiKey.utf8.count == Self.apiKeyBytes else {
            throw Problem.unauthorized("unknown API key")
        }
        if let cached = apiKeys.withLock({ $0[apiKey] }), cached.until > .now { return cached.caller }
        let result = try await database.query("SELECT auth.authenticate_api_key($1)::text", [.text(apiKey)])
        guard result.count == 1, let caller = Caller(json: result[0].string(0)) else {
            throw Problem.unauthorized("unknown API key")
        }
        apiKeys.withLock {
            if $0.count >= Self.apiKeyCacheLimit { $0.removeAll(keepingCapacity: true) }
            $0[apiKey] = CachedKey(caller: caller, until: .now + Self.apiKeyCacheLifetime)
        }
        return caller
    }

    /// The owner of a browser's session. Nothing is remembered: a role that changes holds at once.
    /// - Throws: `DatabaseError` MW401 when it has ended, MW470 without the CSRF token that `method` needs.
    func caller(cookie: String, csrfToken: String?, method: String) async throws -> Caller {
        let result = try await database.query(
            "SELECT auth.authenticate_cookie($1, $2, $3)::text",
            [
                .text(cookie), csrfToken.map { .text(String($0.prefix(Self.maximumTicketBytes))) } ?? .null,
                .text(method),
            ])
        guard result.count == 1, let caller = Caller(json: result[0].string(0)) else {
            throw Problem.unauthorized("the session has ended")
        }
        return caller
    }

    /// Turns a one-use ticket of a WebSocket client into its caller.
    func caller(ticket: String) async throws -> Caller {
        guard ticket.utf8.count <= Self.maximumTicketBytes else {
            throw Problem.unauthorized("the ticket is not valid")
        }
        let result = try await database.query("SELECT auth.redeem_ws_ticket($1)::text", [.text(ticket)])
        guard result.count == 1, let caller = Caller(json: result[0].string(0)) else {
            throw Problem.unauthorized("the ticket is not valid")
        }
        return caller
    }

    /// Whether a caller that came in earlier still may: its session may have ended since. Throws `DatabaseError` MW401
    /// if not.
    func recheck(_ caller: Caller, requestID: String, address: String?) async throws {
        let request = caller.requestJSON(requestID: requestID, address: address, method: "GET", path: "recheck")
        _ = try await database.query("SELECT auth.begin_request($1::jsonb)", [.jsonb(request)])
    }
}

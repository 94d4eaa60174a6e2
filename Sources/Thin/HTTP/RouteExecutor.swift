import Crypto
import Foundation
import Hexadecimal
import Postgres

/// Calls a route's SQL function as the caller: one pipelined round trip, one transaction.
struct RouteExecutor: Sendable {
    /// What a call came to.
    enum Outcome: Sendable, Equatable {
        /// The function's result as JSON text; nil is SQL's NULL.
        case result(String?)
        /// An earlier request with the same Idempotency-Key had this answer.
        case replay(status: Int, body: String?)
    }

    let database: Client

    /// - Parameters:
    ///   - request: argument of `auth.begin_request`.
    ///   - role: becomes the transaction's role; one of a fixed list.
    func execute(_ call: BoundCall, request: String, role: Role, timeoutMilliseconds: Int) async throws -> String? {
        let results = try await database.pipeline(
            [Statement("BEGIN")] + Self.preamble(request: request, role: role, timeoutMilliseconds: timeoutMilliseconds)
                + [Statement(call.sql, call.parameters), Statement("COMMIT")])
        return Self.text(results[3])
    }

    /// The same under an Idempotency-Key: claim of the key, call and answer are one transaction, so that a request that
    /// was sent twice happens once.
    /// - Parameters:
    ///   - status: of a successful answer.
    ///   - isRefusal: whether a result must not be kept as the answer.
    func execute(
        _ call: BoundCall, request: String, role: Role, timeoutMilliseconds: Int, key: String, fingerprint: String,
        status: Int, isRefusal: @Sendable (String?) -> Bool
    ) async throws -> Outcome {
        try await database.withSession { session in
            let begun = try await session.pipeline(
                [Statement("BEGIN")]
                    + Self.preamble(request: request, role: role, timeoutMilliseconds: timeoutMilliseconds)
                    + [Statement("SELECT api.idempotency_begin($1, $2)::text", [.text(key), .text(fingerprint)])])
            if let stored = Self.text(begun[3]) {
                _ = try await session.query("COMMIT", [])
                return try Self.replay(stored)
            }
            let result = Self.text(try await session.query(call.sql, call.parameters))
            guard !isRefusal(result) else {
                // what a refusal changed stays (a failed attempt is counted); its answer is not kept
                _ = try await session.query("COMMIT", [])
                return .result(result)
            }
            _ = try await session.pipeline([
                Statement(
                    "SELECT api.idempotency_finish($1, $2, $3::jsonb)",
                    [.text(key), .int4(Int32(status)), result.map(Parameter.jsonb) ?? .null]),
                Statement("COMMIT"),
            ])
            return .result(result)
        }
    }

    /// Who asks, as whom it runs, and for how long at most. `set_config(…, true)` is SET LOCAL with a parameter.
    private static func preamble(request: String, role: Role, timeoutMilliseconds: Int) -> [Statement] {
        [
            Statement("SELECT auth.begin_request($1::jsonb)", [.jsonb(request)]),
            Statement(
                "SELECT set_config('role', $1, true), set_config('statement_timeout', $2, true)",
                [.text(role.rawValue), .text(String(timeoutMilliseconds))]),
        ]
    }

    private static func text(_ result: QueryResult) -> String? {
        result.count > 0 ? result[0].string(0) : nil
    }

    private static func replay(_ stored: String) throws -> Outcome {
        let bytes = Array(stored.utf8)
        var status = 200
        var body: String?
        for (name, value) in try JSONScanner.members(of: JSONScanner.value(of: bytes), in: bytes) {
            if name == "status" { status = Int(JSONScanner.text(value, in: bytes)) ?? status }
            if name == "body", value.kind != .null { body = JSONScanner.text(value, in: bytes) }
        }
        return .replay(status: status, body: body)
    }

    /// Tells whether a repeated key comes with the same request.
    static func fingerprint(method: String, path: String, body: [UInt8]) -> String {
        var hash = SHA256()
        hash.update(data: Array("\(method) \(path)\n".utf8))
        hash.update(data: body)
        return hash.finalize().hexadecimal
    }
}

/// A refusal whose transaction is committed all the same (a failed login is counted): a function returns it as
/// `{"mw_refusal": {code, message, detail?, hint?, column?}}`, and it is answered as if it had been raised.
enum Refusal {
    private static let mark = "{\"mw_refusal\":"

    static func isOne(_ result: String?) -> Bool { result?.hasPrefix(mark) == true }

    static func error(in result: String?) -> DatabaseError? {
        struct Envelope: Decodable {
            struct Content: Decodable {
                let code: String
                let message: String
                let detail: String?
                let hint: String?
                let column: String?
            }
            let refusal: Content

            enum CodingKeys: String, CodingKey {
                case refusal = "mw_refusal"
            }
        }
        guard let result, isOne(result),
            let envelope = try? JSONDecoder().decode(Envelope.self, from: Data(result.utf8))
        else {
            return nil
        }
        let content = envelope.refusal
        return DatabaseError(
            sqlState: content.code, message: content.message, detail: content.detail, hint: content.hint,
            column: content.column)
    }
}

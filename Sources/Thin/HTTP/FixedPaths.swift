import Crypto
import Foundation
import HTTPTypes
import Hexadecimal
import Hummingbird
import NIOCore
import Postgres
import Synchronization

/// Paths that are answered without the route table: health, liveness, documentation and the operator's page.
struct FixedPaths: Sendable {
    typealias Answer = @Sendable (Request) async throws -> Response

    private let answers: [String: Answer]
    private let web: WebFolder

    init(health: HealthMonitor, openAPI: OpenAPIDocument, docs: DocsPage, web: WebFolder) {
        self.web = web
        var answers: [String: Answer] = docs.answers
        let answerHealth: Answer = { _ in
            let report = await health.report()
            var headers: HTTPFields = [.contentType: "application/json", .cacheControl: "no-store"]
            if !report.isHealthy { headers[.retryAfter] = String(Problem.retryAfterSeconds) }
            return Response(
                status: report.isHealthy ? .ok : .serviceUnavailable, headers: headers,
                body: .init(byteBuffer: ByteBuffer(string: report.json)))
        }
        answers["/health"] = answerHealth
        answers["/api/v1/health"] = answerHealth
        // also a row of the route table, for its documentation; but a process without a database is alive, too
        answers[OpenInference.livePath] = { _ in
            Response(
                status: .ok, headers: [.contentType: "application/json", .cacheControl: "no-store"],
                body: .init(byteBuffer: ByteBuffer(string: OpenInference.live)))
        }
        answers["/openapi.json"] = { request in try await openAPI.response(to: request) }
        if web.paths.isEmpty {
            answers["/"] = { _ in Response(status: .temporaryRedirect, headers: [.location: "/docs"]) }
        }
        self.answers = answers
    }

    /// The answer and what logs and metrics call it: the page's files are one.
    func response(path: String) -> (route: String, answer: Answer)? {
        if let answer = answers[path] { return (path, answer) }
        return web.response(path: path).map { ("web", $0) }
    }
}

/// The OpenAPI document that the database generates from its route table, kept until the routes change.
final class OpenAPIDocument: Sendable {
    private struct Cached {
        let body: ByteBuffer
        let tag: String
    }

    private let database: Client
    private let cached = Mutex<Cached?>(nil)

    init(database: Client) {
        self.database = database
    }

    /// The routes changed.
    func invalidate() {
        cached.withLock { $0 = nil }
    }

    static func load(_ database: Client) async throws -> String {
        let result = try await database.query("SELECT api.openapi()::text")
        return result.count > 0 ? result[0].string(0) ?? "{}" : "{}"
    }

    func response(to request: Request) async throws -> Response {
        let document = try await current()
        return EntityTag.response(
            body: document.body, contentType: "application/json", tag: document.tag, request: request,
            cacheControl: "no-cache")
    }

    private func current() async throws -> Cached {
        if let document = cached.withLock({ $0 }) { return document }
        let text = try await Self.load(database)
        let document = Cached(body: ByteBuffer(string: text), tag: EntityTag.make(Array(text.utf8)))
        cached.withLock { $0 = document }
        return document
    }
}

/// Conditional answers for what seldom changes.
enum EntityTag {
    static func make(_ bytes: [UInt8]) -> String {
        "\"\(SHA256.hash(data: bytes).prefix(16).hexadecimal)\""
    }

    static func response(
        body: ByteBuffer, contentType: String, tag: String, request: Request, cacheControl: String,
        headers: HTTPFields = [:]
    ) -> Response {
        var headers = headers
        headers[.eTag] = tag
        headers[.cacheControl] = cacheControl
        let given =
            request.headers[.ifNoneMatch]?.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) } ?? []
        if given.contains(where: { $0 == tag || $0 == "W/\(tag)" || $0 == "*" }) {
            return Response(status: .notModified, headers: headers)
        }
        headers[.contentType] = contentType
        return Response(status: .ok, headers: headers, body: .init(byteBuffer: body))
    }
}

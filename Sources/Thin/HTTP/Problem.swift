import Hummingbird
import HTTPTypes
import Postgres

/// An answer that says what is wrong: RFC 9457 `application/problem+json`.
struct Problem: Error, Sendable, Equatable {
    struct Member: Sendable, Equatable, Decodable {
        let field: String
        let message: String
    }

    var status: Int
    /// SQLSTATE or a code of ours; stable, for programs.
    var code: String
    var title: String
    /// For people.
    var detail: String
    var errors: [Member] = []
    var headers: HTTPFields = [:]

    init(
        _ status: Int, _ code: String, _ title: String, _ detail: String, errors: [Member] = [],
        headers: HTTPFields = [:]
    ) {
        self.status = status
        self.code = code
        self.title = title
        self.detail = detail
        self.errors = errors
        self.headers = headers
    }

    /// - Parameter instance: the request's id; nil inside an answer that has it already.
    func json(instance: String?) -> String { "{" + members(instance: instance) + "}" }

    private func members(instance: String?) -> String {
        var text = "\"type\":"
        text.appendJSONString("\(DocsPage.errorsPath)#\(code)")
        text += ",\"title\":"
        text.appendJSONString(title)
        text += ",\"status\":\(status),\"detail\":"
        text.appendJSONString(detail)
        text += ",\"code\":"
        text.appendJSONString(code)
        if let instance {
            text += ",\"instance\":"
            text.appendJSONString("urn:request:\(instance)")
        }
        text += ",\"errors\":["
        for (index, error) in errors.enumerated() {
            text += index > 0 ? ",{\"field\":" : "{\"field\":"
            text.appendJSONString(error.field)
            text += ",\"message\":"
            text.appendJSONString(error.message)
            text += "}"
        }
        return text + "]"
    }

    /// As the Open Inference Protocol wants it: a member `error`. What a problem says otherwise stands beside it.
    func inferenceResponse(requestID: String) -> Response {
        var response = response(requestID: requestID)
        var text = "{\"error\":"
        text.appendJSONString(errors.count > 1 ? Self.sentence(errors) : detail)
        text += "," + members(instance: requestID) + "}"
        response.headers[.contentType] = "application/json"
        response.body = .init(byteBuffer: ByteBuffer(string: text))
        return response
    }

    private static func sentence(_ errors: [Member]) -> String {
        errors.prefix(20).map { "\($0.field): \($0.message)" }.joined(separator: "; ")
            + (errors.count > 20 ? " and \(errors.count - 20) more" : "")
    }

    func response(requestID: String) -> Response {
        var fields = headers
        fields[.contentType] = "application/problem+json"
        fields[.cacheControl] = "no-store"
        return Response(
            status: .init(code: status), headers: fields,
            body: .init(byteBuffer: ByteBuffer(string: json(instance: requestID))))
    }
}

// What this process refuses by itself, before the database is asked.
extension Problem {
    static func malformed(_ detail: String) -> Problem {
        Problem(400, "MW400", "Malformed request", detail)
    }

    /// A body that cannot be read; the member in which it went wrong is named.
    static func notJSON(_ failure: JSONScanner.Failure) -> Problem {
        var problem = malformed("the body is not JSON: it \(failure.reason), at byte \(failure.offset)")
        problem.errors = [.init(field: failure.member ?? "body", message: failure.reason)]
        return problem
    }

    static let brokenQuery: Problem = {
        var problem = malformed("the query is not percent-encoded UTF-8")
        problem.errors = [.init(field: "query", message: "must be percent-encoded UTF-8 without NUL")]
        return problem
    }()

    /// What stands in a header field cannot be read.
    static func malformed(header: String, _ message: String) -> Problem {
        var problem = malformed("\(header): \(message)")
        problem.errors = [.init(field: header, message: message)]
        return problem
    }

    static func unauthorized(_ detail: String, error: String? = "invalid_token") -> Problem {
        let challenge = "Bearer realm=\"millwright\"" + (error.map { ", error=\"\($0)\"" } ?? "")
        return Problem(401, "MW401", "Not authenticated", detail, headers: [.wwwAuthenticate: challenge])
    }

    static func forbidden(_ detail: String) -> Problem {
        Problem(403, "MW403", "Not allowed", detail)
    }

    static func notFound(_ detail: String) -> Problem {
        Problem(404, "MW404", "Not found", detail)
    }

    static func methodNotAllowed(_ allowed: [String]) -> Problem {
        let list = allowed.joined(separator: ", ")
        return Problem(405, "MW405", "Method not allowed", "this path answers to \(list)", headers: [.allow: list])
    }

    static func timeout(_ detail: String) -> Problem {
        Problem(408, "MW408", "Request took too long", detail, headers: [.connection: "close"])
    }

    static func tooLarge(limit: Int) -> Problem {
        // the rest of the body is not read, so the connection cannot be used again
        Problem(
            413, "MW413", "Body too large", "the body may have at most \(limit) bytes", headers: [.connection: "close"])
    }

    static func unsupportedMediaType(_ accepted: String) -> Problem {
        Problem(415, "MW415", "Unsupported media type", "the body must be \(accepted)")
    }

    /// Nothing is unpacked here: a few bytes could become gigabytes.
    static let unsupportedContentEncoding = Problem(
        415, "MW415", "Unsupported media type", "Content-Encoding: the body must be sent as it is",
        errors: [.init(field: "Content-Encoding", message: "must be identity")], headers: [.acceptEncoding: "identity"])

    static func invalid(_ errors: [Member]) -> Problem {
        let detail =
            errors.count == 1 ? "\(errors[0].field): \(errors[0].message)" : "\(errors.count) members are not valid"
        return Problem(422, "MW422", "Invalid member", detail, errors: errors)
    }

    static func tooManyRequests(retryAfter seconds: Int) -> Problem {
        Problem(
            429, "MW429", "Too many requests", "try again in \(seconds) s", headers: [.retryAfter: String(seconds)])
    }

    static let upgradeRequired = Problem(
        426, "MW426", "WebSocket only",
        "this path is a WebSocket: send the upgrade as the first request of a new connection",
        headers: [.upgrade: "websocket", .connection: "Upgrade"])

    static let internalError = Problem(
        500, "MW500", "Internal error", "something went wrong here; the log has it under this request's id")

    static func unavailable(_ detail: String) -> Problem {
        Problem(503, "MW503", "Not available", detail, headers: [.retryAfter: String(retryAfterSeconds)])
    }

    /// What a client is told to wait when the database is away.
    static let retryAfterSeconds = 2
}

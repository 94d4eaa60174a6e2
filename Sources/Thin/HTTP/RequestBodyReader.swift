import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTP1

/// Takes a request's body in, within its limits.
enum RequestBodyReader {
    /// A client that needs longer for its body than this is stuck or hostile.
    static let deadline: Duration = .seconds(30)

    struct Content: Sendable {
        let bytes: [UInt8]
        let content: RequestBodyContent
    }

    /// - Parameter willRead: called before the body is waited for.
    /// - Throws: ``Problem`` 408, 413, 415 or 400.
    static func read(_ request: Request, route: Route, willRead: () -> Void = {}) async throws -> Content {
        let bytes = try await bytes(request, route: route, willRead: willRead)
        guard !bytes.isEmpty else { return Content(bytes: [], content: .none) }
        return Content(
            bytes: bytes, content: try content(bytes, contentType: request.headers[.contentType], route: route))
    }

    /// The body whatever its type; empty only where the route does not need one.
    /// - Throws: ``Problem`` 408, 413, 415 for its coding, or 400.
    static func bytes(_ request: Request, route: Route, willRead: () -> Void = {}) async throws -> [UInt8] {
        let headers = request.headers
        let length = headers[.contentLength].flatMap { Int($0) }
        if let length, length > route.maxBodyBytes { throw Problem.tooLarge(limit: route.maxBodyBytes) }
        let mayHaveBody = headers[.transferEncoding] != nil || (headers[.contentLength] ?? "0") != "0"
        if mayHaveBody, let coding = headers[.contentEncoding], coding.lowercased() != "identity" {
            throw Problem.unsupportedContentEncoding
        }
        if mayHaveBody { willRead() }
        let bytes = mayHaveBody ? try await collect(request.body, limit: route.maxBodyBytes) : []
        // a connection that breaks off is a body that ends, to whoever reads it
        guard length == nil || bytes.count == length else { throw Problem.malformed("the request ends too early") }
        if bytes.isEmpty, route.bodyMode == .whole {
            throw Problem.invalid([.init(field: "body", message: "is required")])
        }
        return bytes
    }

    private static func collect(_ body: RequestBody, limit: Int) async throws -> [UInt8] {
        do {
            return try await withDeadline(deadline) {
                var bytes: [UInt8] = []
                for try await buffer in body {
                    guard bytes.count + buffer.readableBytes <= limit else { throw Problem.tooLarge(limit: limit) }
                    bytes.append(contentsOf: buffer.readableBytesView)
                }
                return bytes
            }
        } catch let failure as HTTPParserError {
            throw ParserRefusal.problem(failure)
        } catch is DeadlineExceeded {
            throw Problem.timeout("the body did not arrive within \(deadline.components.seconds) s")
        }
    }

    private static func content(_ bytes: [UInt8], contentType: String?, route: Route) throws(Problem)
        -> RequestBodyContent
    {
        let acceptsForm = route.response == .token
        let accepted = acceptsForm ? "application/json or application/x-www-form-urlencoded" : "application/json"
        guard let contentType else { throw .unsupportedMediaType(accepted) }
        let parts = contentType.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" }.lowercased() }
        // UTF-8 is what the database stores, and all that JSON may be
        for parameter in parts.dropFirst() where parameter.hasPrefix("charset=") {
            let charset = parameter.dropFirst("charset=".count).filter { $0 != "\"" }
            guard charset == "utf-8" || charset == "utf8" || charset == "us-ascii" else {
                throw .unsupportedMediaType("\(accepted) in UTF-8")
            }
        }
        switch parts.first ?? "" {
        case let type where type == "application/json" || (type.hasPrefix("application/") && type.hasSuffix("+json")):
            return .json(bytes)
        case "application/x-www-form-urlencoded" where acceptsForm:
            guard let text = String(validating: bytes, as: UTF8.self), let pairs = PercentEncoding.pairs(text) else {
                throw .malformed("the form is not encoded as application/x-www-form-urlencoded in UTF-8")
            }
            return .form(pairs)
        default: throw .unsupportedMediaType(accepted)
        }
    }
}

import HTTPTypes
import Hummingbird

/// Which origins a browser may call from. Off (no headers at all) unless configured.
struct CORSPolicy: Sendable {
    private let origins: Set<String>
    private let allowsAny: Bool
    /// Seconds that a browser may remember a preflight.
    private static let maximumAge = 600

    init(origins: [String]) {
        self.origins = Set(origins)
        allowsAny = origins.contains("*")
    }

    private func isAllowed(_ origin: String) -> Bool { allowsAny || origins.contains(origin) }

    /// The answer to a preflight, or nil when the request is none or CORS is off.
    func preflight(_ request: Request) -> Response? {
        guard request.method == .options, let origin = request.headers[.origin], isAllowed(origin),
            request.headers[.accessControlRequestMethod] != nil
        else { return nil }
        return Response(
            status: .noContent,
            headers: [
                .accessControlAllowMethods: RequestHeadCheck.allMethods,
                .accessControlAllowHeaders: "Authorization, Content-Type, Idempotency-Key, X-API-Key, X-Request-Id",
                .accessControlMaxAge: String(Self.maximumAge),
            ])
    }

    func decorate(_ response: inout Response, _ request: Request) {
        guard !origins.isEmpty else { return }
        // caches must not give one origin's answer to another
        response.headers[.vary] = "Origin"
        guard let origin = request.headers[.origin], isAllowed(origin) else { return }
        // tokens travel in headers, never in cookies, so credentials are not allowed
        response.headers[.accessControlAllowOrigin] = allowsAny ? "*" : origin
        response.headers[.accessControlExposeHeaders] =
            "Retry-After, RateLimit, RateLimit-Policy, X-Request-Id, Idempotency-Replayed"
    }
}

import Foundation
import HTTPTypes

/// The cookie by which a browser's session is known (`auth.session.cookie_hash`).
///
/// Only routes that need a role look at it: what anybody may call is done for nobody in particular, so nothing can be
/// done there in a browser's name.
enum SessionCookie {
    private static let name = "millwright_session"
    /// Browsers take this name from TLS only, for this host only, so no neighbour can plant one.
    private static let secureName = "__Host-millwright_session"
    /// What auth.random_secret makes: anything else is not looked up.
    private static let prefix = "mws_"
    private static let valueBytes = 47

    /// The cookie's value among a request's cookies; nil: there is none, or it is ambiguous or none of ours.
    static func value(in headers: HTTPFields, isSecure: Bool) -> String? {
        let name = isSecure ? secureName : name
        let values = headers[values: .cookie].flatMap { $0.split(separator: ";") }
            .compactMap { pair -> Substring? in
                let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                guard parts.count == 2, parts[0].trimmingCharacters(in: .whitespaces) == name else { return nil }
                return parts[1]
            }
        guard values.count == 1 else { return nil }
        let value = values[0].trimmingCharacters(in: .whitespaces)
        return value.hasPrefix(prefix) && value.utf8.count == valueBytes ? value : nil
    }

    /// - Parameters:
    ///   - value: nil takes the cookie away.
    ///   - maximumAge: seconds.
    static func header(_ value: String?, maximumAge: Int = 0, isSecure: Bool) -> String {
        "\(isSecure ? secureName : name)=\(value ?? ""); Path=/; Max-Age=\(value == nil ? 0 : maximumAge); "
            + "HttpOnly; SameSite=Strict\(isSecure ? "; Secure" : "")"
    }

    /// What a route with the response `cookie` returns.
    struct Grant {
        /// nil: the cookie is taken away.
        let value: String?
        /// Seconds.
        let maximumAge: Int
        /// JSON text.
        let body: String

        init?(_ result: String) {
            let bytes = Array(result.utf8)
            guard let object = try? JSONScanner.value(of: bytes), object.kind == .object,
                let members = try? JSONScanner.members(of: object, in: bytes),
                let body = members.first(where: { $0.name == "body" })?.value,
                let cookie = members.first(where: { $0.name == "cookie" })?.value
            else { return nil }
            self.body = JSONScanner.text(body, in: bytes)
            let parts = cookie.kind == .object ? (try? JSONScanner.members(of: cookie, in: bytes)) ?? [] : []
            value = parts.first { $0.name == "value" }.flatMap { try? JSONScanner.string($0.value, in: bytes) }
            maximumAge =
                parts.first { $0.name == "max_age" }.flatMap { Int(JSONScanner.text($0.value, in: bytes)) } ?? 0
        }
    }
}

/// Where our own pages come from, as a browser sees it.
struct PublicOrigin: Sendable {
    /// `THIN_PUBLIC_URL` without a trailing slash; nil: the host that the request names.
    private let configured: String?
    private let addresses: ClientAddress

    init(configured: String?, addresses: ClientAddress) {
        self.configured = configured?.lowercased()
        self.addresses = addresses
    }

    /// Whether the browser speaks TLS, to us or to a trusted proxy.
    func isSecure(peer: String?, headers: HTTPFields) -> Bool {
        if let configured { return configured.hasPrefix("https://") }
        guard addresses.isProxy(peer), let given = headers[.forwardedProto]?.split(separator: ",").first else {
            return false
        }
        return given.trimmingCharacters(in: .whitespaces).lowercased() == "https"
    }

    /// Refuses what a browser sends for a page of somebody else. What no browser sends has no Origin and passes.
    func check(_ headers: HTTPFields, authority: String?, isSecure: Bool) throws(Problem) {
        if let site = headers[.fetchSite], site != "same-origin", site != "none" {
            throw Self.refusal("Sec-Fetch-Site", "the request comes from a page of another origin (\(site.prefix(40)))")
        }
        guard let origin = headers[.origin] else { return }
        let own = configured ?? "\(isSecure ? "https" : "http")://\((authority ?? "").lowercased())"
        guard Self.withoutDefaultPort(origin.lowercased()) == Self.withoutDefaultPort(own) else {
            throw Self.refusal(
                "Origin",
                "the page's origin is \(origin.prefix(300)), and not \(own): behind a proxy, set THIN_PUBLIC_URL")
        }
    }

    private static func refusal(_ field: String, _ message: String) -> Problem {
        Problem(
            403, "MW470", "Not from this page", "\(field): \(message)", errors: [.init(field: field, message: message)])
    }

    private static func withoutDefaultPort(_ origin: String) -> String {
        for (scheme, port) in [("http://", ":80"), ("https://", ":443")]
        where origin.hasPrefix(scheme) && origin.hasSuffix(port) {
            return String(origin.dropLast(port.utf8.count))
        }
        return origin
    }
}

extension HTTPField.Name {
    static let csrfToken = HTTPField.Name("X-CSRF-Token")!
    static let fetchSite = HTTPField.Name("Sec-Fetch-Site")!
    static let forwardedProto = HTTPField.Name("X-Forwarded-Proto")!
}

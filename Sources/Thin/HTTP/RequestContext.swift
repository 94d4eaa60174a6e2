import Foundation
import HTTPTypes
import Hexadecimal
import Hummingbird
import Logging
import NIOCore

/// What a request carries with it through the process.
struct ThinRequestContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// The peer's address without a port; nil where there is no socket (tests on the router).
    let peerAddress: String?
    private let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        peerAddress = source.channel.remoteAddress?.ipAddress
        channel = source.channel
    }

    /// Somebody begins to read the body: a client that waits to be told so is told.
    func bodyIsWanted(by request: Request) {
        guard request.headers[.expect] != nil else { return }
        channel.triggerUserOutboundEvent(RequestGuard.BodyIsWanted(), promise: nil)
    }
}

/// Ids that tie an answer to its log lines.
enum RequestID {
    static let maximumLength = 128

    /// The caller's own id when it is harmless, else a new one.
    static func accept(_ given: String?) -> String {
        guard let given, !given.isEmpty, given.utf8.count <= maximumLength,
            given.utf8.allSatisfy({ byte in
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "a")...UInt8(ascii: "z"),
                    UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: ":"):
                    true
                default: false
                }
            })
        else { return make() }
        return given
    }

    /// 128 random bits.
    static func make() -> String {
        var generator = SystemRandomNumberGenerator()
        return (0..<16).map { _ in UInt8.random(in: .min ... .max, using: &generator) }.hexadecimal
    }
}

/// Where a request really comes from.
struct ClientAddress: Sendable {
    let trustedProxies: Set<String>

    /// The peer, or behind trusted proxies the last address in `X-Forwarded-For` that no trusted proxy has.
    func resolve(peer: String?, forwarded: String?) -> String? {
        guard let peer = peer.map(AddressNetwork.withoutMapping), trustedProxies.contains(peer), let forwarded else {
            return peer.map(AddressNetwork.withoutMapping)
        }
        for hop in forwarded.split(separator: ",").reversed() {
            let given = hop.trimmingCharacters(in: .whitespaces)
            guard (try? SocketAddress(ipAddress: given, port: 0)) != nil else { return peer }
            let address = AddressNetwork.withoutMapping(given)
            if !trustedProxies.contains(address) { return address }
        }
        return peer
    }

    /// Whether a connection from there brings many clients.
    func isProxy(_ peer: String?) -> Bool {
        peer.map { trustedProxies.contains(AddressNetwork.withoutMapping($0)) } ?? false
    }
}

extension HTTPField.Name {
    static let requestID = HTTPField.Name("X-Request-Id")!
    static let apiKey = HTTPField.Name("X-API-Key")!
    static let forwardedFor = HTTPField.Name("X-Forwarded-For")!
    static let idempotencyKey = HTTPField.Name("Idempotency-Key")!
    static let idempotencyReplayed = HTTPField.Name("Idempotency-Replayed")!
    static let rateLimit = HTTPField.Name("RateLimit")!
    static let rateLimitPolicy = HTTPField.Name("RateLimit-Policy")!
}

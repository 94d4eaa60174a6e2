import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// What a request carries with it through the process.
struct ThinRequestContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// The peer's address without a port; nil where there is no socket (tests on the router).
    let peerAddress: String?

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        peerAddress = source.channel.remoteAddress?.ipAddress
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
        let words = [generator.next(), generator.next()]
        return words.map { word in
            let text = String(word, radix: 16)
            return String(repeating: "0", count: 16 - text.utf8.count) + text
        }.joined()
    }
}

/// Where a request really comes from.
struct ClientAddress: Sendable {
    let trustedProxies: Set<String>

    /// The peer, or behind trusted proxies the last address in `X-Forwarded-For` that no trusted proxy has.
    func resolve(peer: String?, forwarded: String?) -> String? {
        guard let peer = peer.map(Self.withoutMapping), trustedProxies.contains(peer), let forwarded else {
            return peer.map(Self.withoutMapping)
        }
        for hop in forwarded.split(separator: ",").reversed() {
            let address = hop.trimmingCharacters(in: .whitespaces)
            guard (try? SocketAddress(ipAddress: address, port: 0)) != nil else { return peer }
            if !trustedProxies.contains(address) { return address }
        }
        return peer
    }

    /// `::ffff:10.0.0.1` is 10.0.0.1.
    private static func withoutMapping(_ address: String) -> String {
        address.lowercased().hasPrefix("::ffff:") && address.contains(".") ? String(address.dropFirst(7)) : address
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

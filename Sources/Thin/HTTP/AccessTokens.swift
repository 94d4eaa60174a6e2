import Crypto
import Foundation
import JWTKit
import Synchronization

/// What an access token says about its bearer.
struct AccessToken: JWTPayload, Sendable, Equatable {
    static let issuer = "millwright"
    static let audience = "millwright-api"
    /// Clocks of two machines may differ by this much.
    static let leeway: TimeInterval = 10

    var sub: String
    var sid: String
    var role: String
    var name: String?
    var iat: Int
    var exp: Int
    var iss: String
    var aud: String

    func verify(using _: some JWTAlgorithm) throws {
        try check(now: Date())
    }

    func check(now: Date) throws(AccessTokens.Refusal) {
        guard iss == Self.issuer else { throw .init(reason: "the token is from another issuer") }
        guard aud == Self.audience else { throw .init(reason: "the token is for another audience") }
        let seconds = now.timeIntervalSince1970
        guard seconds < TimeInterval(exp) + Self.leeway else { throw .init(reason: "the token has expired") }
        guard TimeInterval(iat) <= seconds + Self.leeway else { throw .init(reason: "the token is from the future") }
    }
}

/// Signs and verifies access tokens: HS256 with the current key; earlier keys still verify. Anything else is refused,
/// whatever the token's header says about itself.
final class AccessTokens: Sendable {
    struct Refusal: Error, Equatable {
        let reason: String
    }

    /// Members of a token that a function of ours asks to be signed.
    struct Claims: Decodable, Sendable {
        let sub: String
        let sid: String
        let role: String
        let name: String?
    }

    private struct Header: Decodable {
        let alg: String
        let kid: String?
        let typ: String?
        /// Extensions that must be understood; we understand none.
        let crit: [String]?
    }

    /// A signature need not be checked again for the same token within its life. Bounded: emptied when full.
    private static let cacheLimit = 4096
    static let maximumBytes = 4096

    private let keys: TokenKeys
    private let identifiers: Set<String>
    private let collection: JWTKeyCollection
    private let verified = Mutex<[String: AccessToken]>([:])

    private init(keys: TokenKeys, collection: JWTKeyCollection) {
        self.keys = keys
        self.collection = collection
        identifiers = Set([keys.current.identifier] + keys.previous.map(\.identifier))
    }

    static func make(keys: TokenKeys) async -> AccessTokens {
        let collection = JWTKeyCollection()
        for key in [keys.current] + keys.previous {
            await collection.add(
                hmac: HMACKey(from: key.secret.value), digestAlgorithm: .sha256,
                kid: JWKIdentifier(string: key.identifier))
        }
        return AccessTokens(keys: keys, collection: collection)
    }

    /// - Parameter lifetime: seconds.
    func sign(_ claims: Claims, lifetime: Int, now: Date = Date()) async throws -> String {
        let issued = Int(now.timeIntervalSince1970)
        let token = AccessToken(
            sub: claims.sub, sid: claims.sid, role: claims.role, name: claims.name, iat: issued, exp: issued + lifetime,
            iss: AccessToken.issuer, aud: AccessToken.audience)
        return try await collection.sign(token, kid: JWKIdentifier(string: keys.current.identifier))
    }

    func verify(_ text: String) async throws(Refusal) -> AccessToken {
        if let token = verified.withLock({ $0[text] }) {
            try token.check(now: Date())
            return token
        }
        guard text.utf8.count <= Self.maximumBytes else { throw Refusal(reason: "the token is too long") }
        try checkHeader(text)
        let token: AccessToken
        do {
            token = try await collection.verify(text, as: AccessToken.self)
        } catch let refusal as Refusal {
            throw refusal
        } catch {
            throw Refusal(reason: "the token is not valid")
        }
        verified.withLock {
            if $0.count >= Self.cacheLimit { $0.removeAll(keepingCapacity: true) }
            $0[text] = token
        }
        return token
    }

    /// The algorithm and the key are ours to choose, so the header may only agree.
    private func checkHeader(_ text: String) throws(Refusal) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let data = Base64URL.decode(parts[0]),
            let header = try? JSONDecoder().decode(Header.self, from: data)
        else { throw Refusal(reason: "the token is not a JWT") }
        guard header.alg == "HS256" else { throw Refusal(reason: "the token's algorithm is not accepted") }
        guard header.crit == nil, header.typ == nil || header.typ?.uppercased() == "JWT" else {
            throw Refusal(reason: "the token's type is not accepted")
        }
        guard let kid = header.kid, identifiers.contains(kid) else {
            throw Refusal(reason: "the token's key is not known")
        }
    }
}

enum Base64URL {
    static func decode(_ text: some StringProtocol) -> Data? {
        guard !text.contains("=") else { return nil }
        var base64 = text.replacingOccurrences(of: "-", with: "+").replacingOccurrences(of: "_", with: "/")
        base64 += String(repeating: "=", count: (4 - base64.utf8.count % 4) % 4)
        return Data(base64Encoded: base64)
    }
}

import Crypto
import Foundation
import JWTKit
import Testing

@testable import Thin

@Suite struct AccessTokensTests {
    static let key = Secret(value: "4c1f9a02b7d35e8860aa17f3c2d94b5e")
    static let oldKey = Secret(value: "e5b49d2c3f71aa0688e53d7b20a9f1c4")
    static let claims = AccessTokens.Claims(
        sub: "7", sid: "0ca2d9dc-0c3e-4174-bda4-adda4c240ab0", role: "operator", name: "kim")

    private func tokens(current: Secret = key, previous: [Secret] = []) async -> AccessTokens {
        await AccessTokens.make(keys: TokenKeys(current: current, previous: previous))
    }

    private func reason(_ text: String, _ tokens: AccessTokens) async -> String {
        do {
            _ = try await tokens.verify(text)
            return "accepted"
        } catch {
            return error.reason
        }
    }

    /// A token made by hand, signed with HS256 and the right key unless told otherwise.
    private func forge(_ header: String, _ payload: String, key: Secret = key) -> String {
        func base64URL(_ data: some Sequence<UInt8>) -> String {
            Data(data).base64EncodedString().replacingOccurrences(of: "+", with: "-").replacingOccurrences(
                of: "/", with: "_"
            )
            .replacingOccurrences(of: "=", with: "")
        }
        let content = "\(base64URL(header.utf8)).\(base64URL(payload.utf8))"
        let code = HMAC<SHA256>.authenticationCode(
            for: Data(content.utf8), using: SymmetricKey(data: Data(key.value.utf8)))
        return "\(content).\(base64URL(code))"
    }

    private func payload(
        iss: String = AccessToken.issuer, aud: String = "\"\(AccessToken.audience)\"", expiresIn: Int = 60,
        issuedAgo: Int = 0
    ) -> String {
        let now = Int(Date().timeIntervalSince1970)
        return """
            {"sub":"7","sid":"s","role":"viewer","iss":"\(iss)","aud":\(aud),"iat":\(now - issuedAgo),"exp":\(now + expiresIn)}
            """
    }

    private var header: String {
        "{\"alg\":\"HS256\",\"typ\":\"JWT\",\"kid\":\"\(TokenKeys.Key(Self.key).identifier)\"}"
    }

    @Test func whatIsSignedIsVerified() async throws {
        let tokens = await tokens()
        let token = try await tokens.verify(tokens.sign(Self.claims, lifetime: 60))
        #expect(token.sub == "7" && token.role == "operator" && token.exp - token.iat == 60)
        #expect(Caller(token)?.role == .operator)
        #expect(await reason(forge(header, payload()), tokens) == "accepted")
    }

    @Test func theAlgorithmIsOursToChoose() async {
        let tokens = await tokens()
        let kid = TokenKeys.Key(Self.key).identifier
        for algorithm in ["none", "None", "HS384", "RS256", "hs256"] {
            let token = forge("{\"alg\":\"\(algorithm)\",\"kid\":\"\(kid)\"}", payload())
            #expect(await reason(token, tokens) == "the token's algorithm is not accepted")
        }
        let unsigned =
            forge("{\"alg\":\"none\",\"kid\":\"\(kid)\"}", payload()).split(separator: ".").prefix(2).joined(
                separator: ".") + "."
        #expect(await reason(unsigned, tokens) != "accepted")
    }

    @Test func otherAudienceIssuerKeyAndTimesAreRefused() async {
        let tokens = await tokens()
        #expect(await reason(forge(header, payload(aud: "\"other\"")), tokens) == "the token is for another audience")
        #expect(await reason(forge(header, payload(iss: "other")), tokens) == "the token is from another issuer")
        #expect(await reason(forge(header, payload(expiresIn: -30)), tokens) == "the token has expired")
        #expect(await reason(forge(header, payload(issuedAgo: -60)), tokens) == "the token is from the future")
        #expect(
            await reason(forge(header, payload(expiresIn: -5, issuedAgo: 60)), tokens) == "accepted",
            "within the leeway")
        #expect(await reason(forge(header, payload(), key: Self.oldKey), tokens) == "the token is not valid")
        #expect(
            await reason(forge("{\"alg\":\"HS256\",\"kid\":\"unknown\"}", payload()), tokens)
                == "the token's key is not known")
        #expect(await reason(forge("{\"alg\":\"HS256\"}", payload()), tokens) == "the token's key is not known")
        #expect(
            await reason(forge("{\"alg\":\"HS256\",\"crit\":[\"x\"],\"kid\":\"k\"}", payload()), tokens)
                == "the token's type is not accepted")
        #expect(await reason(forge(header, payload()) + "x", tokens) != "accepted")
        for text in ["", ".", "..", "a.b.c", "a.b", String(repeating: "a", count: 10_000)] {
            #expect(await reason(text, tokens) != "accepted")
        }
    }

    @Test func aTokenInTheCacheStillExpires() async throws {
        let tokens = await tokens()
        let text = try await tokens.sign(Self.claims, lifetime: 60)
        let token = try await tokens.verify(text)
        #expect(throws: AccessTokens.Refusal.self) { try token.check(now: Date().addingTimeInterval(120)) }
    }

    @Test func earlierKeysVerifyAndDoNotSign() async throws {
        let before = await tokens(current: Self.oldKey)
        let after = await tokens(current: Self.key, previous: [Self.oldKey])
        let old = try await before.sign(Self.claims, lifetime: 60)
        #expect(await reason(old, after) == "accepted")
        #expect(await reason(try after.sign(Self.claims, lifetime: 60), before) == "the token's key is not known")
        #expect(await reason(old, tokens()) == "the token's key is not known")
    }

    @Test func aRoleThatIsNoneIsNobody() {
        let token = AccessToken(
            sub: "7", sid: "s", role: "postgres", name: nil, iat: 0, exp: 0, iss: AccessToken.issuer,
            aud: AccessToken.audience)
        #expect(Caller(token) == nil)
        #expect(
            Caller(AccessToken(sub: "7", sid: "s", role: "anonymous", name: nil, iat: 0, exp: 0, iss: "", aud: ""))
                == nil)
    }
}

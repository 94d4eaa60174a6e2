import Foundation

/// Turns the claims that a function of the database returned into a signed access token.
struct TokenSigner: Sendable {
    let tokens: AccessTokens

    /// What a route with the response `token` returns.
    private struct Grant: Decodable {
        let claims: AccessTokens.Claims
        /// Seconds.
        let expiresIn: Int
        let refreshToken: String?
        let refreshExpiresIn: Int?
        let deviceToken: String?

        enum CodingKeys: String, CodingKey {
            case claims
            case expiresIn = "expires_in"
            case refreshToken = "refresh_token"
            case refreshExpiresIn = "refresh_expires_in"
            case deviceToken = "device_token"
        }
    }

    /// - Returns: `{access_token, token_type, expires_in, refresh_token?, refresh_expires_in?, device_token?}`.
    func tokenResponse(_ result: String) async throws -> String {
        let grant = try JSONDecoder().decode(Grant.self, from: Data(result.utf8))
        let token = try await tokens.sign(grant.claims, lifetime: grant.expiresIn)
        var text = "{\"access_token\":\"\(token)\",\"token_type\":\"bearer\",\"expires_in\":\(grant.expiresIn)"
        if let refresh = grant.refreshToken {
            text += ",\"refresh_token\":"
            text.appendJSONString(refresh)
        }
        if let seconds = grant.refreshExpiresIn { text += ",\"refresh_expires_in\":\(seconds)" }
        if let device = grant.deviceToken {
            text += ",\"device_token\":"
            text.appendJSONString(device)
        }
        return text + "}"
    }
}

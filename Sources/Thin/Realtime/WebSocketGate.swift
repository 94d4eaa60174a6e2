import Foundation
import NIOHTTP1

/// Decides who gets a WebSocket: a bearer token or API key in the headers, a one-use ticket in the query, or a token in
/// the first message. A refusal is answered as HTTP by ``Responder``.
struct WebSocketGate: Sendable {
    static let notifications = "/api/v1/notifications/ws/notifications"

    let authenticator: Authenticator

    /// nil: no upgrade.
    func open(_ head: HTTPRequestHead, requestID: String, address: String?) async -> WebSocketRequest? {
        guard WebSocketRequest.path(head) == Self.notifications, let query = WebSocketRequest.query(head),
            Set(query.keys).isSubset(of: ["after", "ticket"])
        else { return nil }
        var request = WebSocketRequest(caller: nil, after: nil, requestID: requestID, address: address)
        if let after = query["after"] {
            guard let position = Int64(after), position >= 0 else { return nil }
            request.after = position
        }
        do {
            if let ticket = query["ticket"] {
                request.caller = try await authenticator.caller(ticket: ticket)
            } else {
                let caller = try await authenticator.caller(
                    authorization: head.headers.first(name: "Authorization"),
                    apiKey: head.headers.first(name: "X-API-Key"))
                if caller.role != .anonymous {
                    // a token may outlive its session
                    try await authenticator.recheck(caller, requestID: requestID, address: address)
                    request.caller = caller
                }
            }
        } catch {
            return nil
        }
        if let caller = request.caller, caller.role < .viewer { return nil }
        return request
    }
}

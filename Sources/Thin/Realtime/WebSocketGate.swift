import Foundation
import NIOHTTP1

/// Decides who gets a WebSocket: a bearer token or API key in the headers, a one-use ticket in the query, or a token in
/// the first message. A refusal is answered as HTTP by ``Responder``.
struct WebSocketGate: Sendable {
    static let notifications = "/api/v1/notifications/ws/notifications"

    let authenticator: Authenticator
    let routes: RouteStore
    let rateLimiter: RateLimiter

    /// nil: no upgrade.
    func open(_ head: HTTPRequestHead, requestID: String, address: String?) async -> WebSocketRequest? {
        guard WebSocketRequest.path(head) == Self.notifications,
            let members = try? WebSocketRequest.members(query: WebSocketRequest.query(head)),
            isWithinRate(address)
        else { return nil }
        var request = WebSocketRequest(caller: nil, after: members.after, requestID: requestID, address: address)
        do {
            if let ticket = members.ticket {
                request.caller = try await authenticator.caller(ticket: ticket)
            } else {
                let caller = try await authenticator.caller(
                    authorization: head.headers.first(name: "Authorization"),
                    apiKey: head.headers.first(name: "X-API-Key"))
                if caller.role != .anonymous {
                    // a token may outlive its session
                    try await authenticator.recheck(caller, requestID: requestID, address: address)
                    request.caller = caller
                } else if let role = routes.snapshot?.anonymousRole {
                    // from elsewhere its first message must bring a token, as ever
                    let reader = Caller(role: role)
                    let isAllowed =
                        (try? await authenticator.recheck(reader, requestID: requestID, address: address)) != nil
                    if isAllowed { request.caller = reader }
                }
            }
        } catch {
            return nil
        }
        if let caller = request.caller, caller.role < .viewer { return nil }
        return request
    }

    /// The route's own limit, taken from the bucket that ``Responder`` takes from: it answers 429 for us.
    private func isWithinRate(_ address: String?) -> Bool {
        guard case .found(let route, _)? = routes.snapshot?.table.match(method: "GET", path: Self.notifications),
            let limit = route.rateLimitPerMinute
        else { return true }
        return rateLimiter.take(
            subject: "address:\(AddressNetwork.of(address))", route: route.method + route.path, limit: limit
        ).isAllowed
    }
}

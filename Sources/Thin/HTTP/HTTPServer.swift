import Hummingbird
import HummingbirdCore
import Logging

/// The server on THIN_HTTP: HTTP and WebSocket on one port.
enum HTTPServer {
    static let serverName = "millwright"
    /// Connections that may wait to be accepted.
    private static let backlog = 1024
    /// Connections beyond the limit for addresses that have none.
    private static let reserve = 64

    static func make(
        address: SocketAddressSetting, services: HTTPServices, hub: NotificationHub, registry: MetricsRegistry,
        logger: Logger,
        limits: ServerChannel.Limits = ServerChannel.Limits()
    ) -> Application<Responder> {
        let session = NotificationSession(
            hub: hub, authenticator: services.authenticator,
            // a quarter is left for HTTP
            sockets: ConnectionSlots(limit: limits.connections * 3 / 4, perAddress: limits.connectionsPerAddress),
            anonymous: ConnectionSlots(limit: limits.anonymousSockets, perAddress: limits.anonymousSocketsPerAddress),
            patience: limits.token, logger: logger)
        let gate = WebSocketGate(
            authenticator: services.authenticator, routes: services.routes, rateLimiter: services.rateLimiter)
        let connections = ConnectionSlots(
            limit: limits.connections, perAddress: limits.connectionsPerAddress, reserve: Self.reserve)
        registry.function("thin_http_connections", "Connections of HTTP and WebSocket clients.") {
            Double(connections.count)
        }
        registry.function("thin_password_requests_waiting", "Requests that wait to have a password checked.") {
            Double(services.passwords.waitingCount)
        }
        let refused = registry.counter(
            "thin_http_connections_refused_total",
            "Connections closed at once, because their address or all had too many.")
        let slowReaders = registry.counter(
            "thin_websocket_slow_clients_total", "Clients dropped because they read too slowly.")
        let stalled = registry.counter(
            "thin_http_stalled_clients_total", "Clients dropped because they did not read their answers.")
        return Application(
            responder: Responder(services: services),
            server: HTTPServerBuilder { responder in
                ServerChannel(
                    responder: responder, limits: limits, gate: gate, addresses: services.addresses, session: session,
                    slowReaders: slowReaders, connections: connections, refused: refused,
                    stalled: stalled)
            },
            configuration: .init(
                address: .hostname(address.host, port: address.port), serverName: serverName, backlog: backlog),
            logger: logger)
    }
}

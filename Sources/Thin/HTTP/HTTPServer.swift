import Hummingbird
import HummingbirdCore
import Logging

/// The server on THIN_HTTP: HTTP and WebSocket on one port.
enum HTTPServer {
    static let serverName = "millwright"
    /// Connections that may wait to be accepted.
    private static let backlog = 1024

    static func make(
        address: SocketAddressSetting, services: HTTPServices, hub: NotificationHub, registry: MetricsRegistry,
        logger: Logger,
        limits: ServerChannel.Limits = ServerChannel.Limits()
    ) -> Application<Responder> {
        let session = NotificationSession(hub: hub, authenticator: services.authenticator, logger: logger)
        let gate = WebSocketGate(authenticator: services.authenticator)
        let slowReaders = registry.counter(
            "thin_websocket_slow_clients_total", "Clients dropped because they read too slowly.")
        return Application(
            responder: Responder(services: services),
            server: HTTPServerBuilder { responder in
                ServerChannel(
                    responder: responder, limits: limits, gate: gate, addresses: services.addresses, session: session,
                    slowReaders: slowReaders)
            },
            configuration: .init(
                address: .hostname(address.host, port: address.port), serverName: serverName, backlog: backlog),
            logger: logger)
    }
}

import Hummingbird
import HummingbirdCore
import Logging
import Postgres
import ServiceLifecycle
import UnixSignals

/// The process: its parts in the order in which they need each other. They stop in the reverse order.
struct ThinApplication {
    let configuration: Configuration
    let logger: Logger

    func run() async throws {
        let metrics = MetricsRegistry()
        let health = HealthMonitor(instance: configuration.instance)
        ProcessMetrics.register(in: metrics)

        // 1. the database, and what it tells us
        let database = makeDatabase()
        let routes = RouteStore(logger: logger)
        let openAPI = OpenAPIDocument(database: database)
        let hub = NotificationHub(source: .database(database), logger: logger)
        let watcher = DatabaseWatcher(configuration: connection(), routes: routes, database: database, logger: logger)
        watcher.on("millwright_outbox") { hub.wake() }
        watcher.on("millwright_routes") { openAPI.invalidate() }
        let jobs = JobRunner(configuration: connection(), registry: metrics, logger: logger)

        // 2. HTTP and WebSocket
        let tokens = await AccessTokens.make(keys: configuration.keys)
        let authenticator = Authenticator(tokens: tokens, database: database)
        let docs = DocsPage(folder: configuration.docsAssets, routes: routes, logger: logger)
        let services = HTTPServices(
            routes: routes, executor: RouteExecutor(database: database), authenticator: authenticator,
            signer: TokenSigner(tokens: tokens), rateLimiter: RateLimiter(),
            addresses: ClientAddress(trustedProxies: configuration.trustedProxies),
            cors: CORSPolicy(origins: configuration.corsOrigins),
            fixed: FixedPaths(health: health, openAPI: openAPI, docs: docs), handlers: [:], metrics: HTTPMetrics(metrics))
        let http = HTTPServer.make(
            address: configuration.http, services: services, hub: hub, registry: metrics, logger: logger)
        let metricsServer = MetricsServer.make(
            address: configuration.metrics, registry: metrics, database: database, logger: logger)

        DatabaseHealth.register(in: health, metrics: metrics, database: database, routes: routes, hub: hub)

        try await ServiceGroup(
            configuration: .init(
                services: [
                    .init(service: DatabaseService(client: database)),
                    .init(service: watcher),
                    .init(service: jobs),
                    .init(service: hub),
                    .init(service: http),
                    .init(service: metricsServer),
                ],
                gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        ).run()
    }

    private func connection(settings: [String: String] = [:]) -> ConnectionConfiguration {
        ConnectionConfiguration(url: configuration.databaseURL.value, applicationName: "thin", settings: settings)
    }

    private func makeDatabase() -> Client {
        Client(connection(), connections: configuration.databaseConnections, logger: logger)
    }
}

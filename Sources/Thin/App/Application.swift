import Foundation
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

        // The database, and what it tells us
        let connection = ConnectionConfiguration(url: configuration.databaseURL.value, applicationName: "thin")
        let database = Client(connection, connections: configuration.databaseConnections, logger: logger)
        let routes = RouteStore(logger: logger)
        let openAPI = OpenAPIDocument(database: database)
        let watcher = DatabaseWatcher(
            configuration: connection, routes: routes, database: database, sqlFolder: configuration.sqlFolder,
            logger: logger)
        let jobs = JobRunner(configuration: connection, registry: metrics, logger: logger)
        let sessions = SessionWatch(configuration: connection, registry: metrics, logger: logger)

        // The way out: outbox to WebSocket clients and channels
        let hub = NotificationHub(source: .database(database), logger: logger)
        let relay = RelayService(
            database: database, databaseConfiguration: connection, instance: configuration.instance,
            environment: Environment(ProcessInfo.processInfo.environment), registry: metrics, logger: logger)
        let outbox = OutboxSignal(database: database, logger: logger)
        outbox.onSignal { hub.wake() }
        outbox.onSignal { relay.wake() }

        // The arithmetic and the way in
        let inference = InferenceEngine(
            root: configuration.serveMLRoot, memoryLimitBytes: configuration.serveMLMemoryMegabytes << 20,
            runsClassifier: configuration.serveMLEnableXGB, registry: metrics, logger: logger)
        let batcher = PredictionBatcher(
            engine: inference, database: database, faults: routes.faults, outbox: outbox, registry: metrics)
        let predictions = DatabasePredictionService(
            engine: inference, batcher: batcher, database: database, instance: configuration.instance)
        let bundles = BundleWatch(
            service: predictions, root: configuration.serveMLRoot, interval: configuration.serveMLPollInterval,
            registry: metrics, logger: logger)
        inference.whenStale { bundles.lookNow() }
        let waveforms = WaveformScorer(
            engine: inference, database: database, faults: routes.faults, outbox: outbox, registry: metrics,
            logger: logger)
        let ingest = IngestService(
            configuration: configuration, database: database, inference: inference, faults: routes.faults,
            registry: metrics, logger: logger, onOutbox: { outbox.signal() }, onWaveforms: { waveforms.wake() })

        let heartbeat = Heartbeat(configuration: configuration, ingest: ingest, registry: metrics, logger: logger)

        // HTTP and WebSocket
        let trainingWaits = TrainingWaits()
        let services = HTTPServices.make(
            configuration: configuration, database: database, routes: routes, openAPI: openAPI, health: health,
            handlers: Handlers.prediction(predictions).merging(
                OpenInference.handlers(predictions) { bundles.hasSynced && database.isConnected }
            ) { first, _ in first }, trainingWaits: trainingWaits, inference: inference,
            tokens: await AccessTokens.make(keys: configuration.keys),
            registry: metrics, logger: logger)
        var limits = ServerChannel.Limits()
        limits.connections = FileDescriptors.affordable(configuration.connectionLimit)
        limits.connectionsPerAddress = configuration.connectionsPerAddress
        let http = HTTPServer.make(
            address: configuration.http, services: services, hub: hub, registry: metrics, logger: logger,
            limits: limits)
        let metricsServer = MetricsServer.make(
            address: configuration.metrics, registry: metrics, database: database, health: health,
            logger: logger)

        // Who is told what
        watcher.on("millwright_outbox") { hub.wake() }
        watcher.on("millwright_routes") { openAPI.invalidate() }
        watcher.on("millwright_training") { trainingWaits.wake() }
        PartHealths.register(
            in: health, database: database, routes: routes, hub: hub, relay: relay, bundles: bundles,
            inference: inference,
            ingest: ingest)
        DatabaseMetrics.register(in: metrics, database: database, hub: hub)

        let parts: [any Service] = [
            DatabaseService(client: database), DatabaseService(client: services.passwords.client), MemoryTrimmer(),
            heartbeat, watcher, jobs, sessions, hub, relay, outbox, bundles, waveforms, ingest, http, metricsServer,
        ]
        try await ServiceGroup(
            configuration: .init(
                // a part that fails (the database does not fit) takes the others down in order, not in the middle of things
                services: parts.map { .init(service: $0, failureTerminationBehavior: .gracefullyShutdownGroup) },
                gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        ).run()
    }
}

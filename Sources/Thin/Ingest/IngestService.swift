import Logging
import MQTT
import Postgres
import ServiceLifecycle
import Synchronization

/// The way in: one subscriber, whose thread also writes to the database, so that a message is acknowledged after its commit
/// and nothing waits in between.
final class IngestService: Service {
    struct Health: Sendable {
        /// Connected and subscribed.
        var connected: Bool
        /// The last commit failed and its batch is being held.
        var stalled: Bool
        var heldMessages: Int
        var lastErrorCode: String?
        var lastError: String?
    }

    private let configuration: Configuration
    private let database: Client
    private let inference: InferenceEngine
    private let metrics: IngestMetrics
    private let logger: Logger
    private let onOutbox: @Sendable () -> Void
    private let onWaveforms: @Sendable () -> Void
    private let subscriber = Mutex<Subscriber?>(nil)

    init(
        configuration: Configuration, database: Client, inference: InferenceEngine, registry: MetricsRegistry,
        logger: Logger, onOutbox: @escaping @Sendable () -> Void, onWaveforms: @escaping @Sendable () -> Void
    ) {
        self.configuration = configuration
        self.database = database
        self.inference = inference
        self.metrics = IngestMetrics(registry)
        self.logger = logger
        self.onOutbox = onOutbox
        self.onWaveforms = onWaveforms
        register(registry)
    }

    var health: Health {
        guard let status = subscriber.withLock({ $0 })?.status else {
            return Health(
                connected: false, stalled: false, heldMessages: 0, lastErrorCode: "starting",
                lastError: "not subscribed yet")
        }
        return Health(
            connected: status.connected, stalled: status.stalled, heldMessages: status.heldMessages,
            lastErrorCode: status.lastErrorCode, lastError: status.lastError)
    }

    /// Subscribes, and again whenever the table of decoders changes, until the process is told to stop.
    func run() async throws {
        let databaseConfiguration = ConnectionConfiguration(
            url: configuration.databaseURL.value, applicationName: "thin")
        let changes = Listener(databaseConfiguration, channels: ["millwright_decoders"], logger: logger).events()
        await cancelWhenGracefulShutdown { [self] in
            for await event in changes {
                if case .disconnected = event { continue }
                await resubscribe()
                if Task.isCancelled { break }
            }
        }
        await stopSubscriber()
    }

    private func resubscribe() async {
        var backoff = Backoff()
        while !Task.isCancelled {
            do {
                let wanted = try await Subscriptions.load(
                    from: database, featureTopic: configuration.serveMLFeatureTopic)
                guard wanted != current.withLock({ $0 }) else { return }
                await stopSubscriber()
                start(wanted)
                return
            } catch {
                logger.warning("the list of subscriptions could not be read", metadata: ["error": "\(error)"])
                try? await Task.sleep(for: backoff.next())
            }
        }
    }

    private let current = Mutex<Subscriptions?>(nil)

    private func start(_ subscriptions: Subscriptions) {
        let writer = ThreadBound(
            BatchWriter(
                configuration: ConnectionConfiguration(
                    url: configuration.databaseURL.value, applicationName: "thin-ingest",
                    settings: [
                        // thin wakes its own relay itself and the others at most 100 times a second
                        "millwright.defer_notify": "on",
                        // a batch waits for another that shares its sensors; longer than this something is wrong
                        "lock_timeout": "30s",
                        "jit": "off",
                    ]),
                router: TopicRouter(filters: subscriptions.ownFilters), inference: inference, metrics: metrics,
                logger: logger,
                onOutbox: onOutbox, onWaveforms: onWaveforms))
        let tls = configuration.mqttTLS
        let new = Subscriber(
            configuration: MQTTConfiguration(
                url: configuration.mqttURL.value, clientID: "thin-\(configuration.instance)",
                tls: TLSOptions(caFile: tls.authority, certificateFile: tls.certificate, keyFile: tls.key)),
            filters: subscriptions.filters, sharedGroup: configuration.sharedGroup, logger: logger,
            commit: { messages in try writer.value.commit(messages) })
        subscriber.withLock { $0 = new }
        current.withLock { $0 = subscriptions }
        new.start()
        logger.info("subscribing", metadata: ["filters": "\(subscriptions.filters.joined(separator: " "))"])
    }

    private func stopSubscriber() async {
        guard
            let old = subscriber.withLock({ subscriber in
                defer { subscriber = nil }
                return subscriber
            })
        else { return }
        current.withLock { $0 = nil }
        // waits for the batch at hand: not on the cooperative pool
        await BlockingWork.run { old.stop() }
    }

    private func register(_ registry: MetricsRegistry) {
        func number(_ read: @escaping @Sendable (SubscriberStatus) -> Double) -> @Sendable () -> Double {
            { [weak self] in self?.subscriber.withLock { $0 }.map { read($0.status) } ?? 0 }
        }
        registry.function(
            "thin_mqtt_connected", "1 while connected and subscribed.", number { $0.connected ? 1 : 0 })
        registry.function(
            "thin_mqtt_held_messages", "Messages read and not yet committed.", number { Double($0.heldMessages) })
        registry.function(
            "thin_mqtt_commit_failures_total", "Commits that failed and were tried again.", kind: .counter,
            number { Double($0.commitFailures) })
        registry.function(
            "thin_mqtt_reconnects_total", "Connections to the broker after the first.", kind: .counter,
            number { Double($0.reconnects) })
    }
}

/// Carries a value to the one thread that will use it.
private struct ThreadBound<Value>: @unchecked Sendable {
    // Unchecked: made here, then touched only by the subscriber's thread, which calls its commit one at a time.
    let value: Value

    init(_ value: Value) {
        self.value = value
    }
}

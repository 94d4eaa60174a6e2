import Logging
import MQTT
import Pacing
import Postgres
import ServiceLifecycle
import Synchronization

/// The way in: a subscriber for each lane, whose thread also writes to the database, so that a message is acknowledged after
/// its commit and nothing waits in between.
final class IngestService: Service {
    struct Health: Sendable {
        /// Connected and subscribed, all lanes.
        var connected: Bool
        /// A lane's last commit failed, or takes so long that something must be wrong; its batch is being held.
        var stalled: Bool
        var heldMessages: Int
        var lastError: String?
        /// The broker lets us hear all topics but these.
        var refusal: String?
    }

    /// A commit under way for longer is told as stalled.
    private static let longestCommit: Duration = .seconds(15)

    private struct Running: Sendable {
        let lane: IngestLane
        let subscriber: Subscriber
    }

    private let configuration: Configuration
    private let database: Client
    private let inference: InferenceEngine
    private let faults: Faults
    private let registry: MetricsRegistry
    private let logger: Logger
    private let sessions: BrokerSessions
    private let onOutbox: @Sendable () -> Void
    private let onWaveforms: @Sendable () -> Void
    private let running = Mutex<[Running]>([])

    init(
        configuration: Configuration, database: Client, inference: InferenceEngine, faults: Faults,
        registry: MetricsRegistry, logger: Logger, onOutbox: @escaping @Sendable () -> Void,
        onWaveforms: @escaping @Sendable () -> Void
    ) {
        self.configuration = configuration
        self.database = database
        self.inference = inference
        self.faults = faults
        self.registry = registry
        self.logger = logger
        sessions = BrokerSessions(database: database, instance: configuration.instance, logger: logger)
        self.onOutbox = onOutbox
        self.onWaveforms = onWaveforms
        for lane in IngestLane.allCases { register(lane) }
    }

    var health: Health {
        let lanes = running.withLock { $0 }
        guard !lanes.isEmpty else {
            return Health(connected: false, stalled: false, heldMessages: 0, lastError: "not subscribed yet")
        }
        var health = Health(connected: true, stalled: false, heldMessages: 0)
        for lane in lanes {
            let status = lane.subscriber.status
            health.connected = health.connected && status.connected
            health.heldMessages += status.heldMessages
            health.refusal = health.refusal ?? status.refusal
            if let error = status.lastError, health.lastError == nil {
                health.lastError = "\(lane.lane.rawValue): \(error)"
            }
            if status.stalled { health.stalled = true }
            if let since = status.committingSince, .now - since > Self.longestCommit {
                health.stalled = true
                health.lastError =
                    health.lastError ?? "\(lane.lane.rawValue): a commit takes longer than \(Self.longestCommit)"
            }
        }
        return health
    }

    /// One way in, as the heartbeat reports it (`ops.beat`).
    struct LaneFacts: Sendable {
        var lane: String
        var status: SubscriberStatus
        /// From arrival to commit of the oldest message of the last batch.
        var lag: Double
    }

    /// Each lane that is open; without any, that there is none yet.
    var facts: [LaneFacts] {
        let lanes = running.withLock { $0 }
        guard !lanes.isEmpty else {
            var status = SubscriberStatus()
            status.lastError = "not subscribed yet"
            return [LaneFacts(lane: IngestLane.points.rawValue, status: status, lag: 0)]
        }
        return lanes.map { lane in
            let lag = IngestMetrics(registry, lane: lane.lane).lag.value
            return LaneFacts(lane: lane.lane.rawValue, status: lane.subscriber.status, lag: lag)
        }
    }

    /// Subscribes, and again whenever the table of decoders changes, until the process is told to stop.
    func run() async throws {
        let databaseConfiguration = ConnectionConfiguration(
            url: configuration.databaseURL.value, applicationName: "thin")
        let changes = Listener(databaseConfiguration, channels: ["millwright_decoders"], logger: logger).events()
        await cancelWhenGracefulShutdown { [self] in
            await withDiscardingTaskGroup { group in
                group.addTask { [sessions] in await sessions.run() }
                for await event in changes {
                    if case .disconnected = event { continue }
                    await resubscribe()
                    if Task.isCancelled { break }
                }
                group.cancelAll()
            }
        }
        await stopSubscribers()
    }

    private func resubscribe() async {
        var backoff = Backoff()
        while !Task.isCancelled {
            do {
                let wanted = try await Subscriptions.load(
                    from: database, featureTopic: configuration.serveMLFeatureTopic)
                guard wanted != current.withLock({ $0 }) else { return }
                var sessions: [IngestLane: BrokerSessions.Session] = [:]
                for lane in IngestLane.allCases where !wanted.filters(of: lane).isEmpty {
                    sessions[lane] = try await self.sessions.session(lane: lane.rawValue)
                }
                await stopSubscribers()
                start(wanted, sessions)
                if let former = sessions.values.first(where: { $0.formerClientID != nil }) {
                    Task { await emptyFormer(former, wanted) }
                }
                return
            } catch {
                logger.warning("the list of subscriptions could not be read", metadata: ["error": "\(error)"])
                try? await Task.sleep(for: backoff.next())
            }
        }
    }

    private let current = Mutex<Subscriptions?>(nil)
    private let isEmptying = Atomic(false)

    private func start(_ subscriptions: Subscriptions, _ sessions: [IngestLane: BrokerSessions.Session]) {
        var lanes: [Running] = []
        for lane in IngestLane.allCases {
            guard let clientID = sessions[lane]?.clientID else { continue }
            let new = subscriber(lane, clientID, subscriptions) { [sessions = self.sessions] isPresent in
                sessions.connected(clientID, sessionPresent: isPresent)
            }
            lanes.append(Running(lane: lane, subscriber: new))
        }
        running.withLock { $0 = lanes }
        current.withLock { $0 = subscriptions }
        for lane in lanes { lane.subscriber.start() }
        logger.info("subscribing", metadata: ["filters": "\(subscriptions.filters.joined(separator: " "))"])
    }

    /// Takes over what waits at the broker under the client id of a version before, once the new sessions receive: in
    /// between a message may come twice, and never not at all.
    private func emptyFormer(_ session: BrokerSessions.Session, _ subscriptions: Subscriptions) async {
        // not twice at once: two with one client id throw each other out
        guard let former = session.formerClientID,
            isEmptying.compareExchange(expected: false, desired: true, ordering: .acquiringAndReleasing).exchanged
        else { return }
        defer { isEmptying.store(false, ordering: .releasing) }
        let used = IngestLane.allCases.filter { !subscriptions.filters(of: $0).isEmpty }
        let isReceiving: @Sendable () -> Bool = { [self] in isSubscribed(used) }
        guard await Self.eventually(isReceiving) else { return }
        // what it knew from the broker before is all there is to know: no report
        let old = subscriber(.points, former, subscriptions, filters: subscriptions.filters) { _ in }
        old.start()
        let wasConnected = await Self.eventually { old.status.connected }
        let hasLeft = await BlockingWork.run { old.stop(leaving: wasConnected) }
        guard wasConnected, hasLeft else {
            return logger.warning(
                "the session of the version before could not be emptied; tried again at the next start",
                metadata: ["error": "\(old.status.lastError ?? "-")"])
        }
        do {
            try await sessions.emptied(session)
            logger.notice(
                "the session of the version before was emptied",
                metadata: ["messages": "\(old.status.messagesCommitted)"])
        } catch {
            logger.warning("the end of the former session was not recorded", metadata: ["error": "\(error)"])
        }
    }

    /// For a minute.
    private static func eventually(_ condition: @Sendable () -> Bool) async -> Bool {
        for _ in 0..<300 where !condition() { try? await Task.sleep(for: .milliseconds(200)) }
        return condition()
    }

    /// - Parameter filters: nil: the lane's own; what the others have is given up.
    private func subscriber(
        _ lane: IngestLane, _ clientID: String, _ subscriptions: Subscriptions, filters: [String]? = nil,
        onSession: @escaping @Sendable (Bool) -> Void
    ) -> Subscriber {
        let writer = ThreadBound(
            BatchWriter(
                configuration: ConnectionConfiguration(
                    url: configuration.databaseURL.value, applicationName: lane.applicationName,
                    settings: [
                        // thin wakes its own relay itself and the others at most 100 times a second
                        "millwright.defer_notify": "on",
                        "jit": "off",
                    ]),
                // of both lanes: a session of a version before the lanes still hands out features among the points
                router: TopicRouter(filters: subscriptions.ownFilters), inference: inference, faults: faults,
                metrics: IngestMetrics(registry, lane: lane), logger: logger, onOutbox: onOutbox,
                onWaveforms: onWaveforms))
        let tls = configuration.mqttTLS
        let others = filters == nil ? IngestLane.allCases.filter { $0 != lane } : []
        return Subscriber(
            configuration: MQTTConfiguration(
                url: configuration.mqttURL.value, clientID: clientID,
                tls: TLSOptions(caFile: tls.authority, certificateFile: tls.certificate, keyFile: tls.key)),
            filters: filters ?? subscriptions.filters(of: lane), sharedGroup: configuration.sharedGroup,
            // given up only once the other has it: in between a message comes twice, and never not at all
            retirement: Subscriber.Retirement(others.flatMap(subscriptions.filters(of:))) { [weak self] in
                self?.isSubscribed(others) ?? false
            },
            logger: logger, onSession: onSession, commit: { messages in try writer.value.commit(messages) })
    }

    private func isSubscribed(_ lanes: [IngestLane]) -> Bool {
        let all = running.withLock { $0 }
        return lanes.allSatisfy { lane in all.contains { $0.lane == lane && $0.subscriber.status.connected } }
    }

    private func stopSubscribers() async {
        let old = running.withLock { running in
            defer { running = [] }
            return running
        }
        guard !old.isEmpty else { return }
        current.withLock { $0 = nil }
        await withDiscardingTaskGroup { group in
            for lane in old {
                // waits for the batch at hand: not on the cooperative pool
                group.addTask { _ = await BlockingWork.run { lane.subscriber.stop() } }
            }
        }
    }

    private func register(_ lane: IngestLane) {
        func number(_ read: @escaping @Sendable (SubscriberStatus) -> Double) -> @Sendable () -> Double {
            { [weak self] in
                self?.running.withLock { $0 }.first { $0.lane == lane }.map { read($0.subscriber.status) } ?? 0
            }
        }
        let labels: MetricsRegistry.Labels = ["lane": lane.rawValue]
        registry.function(
            "thin_mqtt_connected", "1 while connected and subscribed.", labels: labels, number { $0.connected ? 1 : 0 })
        registry.function(
            "thin_mqtt_held_messages", "Messages read and not yet committed.", labels: labels,
            number { Double($0.heldMessages) })
        registry.function(
            "thin_mqtt_commit_failures_total", "Commits that failed and were tried again.", kind: .counter,
            labels: labels, number { Double($0.commitFailures) })
        registry.function(
            "thin_mqtt_reconnects_total", "Connections to the broker after the first.", kind: .counter,
            labels: labels, number { Double($0.reconnects) })
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

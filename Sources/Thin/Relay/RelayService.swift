import AsyncHTTPClient
import Foundation
import Logging
import Postgres
import ServiceLifecycle
import Synchronization

/// Carries the outbox's deliveries to their channels. It sends; whether, when again and how often is decided in SQL.
final class RelayService: Service {
    struct Health: Sendable {
        var lastError: String?
        var lastRun: Date?
    }

    /// It looks by itself so often: a wake-up that got lost costs this much and no more.
    private static let lookInterval: Duration = .seconds(3)

    private let database: Client
    private let databaseConfiguration: ConnectionConfiguration
    private let worker: String
    private let environment: Environment
    private let logger: Logger
    private let registry: MetricsRegistry
    private let state = Mutex(Health())
    private let wakeStream: AsyncStream<Void>
    private let wakeContinuation: AsyncStream<Void>.Continuation

    /// - Parameters:
    ///   - instance: name of this process; with the process id it names the worker that holds a lease.
    ///   - environment: where `env:NAME` targets are looked up.
    init(
        database: Client, databaseConfiguration: ConnectionConfiguration, instance: String, environment: Environment,
        registry: MetricsRegistry, logger: Logger
    ) {
        self.database = database
        self.databaseConfiguration = databaseConfiguration
        worker = "\(instance)-\(ProcessInfo.processInfo.processIdentifier)"
        self.environment = environment
        self.logger = logger
        self.registry = registry
        (wakeStream, wakeContinuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    var health: Health { state.withLock { $0 } }

    /// Look now. Returns at once.
    func wake() { wakeContinuation.yield() }

    func run() async throws {
        let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: PinnedClients.configuration())
        let clients = PinnedClients()
        let addresses = TargetAddresses(permit: { [database] found in
            try await database.query("SELECT relay.may_send_to($1)", [.textArray(found)]).compactMap { $0.string(0) }
        })
        let senders = DeliverySenders(
            http: http, webhook: WebhookSender(clients: clients, addresses: addresses), environment: environment)
        let listener = Listener(databaseConfiguration, channels: ["millwright_deliveries"], logger: logger)
        await cancelWhenGracefulShutdown { [self] in
            await withDiscardingTaskGroup { group in
                group.addTask { [self] in
                    for await event in listener.events() where event.isReasonToLook { wake() }
                }
                group.addTask { [self] in
                    while !Task.isCancelled {
                        try? await Task.sleep(for: Self.lookInterval)
                        wake()
                    }
                }
                group.addTask { [self] in
                    for await _ in wakeStream { await drain(senders) }
                }
            }
        }
        await clients.shutdown()
        try await http.shutdown()
    }

    /// Sends until nothing is due, then sets the alarm clock for what is due later.
    private func drain(_ senders: DeliverySenders) async {
        do {
            try await declareEnvironment()
            while !Task.isCancelled {
                let rows = try await database.query(
                    "SELECT delivery_id, channel, kind, target, body, headers, attempt, timeout_ms FROM relay.claim_deliveries($1, 50)",
                    [.text(worker)])
                guard !rows.isEmpty else { break }
                await send(rows.compactMap(Delivery.init), senders)
            }
            state.withLock { $0 = Health(lastError: nil, lastRun: .now) }
            let next = try await database.query("SELECT relay.next_due()").one().timestamp(0)
            if let next { wake(after: next) }
        } catch {
            state.withLock { $0.lastError = "\(error)" }
            logger.warning("the relay could not look at its deliveries", metadata: ["error": "\(error)"])
            wake(after: Timestamp(microseconds: Timestamp.now.microseconds + 2_000_000))
        }
    }

    /// Channels side by side, the notifications of one channel in order: a slow receiver delays nobody else.
    private func send(_ deliveries: [Delivery], _ senders: DeliverySenders) async {
        await withDiscardingTaskGroup { group in
            for channel in Dictionary(grouping: deliveries, by: \.channel).values {
                group.addTask { [self] in
                    for delivery in channel { await send(delivery, senders[delivery.kind]) }
                }
            }
        }
    }

    private func send(_ delivery: Delivery, _ sender: (any DeliverySender)?) async {
        let outcome: DeliveryOutcome
        do {
            if let sender, let address = address(of: delivery) {
                outcome = try await sender.send(delivery, to: address)
            } else {
                outcome = DeliveryOutcome(
                    succeeded: false, error: "a variable that the channel needs is not set here")
            }
        } catch {
            return await giveBack(delivery, error)
        }
        registry.counter(
            "thin_deliveries_total", "Attempts to send a notification to a channel.",
            labels: ["channel": delivery.channel, "outcome": outcome.succeeded ? "delivered" : "failed"]
        ).increment()
        if !outcome.succeeded {
            logger.warning(
                "delivery failed",
                metadata: [
                    "channel": "\(delivery.channel)", "attempt": "\(delivery.attempt)",
                    "status": "\(outcome.status.map(String.init) ?? "-")", "error": "\(outcome.error ?? "-")",
                ])
        }
        do {
            _ = try await database.query(
                "SELECT relay.finish_delivery($1, $2, $3, $4, $5, $6, $7)",
                [
                    .int8(delivery.id), .text(worker), .bool(outcome.succeeded),
                    outcome.status.map { .int4(Int32($0)) } ?? .null, outcome.error.map(Parameter.text) ?? .null,
                    outcome.retryAfterMilliseconds.map(Parameter.int8) ?? .null,
                    outcome.answer.map { .text(String($0.prefix(500))) } ?? .null,
                ])
        } catch {
            // its lease ends by itself and it is sent again: at least once
            logger.warning("the end of a delivery could not be stored", metadata: ["error": "\(error)"])
        }
    }

    /// Nothing was tried, so nothing counts: neither against the delivery nor against its channel.
    private func giveBack(_ delivery: Delivery, _ error: DatabaseError) async {
        logger.warning(
            "a delivery could not be tried",
            metadata: ["channel": "\(delivery.channel)", "error": "\(error)"])
        // where this fails as well its lease ends by itself
        _ = try? await database.query("SELECT relay.give_back($1, $2)", [.int8(delivery.id), .text(worker)])
    }

    private func address(of delivery: Delivery) -> String? {
        guard delivery.target.hasPrefix("env:") else { return delivery.target }
        return variable(String(delivery.target.dropFirst(4)))
    }

    private func variable(_ name: String) -> String? {
        var environment = environment
        return environment.secret(name)?.value
    }

    private func declareEnvironment() async throws {
        let wanted = try await database.query("SELECT relay.wanted_environment()").compactMap { $0.string(0) }
        _ = try await database.query(
            "SELECT relay.declare_environment($1)", [.textArray(wanted.filter { variable($0) != nil })])
    }

    private func wake(after time: Timestamp) {
        let wait = max(10_000, time.microseconds - Timestamp.now.microseconds)
        // what is due later is seen by the look of its own
        guard .microseconds(wait) < Self.lookInterval else { return }
        Task { [wakeContinuation] in
            try? await Task.sleep(for: .microseconds(wait))
            wakeContinuation.yield()
        }
    }
}

extension ListenerEvent {
    /// Something was said, or may have been said while the connection was away.
    var isReasonToLook: Bool {
        if case .disconnected = self { return false }
        return true
    }
}

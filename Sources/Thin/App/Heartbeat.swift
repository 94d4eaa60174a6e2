import Foundation
import Logging
import MQTT
import Pacing
import Postgres
import ServiceLifecycle

/// Tells the database every few seconds that this process lives and how its ways in fare, and has it look at how the whole
/// fares. Facts go in; what is a failure and who is told is decided in SQL (`alarm.judge_system`).
///
/// A connection of its own: a job that takes long, or requests that wait, must not keep anybody from hearing of it.
final class Heartbeat: Service {
    private static let interval: Duration = .seconds(5)
    private static let responseTimeout: Duration = .seconds(30)
    /// So long the word that this process ends may take.
    private static let farewell: Duration = .seconds(2)

    /// What `ops.beat` reads.
    struct Facts: Encodable {
        let version: String
        let lanes: [Lane]
        let volumes: [Volume]
    }

    struct Lane: Encodable {
        let lane: String
        let broker: String
        let connected: Bool
        let error: String?
        let refusal: String?
        let heldMessages: Int
        let stalled: Bool
        let commitSeconds: Double?
        let lagSeconds: Double
        let batches: Int
        let messages: Int
        let reconnects: Int

        enum CodingKeys: String, CodingKey {
            case lane, broker, connected, error, refusal, stalled, batches, messages, reconnects
            case heldMessages = "held_messages"
            case commitSeconds = "commit_seconds"
            case lagSeconds = "lag_seconds"
        }

        init(_ facts: IngestService.LaneFacts, broker: String) {
            let status = facts.status
            lane = facts.lane
            self.broker = broker
            connected = status.connected
            error = status.lastError.map(Self.storable)
            refusal = status.refusal.map(Self.storable)
            heldMessages = status.heldMessages
            stalled = status.stalled
            commitSeconds = status.committingSince.map { (ContinuousClock.now - $0) / .seconds(1) }
            lagSeconds = facts.lag
            batches = status.batchesCommitted
            messages = status.messagesCommitted
            reconnects = status.reconnects
        }

        /// jsonb takes no zero byte. Taken out here: in the encoded text a backslash before `u0000` may be one of the text's own.
        private static func storable(_ text: String) -> String { text.replacing("\0", with: "") }
    }

    private let client: Client
    private let instance: String
    private let broker: String
    private let volumes: [String]
    private let ingest: IngestService
    private let registry: MetricsRegistry
    private let logger: Logger
    /// Names this run of the process.
    private let run = UUID().uuidString.lowercased()

    init(configuration: Configuration, ingest: IngestService, registry: MetricsRegistry, logger: Logger) {
        let connection = ConnectionConfiguration(
            url: configuration.databaseURL.value, applicationName: "thin-heartbeat",
            // what hangs is given up, told, and looked at again
            settings: ["statement_timeout": "20s"])
        client = Client(connection, connections: 1, logger: logger, responseTimeout: Self.responseTimeout)
        instance = configuration.instance
        broker = "\(MQTTConfiguration(url: configuration.mqttURL.value, clientID: instance))"
        volumes = configuration.volumes
        self.ingest = ingest
        self.registry = registry
        self.logger = logger
    }

    func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            var backoff = Backoff(initial: Self.interval, maximum: .seconds(30))
            while !Task.isCancelled {
                do {
                    try await beat()
                    backoff.reset()
                    try? await Task.sleep(for: Self.interval)
                } catch is CancellationError {
                    break
                } catch {
                    logger.warning("the heartbeat was not heard", metadata: ["error": "\(error)"])
                    try? await Task.sleep(for: backoff.next())
                }
            }
        }
        await sayGoodbye()
        await client.stop()
    }

    private func beat() async throws {
        let volumes = await BlockingWork.run { [volumes] in Volume.at(volumes) }
        for volume in volumes { volume.report(to: registry) }
        let facts = Facts(
            version: Version.current, lanes: ingest.facts.map { Lane($0, broker: broker) }, volumes: volumes)
        let json = String(decoding: try JSONEncoder().encode(facts), as: UTF8.self)
        _ = try await client.query("SELECT ops.beat($1, $2, $3)", [.text(instance), .text(run), .jsonb(json)])
        _ = try await client.query("SELECT alarm.judge_system()")
    }

    /// Without it the next start counts as one that nobody ordered.
    private func sayGoodbye() async {
        do {
            try await withDeadline(Self.farewell) { [client, instance, run] in
                _ = try await client.query("SELECT ops.end_process($1, $2)", [.text(instance), .text(run)])
            }
        } catch {
            logger.warning("the database does not know that this process ends", metadata: ["error": "\(error)"])
        }
    }
}

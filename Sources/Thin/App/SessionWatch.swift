import Logging
import Pacing
import Postgres
import ServiceLifecycle

/// Has the database end sessions that hold this process up, once a second. A connection of its own, because all others may
/// be waiting for just such a session.
final class SessionWatch: Service {
    private static let interval: Duration = .seconds(1)
    private static let responseTimeout: Duration = .seconds(10)

    private let client: Client
    private let logger: Logger
    private let ended: Counter

    init(configuration: ConnectionConfiguration, registry: MetricsRegistry, logger: Logger) {
        client = Client(configuration, connections: 1, logger: logger, responseTimeout: Self.responseTimeout)
        self.logger = logger
        ended = registry.counter(
            "thin_database_sessions_ended_total", "Database sessions ended because they held others up.")
    }

    func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            var backoff = Backoff(initial: Self.interval, maximum: .seconds(30))
            while !Task.isCancelled {
                do {
                    try await look()
                    backoff.reset()
                    try? await Task.sleep(for: Self.interval)
                } catch is CancellationError {
                    break
                } catch {
                    logger.warning("sessions cannot be watched", metadata: ["error": "\(error)"])
                    try? await Task.sleep(for: backoff.next())
                }
            }
        }
        await client.stop()
    }

    private func look() async throws {
        let sessions = try await client.query("SELECT pid, role, reason FROM ops.end_sessions()")
        for session in sessions {
            ended.increment()
            logger.warning(
                "a database session was ended",
                metadata: [
                    "pid": "\(session.int(0) ?? 0)", "role": "\(session.string(1) ?? "")",
                    "reason": "\(session.string(2) ?? "")",
                ])
        }
    }
}

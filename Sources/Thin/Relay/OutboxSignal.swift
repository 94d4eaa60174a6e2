import Logging
import Postgres
import ServiceLifecycle
import Synchronization

/// "There are new rows in the outbox": tells this process at once and the other processes at most a hundred times a second.
///
/// A NOTIFY in every ingest transaction would make all commits queue behind one lock (the lock of the queue of notifications), so the ingest sessions
/// defer it and this service sends one for many.
final class OutboxSignal: Service {
    /// At most one NOTIFY in this time.
    static let notifyInterval: Duration = .milliseconds(10)

    private let database: Client
    private let logger: Logger
    private let local: Mutex<[@Sendable () -> Void]> = Mutex([])
    private let pending: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init(database: Client, logger: Logger) {
        self.database = database
        self.logger = logger
        // one waiting signal stands for any number
        (pending, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Adds somebody in this process who looks at the outbox. Must return at once.
    func onSignal(_ wake: @escaping @Sendable () -> Void) {
        local.withLock { $0.append(wake) }
    }

    /// Called right after a commit that wrote notifications, from any thread.
    func signal() {
        for wake in local.withLock({ $0 }) { wake() }
        continuation.yield()
    }

    func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            for await _ in pending {
                do {
                    _ = try await database.query(
                        "SELECT pg_notify('millwright_outbox', ''), pg_notify('millwright_deliveries', '')")
                } catch {
                    // the others look by themselves when their connection comes back
                    logger.debug("other processes could not be notified", metadata: ["error": "\(error)"])
                }
                try? await Task.sleep(for: Self.notifyInterval)
            }
        }
    }
}

import Foundation
import Logging
import Postgres
import ServiceLifecycle
import Synchronization

/// Tells the registry at start what bundles there are, and again when the database asks for it or was away at the time.
final class BundleWatch: Service {
    private let service: DatabasePredictionService
    private let logger: Logger
    private let isReady = Mutex(false)

    init(service: DatabasePredictionService, logger: Logger) {
        self.service = service
        self.logger = logger
    }

    /// Whether the first scan has been told to the registry.
    var hasSynced: Bool { isReady.withLock { $0 } }

    func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            var backoff = Backoff()
            while !Task.isCancelled, !hasSynced {
                do {
                    let answer = try await service.sync()
                    isReady.withLock { $0 = true }
                    logger.info("bundles", metadata: ["answer": "\(answer.prefix(500))"])
                } catch {
                    logger.warning("the bundles could not be told to the registry", metadata: ["error": "\(error)"])
                    try? await Task.sleep(for: backoff.next())
                }
            }
            // stay: a service that returns ends the process
            try? await gracefulShutdown()
        }
    }
}

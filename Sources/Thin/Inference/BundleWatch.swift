import Foundation
import Logging
import Pacing
import Postgres
import ServeML
import ServiceLifecycle
import Synchronization

/// Tells the registry at start what bundles there are, and again whenever the folder has changed.
///
/// A change counts once the folder has looked the same twice: what is still being copied is left alone. (A bundle that is
/// read half-copied all the same is refused by its hashes, and looked at again when it changes.)
final class BundleWatch: Service {
    private let service: DatabasePredictionService
    private let root: String
    private let interval: Duration
    private let logger: Logger
    private let isReady = Mutex(false)
    private let wakes: AsyncStream<Void>
    private let wake: AsyncStream<Void>.Continuation
    private let reloads: Counter
    private let scanSeconds: Gauge

    /// Looking takes at most this share of the time, however many files there are and however slow their server is.
    private static let largestShare = 0.02

    /// - Parameter interval: SERVE_ML_POLL_SECONDS; zero: only `POST serve-ml/sync` looks.
    init(
        service: DatabasePredictionService, root: String, interval: Duration, registry: MetricsRegistry, logger: Logger
    ) {
        self.service = service
        self.root = root
        self.interval = interval
        self.logger = logger
        (wakes, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        reloads = registry.counter(
            "thin_bundle_reloads_total", "Times that a change in the bundles' folder was taken in.")
        scanSeconds = registry.gauge("thin_bundle_scan_seconds", "Time of the last look at the bundles' folder.")
    }

    /// Whether the first scan has been told to the registry.
    var hasSynced: Bool { isReady.withLock { $0 } }

    /// A request met a bundle that is not what the registry says: look now.
    func lookNow() { wake.yield() }

    func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            var known = await fingerprint()
            await sync()
            // stay: a service that returns ends the process
            var seen = known
            for await isUrgent in ticks() {
                if Task.isCancelled { break }
                let now = await fingerprint()
                let isSettled = now == seen
                seen = now
                guard now != known, isSettled || isUrgent else { continue }
                known = now
                await sync()
            }
        }
    }

    /// One element for each look that is due; true: somebody asked for it.
    private func ticks() -> AsyncStream<Bool> {
        AsyncStream { continuation in
            let asked = Task { [wakes] in
                for await _ in wakes {
                    continuation.yield(true)
                    // a bundle that stays stale is looked at twice a second, not for each request that meets it
                    try? await Task.sleep(for: .milliseconds(500))
                }
            }
            let timed = Task { [self] in
                while !Task.isCancelled {
                    let rest = Duration.seconds(lastScan.withLock { $0 } / Self.largestShare)
                    let pause = interval > .zero ? max(interval, rest) : .seconds(3600 * 24)
                    try? await Task.sleep(for: pause)
                    if interval > .zero { continuation.yield(false) }
                }
            }
            continuation.onTermination = { _ in
                asked.cancel()
                timed.cancel()
            }
        }
    }

    private let lastScan = Mutex(0.0)

    private func fingerprint() async -> UInt64 {
        let start = ContinuousClock.now
        let value = await BlockingWork.run { [root] in BundleFingerprint.of(root: root) }
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        lastScan.withLock { $0 = seconds }
        scanSeconds.set(seconds)
        return value
    }

    /// Until the registry knows.
    private func sync() async {
        var backoff = Backoff()
        while !Task.isCancelled {
            do {
                let answer = try await service.sync()
                isReady.withLock { $0 = true }
                reloads.increment()
                logger.info("bundles", metadata: ["answer": "\(answer.prefix(500))"])
                return
            } catch {
                logger.warning("the bundles could not be told to the registry", metadata: ["error": "\(error)"])
                try? await Task.sleep(for: backoff.next())
            }
        }
    }
}

import Logging
import Pacing
import Postgres
import ServiceLifecycle
import Synchronization

/// The pipelined connections; the first to start and the last to stop.
struct DatabaseService: Service {
    let client: Client

    func run() async throws {
        try await cancelWhenGracefulShutdown { try await client.run() }
    }
}

/// Listens to the database: loads the routes at each connection and whenever they change, and tells whoever asked about
/// a channel.
///
/// A handler runs for each notification and after each reconnection, when notifications may have been missed; it must
/// return at once. Handlers are added before the service runs.
final class DatabaseWatcher: Service {
    private static let routesChannel = "millwright_routes"
    private static let retryInterval: Duration = .seconds(1)

    private let configuration: ConnectionConfiguration
    private let routes: RouteStore
    private let database: Client
    private let logger: Logger
    private let sqlFolder: String?
    private let wasCurrent = Mutex(false)
    private let handlers = Mutex<[String: [@Sendable () -> Void]]>([:])

    /// - Parameter sqlFolder: MILLWRIGHT_SQL, to tell whether the database has what the folder holds.
    init(
        configuration: ConnectionConfiguration, routes: RouteStore, database: Client, sqlFolder: String?, logger: Logger
    ) {
        self.configuration = configuration
        self.sqlFolder = sqlFolder
        self.routes = routes
        self.database = database
        self.logger = logger
    }

    func on(_ channel: String, _ handler: @escaping @Sendable () -> Void) {
        handlers.withLock { $0[channel, default: []].append(handler) }
    }

    func run() async throws {
        let channels = Set(handlers.withLock { Array($0.keys) }).union([Self.routesChannel])
        let events = Listener(configuration, channels: channels.sorted(), logger: logger).events()
        try await cancelWhenGracefulShutdown { [self] in
            for await event in events {
                switch event {
                case .connected:
                    try await checkSchema()
                    try await loadRoutes()
                    for channel in channels { notify(channel) }
                case .notification(let channel, _):
                    if channel == Self.routesChannel { try await loadRoutes() }
                    notify(channel)
                case .disconnected: continue
                }
                if Task.isCancelled { break }
            }
        }
    }

    private func notify(_ channel: String) {
        for handler in handlers.withLock({ $0[channel] ?? [] }) { handler() }
    }

    /// Tries until it succeeds: without routes there is no HTTP.
    private func loadRoutes() async throws {
        while !Task.isCancelled {
            do {
                try await routes.reload(from: database)
                return
            } catch is CancellationError {
                return
            } catch {
                let message = (error as? DatabaseError)?.message ?? ""
                logger.warning("the routes cannot be loaded", metadata: ["error": "\(error)", "message": "\(message)"])
                try? await Task.sleep(for: Self.retryInterval)
            }
        }
    }

    /// A database that this program does not fit is worse than none: at the start it ends the process. A process that
    /// already serves goes on (a newer version may just be rolling out) and says so.
    private func checkSchema() async throws {
        do {
            guard let refusal = try await SchemaState.check(database, sqlFolder: sqlFolder).refusal else {
                wasCurrent.withLock { $0 = true }
                return
            }
            guard wasCurrent.withLock({ $0 }) else { throw SchemaMismatch(description: refusal) }
            logger.error("the database was migrated meanwhile", metadata: ["problem": "\(refusal)"])
        } catch let mismatch as SchemaMismatch {
            throw mismatch
        } catch {
            logger.warning("the schema's state is not known", metadata: ["error": "\(error)"])
        }
    }
}

/// Runs the database's due jobs, one look a second. Several processes may: the database lets one at a time. A second
/// worker takes frequent jobs only: a report of a minute must not keep the alarms' clock waiting.
final class JobRunner: Service {
    private static let interval: Duration = .seconds(1)
    /// As many in a row before the next look at the clock.
    private static let jobsAtOnce = 100
    /// A refresh of an aggregate after a long pause takes its time.
    private static let longestJob: Duration = .seconds(3600)

    private let client: Client
    private let logger: Logger
    private let runs: Counter
    private let failures: Counter

    init(configuration: ConnectionConfiguration, registry: MetricsRegistry, logger: Logger) {
        // connections of their own, one for each worker: a long job must not hold up requests
        client = Client(configuration, connections: 2, logger: logger, responseTimeout: Self.longestJob)
        self.logger = logger
        runs = registry.counter("thin_jobs_run_total", "Database jobs that this process ran.")
        failures = registry.counter("thin_job_looks_failed_total", "Looks for due jobs that failed.")
    }

    func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            async let frequent: Void = work(onlyFrequent: true)
            await work(onlyFrequent: false)
            await frequent
        }
        await client.stop()
    }

    private func work(onlyFrequent: Bool) async {
        var backoff = Backoff(initial: Self.interval, maximum: .seconds(30))
        while !Task.isCancelled {
            var pause = Self.interval
            do {
                var count = 0
                while count < Self.jobsAtOnce, !Task.isCancelled, try await runDueJob(onlyFrequent) { count += 1 }
                if count > 0 { pause = .milliseconds(50) }
                backoff.reset()
            } catch is CancellationError {
                break
            } catch {
                failures.increment()
                logger.warning("due jobs cannot be run", metadata: ["error": "\(error)"])
                pause = backoff.next()
            }
            try? await Task.sleep(for: pause)
        }
    }

    /// What `CALL ops.run_due_jobs()` does, in statements of its own: only so can a run that takes too long be cancelled and
    /// booked as a failure, because a statement's timeout is armed when it begins.
    /// - Returns: whether a job was due.
    private func runDueJob(_ onlyFrequent: Bool) async throws -> Bool {
        let ran = try await client.withSession { session in
            // the limit of the job before is not the claim's
            _ = try await session.query("RESET statement_timeout")
            guard
                let job = try await session.query("SELECT ops.claim_due_job($1)", [.bool(onlyFrequent)])
                    .first?.int(0)
            else { return false }
            let identifier = Parameter.int4(Int32(clamping: job))
            _ = try await session.query(
                "SELECT set_config('statement_timeout', ops.job_timeout($1), false)", [identifier])
            _ = try await session.query("SELECT ops.execute_job($1)", [identifier])
            return true
        }
        if ran { runs.increment() }
        return ran
    }
}

/// The database is not the one that this program was made for.
struct SchemaMismatch: Error, CustomStringConvertible {
    let description: String
}

import Postgres

/// Brings one database to the state of a SQL tree, under a lock that one process at a time holds. Blocks: it wants a thread of its own.
///
/// Migrations are one transaction each. Everything that can be applied again (functions, views, data, grants) and the catalog
/// sweep are one transaction together, so that nobody ever sees half of a release.
final class Migrator {
    /// A lock that is not to be had within this time is given back, so that nobody queues behind us for long; then we try again.
    private static let lockTimeout = "10s"
    private static let attempts = 5

    let session: Session
    let tree: SQLTree
    let ledger: Ledger
    /// Told of each step: what, how long it took (nil: just said).
    let report: (_ step: String, _ time: Duration?) -> Void

    init(
        _ configuration: ConnectionConfiguration, tree: SQLTree,
        report: @escaping (_ step: String, _ time: Duration?) -> Void
    ) throws(DatabaseError) {
        session = try Session(configuration)
        self.tree = tree
        self.report = report
        ledger = Ledger(session: session)
        session.onNotice = { severity, message in
            // "already exists, skipping" is what idempotent files always say
            if !message.hasSuffix("skipping") { report("\(severity.lowercased()): \(message)", nil) }
        }
    }

    /// A server that is not to be had is an error of its own kind; connection settings of every migrating session.
    static func configuration(url: String) -> ConnectionConfiguration {
        ConnectionConfiguration(
            url: url, applicationName: "thin migrate",
            settings: ["search_path": "compat, public", "lock_timeout": lockTimeout, "statement_timeout": "0"])
    }

    /// What would be done. Changes nothing.
    func plan() throws -> (plan: MigrationPlan, edition: Edition?) {
        let edition = try Edition.detect(session)
        let plan = try MigrationPlan(
            tree: tree, ledger: try ledger.rows(), isApache: edition.map { $0 == .apache }, version: Version.current)
        return (plan, edition)
    }

    /// Does it.
    /// - Returns: what was done.
    func migrate() throws -> MigrationPlan {
        try lock()
        defer { unlock() }
        // Refused before anything is touched, the roles and the ledger included.
        _ = try plan()
        let edition = try Preparation(self).run()
        let plan = try MigrationPlan(
            tree: tree, ledger: try ledger.rows(), isApache: edition == .apache, version: Version.current)
        try Schema(self, edition).apply(plan)
        try Repeatables(self, plan).apply()
        return plan
    }

    // MARK: The lock

    /// Asks again and again instead of waiting in the server: a waiting statement's snapshot would block CREATE INDEX CONCURRENTLY.
    private func lock() throws(DatabaseError) {
        let clock = ContinuousClock()
        let start = clock.now
        while try session.execute("SELECT pg_try_advisory_lock(hashtextextended('millwright:migrate', 0))")[0].bool(0)
            != true
        {
            if !isWaiting { report("another process is migrating this database: waiting", nil) }
            isWaiting = true
            sleepMilliseconds(200)
        }
        if isWaiting { report("the other process has finished", clock.now - start) }
    }

    private var isWaiting = false

    private func unlock() {
        if session.isUsable {
            _ = try? session.execute("SELECT pg_advisory_unlock(hashtextextended('millwright:migrate', 0))")
        }
    }

    // MARK: Transactions

    /// Runs a body as role `millwright` in a transaction, again when a lock was not to be had or a deadlock was broken.
    func transaction(asOwner: Bool = true, _ body: () throws -> Void) throws {
        var attempt = 1
        while true {
            do {
                try session.transaction {
                    try prepare(asOwner: asOwner)
                    try body()
                }
                return
            } catch let failure as RetriableFailure where attempt < Self.attempts {
                report("\(failure.place): \(failure.error.message); trying again", nil)
                attempt += 1
                sleepMilliseconds(200 * attempt)
            } catch let failure as RetriableFailure {
                throw MigrationError.failed(failure.place, failure.error)
            }
        }
    }

    /// Every file starts from the same settings, whatever the one before it set.
    func prepare(asOwner: Bool) throws(DatabaseError) {
        try session.script(
            """
            RESET ROLE;
            SET LOCAL search_path = compat, public;
            SET LOCAL check_function_bodies = off;
            \(asOwner ? "SET LOCAL ROLE millwright;" : "")
            """)
    }

    /// Sends a whole file. Its errors name the file and the line.
    func run(_ file: SQLFile) throws {
        do throws(DatabaseError) {
            try session.script(file.text)
        } catch {
            if error.sqlState == "55P03" || error.sqlState == "40P01" {
                throw RetriableFailure(place: file.path, error: error)
            }
            throw MigrationError.failed(file, error)
        }
    }

    struct RetriableFailure: Error {
        let place: String
        let error: DatabaseError
    }
}

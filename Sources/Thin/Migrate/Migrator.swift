import Postgres

/// Brings one database to the state of a SQL tree, under a lock that one process at a time holds. Blocks: it wants a thread of its own.
///
/// An upgrade is one transaction (`Upgrade`): migrations, then everything that can be applied again (functions, views, data, grants),
/// then the catalog sweep.
final class Migrator {
    /// A lock that is not to be had within this time is given back, so that nobody queues behind us for long; then we try again.
    private static let lockTimeout = "10s"
    private static let attempts = 5

    let session: Session
    let tree: SQLTree
    let ledger: Ledger
    /// Told of each step: what, how long it took (nil: just said).
    let report: (_ step: String, _ time: Duration?) -> Void
    /// What the present transaction took away and has to put back.
    var plant: PlantObjects

    init(
        _ configuration: ConnectionConfiguration, tree: SQLTree,
        report: @escaping (_ step: String, _ time: Duration?) -> Void
    ) throws(DatabaseError) {
        session = try Session(configuration)
        self.tree = tree
        self.report = report
        ledger = Ledger(session: session)
        plant = PlantObjects(session, roles: tree.files(.roles)[0])
        session.onNotice = { severity, message in
            // "already exists, skipping" is what idempotent files always say
            if !message.hasSuffix("skipping") { report("\(severity.lowercased()): \(message)", nil) }
        }
    }

    /// A server that is not to be had is an error of its own kind; connection settings of every migrating session.
    static func configuration(url: String) -> ConnectionConfiguration {
        ConnectionConfiguration(
            url: url, applicationName: "thin migrate",
            settings: [
                "search_path": "compat, public", "lock_timeout": lockTimeout, "statement_timeout": "0",
                // A migration looks at every row; Community's limit of rows taken out of the columnstore is for live writers.
                "timescaledb.max_tuples_decompressed_per_dml_transaction": "0",
            ])
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
        try Upgrade(self, edition, plan).apply()
        return plan
    }

    // MARK: What is not the product's

    func newPlantObjects() -> PlantObjects { PlantObjects(session, roles: tree.files(.roles)[0]) }

    /// What of the plant's would be taken away and put back.
    func standing(_ plan: MigrationPlan) throws -> [PlantObjects.Object] {
        let rows = try ledger.rows()
        if rows.isEmpty { return [] }
        let product = Ledger.product(rows, tree)
        var dropped: [String] = []
        if plan.remakesViews { dropped += rows.filter { $0.kind == "view" }.flatMap(\.objects) }
        let changed = Set(plan.functions.map(\.name))
        dropped += (plan.vanished + rows.filter { changed.contains($0.name) }).filter { $0.kind == "function" }
            .flatMap(\.objects)
        let tables = plan.migrations.contains(where: \.dropsViews) ? product.filter { !$0.hasSuffix(")") } : []
        return try plant.standing(onDropped: dropped, orTables: tables, product: product)
    }

    /// Drops the product's views, all in one command so that their order does not matter; the plant's on them are taken away before.
    func dropViews(_ rows: [LedgerRow], changesTables: Bool = false) throws {
        let names = rows.filter { $0.kind == SQLKind.view.rawValue }.flatMap(\.objects)
        if names.isEmpty { return }
        let product = Ledger.product(rows, tree)
        try plant.lift(
            onDropped: names, orTables: changesTables ? product.filter { !$0.hasSuffix(")") } : [], product: product)
        try prepare(asOwner: true)
        let existing = try session.execute(
            """
            SELECT format('%I.%I', n.nspname, c.relname), c.relkind FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('v', 'm') AND format('%I.%I', n.nspname, c.relname) = ANY ($1)
            """, [.textArray(names)])
        for (kind, command) in [("v", "VIEW"), ("m", "MATERIALIZED VIEW")] {
            let list = existing.filter { $0.string(1) == kind }.compactMap { $0.string(0) }
            if list.isEmpty { continue }
            do throws(DatabaseError) {
                try session.script("DROP \(command) \(list.joined(separator: ", "))")
            } catch {
                throw MigrationError.failed("dropping the product's views", error)
            }
        }
    }

    // MARK: The lock

    /// Asks again and again instead of waiting in the server: a waiting statement's snapshot would block CREATE INDEX CONCURRENTLY.
    private func lock() throws(DatabaseError) {
        let clock = ContinuousClock()
        let start = clock.now
        while try session.execute("SELECT pg_try_advisory_lock(hashtextextended('millwright:migrate', 0))").one().bool(
            0)
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

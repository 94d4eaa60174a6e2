import Postgres

/// What is applied once: compatibility, migrations, continuous aggregates.
struct Schema {
    private let migrator: Migrator
    private let edition: Edition
    private var session: Session { migrator.session }

    init(_ migrator: Migrator, _ edition: Edition) {
        self.migrator = migrator
        self.edition = edition
    }

    func apply(_ plan: MigrationPlan) throws {
        try applyCompat(plan.compat)
        for file in plan.migrations { try step(file) { try self.applyMigration(file) } }
        for file in plan.continuousAggregates { try step(file) { try self.applyContinuousAggregate(file) } }
    }

    private func step(_ file: SQLFile, _ body: () throws -> Void) throws {
        let start = ContinuousClock.now
        try body()
        migrator.report(file.path, ContinuousClock.now - start)
    }

    /// All of them together: they refer to each other.
    private func applyCompat(_ files: [SQLFile]) throws {
        if files.isEmpty { return }
        let start = ContinuousClock.now
        try migrator.transaction {
            for file in migrator.tree.files(.compat) {
                let fileStart = ContinuousClock.now
                try migrator.prepare(asOwner: true)
                try migrator.run(file)
                try migrator.prepare(asOwner: true)
                try migrator.ledger.record(file, since: fileStart)
            }
        }
        migrator.report("sql/compat: \(files.count) changed, all applied", ContinuousClock.now - start)
    }

    private func applyMigration(_ file: SQLFile) throws {
        if file.isNoTransaction { return try applyStatements(file) }
        let start = ContinuousClock.now
        try migrator.transaction {
            if file.dropsViews { try dropViews() }
            try migrator.run(file)
            try migrator.prepare(asOwner: true)
            try migrator.ledger.record(file, since: start)
        }
    }

    private func dropViews() throws {
        let rows = try migrator.ledger.rows().filter { $0.kind == SQLKind.view.rawValue }
        try Repeatables.dropViews(rows, session)
        for row in rows { try migrator.ledger.remove(kind: row.kind, name: row.name) }
    }

    /// One statement at a time, each its own transaction; the ledger's row is written after the last.
    private func applyStatements(_ file: SQLFile) throws {
        let start = ContinuousClock.now
        try session.script("SET ROLE millwright")
        defer { if session.isUsable { try? session.script("RESET ROLE; RESET search_path") } }
        for statement in try file.statements() {
            do throws(DatabaseError) {
                try session.script(statement.text)
            } catch {
                throw MigrationError.failed(file, error, firstLine: statement.line, in: statement.text)
            }
        }
        try migrator.ledger.record(file, since: start)
    }

    private func applyContinuousAggregate(_ file: SQLFile) throws {
        let start = ContinuousClock.now
        try migrator.transaction {
            for statement in try file.statements() {
                do throws(DatabaseError) {
                    if edition == .apache, statement.isContinuousAggregate {
                        try session.execute("SELECT compat.create_continuous_aggregate($1)", [.text(statement.text)])
                    } else {
                        try session.script(statement.text)
                    }
                } catch {
                    throw MigrationError.failed(file, error, firstLine: statement.line, in: statement.text)
                }
            }
            try migrator.prepare(asOwner: true)
            try migrator.ledger.record(file, since: start)
        }
    }
}

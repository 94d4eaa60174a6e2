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

    /// To be called in a transaction of the migrator, like the others here.
    func apply(compat: [SQLFile], migrations: [SQLFile]) throws {
        try applyCompat(compat)
        for file in migrations { try step(file) { try self.applyMigration(file) } }
    }

    func apply(continuousAggregates: [SQLFile]) throws {
        for file in continuousAggregates { try step(file) { try self.applyContinuousAggregate(file) } }
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
        for file in migrator.tree.files(.compat) {
            let fileStart = ContinuousClock.now
            try migrator.prepare(asOwner: true)
            try migrator.run(file)
            try migrator.prepare(asOwner: true)
            try migrator.ledger.record(file, since: fileStart)
        }
        migrator.report("sql/compat: \(files.count) changed, all applied", ContinuousClock.now - start)
    }

    private func applyMigration(_ file: SQLFile) throws {
        let start = ContinuousClock.now
        try migrator.prepare(asOwner: true)
        if file.dropsViews { try dropViews() }
        try migrator.run(file)
        try migrator.prepare(asOwner: true)
        try migrator.ledger.record(file, objects: file.relationsMade, since: start)
    }

    /// The plant's views go along: on the product's views, and on the tables that the migration may change.
    private func dropViews() throws {
        let rows = try migrator.ledger.rows()
        try migrator.dropViews(rows, changesTables: true)
        for row in rows where row.kind == SQLKind.view.rawValue {
            try migrator.ledger.remove(kind: row.kind, name: row.name)
        }
    }

    /// One statement at a time, each its own transaction; the ledger's row is written after the last.
    func applyStatements(_ file: SQLFile) throws {
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
        try migrator.ledger.record(file, objects: file.relationsMade, since: start)
        migrator.report(file.path, ContinuousClock.now - start)
    }

    private func applyContinuousAggregate(_ file: SQLFile) throws {
        let start = ContinuousClock.now
        try migrator.prepare(asOwner: true)
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
        try migrator.ledger.record(file, objects: file.relationsMade, since: start)
    }
}

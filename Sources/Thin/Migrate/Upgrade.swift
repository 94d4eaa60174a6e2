import Postgres

/// Carries out a plan as one transaction: what an upgrade refuses or fails at leaves nothing changed, and nobody sees half of a
/// release. Only a migration that cannot run in a transaction cuts it.
struct Upgrade {
    private let migrator: Migrator
    private let edition: Edition
    private let plan: MigrationPlan

    init(_ migrator: Migrator, _ edition: Edition, _ plan: MigrationPlan) {
        self.migrator = migrator
        self.edition = edition
        self.plan = plan
    }

    func apply() throws {
        try refuseToLeaveViewsAway()
        let schema = Schema(migrator, edition)
        var compat = plan.compat
        var waiting = plan.migrations[...]
        while let cut = waiting.firstIndex(where: \.isNoTransaction) {
            let (before, file) = (waiting[..<cut], waiting[cut])
            try migrator.transaction {
                migrator.plant = migrator.newPlantObjects()
                try schema.apply(compat: compat, migrations: Array(before))
            }
            compat = []
            try schema.applyStatements(file)
            waiting = waiting[(cut + 1)...]
        }
        // Told after the commit only: an attempt that was rolled back is no step.
        var lines: [(String, Duration?)] = []
        try migrator.transaction {
            migrator.plant = migrator.newPlantObjects()
            let strangers = try migrator.ledger.unrecordedRoutines()
            try schema.apply(compat: compat, migrations: Array(waiting))
            try schema.apply(continuousAggregates: plan.continuousAggregates)
            try migrator.ledger.recordMade(migrator.tree)
            lines = try Repeatables(migrator, plan, strangers: strangers).apply()
        }
        for (text, time) in lines { migrator.report(text, time) }
    }

    /// Between the transactions the plant's views would be gone.
    private func refuseToLeaveViewsAway() throws {
        guard let cut = plan.migrations.lastIndex(where: \.isNoTransaction),
            plan.migrations[..<cut].contains(where: \.dropsViews)
        else { return }
        let standing = try migrator.standing(plan)
        if standing.isEmpty { return }
        throw MigrationError.refused(
            """
            \(plan.migrations[cut].path) cannot run in a transaction, and before it the product's views go away, on which these stand:
              \(standing.map(\.description).joined(separator: "\n  "))
              hint: drop them, upgrade, make them again
            """)
    }
}

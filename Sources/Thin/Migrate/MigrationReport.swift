import Foundation

/// What `thin migrate` prints.
enum MigrationReport {
    /// One line per step; what takes no time of its own has none.
    static func printStep(_ step: String, _ time: Duration?) {
        let text = time.map { "\(padded("\($0.milliseconds) ms"))  \(step)" } ?? "\(padded(""))  \(step)"
        FileHandle.standardOutput.write(Data((text + "\n").utf8))
    }

    private static func padded(_ text: String) -> String {
        String(repeating: " ", count: max(0, 9 - text.count)) + text
    }

    static func edition(_ edition: Edition?) -> String {
        switch edition {
        case .apache: "TimescaleDB Apache edition, with sql/compat"
        case .community: "TimescaleDB Community edition"
        case nil: "TimescaleDB is not loaded yet: its edition shows when the extension is made"
        }
    }

    static func pending(_ plan: MigrationPlan) -> String {
        if plan.isEmpty { return "nothing to do\n" }
        var lines: [String] = []
        for file in plan.compat + plan.migrations + plan.continuousAggregates + plan.functions {
            lines.append("apply  \(file.path)")
        }
        for file in plan.views { lines.append("remake \(file.path)") }
        for file in plan.data { lines.append("apply  \(file.path)") }
        for row in plan.vanished { lines.append("remove \(row.kind) \(row.name): it is gone from the program") }
        if lines.isEmpty { lines.append("record version \(Version.current)") }
        return lines.map { $0 + "\n" }.joined()
    }

    /// What is not the product's and stands on what may be made anew.
    static func standing(_ objects: [PlantObjects.Object]) -> String {
        objects.map { object in
            object.kind == "obstacle"
                ? "BLOCKS \(object.identity): it stands on what may be made anew, and cannot be put back without its data\n"
                : "keep   \(object.description), which is not the product's: taken away and put back where what it stands on is made anew\n"
        }.joined()
    }

    static func applied(_ rows: [LedgerRow]) -> String {
        let migrations = rows.filter { $0.kind == "migration" }.map(\.name).sorted()
        guard let newest = migrations.last else { return "no migration was applied yet" }
        let version = rows.first { $0.kind == Ledger.release }?.programVersion ?? "none"
        return "\(migrations.count) migrations, newest \(newest); last complete version \(version)"
    }

    static func summary(_ plan: MigrationPlan, _ time: Duration) -> String {
        if plan.isEmpty { return "already at version \(Version.current) (\(time.milliseconds) ms)" }
        return
            "at version \(Version.current): \(plan.migrations.count) migrations, \(plan.continuousAggregates.count) continuous aggregates, "
            + "\(plan.functions.count) functions, \(plan.views.count) views, \(plan.data.count) data files (\(time.milliseconds) ms)"
    }
}

import Postgres

/// What can be applied again and again: functions, views, data, grants; then the catalog sweep.
///
/// The ledger knows which routines each function file made, so that these cases work without anybody's hand:
/// a file that vanished (its routines are dropped), a changed argument list (the old overload is dropped), a changed result
/// type (the old routine is dropped first). Whatever else still needs such a routine makes the drop, and so the whole, fail by name.
final class Repeatables {
    private let migrator: Migrator
    private let plan: MigrationPlan
    private var session: Session { migrator.session }

    /// Function files whose routines must be dropped before they are applied: found out by trying.
    private var dropFirst: Set<String> = []
    private var dropsViews: Bool

    /// Routines that stood in the product's schemas before and are not the product's.
    private let strangers: Set<String>

    init(_ migrator: Migrator, _ plan: MigrationPlan, strangers: Set<String>) {
        self.migrator = migrator
        self.plan = plan
        self.strangers = strangers
        dropsViews = plan.remakesViews
    }

    /// To be called in a transaction of the migrator, which stays usable: an attempt that must be made differently is undone
    /// up to here.
    func apply() throws -> [(String, Duration?)] {
        let plant = migrator.plant
        while true {
            try session.script("SAVEPOINT repeatables")
            do {
                return try applyOnce()
            } catch let change as IncompatibleChange {
                try learn(change)
                try session.script("ROLLBACK TO repeatables")
                migrator.plant = plant
            }
        }
    }

    /// An attempt that failed for a reason that another attempt can avoid.
    private struct IncompatibleChange: Error {
        let file: SQLFile?
        let place: String
        let error: DatabaseError
    }

    private func learn(_ change: IncompatibleChange) throws {
        if change.error.sqlState == "42P13", let file = change.file, dropFirst.insert(file.name).inserted { return }
        // a view stands on the routine
        if change.error.sqlState == "2BP01", !dropsViews {
            dropsViews = true
            return
        }
        if let file = change.file { throw MigrationError.failed(file, change.error) }
        throw MigrationError.failed(change.place, change.error)
    }

    private func applyOnce() throws -> [(String, Duration?)] {
        let rows = try migrator.ledger.rows()
        var lines: [(String, Duration?)] = []
        func group(_ name: String, _ body: () throws -> String?) rethrows {
            let start = ContinuousClock.now
            if let text = try body() { lines.append(("\(name): \(text)", ContinuousClock.now - start)) }
        }
        if dropsViews { try migrator.dropViews(rows) }
        try group("functions") { try applyFunctions(rows) }
        try group("views") { try applyViews() }
        try group("data") { try applyAll(plan.data) }
        try group("grants") { try applyAll(plan.grants) }
        try forgetVanished()
        try migrator.prepare(asOwner: true)
        // a tree may have no such function (those of the tests)
        try session.script(
            """
            DO $$ BEGIN
                IF to_regprocedure('ops.after_migrate()') IS NOT NULL THEN PERFORM ops.after_migrate(); END IF;
            END $$
            """)
        lines += try migrator.plant.putBack().map { ($0, nil) }
        try group("catalog sweep") {
            let (text, warnings) = try sweep()
            lines += warnings.map { ($0, nil) }
            return text
        }
        if !plan.isReleaseRecorded {
            try migrator.ledger.record(
                kind: Ledger.release, name: Ledger.releaseName, sha256: migrator.tree.digest, since: ContinuousClock.now
            )
        }
        return lines
    }

    // MARK: Functions

    private func applyFunctions(_ rows: [LedgerRow]) throws -> String? {
        let known = Dictionary(rows.filter { $0.kind == "function" }.map { ($0.name, $0.objects) }) { $1 }
        var current = known
        var obsolete: [String] = []
        // What the files before this one wrote in this transaction; a routine may have moved from one file to another.
        var written = try routinesWritten(except: [])
        for file in plan.functions {
            let start = ContinuousClock.now
            try migrator.prepare(asOwner: true)
            if dropFirst.contains(file.name) { try drop(known[file.name] ?? [], file.path) }
            try run(file)
            try migrator.prepare(asOwner: true)
            let made = try routinesWritten(except: written)
            if let stranger = made.first(where: strangers.contains) {
                throw MigrationError.refused(
                    "\(stranger) is not the product's, and \(file.path) brings one of that name: rename or drop it, upgrade"
                )
            }
            written += made
            try migrator.ledger.record(file, objects: made, since: start)
            current[file.name] = made
            obsolete += known[file.name] ?? []
        }
        for row in plan.vanished where row.kind == "function" {
            current[row.name] = nil
            obsolete += row.objects
            if row.objects.isEmpty {
                migrator.report("warning: sql/functions/\(row.name) is gone; which routines it made is not known", nil)
            }
        }
        let kept = Set(current.values.joined())
        let dropped = Array(Set(obsolete).subtracting(kept)).sorted()
        try drop(dropped, "dropping routines that no file makes any more")
        if plan.functions.isEmpty, dropped.isEmpty { return nil }
        return summary(plan.functions) + (dropped.isEmpty ? "" : ", dropped \(dropped.joined(separator: ", "))")
    }

    private func run(_ file: SQLFile) throws {
        do throws(DatabaseError) {
            try session.script(file.text)
        } catch {
            switch error.sqlState {
            case "42P13", "2BP01": throw IncompatibleChange(file: file, place: file.path, error: error)
            case "55P03", "40P01": throw Migrator.RetriableFailure(place: file.path, error: error)
            default: throw MigrationError.failed(file, error)
            }
        }
    }

    /// Routines that this transaction created or replaced, without those that are known already.
    private func routinesWritten(except known: [String]) throws -> [String] {
        try session.execute(
            """
            SELECT name FROM (
                SELECT format('%I.%I(%s)', n.nspname, p.proname, oidvectortypes(p.proargtypes)) AS name
                FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace
                -- of this transaction or its savepoints: none of them is older than it
                WHERE age(p.xmin) <= age(pg_current_xact_id()::xid) AND n.nspname NOT LIKE 'pg\\_%'
                    AND p.proowner IN ('millwright'::regrole, 'alarm_expression'::regrole)
            ) AS written
            WHERE name <> ALL ($1) ORDER BY name
            """, [.textArray(known)]
        ).compactMap { $0.string(0) }
    }

    private func drop(_ routines: [String], _ place: String) throws {
        if routines.isEmpty { return }
        let product = Ledger.product(try migrator.ledger.rows(), migrator.tree)
        try migrator.plant.lift(onDropped: routines, product: product + routines)
        try migrator.prepare(asOwner: true)
        for routine in routines {
            do throws(DatabaseError) {
                try session.script("DROP ROUTINE IF EXISTS \(routine)")
            } catch {
                if error.sqlState == "2BP01" { throw IncompatibleChange(file: nil, place: place, error: error) }
                throw MigrationError.failed(place, error)
            }
        }
    }

    // MARK: Views

    private func applyViews() throws -> String? {
        if !dropsViews { return nil }
        let files = migrator.tree.files(.view)
        for file in files {
            let start = ContinuousClock.now
            try migrator.prepare(asOwner: true)
            let before = try views()
            try migrator.run(file)
            try migrator.prepare(asOwner: true)
            let made = try views().subtracting(before).sorted()
            try migrator.ledger.record(file, objects: made, since: start)
        }
        return files.isEmpty ? "all dropped" : "\(files.count) files, all made anew"
    }

    private func views() throws -> Set<String> {
        let result = try session.execute(
            """
            SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('v', 'm') AND n.nspname NOT LIKE 'pg\\_%'
            """)
        return Set(result.compactMap { $0.string(0) })
    }

    // MARK: The rest

    private func applyAll(_ files: [SQLFile]) throws -> String? {
        for file in files {
            let start = ContinuousClock.now
            try migrator.prepare(asOwner: true)
            try migrator.run(file)
            try migrator.prepare(asOwner: true)
            try migrator.ledger.record(file, since: start)
        }
        return files.isEmpty ? nil : summary(files)
    }

    private func forgetVanished() throws {
        try migrator.prepare(asOwner: true)
        for row in plan.vanished {
            try migrator.ledger.remove(kind: row.kind, name: row.name)
            migrator.report("\(row.kind) \(row.name) is gone from the program", nil)
        }
    }

    private func sweep() throws -> (String?, warnings: [String]) {
        try migrator.prepare(asOwner: true)
        guard try session.execute("SELECT to_regprocedure('ops.catalog_sweep()') IS NOT NULL").one().bool(0) == true
        else {
            return (nil, [])
        }
        // a tree of an older release judges everything to be the product's
        let found = try session.execute(
            "SELECT object, problem, (to_jsonb(s) ->> 'is_product')::boolean FROM ops.catalog_sweep() AS s"
        ).map {
            (text: "\($0.string(0) ?? "") \($0.string(1) ?? "")", isProduct: $0.bool(2) != false)
        }
        let problems = found.filter(\.isProduct)
        let warnings = found.filter { !$0.isProduct }.map { "warning: not the product's, look at it: \($0.text)" }
        if problems.isEmpty { return ("clean", warnings) }
        throw MigrationError(
            reason: .sweep,
            description: "the catalog sweep found \(problems.count) problems; nothing was changed:\n"
                + problems.map { "  \($0.text)" }.joined(separator: "\n"))
    }

    private func summary(_ files: [SQLFile]) -> String {
        files.count <= 5 ? files.map(\.name).joined(separator: ", ") : "\(files.count) files"
    }
}

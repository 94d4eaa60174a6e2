import Foundation
import Testing

@testable import Thin

@Suite struct MigrationPlanTests {
    private static let tree = SQLTree(files: [
        file(.roles, "roles.sql"), file(.ledger, "000_ledger.sql"), file(.compat, "010_a.sql"),
        file(.migration, "0001_a.sql"),
        file(.migration, "0002_b.sql"), file(.continuousAggregate, "010_c.sql"), file(.function, "a/f.sql"),
        file(.function, "a/g.sql"),
        file(.view, "a/010_v.sql"), file(.view, "a/020_w.sql"), file(.data, "010_d.sql"), file(.grant, "010_g.sql"),
    ])

    private static func file(_ kind: SQLKind, _ name: String, _ text: String = "SELECT 1") -> SQLFile {
        SQLFile(kind: kind, name: name, text: text)
    }

    /// The ledger of a database to which the whole tree was applied.
    private static func ledger(_ tree: SQLTree = tree, version: String = "1.0.0") -> [LedgerRow] {
        tree.files.map { LedgerRow(kind: $0.kind.rawValue, name: $0.name, sha256: $0.sha256, programVersion: version) }
            + [LedgerRow(kind: "release", name: "thin", sha256: tree.digest, programVersion: version)]
    }

    private func plan(
        _ ledger: [LedgerRow], _ tree: SQLTree = tree, isApache: Bool? = true, version: String = "1.0.0"
    ) throws(MigrationError) -> MigrationPlan {
        try MigrationPlan(tree: tree, ledger: ledger, isApache: isApache, version: version)
    }

    private func refusal(_ ledger: [LedgerRow], _ tree: SQLTree = tree, version: String = "1.0.0") -> String {
        do throws(MigrationError) {
            _ = try plan(ledger, tree, version: version)
            return "nothing was refused"
        } catch {
            #expect(error.reason == .refused)
            return error.description
        }
    }

    @Test func anEmptyDatabaseGetsAll() throws {
        let plan = try plan([])
        #expect(plan.compat.count == 1 && plan.migrations.count == 2 && plan.continuousAggregates.count == 1)
        #expect(plan.functions.count == 2 && plan.views.count == 2 && plan.data.count == 1 && plan.grants.count == 1)
        #expect(!plan.isEmpty)
        #expect(try self.plan([], isApache: false).compat.isEmpty)
        #expect(try self.plan([], isApache: nil).compat.count == 1)
    }

    @Test func aMigratedDatabaseGetsNothingButGrants() throws {
        let plan = try plan(Self.ledger())
        #expect(plan.isEmpty)
        #expect(plan.grants.count == 1)
    }

    @Test func onlyWhatChangedIsApplied() throws {
        var tree = Self.tree
        tree.files[6] = Self.file(.function, "a/f.sql", "SELECT 2")
        tree.files[9] = Self.file(.view, "a/020_w.sql", "SELECT 2")
        tree.files[10] = Self.file(.data, "010_d.sql", "SELECT 2")
        let plan = try plan(Self.ledger(), tree)
        #expect(plan.functions.map(\.name) == ["a/f.sql"])
        #expect(plan.views.count == 2, "views are made anew together")
        #expect(plan.data.count == 1 && plan.migrations.isEmpty && !plan.isReleaseRecorded)
    }

    @Test func vanishedFilesAreKnown() throws {
        var tree = Self.tree
        tree.files.removeAll { $0.name == "a/f.sql" || $0.name == "a/020_w.sql" }
        let plan = try plan(Self.ledger(), tree)
        #expect(plan.vanished.map(\.name) == ["a/f.sql", "a/020_w.sql"])
        #expect(plan.views.map(\.name) == ["a/010_v.sql"])
    }

    @Test func historyThatDoesNotFitIsRefused() {
        var changed = Self.tree
        changed.files[3] = Self.file(.migration, "0001_a.sql", "SELECT 2")
        #expect(refusal(Self.ledger(), changed).contains("was changed after it was applied"))

        var missing = Self.tree
        missing.files.remove(at: 3)
        #expect(refusal(Self.ledger(), missing).contains("is missing from the program"))

        var older = Self.tree
        older.files.remove(at: 4)
        #expect(refusal(Self.ledger(), older).contains("newer than this program: it has migration 0002_b.sql"))

        #expect(refusal(Self.ledger(version: "1.10.0"), version: "1.9.9").contains("newer than this program"))

        var skipped = Self.ledger()
        skipped.removeAll { $0.name == "0001_a.sql" }
        #expect(refusal(skipped).contains("was not applied, but later migrations were"))
    }

    @Test func continuousAggregatesCannotChange() throws {
        var changed = Self.tree
        changed.files[5] = Self.file(.continuousAggregate, "010_c.sql", "SELECT 2")
        #expect(refusal(Self.ledger(), changed).contains("cannot be replaced"))
        var gone = Self.tree
        gone.files.remove(at: 5)
        #expect(refusal(Self.ledger(), gone).contains("but not in the program"))
        // A migration that removed the row makes room for the new definition.
        let ledger = Self.ledger().filter { $0.kind != "continuous_aggregate" }
        #expect(try plan(ledger, changed).continuousAggregates.count == 1)
    }

    @Test func directivesStandInTheFirstLine() throws {
        #expect(Self.file(.migration, "0001_a.sql", "-- millwright: no-transaction\nSELECT 1").isNoTransaction)
        #expect(!Self.file(.migration, "0001_a.sql", "\n-- millwright: no-transaction\nSELECT 1").isNoTransaction)
        let both = Self.file(.migration, "0003_c.sql", "-- millwright: drop-views, no-transaction\nSELECT 1")
        #expect(both.dropsViews && both.isNoTransaction)
        var tree = Self.tree
        tree.files.insert(Self.file(.migration, "0003_c.sql", "-- millwright: drop-views\n"), at: 5)
        #expect(try plan(Self.ledger(), tree).views.count == 2)
    }

    /// Mended in its place: who has the former text has what the new one leads to; any other text is refused as ever.
    @Test func aMigrationMayReplaceAFormerText() throws {
        let former = Self.ledger()
        func mended(_ head: String) -> SQLTree {
            var tree = Self.tree
            tree.files[4] = Self.file(.migration, "0002_b.sql", "\(head)\nSELECT 1 /* mended */")
            return tree
        }
        let hash = Self.tree.files[4].sha256
        for head in [
            "-- millwright: replaces=\(hash)", "-- millwright: drop-views, replaces=00, replaces=\(hash)",
        ] {
            let plan = try plan(former, mended(head))
            #expect(plan.migrations.isEmpty && !plan.isReleaseRecorded)
            #expect(try self.plan([], mended(head)).migrations.count == 2)
        }
        for head in [
            "", "-- replaces=\(hash)", "-- millwright: replaces=", "-- millwright: replaces=\(hash.dropLast())",
        ] {
            #expect(refusal(former, mended(head)).contains("was changed after it was applied"), "\(head)")
        }
    }

    @Test(arguments: [
        ("1.0.1", "1.0.0", true), ("1.10.0", "1.9.0", true), ("1.0", "1.0.0", false), ("2", "1.9", true),
        ("0.9", "1.0", false),
    ])
    func versionsCompareByNumber(_ left: String, _ right: String, _ isNewer: Bool) {
        #expect(MigrationPlan.isNewer(left, than: right) == isNewer)
    }
}

@Suite struct SQLTreeTests {
    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    private func tree(_ migrations: [String], text: String = "SELECT 1") -> SQLTree {
        SQLTree(
            files: [
                SQLFile(kind: .roles, name: "roles.sql", text: ""),
                SQLFile(kind: .ledger, name: "000_ledger.sql", text: ""),
            ]
                + migrations.map { SQLFile(kind: .migration, name: $0, text: text) })
    }

    @Test func theProductsOwnTreeIsValid() throws {
        let tree = try SQLTree(folder: Self.root)
        #expect(tree.files(.function).count > 100)
        #expect(tree.digest.count == 64)
        #expect(tree.files(.function).map(\.name) == tree.files(.function).map(\.name).sorted())
    }

    @Test func numbersAreGapless() {
        #expect(throws: Never.self) { try tree(["0001_a.sql", "0002_b.sql"]).validate() }
        for (names, word) in [
            (["0002_b.sql"], "missing"), (["0001_a.sql", "0003_c.sql"], "missing"),
            (["0001_a.sql", "0001_b.sql"], "twice"),
            (["1_a.sql"], "four digits"), ([], "missing"),
        ] {
            let error = #expect(throws: MigrationError.self) { try tree(names).validate() }
            #expect(error?.description.contains(word) == true)
        }
    }

    @Test func aFileIsOneTransaction() {
        let error = #expect(throws: MigrationError.self) {
            try tree(["0001_a.sql"], text: "SELECT 1;\nCOMMIT;\n").validate()
        }
        #expect(error?.reason == .badTree)
        #expect(error?.description.contains("migrations/0001_a.sql:2") == true)
        #expect(throws: Never.self) {
            try tree(["0001_a.sql"], text: "-- millwright: no-transaction\nSELECT 1; COMMIT;").validate()
        }
        #expect(throws: MigrationError.self) { try tree(["0001_a.sql"], text: "SELECT 'x").validate() }
    }

    @Test func theDigestKnowsEveryFile() {
        #expect(tree(["0001_a.sql"]).digest != tree(["0001_b.sql"]).digest)
        #expect(tree(["0001_a.sql"]).digest != tree(["0001_a.sql"], text: "SELECT 2").digest)
        #expect(tree(["0001_a.sql"]).digest == tree(["0001_a.sql"]).digest)
    }

    @Test func aFolderWithoutSQLIsNamed() {
        let error = #expect(throws: MigrationError.self) { try SQLTree.locate("/nowhere") }
        #expect(error?.exitCode == 2)
    }

    /// A released migration never changes: its hash is in the repository, beside it.
    @Test func migrationsAreFrozen() throws {
        let frozen = try String(
            contentsOf: Self.root.appendingPathComponent("migrations/frozen.sha256"), encoding: .utf8)
        let recorded = frozen.split(separator: "\n").map {
            $0.split(separator: " ", omittingEmptySubsequences: true).map(String.init)
        }
        let migrations = try SQLTree(folder: Self.root).files(.migration)
        #expect(
            recorded == migrations.map { [$0.sha256, $0.name] },
            "migrations/ and frozen.sha256 differ: see tools/baseline")
    }

    /// Before the first release there is one migration: sql/schema as it stands.
    @Test func theFirstMigrationIsTheSchema() throws {
        let folder = Self.root.appendingPathComponent("sql/schema")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".sql") }
            .sorted()
        let migrations = try SQLTree(folder: Self.root).files(.migration)
        guard migrations.count == 1 else { return }
        for name in names where name != "000_ledger.sql" {
            let text = try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
            let isContained = migrations[0].text.contains(text)
            #expect(isContained, "sql/schema/\(name) was changed: run tools/baseline")
        }
    }
}

@Suite struct SchemaStateTests {
    private func compare(
        _ migrations: Int, _ version: String?, digest: String = "d", tree: String? = "d",
        names: [String]? = ["0001_a.sql", "0002_b.sql"]
    ) -> SchemaState {
        SchemaState.compare(
            .init(
                migrations: migrations, newestMigration: "000\(migrations)_x.sql", programVersion: version,
                digest: digest),
            digest: tree, migrations: names, version: "1.2.0")
    }

    private func isBehind(_ state: SchemaState) -> Bool {
        if case .behind = state { true } else { false }
    }

    private func isNewer(_ state: SchemaState) -> Bool {
        if case .newer = state { true } else { false }
    }

    @Test func comparesVersionsMigrationsAndFiles() {
        #expect(compare(2, "1.2.0") == .current)
        #expect(compare(2, "1.2.0", tree: nil, names: nil) == .current)
        #expect(compare(2, nil) == .behind("no migration was completed"))
        #expect(compare(1, "1.2.0") == .behind("migration 0002_b.sql is missing"))
        #expect(isBehind(compare(2, "1.1.9")))
        #expect(isBehind(compare(2, "1.2.0", tree: "e")))
        #expect(isNewer(compare(3, "1.2.0")))
        #expect(isNewer(compare(2, "1.3.0")))
    }

    @Test func refusalsNameTheCommand() {
        #expect(SchemaState.current.refusal == nil)
        #expect(SchemaState.behind("x").refusal?.contains("thin migrate") == true)
        #expect(SchemaState.newer("x").refusal?.contains("newer") == true)
    }

    @Test func positionsBecomeLines() {
        #expect(MigrationError.line(of: 1, in: "a\nb") == 1)
        #expect(MigrationError.line(of: 3, in: "ä\nb") == 2)
    }
}

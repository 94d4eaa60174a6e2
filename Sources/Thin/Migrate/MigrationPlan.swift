/// A row of `ops.migration`.
struct LedgerRow: Equatable, Sendable {
    var kind: String
    var name: String
    var sha256: String
    /// What the file made: routines as `schema.name(types)`, views as `schema.name`.
    var objects: [String] = []
    var programVersion: String = ""
}

/// What is to be done to bring a database to the state of a tree. Pure: everything is decided here, nothing is executed.
struct MigrationPlan: Equatable, Sendable {
    /// In the order in which they are applied.
    var compat: [SQLFile] = []
    var migrations: [SQLFile] = []
    var continuousAggregates: [SQLFile] = []
    var functions: [SQLFile] = []
    /// Some view changed or went away: all are dropped and made together.
    var remakesViews = false
    /// All views, when they are made anew.
    var views: [SQLFile] = []
    var data: [SQLFile] = []
    var grants: [SQLFile] = []
    /// Ledger rows of repeatable files that are not in the tree any more.
    var vanished: [LedgerRow] = []
    var isReleaseRecorded = false

    /// Nothing to do. (Grants are applied always, but alone they are no reason to call a database behind.)
    var isEmpty: Bool {
        compat.isEmpty && migrations.isEmpty && continuousAggregates.isEmpty && functions.isEmpty && !remakesViews
            && data.isEmpty && vanished.isEmpty && isReleaseRecorded
    }

    /// - Parameters:
    ///   - isApache: the compatibility files are applied on that edition only; nil: not known yet, they are listed.
    ///   - version: this program's.
    init(tree: SQLTree, ledger: [LedgerRow], isApache: Bool?, version: String) throws(MigrationError) {
        let recorded = Dictionary(ledger.map { (Key($0.kind, $0.name), $0) }) { $1 }
        func isChanged(_ file: SQLFile) -> Bool { recorded[Key(file.kind.rawValue, file.name)]?.sha256 != file.sha256 }

        try Self.refuseNewer(ledger, version)
        try Self.refuseChangedHistory(tree, ledger)
        let compatFiles = isApache == false ? [] : tree.files(.compat)
        compat = compatFiles.filter(isChanged)
        migrations = tree.files(.migration).filter { recorded[Key("migration", $0.name)] == nil }
        continuousAggregates = tree.files(.continuousAggregate).filter {
            recorded[Key("continuous_aggregate", $0.name)] == nil
        }
        functions = tree.files(.function).filter(isChanged)
        data = tree.files(.data).filter(isChanged)
        grants = tree.files(.grant)
        let present = Set(tree.files.map { Key($0.kind.rawValue, $0.name) })
        let repeatable: Set<String> = ["compat", "function", "view", "data", "grant"]
        vanished = ledger.filter { repeatable.contains($0.kind) && !present.contains(Key($0.kind, $0.name)) }
        let isViewGone = vanished.contains { $0.kind == "view" }
        if isViewGone || tree.files(.view).contains(where: isChanged) || migrations.contains(where: \.dropsViews) {
            remakesViews = true
            views = tree.files(.view)
        }
        isReleaseRecorded = recorded[Key(Ledger.release, Ledger.releaseName)]?.sha256 == tree.digest
    }

    private struct Key: Hashable {
        let kind: String
        let name: String
        init(_ kind: String, _ name: String) {
            self.kind = kind
            self.name = name
        }
    }

    private static func refuseNewer(_ ledger: [LedgerRow], _ version: String) throws(MigrationError) {
        guard let release = ledger.first(where: { $0.kind == Ledger.release }) else { return }
        if isNewer(release.programVersion, than: version) {
            throw .refused(
                "the database is newer than this program: it was migrated by version \(release.programVersion), this is \(version)"
            )
        }
    }

    private static func refuseChangedHistory(_ tree: SQLTree, _ ledger: [LedgerRow]) throws(MigrationError) {
        let migrations = tree.files(.migration)
        let newest = migrations.last?.name ?? ""
        for row in ledger.filter({ $0.kind == "migration" }).sorted(by: { $0.name < $1.name }) {
            guard let file = migrations.first(where: { $0.name == row.name }) else {
                if row.name.prefix(4) > newest.prefix(4) {
                    throw .refused("the database is newer than this program: it has migration \(row.name)")
                }
                throw .refused("migration \(row.name) was applied to this database and is missing from the program")
            }
            if file.sha256 != row.sha256, !file.replaced.contains(Substring(row.sha256)) {
                throw .refused(
                    """
                    \(file.path) was changed after it was applied to this database
                      recorded \(row.sha256), now \(file.sha256)
                      hint: a migration never changes; write a new one (before the first release: make the database anew)
                    """)
            }
        }
        let applied = ledger.count { $0.kind == "migration" }
        if let late = migrations.prefix(applied).first(where: { file in
            !ledger.contains { $0.kind == "migration" && $0.name == file.name }
        }) {
            throw .refused("\(late.path) was not applied, but later migrations were: a number was used again")
        }
        for row in ledger where row.kind == "continuous_aggregate" {
            guard let file = tree.files(.continuousAggregate).first(where: { $0.name == row.name }) else {
                throw .refused("the continuous aggregate \(row.name) is in this database, but not in the program")
            }
            if file.sha256 != row.sha256 {
                throw .refused(
                    """
                    \(file.path) was changed, but a continuous aggregate cannot be replaced
                      hint: write a migration that drops it and its row in ops.migration (kind continuous_aggregate, name \(row.name)); it is then made anew
                    """)
            }
        }
    }

    /// Compares `1.2.3` part by part; what is no number counts as 0.
    static func isNewer(_ left: String, than right: String) -> Bool {
        func parts(_ text: String) -> [Int] { text.split(separator: ".").map { Int($0.prefix { $0.isNumber }) ?? 0 } }
        let (left, right) = (parts(left), parts(right))
        for index in 0..<max(left.count, right.count) {
            let (l, r) = (index < left.count ? left[index] : 0, index < right.count ? right[index] : 0)
            if l != r { return l > r }
        }
        return false
    }
}

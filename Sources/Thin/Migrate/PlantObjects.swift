import Postgres

/// What a plant built on the product: views, functions, triggers, rules, grants … that are in the way when the product's own views
/// or routines are dropped to be made anew. Taken away before, put back after, in the same transaction, as they were:
/// definition, options, owner, grants, comments. What does not fit what the upgrade brings refuses the upgrade.
///
/// The product's is what the ledger names; everything else that stands on it is the plant's, whoever owns it.
struct PlantObjects {
    /// One object that is not the product's.
    struct Object: Equatable {
        let kind: String
        let identity: String
        /// Part of something that is dropped: it goes without a statement of its own.
        let goesAlong: Bool
        let owner: String?
        let drop: String?
        /// Statements for an administrator.
        let make: [String]
        /// Statements for when all are there.
        let finish: [String]
        let last: String?
        let oid: Int64

        /// Named as PostgreSQL names it.
        var description: String { identity.hasPrefix("\(kind) ") ? identity : "\(kind) \(identity)" }
    }

    private let session: Session
    private let productRoles: [String]
    /// In the order in which they are made again.
    private(set) var lifted: [Object] = []
    private var grants: [(object: String, statement: String)] = []

    /// - Parameter roles: the file of the product's roles, each of which has a comment there.
    init(_ session: Session, roles: SQLFile) {
        self.session = session
        productRoles = roles.text.matches(of: #/(?m)^COMMENT ON ROLE (\w+) IS/#).map { String($0.1) }
    }

    // MARK: Looking

    /// What stands on the relations and routines that are to be dropped, and the views on tables whose columns change.
    ///
    /// - Parameters:
    ///   - dropped: names as in the ledger.
    ///   - product: everything that the ledger names.
    func standing(onDropped dropped: [String], orTables tables: [String] = [], product: [String]) throws -> [Object] {
        try asking {
            let (relations, routines) = (try oids("regclass", dropped), try oids("regprocedure", dropped))
            let rows = try session.execute(
                StandingQuery.objects,
                [
                    .int8Array(relations), .int8Array(routines), .int8Array(try oids("regclass", tables)),
                    .textArray(product + (try continuousAggregates())),
                ])
            let objects = rows.map { row in
                Object(
                    kind: row.string(0) ?? "", identity: row.string(1) ?? "", goesAlong: row.bool(2) ?? false,
                    owner: row.string(3), drop: row.string(4), make: (row.stringArray(5) ?? []).compactMap { $0 },
                    finish: (row.stringArray(6) ?? []).compactMap { $0 }, last: row.string(7), oid: row.int64(8) ?? 0)
            }
            return try inOrder(objects)
        }
    }

    /// Definitions are read, and made, with every name qualified.
    private func asking<Value>(_ body: () throws -> Value) throws -> Value {
        let path = try session.execute("SELECT current_setting('search_path')").one().string(0) ?? ""
        try session.execute("SELECT set_config('search_path', '', false)")
        let value = try body()
        try session.execute("SELECT set_config('search_path', $1, false)", [.text(path)])
        return value
    }

    /// Names of another kind of object, or of none, are left out.
    private func oids(_ type: String, _ names: [String]) throws -> [Int64?] {
        let isRoutine = type == "regprocedure"
        return try session.execute(
            "SELECT pg_catalog.to_\(type)(n)::oid::int8 FROM unnest($1) AS n WHERE pg_catalog.to_\(type)(n) IS NOT NULL",
            [.textArray(names.filter { $0.hasSuffix(")") == isRoutine })]
        ).map { $0.int64(0) }
    }

    /// Their views are made by other means than CREATE VIEW, the plant's too.
    private func continuousAggregates() throws -> [String] {
        var names: [String] = []
        for source in ["compat.continuous_aggregate", "timescaledb_information.continuous_aggregates"]
        where try session.execute("SELECT pg_catalog.to_regclass($1) IS NOT NULL", [.text(source)]).one().bool(0)
            == true
        {
            names += try session.execute("SELECT pg_catalog.format('%I.%I', view_schema, view_name) FROM \(source)")
                .compactMap { $0.string(0) }
        }
        return names
    }

    /// What stands on something comes after it; parts of relations come last.
    private func inOrder(_ objects: [Object]) throws -> [Object] {
        let isWhole: (Object) -> Bool = { ["view", "materialized view", "function", "procedure"].contains($0.kind) }
        var waiting = objects.filter(isWhole).sorted { $0.oid < $1.oid }
        if waiting.isEmpty { return objects }
        let edges = try session.execute(StandingQuery.edges, [.int8Array(waiting.map(\.oid))])
            .map { (from: $0.int64(0) ?? 0, to: $0.int64(1) ?? 0) }
        var ordered: [Object] = []
        while !waiting.isEmpty {
            let open = Set(waiting.map(\.oid))
            let blocked = Set(edges.filter { open.contains($0.to) }.map(\.from))
            let ready = waiting.filter { !blocked.contains($0.oid) }
            guard !ready.isEmpty else {
                throw MigrationError.refused(
                    "these stand on each other in a ring and cannot be taken away and put back: "
                        + waiting.map(\.description).joined(separator: ", "))
            }
            ordered += ready
            waiting.removeAll { !blocked.contains($0.oid) }
        }
        return ordered + objects.filter { !isWhole($0) }
    }

    // MARK: Taking away and putting back

    /// To be called before the product's own DROP, in its transaction.
    mutating func lift(onDropped dropped: [String], orTables tables: [String] = [], product: [String]) throws {
        let found = try standing(onDropped: dropped, orTables: tables, product: product)
        if let obstacle = found.first(where: { $0.kind == "obstacle" && !$0.goesAlong }) {
            throw MigrationError.refused(
                "\(obstacle.identity) stands on what is to be made anew and cannot be put back without its data: change it first"
            )
        }
        try asking {
            let (relations, routines) = (try oids("regclass", dropped), try oids("regprocedure", dropped))
            grants += try session.execute(
                StandingQuery.grants, [.int8Array(relations), .int8Array(routines), .textArray(productRoles)]
            ).map { (object: $0.string(0) ?? "", statement: $0.string(1) ?? "") }
            // a part first: a default is in the way of the function that it calls
            for object in found.reversed() where !object.goesAlong {
                if let statement = object.drop { try run(statement, for: object, as: nil) }
            }
        }
        // those of an earlier step come after what they may stand on
        lifted = lifted.filter { old in !found.contains { $0.identity == old.identity && $0.kind == old.kind } } + found
    }

    /// To be called when the product's views and routines are there again.
    /// - Returns: what was put back, and what could not be, in words.
    mutating func putBack() throws -> [String] {
        if lifted.isEmpty, grants.isEmpty { return [] }
        var lines: [String] = []
        let isSuperuser =
            try session.execute("SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = session_user").one().bool(0)
            == true
        try asking {
            for (object, statement) in grants { lines += try grantAgain(object, statement) }
            let returning = try lifted.filter { object in try !object.goesAlong || !isThere(object) }
            for object in returning {
                for statement in object.make { try run(statement, for: object, as: isSuperuser ? nil : object.owner) }
            }
            for object in returning {
                // what checks rows runs what the plant wrote
                let isOwners = !isSuperuser || object.kind == "check"
                for statement in object.finish { try run(statement, for: object, as: isOwners ? object.owner : nil) }
            }
            for object in returning {
                if let statement = object.last { try run(statement, for: object, as: isSuperuser ? nil : object.owner) }
            }
            lines += returning.map { "kept \($0.description)" }
        }
        lifted = []
        grants = []
        return lines
    }

    /// A part that the product's own file makes is there already.
    private func isThere(_ object: Object) throws -> Bool {
        let catalogs = [
            "trigger": "pg_trigger WHERE NOT tgisinternal AND pg_get_triggerdef(oid)",
            "rule": "pg_rewrite WHERE pg_get_ruledef(oid)",
            "index": "pg_index WHERE pg_get_indexdef(indexrelid)",
        ]
        guard let catalog = catalogs[object.kind], let text = object.make.first else { return false }
        return try session.execute("SELECT EXISTS (SELECT FROM \(catalog) = $1)", [.text(text)]).one().bool(0) == true
    }

    private func grantAgain(_ object: String, _ statement: String) throws -> [String] {
        // a routine's name may have come back with other arguments, a relation's not at all
        let isThere =
            try session.execute(
                """
                SELECT to_regclass($1) IS NOT NULL OR (SELECT count(*) = 1 FROM pg_proc AS p
                    JOIN pg_namespace AS n ON n.oid = p.pronamespace WHERE format('%I.%I', n.nspname, p.proname) = $1)
                """, [.text(object)]
            ).one().bool(0) == true
        guard isThere else { return ["warning: gone with \(object): \(statement)"] }
        do throws(DatabaseError) {
            try session.script(
                "SAVEPOINT grant_again; SET LOCAL ROLE millwright; \(statement); RELEASE grant_again; RESET ROLE")
            return []
        } catch {
            // a column that is no more
            try session.script("ROLLBACK TO grant_again; RELEASE grant_again; RESET ROLE")
            return ["warning: not to be had any more (\(error.message)): \(statement)"]
        }
    }

    private func run(_ statement: String, for object: Object, as role: String?) throws {
        do throws(DatabaseError) {
            try session.script(role.map { "RESET ROLE; SET LOCAL ROLE \($0)" } ?? "RESET ROLE")
            try session.script(statement)
            try session.script("RESET ROLE")
        } catch {
            if error.sqlState == "55P03" || error.sqlState == "40P01" {
                throw Migrator.RetriableFailure(place: object.description, error: error)
            }
            let detail = error.detail.map { "\n  detail: \($0)" } ?? ""
            throw MigrationError.refused(
                """
                \(object.description), which is not the product's, does not fit what this version brings
                  \(error.sqlState): \(error.message)\(detail)
                  it says: \(statement)
                  hint: change or drop it, upgrade, make it again
                """)
        }
    }
}

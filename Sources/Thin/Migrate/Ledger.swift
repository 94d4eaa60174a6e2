import Postgres

/// `ops.migration`: what was applied.
struct Ledger {
    /// The kind and name of the row that is written when everything was applied.
    static let release = "release"
    static let releaseName = "thin"

    let session: Session

    /// Empty where no ledger exists.
    func rows() throws(DatabaseError) -> [LedgerRow] {
        guard try session.execute("SELECT to_regclass('ops.migration') IS NOT NULL").one().bool(0) == true else {
            return []
        }
        let result = try session.execute(
            "SELECT kind, name, sha256, objects, program_version FROM ops.migration ORDER BY kind, name")
        return result.map { row in
            LedgerRow(
                kind: row.string(0) ?? "", name: row.string(1) ?? "", sha256: row.string(2) ?? "",
                objects: (row.stringArray(3) ?? []).compactMap { $0 }, programVersion: row.string(4) ?? "")
        }
    }

    /// To be called in the transaction that applied the file.
    func record(_ file: SQLFile, objects: [String] = [], since start: ContinuousClock.Instant) throws(DatabaseError) {
        try record(kind: file.kind.rawValue, name: file.name, sha256: file.sha256, objects: objects, since: start)
    }

    func record(
        kind: String, name: String, sha256: String, objects: [String] = [], since start: ContinuousClock.Instant
    ) throws(DatabaseError) {
        try session.execute(
            """
            INSERT INTO ops.migration AS m (kind, name, sha256, objects, duration_ms, program_version)
            VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT (kind, name) DO UPDATE SET sha256 = excluded.sha256, objects = excluded.objects,
                applied_at = clock_timestamp(), duration_ms = excluded.duration_ms, program_version = excluded.program_version
            """,
            [
                .text(kind), .text(name), .text(sha256), .textArray(objects),
                .int4(Int32(clamping: (ContinuousClock.now - start).milliseconds)), .text(Version.current),
            ])
    }

    /// What the files that are applied once make, for rows that an older program wrote without.
    func recordMade(_ tree: SQLTree) throws(DatabaseError) {
        for file in tree.filesMadeOnce {
            try session.execute(
                "UPDATE ops.migration SET objects = $3 WHERE kind = $1 AND name = $2 AND objects IS DISTINCT FROM $3",
                [.text(file.kind.rawValue), .text(file.name), .textArray(file.relationsMade)])
        }
    }

    /// Everything that is known to be the product's: routines as `schema.name(types)`, relations and schemas.
    static func product(_ rows: [LedgerRow], _ tree: SQLTree) -> [String] {
        Array(Set(rows.flatMap(\.objects) + tree.filesMadeOnce.flatMap(\.relationsMade))).sorted()
    }

    /// Routines in the product's schemas that no file of the product made: a plant's.
    func unrecordedRoutines() throws(DatabaseError) -> Set<String> {
        let names = try session.execute(
            """
            SELECT name FROM (
                SELECT format('%I.%I(%s)', n.nspname, p.proname, oidvectortypes(p.proargtypes)) AS name
                FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace
                WHERE n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
            ) AS routine
            WHERE NOT EXISTS (SELECT FROM ops.migration AS m WHERE routine.name = ANY (m.objects))
            """)
        return Set(names.compactMap { $0.string(0) })
    }

    func remove(kind: String, name: String) throws(DatabaseError) {
        try session.execute("DELETE FROM ops.migration WHERE kind = $1 AND name = $2", [.text(kind), .text(name)])
    }
}

extension Duration {
    /// Whole milliseconds.
    var milliseconds: Int64 { components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000 }
}

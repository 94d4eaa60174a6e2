import Foundation
import Postgres
import Testing

@testable import Thin

/// What a plant built on the product survives an upgrade as it was, or the upgrade is refused by name and changes nothing.
@Suite(
    .enabled(if: TestEnvironment.adminURL != nil && TestEnvironment.sqlFolder != nil, "needs the server of make test"))
struct UpgradeTests {
    private static let folder = URL(fileURLWithPath: TestEnvironment.sqlFolder ?? "/")
    private static let fixtures = folder.appendingPathComponent("Tests/IntegrationTests/Fixtures")

    private func own() throws -> SQLTree { try SQLTree(folder: Self.folder) }

    /// The product's roles, ledger and sweep with other files.
    private func tree(_ files: SQLFile...) throws -> SQLTree {
        let own = try own()
        let sweep = own.files(.function).filter { ["ops/catalog_sweep.sql", "ops/edition.sql"].contains($0.name) }
        let tree = SQLTree(files: own.files(.roles) + own.files(.ledger) + sweep + files)
        try tree.validate()
        return tree
    }

    private static let table = SQLFile(
        kind: .migration, name: "0001_a.sql",
        text: """
            CREATE TABLE ops.thing (i integer PRIMARY KEY, t text);
            COMMENT ON TABLE ops.thing IS 'x';
            REVOKE ALL ON SCHEMA public FROM PUBLIC;
            """)

    private static func function(_ body: String, _ name: String = "f.sql") -> SQLFile {
        SQLFile(kind: .function, name: "ops/\(name)", text: body)
    }

    /// A function that obeys the house: `f(integer)` of a type.
    private static func f(returning type: String, adding added: String = "") -> SQLFile {
        let arguments = added.isEmpty ? "" : ", integer"
        return function(
            """
            CREATE OR REPLACE FUNCTION ops.f(a integer\(added)) RETURNS \(type) LANGUAGE sql IMMUTABLE
                SET search_path = pg_catalog, pg_temp AS 'SELECT a';
            REVOKE ALL ON FUNCTION ops.f(integer\(arguments)) FROM PUBLIC;
            COMMENT ON FUNCTION ops.f(integer\(arguments)) IS 'x';
            """)
    }

    private static func view(_ select: String, _ more: String = "") -> SQLFile {
        SQLFile(
            kind: .view, name: "ops/010_v.sql",
            text: "CREATE VIEW ops.v AS \(select); COMMENT ON VIEW ops.v IS 'x'; \(more)")
    }

    private static let v = view("SELECT i, t FROM ops.thing")

    /// Everything that `pg_dump` would say of a plant's schema, near enough: definitions, owners, rights, comments.
    private static let portrait = """
        SELECT string_agg(line, E'\\n' ORDER BY line) FROM (
            SELECT concat_ws(' ', c.oid::regclass, c.relkind, c.relowner::regrole,
                (SELECT string_agg(x::text, ',' ORDER BY x::text) FROM unnest(coalesce(c.relacl, acldefault('r', c.relowner))) AS x), c.reloptions, c.relispopulated,
                CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END, obj_description(c.oid, 'pg_class'),
                (SELECT string_agg(concat_ws(' ', attname, format_type(atttypid, atttypmod), attacl, col_description(attrelid, attnum),
                    pg_get_expr(adbin, adrelid)), ';' ORDER BY attnum)
                 FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
                 WHERE attrelid = c.oid AND attnum > 0)) AS line
            FROM pg_class AS c WHERE c.relnamespace = 'acme'::regnamespace
            UNION ALL SELECT concat_ws(' ', pg_get_functiondef(p.oid), p.proowner::regrole,
                (SELECT string_agg(x::text, ',' ORDER BY x::text) FROM unnest(coalesce(p.proacl, acldefault('f', p.proowner))) AS x), obj_description(p.oid, 'pg_proc'))
            FROM pg_proc AS p WHERE p.pronamespace = 'acme'::regnamespace
            UNION ALL SELECT pg_get_triggerdef(t.oid) FROM pg_trigger AS t
                JOIN pg_proc AS p ON p.oid = t.tgfoid WHERE p.pronamespace = 'acme'::regnamespace
            UNION ALL SELECT pg_get_ruledef(w.oid) FROM pg_rewrite AS w WHERE w.rulename LIKE 'acme%'
            UNION ALL SELECT pg_get_constraintdef(k.oid) FROM pg_constraint AS k WHERE k.connamespace = 'acme'::regnamespace
            UNION ALL SELECT pg_get_indexdef(x.indexrelid) FROM pg_index AS x JOIN pg_class AS c ON c.oid = x.indrelid
                WHERE c.relnamespace = 'acme'::regnamespace
            UNION ALL SELECT concat_ws(' ', l.polname, l.polcmd, l.polpermissive, pg_get_expr(l.polqual, l.polrelid),
                pg_get_expr(l.polwithcheck, l.polrelid)) FROM pg_policy AS l
            UNION ALL SELECT concat_ws(' ', c.oid::regclass, x.grantee::regrole, x.privilege_type, x.is_grantable)
                FROM pg_class AS c, aclexplode(c.relacl) AS x
                WHERE c.relnamespace = 'ops'::regnamespace AND x.grantee::regrole::text LIKE 'acme%'
            UNION ALL SELECT concat_ws(' ', p.proname, x.grantee::regrole) FROM pg_proc AS p, aclexplode(p.proacl) AS x
                WHERE p.pronamespace = 'ops'::regnamespace AND x.grantee::regrole::text LIKE 'acme%'
        ) AS s
        """

    private static let plantRoles = """
        DO $$ BEGIN
            PERFORM pg_advisory_xact_lock(1818);
            IF to_regrole('acme_owner') IS NULL THEN CREATE ROLE acme_owner; CREATE ROLE acme_reader; END IF;
        END $$;
        CREATE SCHEMA acme;
        GRANT USAGE, CREATE ON SCHEMA acme TO acme_owner;
        GRANT USAGE ON SCHEMA ops, acme TO acme_owner, acme_reader;
        """

    // MARK: From the last release

    /// A database as the last release left it, empty.
    private func ofLastRelease() async throws -> EmptyDatabase {
        let old = FileManager.default.temporaryDirectory.appendingPathComponent("upgrade-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: old, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: old) }
        try await BlockingWork.run {
            let tar = Process()
            tar.executableURL = URL(fileURLWithPath: "/bin/sh")
            let archive = Self.fixtures.appendingPathComponent("upgrade-from.tar.gz").path
            tar.arguments = ["-c", "tar -xzf \"$0\" -C \"$1\"", archive, old.path]
            try tar.run()
            tar.waitUntilExit()
            #expect(tar.terminationStatus == 0)
        }
        let database = try EmptyDatabase()
        try await database.migrate(SQLTree(folder: old))
        return database
    }

    @Test(.timeLimit(.minutes(3))) func aPlantOfTheLastReleaseIsUpgraded() async throws {
        let database = try await ofLastRelease()
        try database.run(
            Self.plantRoles.replacingOccurrences(of: "CREATE SCHEMA acme;", with: "SELECT 1;")
                .components(separatedBy: "GRANT")[0])
        let data = try String(contentsOf: Self.fixtures.appendingPathComponent("upgrade-data.sql"), encoding: .utf8)
        try database.run(data)
        // as that release's program left its ledger
        try database.run("UPDATE ops.migration SET objects = '{}' WHERE kind NOT IN ('function', 'view')")

        let counts = """
            SELECT concat_ws(' ', (SELECT count(*) || ',' || sum(value) || ',' || count(*) FILTER (WHERE is_historical)
                    FROM telemetry.reading),
                (SELECT string_agg(reason, ',' ORDER BY id) FROM ingest.quarantine), (SELECT count(*) FROM plant.sensor),
                (SELECT count(*) FROM alarm.rule), (SELECT count(*) FROM alarm.transition),
                (SELECT string_agg(concat_ws('/', equipment_id, active, acknowledged_by, shelved), ',' ORDER BY id)
                 FROM alarm.alarm),
                (SELECT string_agg(concat_ws(' ', seq, event, data), ',' ORDER BY seq) FROM relay.outbox),
                (SELECT string_agg(concat_ws('/', message_ko, message_en), ',' ORDER BY id) FROM report.alarm_history),
                (SELECT string_agg(email, ',') FROM auth.account),
                (SELECT count(*) FROM plant.maintenance), (SELECT max(day) FROM acme.daily),
                (SELECT string_agg(device_id, ',' ORDER BY device_id) FROM acme.hotter),
                (SELECT count(*) FROM acme.active('kiln-1')), (SELECT value FROM ops.setting WHERE name = 'ingest.historical_after'),
                (SELECT body FROM acme.note))
            """
        let before = try database.value(counts)
        let portrait = try database.value(Self.portrait)
        #expect(before?.contains("kiln-1/t/kim") == true && before?.contains("/timed") == true, "\(before ?? "")")

        // the program at hand, whose views are all made anew whether or not this release changed one
        var tree = try own()
        let index = try #require(tree.files.firstIndex { $0.kind == .view })
        tree.files[index] = SQLFile(
            kind: .view, name: tree.files[index].name, text: tree.files[index].text + "\n-- touched")
        let lines = try await database.migrate(tree)
        #expect(lines.contains("catalog sweep: clean"))
        #expect(lines.contains("kept view acme.hot") && lines.contains("kept function acme.active(text)"))
        #expect(lines.contains { $0.hasPrefix("warning: ") && $0.contains("ingest.decode_acme") })
        #expect(try database.value(counts) == before)
        #expect(try database.value(Self.portrait) == portrait)
        // a setting that was renamed keeps its value
        #expect(try database.value("SELECT plant.time_zone()") == "Asia/Kolkata")
        #expect(try await database.plan(tree).isEmpty)
        #expect(try database.value("SELECT count(*) FROM ops.catalog_sweep() WHERE is_product") == "0")

        // it lives on: the plant's decoders decode, the alarm that stood clears, the reader reads
        let stored = try database.value(
            """
            SELECT stored FROM ingest.accept(ARRAY['acme/tank-1/level', 'acme/tank-1/fill/hex', 'factory/kiln-1/temperature'],
                ARRAY['18', '1f', '{"value": 20}'], NULL, array_fill(clock_timestamp() + INTERVAL '2 seconds', ARRAY[3]))
            """)
        #expect(stored == "3")
        #expect(
            try database.value("SELECT string_agg(equipment_id, ',') FROM alarm.alarm WHERE active") == "kiln-2")
        try database.run(
            "SET ROLE acme_reader; SELECT * FROM acme.hot; SELECT time, value FROM public.sensor_data LIMIT 1")
    }

    /// Numbers that nothing can compute with are moved out, in columns or not. What needs no change stays in Community's columnstore:
    /// an upgrade that took all of it out would need the room of the rows, and fails where more are in it than a statement may take out.
    @Test(.timeLimit(.minutes(5))) func whatLiesInColumnsStaysThere() async throws {
        let database = try await ofLastRelease()
        let isCommunity = try database.value("SELECT ops.edition()") == "community"
        try database.run(
            """
            SELECT remove_continuous_aggregate_policy('rollup.reading_1h'), remove_continuous_aggregate_policy('rollup.reading_1m');
            INSERT INTO plant.equipment (id, name) VALUES ('c', 'c');
            INSERT INTO plant.sensor (equipment_id, name) VALUES ('c', 'a'), ('c', 'b'), ('c', 'd');
            CREATE FUNCTION public.at(day integer, seconds float8) RETURNS timestamptz LANGUAGE sql IMMUTABLE AS
                $$ SELECT '2026-01-01T00:00:00Z'::timestamptz + make_interval(secs => day * 86400 + seconds) $$;
            CREATE FUNCTION public.sensor(n text) RETURNS integer LANGUAGE sql STABLE AS
                $$ SELECT id FROM plant.sensor WHERE equipment_id = 'c' AND name = n $$;
            """)
        // 120,000 points of one day; two days on which some are bad
        try database.run(
            "INSERT INTO telemetry.reading (time, value, sensor_id) SELECT public.at(0, i * 0.5), i % 7, public.sensor('a') FROM generate_series(1, 120000) AS i"
        )
        for day in [20, 40] {
            try database.run(
                "INSERT INTO telemetry.reading (time, value, sensor_id) SELECT public.at(\(day), i * 20), i % 7, public.sensor(s) FROM generate_series(1, 3000) AS i, unnest('{a,b,d}'::text[]) AS s"
            )
        }
        try database.run(
            "CALL refresh_continuous_aggregate('rollup.reading_1m', public.at(-10, 0), public.at(50, 0))")
        try database.run(
            """
            UPDATE telemetry.reading AS r SET value = u.value
            FROM (VALUES (20, 60, 'a', '1e200'::float8), (20, 80, 'a', '-1e-200'), (40, 200, 'b', '-Infinity'), (40, 59980, 'b', '1e101'),
                (40, 40, 'd', 'NaN'), (40, 60, 'd', '1e-300')) AS u (day, seconds, sensor, value)
            WHERE r.time = public.at(u.day, u.seconds) AND r.sensor_id = public.sensor(u.sensor);
            DO $$
            BEGIN
                EXECUTE (SELECT format('UPDATE %I.%I SET max = 1e200 WHERE bucket = public.at(40, 600) AND sensor_id = public.sensor(''a'');'
                                       'UPDATE %1$I.%2$I SET min = 1e-200, max = 1e-200 WHERE bucket = public.at(40, 660) AND sensor_id = public.sensor(''a'')',
                                       materialization_schema, materialization_name)
                         FROM ops.continuous_aggregate WHERE view_name = 'reading_1m');
            END
            $$;
            """)
        let inColumns = "SELECT count(*) FROM _timescaledb_catalog.chunk WHERE status = 1"
        if isCommunity {
            try database.run(
                """
                ALTER TABLE telemetry.reading SET (timescaledb.enable_columnstore = true, timescaledb.segmentby = 'sensor_id', timescaledb.orderby = 'time DESC');
                ALTER MATERIALIZED VIEW rollup.reading_1m SET (timescaledb.enable_columnstore = true);
                SELECT public.compress_chunk(c) FROM public.show_chunks('telemetry.reading') AS c;
                SELECT public.compress_chunk(c) FROM public.show_chunks('rollup.reading_1m') AS c;
                """)
            #expect(try database.value(inColumns) == "6")
        }
        let lines = try await database.migrate(own())
        #expect(lines.contains("catalog sweep: clean"))
        #expect(!lines.contains { $0.contains("reading_value_check") }, "\(lines)")
        #expect(
            try database.value(
                """
                SELECT string_agg(q.topic || ' ' || v.value, ', ' ORDER BY q.topic, v.value)
                FROM ingest.quarantine AS q, jsonb_array_elements(convert_from(q.payload, 'UTF8')::jsonb) AS e,
                     CAST(e ->> 'value' AS float8) AS v (value)
                WHERE q.reason = 'implausible_value' AND q.status = 'new'
                """) == "factory/c/a 1e+200, factory/c/b -Infinity, factory/c/b 1e+101, factory/c/d NaN")
        #expect(
            try database.value(
                "SELECT string_agg(topic || ' ' || status, ',') FROM ingest.quarantine WHERE topic LIKE 'rollup/%'")
                == database.value("SELECT format('rollup/%s discarded', public.sensor('a'))"))
        #expect(
            try database.value(
                """
                SELECT concat_ws(' ', count(*), count(*) FILTER (WHERE r.value = 0 AND r.time IN (public.at(20, 80), public.at(40, 60))),
                    count(*) FILTER (WHERE (abs(r.value) <= 1e100) IS NOT TRUE OR abs(r.value) < 1e-100 AND r.value <> 0))
                FROM telemetry.reading AS r
                """) == "137996 2 0")
        #expect(
            try database.value(
                "SELECT string_agg(max::text, ',') FROM rollup.reading_1m WHERE bucket IN (public.at(40, 600), public.at(40, 660)) AND sensor_id = public.sensor('a')"
            ) == "0")
        #expect(
            try database.value(
                "SELECT count(*) FROM pg_constraint WHERE conrelid = 'telemetry.reading'::regclass AND conname = 'reading_value_check'"
            ) == "1")
        if isCommunity {
            // the day and the minutes of the first, and the minutes of the second
            #expect(try database.value(inColumns) == "3")
        }
    }

    // MARK: Kinds of dependents

    @Test(.timeLimit(.minutes(3))) func whatStandsOnAViewIsKept() async throws {
        let database = try EmptyDatabase()
        try await database.migrate(tree(Self.table, Self.v))
        try database.run(
            Self.plantRoles + """
                INSERT INTO ops.thing VALUES (1, 'one'), (2, 'two');
                CREATE VIEW acme.a WITH (security_barrier, security_invoker = true) AS SELECT * FROM ops.v WHERE i > 0
                    WITH LOCAL CHECK OPTION;
                CREATE VIEW acme.b (x, "y z") AS SELECT a.i, b.t FROM acme.a AS a JOIN ops.v AS b USING (i);
                CREATE FUNCTION acme.every() RETURNS SETOF ops.v LANGUAGE sql STABLE AS 'SELECT * FROM ops.v';
                CREATE FUNCTION acme.many(things ops.v[], one acme.a) RETURNS integer LANGUAGE sql AS 'SELECT cardinality(things)';
                CREATE PROCEDURE acme.bound() LANGUAGE sql BEGIN ATOMIC SELECT count(*) FROM ops.v; END;
                CREATE FUNCTION acme.first(thing ops.v) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT thing.i';
                CREATE MATERIALIZED VIEW acme.m AS SELECT acme.first(v) AS i, "y z" FROM acme.b JOIN ops.v AS v ON x = acme.first(v);
                CREATE MATERIALIZED VIEW acme.n AS SELECT count(*) FROM acme.m WITH NO DATA;
                CREATE UNIQUE INDEX m_key ON acme.m (i) WITH (fillfactor = 70);
                CREATE FUNCTION acme.note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
                CREATE TRIGGER acme_instead INSTEAD OF INSERT ON ops.v FOR EACH ROW EXECUTE FUNCTION acme.note();
                CREATE TRIGGER acme_instead INSTEAD OF DELETE ON acme.b FOR EACH ROW EXECUTE FUNCTION acme.note();
                CREATE RULE acme_rule AS ON UPDATE TO ops.v DO INSTEAD NOTHING;
                CREATE TABLE acme.log (i integer);
                CREATE RULE acme_log AS ON INSERT TO acme.log DO ALSO SELECT count(*) FROM ops.v;
                ALTER VIEW acme.a ALTER COLUMN t SET DEFAULT 'none';
                COMMENT ON VIEW acme.a IS 'a plant''s'; COMMENT ON COLUMN acme.b.x IS 'x''s';
                COMMENT ON FUNCTION acme.every() IS 'every';
                GRANT SELECT ON acme.a TO PUBLIC; GRANT SELECT ("y z") ON acme.b TO acme_reader;
                GRANT INSERT ON ops.v TO acme_reader WITH GRANT OPTION; GRANT SELECT (i) ON ops.v TO acme_owner;
                GRANT SELECT ON ops.v TO acme_owner; GRANT SELECT ON ops.thing TO acme_owner;
                REVOKE EXECUTE ON FUNCTION acme.every() FROM PUBLIC; GRANT EXECUTE ON FUNCTION acme.every() TO acme_reader;
                ALTER VIEW acme.a OWNER TO acme_owner; ALTER VIEW acme.b OWNER TO millwright; ALTER MATERIALIZED VIEW acme.n OWNER TO acme_owner;
                GRANT SELECT ON acme.a TO millwright;
                ALTER FUNCTION acme.every() OWNER TO acme_owner;
                """)
        let before = try database.value(Self.portrait)
        let wider = Self.view("SELECT i, t, i::bigint AS wide FROM ops.thing")
        let dry = try await BlockingWork.run {
            let migrator = try Migrator(database.configuration, tree: try self.tree(Self.table, wider)) { _, _ in }
            return MigrationReport.standing(try migrator.standing(migrator.plan().plan))
        }
        for name in [
            "view acme.a", "view acme.b", "function acme.every()", "materialized view acme.m", "procedure acme.bound()",
        ] {
            #expect(dry.contains("keep   \(name),"), "\(dry)")
        }
        #expect(try database.value(Self.portrait) == before)
        try await database.migrate(tree(Self.table, wider))
        let after = try database.value(Self.portrait)
        #expect(after == before, "\(after ?? "")\n--\n\(before ?? "")")
        #expect(try database.value("SELECT string_agg(i::text, ',' ORDER BY i) FROM acme.m") == "1,2")
        // and again: what was put back can be taken away
        try await database.migrate(tree(Self.table, Self.v))
        #expect(try database.value(Self.portrait) == before)
        // no view of ours at all: what stood on it is named
        let error = await migrationError { try await database.migrate(tree(Self.table)) }
        #expect(error?.exitCode == 3 && error?.description.contains("acme.") == true)
        #expect(try database.value(Self.portrait) == before)
    }

    @Test(.timeLimit(.minutes(3))) func whatStandsOnARoutineIsKept() async throws {
        let database = try EmptyDatabase()
        try await database.migrate(tree(Self.table, Self.f(returning: "integer")))
        try database.run(
            Self.plantRoles + """
                GRANT EXECUTE ON FUNCTION ops.f(integer) TO acme_owner;
                CREATE TABLE acme.t (i integer DEFAULT ops.f(7) CONSTRAINT positive CHECK (ops.f(i) > 0));
                CREATE INDEX t_f ON acme.t (ops.f(i));
                ALTER TABLE acme.t ENABLE ROW LEVEL SECURITY;
                CREATE POLICY mine ON acme.t AS RESTRICTIVE FOR UPDATE TO acme_reader USING (ops.f(i) > 1) WITH CHECK (ops.f(i) > 2);
                CREATE FUNCTION acme.note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
                CREATE TRIGGER t_f BEFORE UPDATE ON acme.t FOR EACH ROW WHEN (ops.f(NEW.i) > 3) EXECUTE FUNCTION acme.note();
                CREATE VIEW acme.v AS SELECT ops.f(i) AS f FROM acme.t;
                CREATE FUNCTION acme.g(a integer DEFAULT ops.f(3)) RETURNS integer LANGUAGE sql RETURN ops.f(a);
                INSERT INTO acme.t DEFAULT VALUES;
                ALTER TABLE acme.t OWNER TO acme_owner;
                """)
        let before = try database.value(Self.portrait)
        // another result type
        try await database.migrate(tree(Self.table, Self.f(returning: "bigint")))
        #expect(try database.value("SELECT f::text || pg_typeof(f) FROM acme.v") == "7bigint")
        #expect(try database.value("SELECT count(*) FROM pg_policy WHERE polname = 'mine'") == "1")
        try await database.migrate(tree(Self.table, Self.f(returning: "integer")))
        #expect(try database.value(Self.portrait) == before)
        // another argument list: the plant's calls find the new one, its right goes over
        try await database.migrate(tree(Self.table, Self.f(returning: "integer", adding: ", b integer DEFAULT 1")))
        #expect(try database.value("SELECT sum(f) FROM acme.v") == "7")
        #expect(
            try database.value("SELECT has_function_privilege('acme_owner', 'ops.f(integer, integer)', 'EXECUTE')")
                == "t")
    }

    @Test(.timeLimit(.minutes(3))) func whatDoesNotFitRefusesAllOfIt() async throws {
        let database = try EmptyDatabase()
        try await database.migrate(tree(Self.table, Self.v))
        try database.run(
            Self.plantRoles
                + "CREATE VIEW acme.needs_t AS SELECT t FROM ops.v; CREATE VIEW acme.fits AS SELECT i FROM ops.v;")
        let more = SQLFile(
            kind: .migration, name: "0002_b.sql",
            text: "CREATE TABLE ops.more (i int); COMMENT ON TABLE ops.more IS 'x'")
        let without = Self.view("SELECT i FROM ops.thing")
        let error = await migrationError { try await database.migrate(tree(Self.table, more, without)) }
        #expect(error?.exitCode == 3)
        #expect(error?.description.contains("acme.needs_t") == true && error?.description.contains("42703") == true)
        #expect(
            try database.value("SELECT to_regclass('ops.more') IS NULL AND to_regclass('acme.fits') IS NOT NULL") == "t"
        )
        #expect(try database.value("SELECT count(*) FROM ops.migration WHERE name = '0002_b.sql'") == "0")
        try database.run("DROP VIEW acme.needs_t")
        try await database.migrate(tree(Self.table, more, without))
        #expect(
            try database.value("SELECT to_regclass('ops.more') IS NOT NULL AND to_regclass('acme.fits') IS NOT NULL")
                == "t")
    }

    /// Data in the shape of our view, a generated column, an aggregate, a cast: nothing that could be put back.
    @Test(
        .timeLimit(.minutes(3)),
        arguments: [
            "CREATE TABLE acme.kept (one ops.v)", "CREATE TABLE acme.kept (many ops.v[])",
            "CREATE DOMAIN acme.kept AS ops.v",
            "CREATE TABLE acme.kept (i int, g int GENERATED ALWAYS AS (ops.f(i)) STORED)",
            "CREATE FUNCTION acme.s(a int, b int) RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE AGGREGATE acme.kept(int) (SFUNC = acme.s, STYPE = int, FINALFUNC = ops.f)",
        ]) func whatCannotBePutBackIsNamedFirst(_ statement: String) async throws
    {
        let database = try EmptyDatabase()
        try await database.migrate(tree(Self.table, Self.f(returning: "integer"), Self.v))
        try database.run(Self.plantRoles + statement)
        let error = await migrationError {
            try await database.migrate(
                tree(Self.table, Self.f(returning: "bigint"), Self.view("SELECT i, t, 1 AS one FROM ops.thing")))
        }
        #expect(error?.exitCode == 3)
        #expect(error?.description.contains("kept") == true, "\(error?.description ?? "")")
        #expect(
            try database.value("SELECT count(*) FROM pg_attribute WHERE attrelid = 'ops.v'::regclass AND attnum > 0")
                == "2")
        // while nothing that it stands on is made anew, it is in nobody's way
        try await database.migrate(
            tree(
                Self.table, Self.f(returning: "integer"), Self.v,
                Self.function(
                    "CREATE OR REPLACE FUNCTION ops.h() RETURNS int LANGUAGE sql SET search_path = pg_catalog, pg_temp AS 'SELECT 1'; REVOKE ALL ON FUNCTION ops.h FROM PUBLIC; COMMENT ON FUNCTION ops.h IS 'x'",
                    "h.sql")))
    }

    @Test(.timeLimit(.minutes(3))) func viewsOnOurTablesMakeRoomForAMigration() async throws {
        let database = try EmptyDatabase()
        try await database.migrate(tree(Self.table, Self.v))
        try database.run(
            Self.plantRoles + """
                CREATE VIEW acme.direct AS SELECT i FROM ops.thing;
                CREATE MATERIALIZED VIEW acme.of_it AS SELECT i FROM acme.direct;
                CREATE TABLE acme.t (i integer REFERENCES ops.thing);
                """)
        let wide = SQLFile(
            kind: .migration, name: "0002_b.sql",
            text: "-- millwright: drop-views\nALTER TABLE ops.thing ALTER COLUMN i TYPE bigint")
        try await database.migrate(tree(Self.table, wide, Self.v))
        #expect(
            try database.value(
                "SELECT format_type(atttypid, NULL) FROM pg_attribute WHERE attrelid = 'acme.of_it'::regclass AND attname = 'i'"
            )
                == "bigint")
        // where the upgrade must be cut, they would be away in between
        let again = SQLFile(
            kind: .migration, name: "0003_c.sql",
            text: "-- millwright: drop-views\nALTER TABLE ops.thing ALTER COLUMN i TYPE integer")
        let outside = SQLFile(
            kind: .migration, name: "0004_d.sql", text: "-- millwright: no-transaction\nVACUUM ops.thing")
        let error = await migrationError { try await database.migrate(tree(Self.table, wide, again, outside, Self.v)) }
        #expect(error?.exitCode == 3 && error?.description.contains("acme.direct") == true)
        #expect(try database.value("SELECT count(*) FROM ops.migration WHERE kind = 'migration'") == "2")
    }

    // MARK: The sweep and names

    @Test(.timeLimit(.minutes(3))) func thePlantsAreReportedNotRefused() async throws {
        let database = try EmptyDatabase()
        try await database.migrate(tree(Self.table))
        try database.run(
            Self.plantRoles + """
                CREATE FUNCTION ops.decode() RETURNS integer LANGUAGE sql AS 'SELECT 1';
                CREATE FUNCTION ops.owned() RETURNS integer LANGUAGE sql SECURITY DEFINER AS 'SELECT 1';
                ALTER FUNCTION ops.owned() OWNER TO millwright;
                CREATE TABLE ops.bare (i integer); ALTER TABLE ops.bare OWNER TO millwright; GRANT SELECT (i) ON ops.bare TO PUBLIC;
                CREATE VIEW ops.seen AS SELECT 1 AS one; GRANT SELECT ON ops.seen TO PUBLIC;
                CREATE SEQUENCE ops.numbers; GRANT USAGE ON SEQUENCE ops.numbers TO PUBLIC;
                CREATE SCHEMA acme2 AUTHORIZATION millwright; GRANT USAGE ON SCHEMA acme2 TO PUBLIC;
                CREATE FUNCTION acme2.f() RETURNS integer LANGUAGE sql AS 'SELECT 1';
                CREATE FUNCTION public.f() RETURNS integer LANGUAGE sql AS 'SELECT 1';
                """)
        let lines = try await database.migrate(tree(Self.table, Self.v))
        #expect(lines.contains("catalog sweep: clean"))
        for name in ["ops.decode()", "ops.owned()", "ops.bare", "ops.seen", "ops.numbers", "acme2.f()", "schema acme2"]
        {
            #expect(lines.contains { $0.hasPrefix("warning: ") && $0.contains(name) }, "\(name)")
        }
        // ours stays ours, whoever spoiled it
        try database.run("GRANT SELECT ON ops.thing TO PUBLIC")
        let error = await migrationError { try await database.migrate(tree(Self.table)) }
        #expect(error?.exitCode == 5 && error?.description.contains("ops.thing grants SELECT to PUBLIC") == true)
        #expect(error?.description.contains("decode") == false)
    }

    @Test(.timeLimit(.minutes(3))) func aPlantsRoutineIsNotOverwritten() async throws {
        let database = try EmptyDatabase()
        try await database.migrate(tree(Self.table))
        try database.run(
            "CREATE FUNCTION ops.f(a integer) RETURNS integer LANGUAGE sql AS 'SELECT 42'; ALTER FUNCTION ops.f OWNER TO millwright"
        )
        let error = await migrationError { try await database.migrate(tree(Self.table, Self.f(returning: "integer"))) }
        #expect(error?.exitCode == 3 && error?.description.contains("ops.f(integer)") == true)
        #expect(try database.value("SELECT ops.f(1)") == "42")
    }

    /// A materialized view's query runs as its owner, not as who upgrades.
    @Test(.timeLimit(.minutes(3))) func whatThePlantWroteRunsAsThePlant() async throws {
        let database = try EmptyDatabase()
        try await database.migrate(tree(Self.table, Self.v))
        try database.run(
            Self.plantRoles + """
                GRANT SELECT ON ops.v, ops.thing TO acme_owner;
                SET ROLE acme_owner;
                CREATE FUNCTION acme.who() RETURNS text LANGUAGE sql AS 'SELECT current_user::text';
                CREATE MATERIALIZED VIEW acme.ran AS SELECT acme.who() AS who, count(i) FROM ops.v;
                CREATE FUNCTION acme.checked(integer) RETURNS boolean LANGUAGE plpgsql AS
                    'BEGIN RETURN current_user = ''acme_owner''; END';
                CREATE TABLE acme.t (i integer, CHECK (acme.checked(i)));
                RESET ROLE;
                """)
        try await database.migrate(tree(Self.table, Self.view("SELECT i, t, 1 AS one FROM ops.thing")))
        #expect(try database.value("SELECT who FROM acme.ran") == "acme_owner")
    }
}

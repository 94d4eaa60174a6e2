import Foundation
import Logging
import Postgres
import Synchronization
import Testing

@testable import Thin

/// A database without anything in it, dropped when the value goes away.
final class EmptyDatabase: Sendable {
    let name = "millwright_migrate_\(UUID().uuidString.lowercased().prefix(8))"
    let configuration: ConnectionConfiguration

    init() throws {
        let admin = try Session(ConnectionConfiguration(url: TestEnvironment.adminURL!))
        try admin.script("CREATE DATABASE \(name) TEMPLATE template0")
        configuration = Migrator.configuration(url: TestEnvironment.adminURL!).database(name)
    }

    deinit {
        let admin = try? Session(ConnectionConfiguration(url: TestEnvironment.adminURL!))
        try? admin?.script("DROP DATABASE IF EXISTS \(name) WITH (FORCE)")
    }

    /// Applies a tree on a thread that may block.
    /// - Returns: what was reported.
    @discardableResult
    func migrate(_ tree: SQLTree) async throws -> [String] {
        try await BlockingWork.run { [self] in
            let lines = Mutex<[String]>([])
            _ = try Migrator(configuration, tree: tree) { step, _ in lines.withLock { $0.append(step) } }.migrate()
            return lines.withLock { $0 }
        }
    }

    func plan(_ tree: SQLTree) async throws -> MigrationPlan {
        try await BlockingWork.run { [self] in try Migrator(configuration, tree: tree) { _, _ in }.plan().plan }
    }

    func value(_ sql: String) throws -> String? {
        try Session(configuration).execute(sql).one().string(0)
    }

    func run(_ sql: String) throws {
        try Session(configuration).script(sql)
    }

    var client: Client { Client(configuration, connections: 1, logger: Logger(label: "test")) }
}

/// The error of a migration that must fail.
func migrationError(
    _ location: SourceLocation = #_sourceLocation, _ body: () async throws -> Void
) async -> MigrationError? {
    do {
        try await body()
        Issue.record("nothing was thrown", sourceLocation: location)
    } catch let error as MigrationError {
        return error
    } catch {
        Issue.record("another error was thrown: \(error)", sourceLocation: location)
    }
    return nil
}

@Suite(
    .enabled(if: TestEnvironment.adminURL != nil && TestEnvironment.sqlFolder != nil, "needs the server of make test"))
struct MigrateTests {
    private static let folder = URL(fileURLWithPath: TestEnvironment.sqlFolder ?? "/")

    /// The product's roles and ledger with other files.
    private func tree(_ files: SQLFile...) throws -> SQLTree {
        let own = try SQLTree(folder: Self.folder)
        let tree = SQLTree(files: own.files(.roles) + own.files(.ledger) + files)
        try tree.validate()
        return tree
    }

    private static let table = SQLFile(
        kind: .migration, name: "0001_a.sql",
        text:
            "CREATE TABLE ops.thing (i integer PRIMARY KEY, t text); COMMENT ON TABLE ops.thing IS 'x'; REVOKE ALL ON SCHEMA public FROM PUBLIC;"
    )

    private func function(_ text: String, _ name: String = "f.sql") -> SQLFile {
        SQLFile(kind: .function, name: "ops/\(name)", text: text)
    }

    private func view(_ text: String) -> SQLFile {
        SQLFile(kind: .view, name: "ops/010_v.sql", text: text)
    }

    // MARK: The product's tree

    @Test(.timeLimit(.minutes(3))) func theWholeTreeAppliesAndIsThenComplete() async throws {
        let database = try EmptyDatabase()
        let tree = try SQLTree(folder: Self.folder)
        let client = database.client
        #expect(try await SchemaState.check(client, sqlFolder: Self.folder.path) == .behind("it was never migrated"))
        let lines = try await database.migrate(tree)
        #expect(lines.contains { $0.hasPrefix("migrations/0001") })
        #expect(lines.contains("catalog sweep: clean"))
        #expect(try await database.plan(tree).isEmpty)
        #expect(try await SchemaState.check(client, sqlFolder: Self.folder.path) == .current)
        await client.stop()
        // Everything belongs to the owner role, and everything was recorded.
        #expect(
            try database.value(
                """
                SELECT count(*) FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
                WHERE n.nspname IN ('plant', 'telemetry', 'alarm', 'api', 'ops') AND c.relowner <> 'millwright'::regrole
                """) == "0")
        #expect(
            try database.value("SELECT count(*) FROM ops.migration WHERE kind = 'function' AND objects = '{}'") == "0")
        // sql/compat is for the Apache edition, sql/database.sql is applied each time; the row that is no file names the release
        let isApache = try database.value("SELECT ops.edition()") == "apache"
        let expected = tree.files.count { (isApache || $0.kind != .compat) && $0.kind != .database } + 1
        #expect(Int(try database.value("SELECT count(*) FROM ops.migration") ?? "") == expected)
        // Again: nothing but grants.
        let again = try await database.migrate(tree)
        #expect(again.allSatisfy { $0.hasPrefix("grants") || $0.hasPrefix("catalog sweep") })
    }

    @Test(.timeLimit(.minutes(2)), .enabled(if: TestEnvironment.postgresBinaries != nil))
    func migrationsLeadToTheSchema() async throws {
        func dump(_ kind: String) async throws -> String {
            try await BlockingWork.run {
                let process = Process()
                process.executableURL = URL(fileURLWithPath: "/bin/sh")
                process.arguments = [Self.folder.appendingPathComponent("tools/schema-dump").path, kind]
                process.environment = [
                    "DATABASE_URL": TestEnvironment.adminURL!, "PG_BIN": TestEnvironment.postgresBinaries!,
                    "PATH": "/usr/bin:/bin",
                ]
                let (output, errors) = (Pipe(), Pipe())
                process.standardOutput = output
                process.standardError = errors
                try process.run()
                // Errors are few lines: they fit the pipe while the output is read.
                let text = output.fileHandleForReading.readDataToEndOfFile()
                let complaint = errors.fileHandleForReading.readDataToEndOfFile()
                process.waitUntilExit()
                #expect(process.terminationStatus == 0, "\(String(decoding: complaint, as: UTF8.self))")
                return String(decoding: text, as: UTF8.self)
            }
        }
        let migrated = try await dump("migrations")
        let desired = try await dump("schema")
        let committed = try String(
            contentsOf: Self.folder.appendingPathComponent("sql/schema.dump.sql"), encoding: .utf8)
        #expect(migrated.count > 10_000)
        #expect(migrated == desired, "migrations/ does not lead to sql/schema")
        #expect(migrated == committed, "sql/schema.dump.sql is not what the migrations make: run tools/baseline")
    }

    // MARK: Refusals

    @Test(.timeLimit(.minutes(3))) func historyIsGuarded() async throws {
        let database = try EmptyDatabase()
        let second = SQLFile(kind: .migration, name: "0002_b.sql", text: "ALTER TABLE ops.thing ADD COLUMN b integer")
        try await database.migrate(tree(Self.table, second))
        let changed = await migrationError {
            try await database.migrate(
                tree(Self.table, SQLFile(kind: .migration, name: "0002_b.sql", text: "SELECT 1")))
        }
        #expect(changed?.exitCode == 3)
        let older = await migrationError { try await database.migrate(tree(Self.table)) }
        #expect(older?.exitCode == 3 && older?.description.contains("0002_b.sql") == true)
        try database.run("UPDATE ops.migration SET program_version = '999.0' WHERE kind = 'release'")
        let newer = await migrationError { try await database.migrate(tree(Self.table, second)) }
        #expect(newer?.description.contains("999.0") == true)
    }

    @Test(.timeLimit(.minutes(3))) func aFailedMigrationLeavesNothing() async throws {
        let database = try EmptyDatabase()
        let bad = SQLFile(
            kind: .migration, name: "0002_b.sql", text: "CREATE TABLE ops.half (i int);\n\nSELECT 1 FROM ops.nowhere;")
        let error = await migrationError { try await database.migrate(tree(Self.table, bad)) }
        #expect(error?.exitCode == 1)
        #expect(error?.description.contains("migrations/0002_b.sql:3") == true)
        // an upgrade is one transaction: the migrations before it are undone too
        #expect(
            try database.value("SELECT to_regclass('ops.half') IS NULL AND to_regclass('ops.thing') IS NULL") == "t")
        #expect(try database.value("SELECT count(*) FROM ops.migration WHERE kind = 'migration'") == "0")
        // Mended, it goes through.
        let good = SQLFile(kind: .migration, name: "0002_b.sql", text: "CREATE TABLE ops.half (i int)")
        try await database.migrate(tree(Self.table, good))
        #expect(try database.value("SELECT count(*) FROM ops.migration WHERE kind = 'migration'") == "2")
    }

    @Test(.timeLimit(.minutes(3))) func theSweepRollsBack() async throws {
        let database = try EmptyDatabase()
        let sweep = try SQLTree(folder: Self.folder).files(.function).filter {
            ["ops/catalog_sweep.sql", "ops/edition.sql"].contains($0.name)
        }
        var tree = try tree(Self.table)
        tree.files += sweep
        try await database.migrate(tree)
        tree.files.append(
            function(
                "CREATE FUNCTION ops.f() RETURNS int LANGUAGE sql AS 'SELECT 1'; GRANT EXECUTE ON FUNCTION ops.f() TO PUBLIC;"
            ))
        let error = await migrationError { try await database.migrate(tree) }
        #expect(error?.exitCode == 5)
        for problem in ["has no comment", "has no fixed search_path", "grants EXECUTE to PUBLIC"] {
            #expect(error?.description.contains("ops.f() \(problem)") == true)
        }
        #expect(try database.value("SELECT to_regprocedure('ops.f()') IS NULL") == "t")
    }

    // MARK: Repeatables

    @Test(.timeLimit(.minutes(3))) func routinesFollowTheirFiles() async throws {
        let database = try EmptyDatabase()
        func routines() throws -> String? {
            try database.value(
                "SELECT string_agg(oid::regprocedure::text, ' ' ORDER BY oid::regprocedure::text) FROM pg_proc WHERE pronamespace = 'ops'::regnamespace"
            )
        }
        let g = function("CREATE OR REPLACE FUNCTION ops.g() RETURNS int LANGUAGE sql AS 'SELECT 1'", "g.sql")
        try await database.migrate(
            tree(
                Self.table, function("CREATE OR REPLACE FUNCTION ops.f(a int) RETURNS int LANGUAGE sql AS 'SELECT 1'"),
                g))
        #expect(try routines() == "ops.f(integer) ops.g()")
        // another argument list: the old overload goes
        let wider = function(
            "CREATE OR REPLACE FUNCTION ops.f(a int, b text DEFAULT '') RETURNS int LANGUAGE sql AS 'SELECT 1'")
        try await database.migrate(tree(Self.table, wider, g))
        #expect(try routines() == "ops.f(integer,text) ops.g()")
        // another parameter name and result type: not replaceable, and a view stands on it
        let v = view("CREATE VIEW ops.v AS SELECT ops.f(i, 'x') AS f FROM ops.thing")
        try await database.migrate(tree(Self.table, wider, g, v))
        let other = function(
            "CREATE OR REPLACE FUNCTION ops.f(z int, b text DEFAULT '') RETURNS text LANGUAGE sql AS 'SELECT b'")
        try await database.migrate(tree(Self.table, other, g, v))
        #expect(try routines() == "ops.f(integer,text) ops.g()")
        #expect(
            try database.value(
                "SELECT pg_typeof(f) FROM ops.thing RIGHT JOIN ops.v ON true RIGHT JOIN (SELECT 1) AS s ON true")
                == "text")
        // the file is gone: so is the routine; renaming a file keeps it
        let lines = try await database.migrate(
            tree(Self.table, SQLFile(kind: .function, name: "ops/renamed.sql", text: other.text), v))
        #expect(try routines() == "ops.f(integer,text)")
        #expect(lines.contains { $0.contains("dropped ops.g()") })
        #expect(
            try database.value("SELECT string_agg(name, ',') FROM ops.migration WHERE kind = 'function'")
                == "ops/renamed.sql")
    }

    @Test(.timeLimit(.minutes(3))) func whatStillNeedsARoutineIsNamed() async throws {
        let database = try EmptyDatabase()
        let trigger = function(
            """
            CREATE OR REPLACE FUNCTION ops.t() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
            CREATE OR REPLACE TRIGGER thing_t BEFORE INSERT ON ops.thing FOR EACH ROW EXECUTE FUNCTION ops.t();
            """)
        try await database.migrate(tree(Self.table, trigger))
        let error = await migrationError { try await database.migrate(tree(Self.table)) }
        #expect(error?.description.contains("2BP01") == true && error?.description.contains("thing_t") == true)
        #expect(try database.value("SELECT count(*) FROM pg_trigger WHERE tgname = 'thing_t'") == "1")
    }

    @Test(.timeLimit(.minutes(3))) func aBrokenFunctionRollsEverythingBack() async throws {
        let database = try EmptyDatabase()
        let v1 = view("CREATE VIEW ops.v AS SELECT 1 AS one")
        try await database.migrate(tree(Self.table, v1))
        let error = await migrationError {
            try await database.migrate(
                tree(
                    Self.table, view("CREATE VIEW ops.v AS SELECT 2 AS two"),
                    SQLFile(
                        kind: .data, name: "010_d.sql",
                        text: "INSERT INTO ops.thing VALUES (1, 'a');\nINSERT INTO ops.thing VALUES (1, 'b')")))
        }
        #expect(
            error?.description.contains("sql/data/010_d.sql") == true && error?.description.contains("23505") == true)
        #expect(try database.value("SELECT one FROM ops.v") == "1")
        #expect(try database.value("SELECT count(*) FROM ops.thing") == "0")
    }

    @Test(.timeLimit(.minutes(3))) func viewsMakeRoomForAMigration() async throws {
        let database = try EmptyDatabase()
        let v = view(
            "CREATE VIEW ops.v AS SELECT i FROM ops.thing; CREATE VIEW ops.w AS SELECT i FROM ops.v; CREATE MATERIALIZED VIEW ops.m AS SELECT 1 AS x"
        )
        try await database.migrate(tree(Self.table, v))
        let text = "ALTER TABLE ops.thing ALTER COLUMN i TYPE bigint"
        let error = await migrationError {
            try await database.migrate(tree(Self.table, SQLFile(kind: .migration, name: "0002_b.sql", text: text), v))
        }
        #expect(error?.description.contains("0A000") == true)
        try await database.migrate(
            tree(
                Self.table, SQLFile(kind: .migration, name: "0002_b.sql", text: "-- millwright: drop-views\n\(text)"), v
            ))
        #expect(
            try database.value(
                "SELECT format_type(atttypid, NULL) FROM pg_attribute WHERE attrelid = 'ops.w'::regclass") == "bigint")
        // no file, no views
        try await database.migrate(
            tree(Self.table, SQLFile(kind: .migration, name: "0002_b.sql", text: "-- millwright: drop-views\n\(text)")))
        #expect(try database.value("SELECT to_regclass('ops.v') IS NULL AND to_regclass('ops.m') IS NULL") == "t")
    }

    @Test(.timeLimit(.minutes(3))) func statementsOutsideATransaction() async throws {
        let database = try EmptyDatabase()
        let concurrently = SQLFile(
            kind: .migration, name: "0002_b.sql",
            text:
                "-- millwright: no-transaction\nCREATE INDEX CONCURRENTLY IF NOT EXISTS a ON ops.thing (t);\nVACUUM ops.thing;"
        )
        try await database.migrate(tree(Self.table, concurrently))
        #expect(
            try database.value("SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = 'ops.a'::regclass")
                == "millwright")
        let bad = SQLFile(
            kind: .migration, name: "0003_c.sql",
            text: "-- millwright: no-transaction\nSELECT 1;\nSELECT 1 +\n nonsense;")
        let error = await migrationError { try await database.migrate(tree(Self.table, concurrently, bad)) }
        #expect(error?.description.contains("migrations/0003_c.sql:4") == true)
    }

    @Test(.timeLimit(.minutes(3))) func twoProcessesTakeTurns() async throws {
        let database = try EmptyDatabase()
        let slow = SQLFile(kind: .migration, name: "0002_b.sql", text: "SELECT pg_sleep(1)")
        let tree = try tree(Self.table, slow)
        let results = try await withThrowingTaskGroup(of: [String].self) { group in
            for _ in 0..<3 { group.addTask { try await database.migrate(tree) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(results.count { $0.contains { $0.contains("waiting") } } >= 1)
        #expect(results.count { $0.contains { $0.hasPrefix("migrations/") } } == 1)
    }

    // MARK: Rights

    @Test(.timeLimit(.minutes(2)), .enabled(if: TestEnvironment.postgresBinaries != nil && TestEnvironment.thin != nil))
    func noSuperuserIsNeeded() throws {
        let server = try PostgresServer(administrator: "landlord")
        let session = try Session(ConnectionConfiguration(url: server.url()))
        let owners = try session.execute(
            """
            SELECT string_agg(DISTINCT p.proowner::regrole::text, ',' ORDER BY p.proowner::regrole::text)
            FROM pg_proc AS p WHERE p.pronamespace = 'alarm'::regnamespace
            """)
        #expect(owners[0].string(0) == "alarm_expression,millwright")
        // and again, the functions that belong to another role included
        try session.script("UPDATE ops.migration SET sha256 = repeat('0', 64) WHERE name LIKE '%_expression.sql'")
        try PostgresServer.run(
            TestEnvironment.thin!, ["migrate"],
            environment: [
                "DATABASE_URL": server.url(user: "landlord"), "MILLWRIGHT_SQL": MigrateTests.folder.path,
                "PATH": "/usr/bin:/bin",
            ])
    }

    // MARK: The command

    @Test(.timeLimit(.minutes(3)), .enabled(if: TestEnvironment.thin != nil)) func exitCodesTellTheStates() async throws
    {
        let database = try EmptyDatabase()
        func thin(_ arguments: String..., folder: String = MigrateTests.folder.path) async throws -> Int32 {
            try await BlockingWork.run {
                let process = Process()
                process.executableURL = URL(fileURLWithPath: TestEnvironment.thin!)
                process.arguments = ["migrate"] + arguments
                process.environment = [
                    "DATABASE_URL": TestDatabase.with(database: database.name, in: TestEnvironment.adminURL!),
                    "MILLWRIGHT_SQL": folder, "PATH": "/usr/bin:/bin",
                ]
                process.standardOutput = FileHandle.nullDevice
                process.standardError = FileHandle.nullDevice
                try process.run()
                process.waitUntilExit()
                return process.terminationStatus
            }
        }
        #expect(try await thin("status") == 4)
        #expect(try await thin("--dry-run") == 0)
        #expect(try await thin("status") == 4)
        #expect(try await thin() == 0)
        #expect(try await thin("status") == 0)
        #expect(try await thin(folder: "/nowhere") == 2)
        try database.run(
            "UPDATE ops.migration SET sha256 = repeat('0', 64) WHERE kind = 'migration' AND name LIKE '0001%'")
        #expect(try await thin() == 3)
    }
}

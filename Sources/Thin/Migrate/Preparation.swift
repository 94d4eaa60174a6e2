import Glibc
import Postgres

func sleepMilliseconds(_ milliseconds: Int) {
    usleep(useconds_t(milliseconds) * 1000)
}

/// What must exist before the first migration, and needs more rights than the owner role has: roles, extensions, ledger.
struct Preparation {
    private let migrator: Migrator
    private var session: Session { migrator.session }

    init(_ migrator: Migrator) {
        self.migrator = migrator
    }

    /// - Returns: the edition, which is known once the extension is there.
    func run() throws -> Edition {
        let rows = try migrator.ledger.rows()
        func isRecorded(_ file: SQLFile) -> Bool {
            rows.contains { $0.kind == file.kind.rawValue && $0.name == file.name && $0.sha256 == file.sha256 }
        }
        let start = ContinuousClock.now
        let (roles, ledger) = (migrator.tree.files(.roles)[0], migrator.tree.files(.ledger)[0])
        let isNew = !isRecorded(roles) || !isRecorded(ledger)
        if try isNew || rolesAreMissing() {
            try migrator.transaction(asOwner: false) { try migrator.run(roles) }
            try ownDatabase()
        }
        try extensions()
        try closeDatabase()
        guard let edition = try Edition.detect(session) else {
            throw MigrationError.refused("TimescaleDB is not loaded: put it into shared_preload_libraries")
        }
        if edition == .community { try allowBackgroundWork() }
        if isNew {
            try migrator.transaction {
                try migrator.run(ledger)
                try migrator.ledger.record(roles, since: start)
                try migrator.ledger.record(ledger, since: start)
            }
            migrator.report("roles, extensions, ledger", ContinuousClock.now - start)
        }
        return edition
    }

    /// A restored database may have the ledger and lack the roles, which belong to the cluster.
    private func rolesAreMissing() throws -> Bool {
        try session.execute(
            "SELECT to_regrole('millwright') IS NULL OR to_regrole('thin') IS NULL OR to_regrole('alarm_expression') IS NULL"
        ).one().bool(0) == true
    }

    /// Lets role `millwright` make schemas, and gives it `public`, which belongs to whoever owns the database.
    private func ownDatabase() throws {
        do throws(DatabaseError) {
            try session.script(
                """
                DO $$
                BEGIN
                    -- who made the role without being a superuser is its administrator, and still must be let become it
                    IF NOT pg_has_role(current_user, 'millwright', 'SET') THEN
                        EXECUTE format('GRANT millwright TO %I', current_user);
                    END IF;
                    EXECUTE format('GRANT CONNECT, CREATE, TEMPORARY ON DATABASE %I TO millwright', current_database());
                    IF (SELECT nspowner FROM pg_namespace WHERE nspname = 'public') <> 'millwright'::regrole THEN
                        ALTER SCHEMA public OWNER TO millwright;
                    END IF;
                END
                $$
                """)
        } catch {
            throw MigrationError.failed("giving schema public to role millwright", error)
        }
    }

    /// Takes from PUBLIC what the server and the extensions give it. Not recorded: what it finds closed it leaves alone.
    private func closeDatabase() throws {
        guard let file = migrator.tree.files(.database).first else { return }
        try migrator.transaction(asOwner: false) { try migrator.run(file) }
    }

    private func extensions() throws {
        var missing: [String] = []
        for name in ["timescaledb", "pgcrypto"] {
            let exists = try session.execute(
                "SELECT EXISTS (SELECT FROM pg_extension WHERE extname = $1)", [.text(name)])
            if exists[0].bool(0) != true { missing.append(name) }
        }
        for name in missing {
            do throws(DatabaseError) {
                try session.script("CREATE EXTENSION IF NOT EXISTS \(name) WITH SCHEMA public")
            } catch {
                throw MigrationError.failed("CREATE EXTENSION \(name)", error)
            }
        }
    }

    /// TimescaleDB's background workers refuse to run policies of an owner that may not log in. It gets no password, so that
    /// only a server that trusts everybody would let it in.
    private func allowBackgroundWork() throws {
        let mayLogIn = try session.execute("SELECT rolcanlogin FROM pg_roles WHERE rolname = 'millwright'").one().bool(
            0)
        if mayLogIn != true { try session.script("ALTER ROLE millwright LOGIN PASSWORD NULL") }
    }
}

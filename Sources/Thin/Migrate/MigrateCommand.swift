import ArgumentParser
import Foundation
import Postgres

/// `thin migrate`, `thin migrate --dry-run`, `thin migrate status`.
///
/// Exit codes: 0 done (or nothing to do), 1 the database rejected something or cannot be reached, 2 the SQL folder or the settings
/// are not usable, 3 refused because the histories do not fit, 4 behind (status only), 5 the catalog sweep found problems.
struct MigrateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: "Bring the database to this program's state.",
        discussion:
            "Takes DATABASE_URL of an administrator, and MILLWRIGHT_SQL where the SQL folder is not found by itself.",
        subcommands: [Apply.self, Status.self],
        defaultSubcommand: Apply.self)

    struct Apply: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "apply", abstract: "Apply what is missing (the default).")

        @Flag(help: "Print what would be done and change nothing.")
        var dryRun = false

        func run() throws {
            try MigrateCommand.exiting {
                let migrator = try MigrateCommand.migrator()
                if dryRun {
                    let (plan, edition) = try migrator.plan()
                    print(MigrationReport.edition(edition))
                    print(MigrationReport.pending(plan), terminator: "")
                    print(MigrationReport.standing(try migrator.standing(plan)), terminator: "")
                } else {
                    let start = ContinuousClock.now
                    let plan = try migrator.migrate()
                    print(MigrationReport.summary(plan, ContinuousClock.now - start))
                }
            }
        }
    }

    struct Status: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say whether the database is up to date; exit 4 when it is behind.")

        func run() throws {
            try MigrateCommand.exiting {
                let migrator = try MigrateCommand.migrator()
                let (plan, edition) = try migrator.plan()
                print(MigrationReport.edition(edition))
                print(MigrationReport.applied(try migrator.ledger.rows()))
                if !plan.isEmpty {
                    throw MigrationError(
                        reason: .behind,
                        description: "the database is behind: run `thin migrate`\n" + MigrationReport.pending(plan))
                }
                print("up to date with version \(Version.current)")
            }
        }
    }

    private static func migrator() throws -> Migrator {
        var environment = Environment(ProcessInfo.processInfo.environment)
        let url = environment.required("DATABASE_URL", "an administrator's URL of the database to migrate")
        let folder = environment.string("MILLWRIGHT_SQL")
        guard environment.problems.isEmpty else {
            throw MigrationError.badTree(ConfigurationError(problems: environment.problems).description)
        }
        let tree = try SQLTree(folder: try SQLTree.locate(folder))
        return try Migrator(Migrator.configuration(url: url), tree: tree, report: MigrationReport.printStep)
    }

    /// Prints an error and ends with its code.
    private static func exiting(_ body: () throws -> Void) throws {
        do {
            try body()
        } catch let error as MigrationError {
            fail("thin migrate: \(error)")
            throw ExitCode(error.exitCode)
        } catch let error as DatabaseError {
            // Its message is the server's about our own statements, or libpq's about the connection.
            fail("thin migrate: \(MigrationError.failed("database", error))")
            throw ExitCode(1)
        }
    }

    private static func fail(_ text: String) {
        FileHandle.standardError.write(Data((text + "\n").utf8))
    }
}

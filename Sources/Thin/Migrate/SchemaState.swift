import Foundation
import Postgres

/// Whether a database is the one that this program was made for; `thin serve` asks before it does anything.
enum SchemaState: Equatable, Sendable {
    case current
    /// Never migrated, or not completely, or by an older program or tree.
    case behind(String)
    /// Migrated by a newer program.
    case newer(String)

    /// What `ops.schema_state()` answers.
    struct Recorded: Decodable, Equatable, Sendable {
        var migrations: Int
        var newestMigration: String?
        var programVersion: String?
        var digest: String?

        enum CodingKeys: String, CodingKey {
            case migrations, digest
            case newestMigration = "newest_migration"
            case programVersion = "program_version"
        }
    }

    /// Asks the database. Needs no more rights than role `thin` has.
    /// - Parameter sqlFolder: `MILLWRIGHT_SQL`; without a folder to be found only versions are compared.
    static func check(_ database: Client, sqlFolder: String?) async throws -> SchemaState {
        let tree = (try? SQLTree.locate(sqlFolder)).flatMap { try? SQLTree(folder: $0) }
        guard try await database.query("SELECT to_regprocedure('ops.schema_state()') IS NOT NULL").one().bool(0) == true
        else {
            return .behind("it was never migrated")
        }
        let answer = try await database.query("SELECT ops.schema_state()").one().string(0) ?? "{}"
        let recorded = try JSONDecoder().decode(Recorded.self, from: Data(answer.utf8))
        return compare(
            recorded, digest: tree?.digest, migrations: tree?.files(.migration).map(\.name), version: Version.current)
    }

    /// - Parameters:
    ///   - digest: of the tree at hand; nil when there is none.
    ///   - migrations: names of the tree's migrations, in order.
    static func compare(_ recorded: Recorded, digest: String?, migrations: [String]?, version: String) -> SchemaState {
        guard let migratedBy = recorded.programVersion else { return .behind("no migration was completed") }
        if MigrationPlan.isNewer(migratedBy, than: version) {
            return .newer("it was migrated by version \(migratedBy), this is \(version)")
        }
        if let migrations, let newest = recorded.newestMigration, recorded.migrations > migrations.count {
            return .newer("it has migration \(newest), which this program does not know")
        }
        if let migrations, recorded.migrations < migrations.count {
            return .behind("migration \(migrations[recorded.migrations]) is missing")
        }
        if MigrationPlan.isNewer(version, than: migratedBy) {
            return .behind("it was migrated by version \(migratedBy), this is \(version)")
        }
        if let digest, digest != recorded.digest { return .behind("SQL files were changed since it was migrated") }
        return .current
    }

    /// What to tell whoever started the program; nil when all is well.
    var refusal: String? {
        switch self {
        case .current: nil
        case .behind(let why):
            "the database is behind this program: \(why). Run `thin migrate` with an administrator's DATABASE_URL."
        case .newer(let why):
            "the database is newer than this program: \(why). Start the program's newer version."
        }
    }
}

import Foundation
import Postgres
import TestSupport

/// What `make test` tells its tests. Suites that need it are skipped by name where it is absent.
enum TestEnvironment {
    private static let variables = ProcessInfo.processInfo.environment

    /// An administrator's URL of the server that the tests may make databases on.
    static let adminURL = variables["MILLWRIGHT_TEST_ADMIN_URL"]
    /// A migrated database to clone.
    static let template = variables["MILLWRIGHT_TEST_TEMPLATE"]
    /// Programs of a local PostgreSQL with TimescaleDB, for tests that kill a server of their own.
    static let postgresBinaries = variables["MILLWRIGHT_PG_BIN"]
    static let thin = variables["MILLWRIGHT_THIN"]
    static let simulator = variables["MILLWRIGHT_SIMULATOR"]
    static let sqlFolder = variables["MILLWRIGHT_SQL"]
    /// PostgreSQL refuses to run as root: the user to become.
    static let serviceUser = variables["MILLWRIGHT_SERVICE_USER"]

    static var hasPlant: Bool {
        adminURL != nil && template != nil && thin != nil && TestBroker.isAvailable
    }
    static var canKillDatabases: Bool {
        hasPlant && postgresBinaries != nil && sqlFolder != nil
    }
    /// Recordings beside the project; they are not part of it.
    static let recordings: URL? = sqlFolder.map {
        URL(fileURLWithPath: $0).deletingLastPathComponent().appendingPathComponent("shared/data")
    }.flatMap { FileManager.default.fileExists(atPath: $0.path) ? $0 : nil }
}

import Foundation
import Logging
import Postgres
import Synchronization

/// The routes and the error table as the database has them now.
final class RouteStore: Sendable {
    struct Snapshot: Sendable {
        let table: RouteTable
        let errors: SQLStateMap
        let loadedAt: Date
        /// What requests without a token may try to act as when they read; the database decides by their address
        /// (`auth.anonymous_role`). nil: nothing.
        var anonymousRole: Role?
    }

    /// Whose fault an SQLSTATE is; loaded with the routes.
    let faults = Faults()

    private let current = Mutex<Snapshot?>(nil)
    private let logger: Logger

    init(logger: Logger) {
        self.logger = logger
    }

    /// nil until the database was reached for the first time.
    var snapshot: Snapshot? { current.withLock { $0 } }

    func replace(routes: [Route], errors: SQLStateMap, anonymousRole: Role? = nil) {
        let snapshot = Snapshot(
            table: RouteTable(routes), errors: errors, loadedAt: .now, anonymousRole: anonymousRole)
        current.withLock { $0 = snapshot }
    }

    /// Loads the tables in one round trip. The snapshot before stays in use when it fails.
    func reload(from database: Client) async throws {
        let results = try await database.pipeline([
            Statement("SELECT to_jsonb(c)::text FROM api.route_catalog AS c"),
            Statement(
                "SELECT pattern, status, code, title, meaning, is_message_public, stored_code FROM api.sqlstate_http"),
            Statement("SELECT pattern, fault FROM api.sqlstate_fault"),
            Statement("SELECT a ->> 'role', a ->> 'networks' FROM auth.anonymous_access() AS a"),
        ])
        faults.replace(results[2].map { (pattern: $0.string(0) ?? "", fault: $0.string(1) ?? "") })
        let decoder = JSONDecoder()
        var routes: [Route] = []
        for row in results[0] {
            guard let text = row.string(0) else { continue }
            do {
                routes.append(try decoder.decode(Route.self, from: Data(text.utf8)))
            } catch {
                // one row that a newer database understands must not take the others down
                logger.error(
                    "a route cannot be read and is left out",
                    metadata: ["error": "\(error)", "row": "\(text.prefix(200))"])
            }
        }
        let entries = results[1].map { row in
            SQLStateMap.Entry(
                pattern: row.string(0) ?? "", status: row.int(1) ?? 500, code: row.string(2) ?? "MW500",
                title: row.string(3) ?? "Error", meaning: row.string(4) ?? "", isMessagePublic: row.bool(5) ?? false,
                storedCode: row.string(6))
        }
        let access = results[3].first
        let anonymousRole = access?.string(0).flatMap(Role.init(rawValue:))
        replace(routes: routes, errors: SQLStateMap(entries), anonymousRole: anonymousRole)
        if let anonymousRole {
            logger.warning(
                "requests without a token are answered",
                metadata: [
                    "role": "\(anonymousRole.rawValue)", "networks": "\(access?.string(1) ?? "")",
                    "setting": "auth.anonymous_role",
                ])
        }
        logger.info("routes loaded", metadata: ["routes": .stringConvertible(routes.count)])
    }
}

import Foundation
import Postgres

/// A database of one test: cloned from the migrated template, dropped when the value goes away.
final class TestDatabase: Sendable {
    let name: String
    /// An administrator's URL.
    let url: String
    /// What `thin` logs in with.
    let thinURL: String
    private let adminURL: String

    /// - Parameter adminURL: nil for the server of `make test`.
    init(template: String? = nil, adminURL: String? = nil) throws {
        let admin = adminURL ?? TestEnvironment.adminURL!
        self.adminURL = admin
        name = "millwright_it_\(UUID().uuidString.lowercased().replacingOccurrences(of: "-", with: ""))".prefixed(60)
        url = Self.with(database: name, in: admin)
        let password = "it-\(UUID().uuidString)"
        // one cluster, many tests: a role of this test's own that may do what thin may
        let role = "thin_it_\(name.suffix(24))"
        thinURL = Self.with(user: role, password: password, in: url)
        let session = try Session(ConnectionConfiguration(url: admin, applicationName: "integration tests"))
        try Self.clone(template ?? TestEnvironment.template!, as: name, session)
        try session.script(
            """
            CREATE ROLE \(role) LOGIN PASSWORD '\(password)' IN ROLE thin;
            GRANT CONNECT ON DATABASE \(name) TO \(role)
            """)
        self.role = role
    }

    private let role: String

    /// TimescaleDB's launcher looks into each database now and then, and a database in use cannot be cloned.
    private static func clone(_ template: String, as name: String, _ session: Session) throws {
        for attempt in 1... {
            do {
                return try session.script("CREATE DATABASE \(name) TEMPLATE \(template)")
            } catch {
                guard error.sqlState == "55006", attempt < 50 else { throw error }
                Thread.sleep(forTimeInterval: 0.2)
            }
        }
    }

    deinit {
        guard let session = try? Session(ConnectionConfiguration(url: adminURL, applicationName: "integration tests"))
        else { return }
        try? session.script("DROP DATABASE IF EXISTS \(name) WITH (FORCE)")
        try? session.script("DROP ROLE IF EXISTS \(role)")
    }

    /// Opens a connection as administrator.
    func session() throws -> Session {
        try Session(ConnectionConfiguration(url: url, applicationName: "integration tests"))
    }

    /// One value, as text.
    func value(_ sql: String, _ parameters: [Parameter] = []) throws -> String? {
        try session().execute(sql, parameters).one().string(0)
    }

    func number(_ sql: String, _ parameters: [Parameter] = []) throws -> Int {
        try session().execute(sql, parameters).one().int(0) ?? 0
    }

    static func with(database: String, in url: String) -> String {
        var components = URLComponents(string: url)!
        components.path = "/" + database
        return components.string!
    }

    static func with(user: String, password: String, in url: String) -> String {
        var components = URLComponents(string: url)!
        components.user = user
        components.password = password
        return components.string!
    }
}

extension String {
    fileprivate func prefixed(_ length: Int) -> String { String(prefix(length)) }
}

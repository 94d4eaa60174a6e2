import Foundation
import Logging
import MQTT
import Postgres
import TestSupport

/// Broker, database and `thin`, all real, for one test.
struct Plant: Sendable {
    let broker: TestBroker
    let database: TestDatabase
    let thin: ThinProcess

    init(more: [String: String] = [:], broker options: TestBroker.Options = .init()) async throws {
        broker = try TestBroker(options)
        database = try TestDatabase()
        thin = try ThinProcess(databaseURL: database.thinURL, mqttURL: broker.url, more: more)
        guard await thin.waitForHealth() else { throw NotHealthy(log: thin.logText) }
    }

    struct NotHealthy: Error { let log: String }

    func publisher() throws -> Publisher { try PublisherOnly(url: broker.url).publisher }

    /// Publishes and waits until the broker has all.
    func publish(_ messages: [(topic: String, payload: String)]) async throws {
        let publisher = try publisher()
        try await onThread {
            for message in messages {
                try publisher.publish(topic: message.topic, payload: Array(message.payload.utf8))
            }
            _ = publisher.flush(timeout: .seconds(30))
            publisher.close()
        }
    }

    /// Waits until the database has this many points.
    func waitForPoints(_ count: Int, within time: Duration = .seconds(60)) async throws -> Bool {
        let session = ThreadSafeSession(try database.session())
        return try await eventually(within: time) {
            try session.number("SELECT count(*) FROM telemetry.reading") >= count
        }
    }

    static let password = "correct horse battery staple"

    /// A user of this role, logged in.
    func token(role: String = "admin") async throws -> String {
        try Plant.token(role: role, database: database.session(), url: thin.url)
    }

    static func token(role: String, database: Session, url: String) throws -> String {
        let email = "\(role)@example.com"
        if role == "admin" {
            try database.execute("SELECT auth.bootstrap_admin($1, $2)", [.text(email), .text(password)])
        } else {
            let admin = try token(role: "admin", database: database, url: url)
            _ = try HTTPCall.post(
                "\(url)/api/v1/auth/register",
                "{\"username\":\"\(role)\",\"email\":\"\(email)\",\"password\":\"\(password)\",\"role\":\"\(role)\"}",
                token: admin)
        }
        let login = try HTTPCall.post(
            "\(url)/api/v1/auth/login", "{\"email\":\"\(email)\",\"password\":\"\(password)\"}")
        guard let token = login.object["access_token"] as? String else { throw NotHealthy(log: "\(login)") }
        return token
    }
}

/// A session that `eventually`'s closure may use: calls come one after the other.
final class ThreadSafeSession: @unchecked Sendable {
    // Unchecked: guarded by the lock.
    private let session: Session
    private let lock = NSLock()

    init(_ session: Session) {
        self.session = session
    }

    func number(_ sql: String, _ parameters: [Parameter] = []) throws -> Int {
        try lock.withLock { try session.execute(sql, parameters).one().int(0) ?? 0 }
    }
}

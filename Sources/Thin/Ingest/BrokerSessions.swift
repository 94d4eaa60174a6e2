import Logging
import Pacing
import Postgres

/// This process's persistent sessions at the broker, as the database remembers them: the client ids, which nobody can guess
/// and which stay the same for ever, and whether the broker still had a session at each connection.
final class BrokerSessions: Sendable {
    struct Session: Sendable, Equatable {
        let clientID: String
        /// Of a version before; its session is to be emptied and ended once.
        let formerClientID: String?
    }

    private struct Connection: Sendable {
        let clientID: String
        let sessionPresent: Bool
    }

    private let database: Client
    private let instance: String
    private let logger: Logger
    private let connections: AsyncStream<Connection>
    private let continuation: AsyncStream<Connection>.Continuation

    init(database: Client, instance: String, logger: Logger) {
        self.database = database
        self.instance = instance
        self.logger = logger
        (connections, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(1000))
    }

    /// - Parameter lane: name of one of several subscriptions of this process.
    func session(lane: String) async throws -> Session {
        let row = try await database.query(
            "SELECT client_id, former_client_id FROM ingest.mqtt_client($1, $2)", [.text(instance), .text(lane)]
        ).one()
        guard let clientID = row.string(0) else { throw Missing() }
        return Session(clientID: clientID, formerClientID: row.string(1))
    }

    /// The broker accepted a connection. Returns at once; ``run()`` tells the database, in order.
    func connected(_ clientID: String, sessionPresent: Bool) {
        continuation.yield(Connection(clientID: clientID, sessionPresent: sessionPresent))
    }

    /// The session of the former client id was emptied and ended.
    func emptied(_ session: Session) async throws {
        _ = try await database.query("SELECT ingest.mqtt_former_emptied($1)", [.text(session.clientID)])
    }

    /// Until it is cancelled.
    func run() async {
        for await connection in connections {
            var backoff = Backoff()
            while !Task.isCancelled {
                do {
                    let lost = try await database.query(
                        "SELECT ingest.mqtt_connected($1, $2)",
                        [.text(connection.clientID), .bool(connection.sessionPresent)]
                    ).one().bool(0)
                    if lost == true {
                        logger.error("the broker had no session for us: what it kept may be gone")
                    }
                    break
                } catch {
                    logger.warning("a connection could not be recorded", metadata: ["error": "\(error)"])
                    try? await Task.sleep(for: backoff.next())
                }
            }
        }
    }

    private struct Missing: Error {}
}

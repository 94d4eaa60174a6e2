import Foundation
import MQTT
import Postgres
import TestSupport
import Testing

/// Delays are rows with times, not timers of a process: whoever dies in the middle of one, it ends when it would have ended.
@Suite(
    "kill -9 in the middle of a delay", .serialized,
    .enabled(if: TestEnvironment.canKillDatabases, "needs make test's servers, mosquitto and PostgreSQL's programs"))
struct DelayTests {
    static let delaySeconds = 6

    enum Victim: String, CaseIterable, Sendable, CustomTestStringConvertible {
        case thin, database, both
        var testDescription: String { rawValue }
    }

    @Test("On-delay and off-delay end to the microsecond where they would have ended", arguments: Victim.allCases)
    func kill(_ victim: Victim) async throws {
        let server = try PostgresServer()
        let broker = try TestBroker()
        // that thin is killed is told as well (SystemFailureTests); here one alarm is counted
        try Session(ConnectionConfiguration(url: server.url())).script(
            """
            UPDATE alarm.system_condition SET enabled = false;
            INSERT INTO alarm.rule (name, condition, high, severity, on_delay, off_delay, select_sensor_type)
            VALUES ('hot', 'above', 80, 'high', '\(Self.delaySeconds) s', '\(Self.delaySeconds) s', '{temperature}')
            """)
        let thin = try ThinProcess(databaseURL: server.url(user: "thin"), mqttURL: broker.url)
        try #require(await thin.waitForHealth(), "\(thin.logText)")
        let session = try Session(ConnectionConfiguration(url: server.url()))
        let token = try Plant.token(role: "admin", database: session, url: thin.url)
        let watcher = ResumingClient(port: thin.httpPort, token: token)

        let over = try await publish(95, to: broker)
        // the value has been judged, its delay runs, and nothing has been raised
        try #require(await pending(since: over, server), "\(thin.logText)")
        #expect(try number("SELECT count(*) FROM alarm.alarm", server) == 0)
        try await die(victim, thin, server)
        // before thin is back and may let the clock go on: it is still there, with the time at which it began
        #expect(try number(Self.pendingSQL, server, over) == 1)
        try await live(victim, thin)
        #expect(try await count(1, "SELECT count(*) FROM alarm.alarm", server), "\(thin.logText)")
        #expect(
            try number(
                "SELECT count(*) FROM alarm.alarm WHERE raised_at = to_timestamp($1::numeric / 1000) + make_interval(secs => \(Self.delaySeconds))",
                server, over) == 1)

        let back = try await publish(20, to: broker)
        try #require(await pending(since: back, server), "\(thin.logText)")
        #expect(try number("SELECT count(*) FROM alarm.alarm WHERE active", server) == 1)
        try await die(victim, thin, server)
        #expect(try number(Self.pendingSQL, server, back) == 1)
        try await live(victim, thin)
        #expect(try await count(1, "SELECT count(*) FROM alarm.alarm WHERE NOT active", server), "\(thin.logText)")
        #expect(
            try number(
                "SELECT count(*) FROM alarm.alarm WHERE cleared_at = to_timestamp($1::numeric / 1000) + make_interval(secs => \(Self.delaySeconds))",
                server, back) == 1)

        // one alarm, two transitions, told once each and in order
        #expect(try number("SELECT count(*) FROM alarm.transition", server) == 2)
        #expect(await eventually(within: .seconds(60)) { watcher.lastSeq == 2 })
        #expect(watcher.sequence == [1, 2])
    }

    static let pendingSQL = "SELECT count(*) FROM alarm.state WHERE to_timestamp($1::numeric / 1000) = ANY (since)"

    /// - Returns: the value's time, in Unix milliseconds.
    private func publish(_ value: Double, to broker: TestBroker) async throws -> Int {
        let time = Int(Date.now.timeIntervalSince1970 * 1000)
        let url = broker.url
        try await onThread {
            let publisher = try PublisherOnly(url: url).publisher
            try publisher.publish(
                topic: "factory/oven-1/temperature", payload: Array("{\"time\":\(time),\"value\":\(value)}".utf8))
            guard publisher.flush(timeout: .seconds(30)) else { throw HTTPCall.Failure.noAnswer }
            publisher.close()
        }
        return time
    }

    private func die(_ victim: Victim, _ thin: ThinProcess, _ server: PostgresServer) async throws {
        if victim != .database { thin.kill() }
        if victim != .thin {
            server.kill()
            try await onThread { try server.start() }
        }
    }

    private func live(_ victim: Victim, _ thin: ThinProcess) async throws {
        if victim != .database { try thin.start() }
        try #require(await thin.waitForHealth(within: .seconds(60)), "\(thin.logText)")
    }

    private func pending(since time: Int, _ server: PostgresServer) async throws -> Bool {
        try await count(1, Self.pendingSQL, server, time)
    }

    private func number(_ sql: String, _ server: PostgresServer, _ time: Int? = nil) throws -> Int {
        try Session(ConnectionConfiguration(url: server.url())).execute(
            sql, time.map { [.int8(Int64($0))] } ?? []
        ).one().int(0) ?? 0
    }

    private func count(_ wanted: Int, _ sql: String, _ server: PostgresServer, _ time: Int? = nil) async throws -> Bool
    {
        try await eventually(within: .seconds(60)) { try number(sql, server, time) == wanted }
    }
}

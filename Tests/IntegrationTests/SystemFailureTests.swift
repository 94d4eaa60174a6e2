import Foundation
import Postgres
import TestSupport
import Testing

@Suite(
    "System failures tell people", .enabled(if: TestEnvironment.hasPlant, "needs make test's servers and mosquitto"))
struct SystemFailureTests {
    private static func standing(_ condition: String) -> String {
        "SELECT count(*) FROM alarm.alarm WHERE active AND data ->> 'condition' = '\(condition)'"
    }

    @Test("The broker is gone: told within a minute, over a channel as well, and cleared when it is back")
    func broker() async throws {
        let plant = try await Plant()
        let receiver = try WebhookReceiver()
        try WebhookReceiver.allow(plant.database)
        try plant.database.session().script(
            """
            INSERT INTO relay.channel (name, kind, target) VALUES ('hook', 'webhook', '\(receiver.url)');
            INSERT INTO relay.route (name, channel_id, kinds) SELECT name, id, '{system}' FROM relay.channel WHERE name = 'hook';
            """)
        let reader = ThreadSafeSession(try plant.database.session())
        #expect(
            try await eventually {
                try reader.number("SELECT count(*) FROM ops.process_lane WHERE is_connected") == 2
            }, "\(plant.thin.logText)")
        #expect(try reader.number("SELECT count(*) FROM ops.process_volume WHERE free_bytes > 0") == 1)

        let gone = ContinuousClock.now
        plant.broker.kill()
        #expect(
            try await eventually(within: .seconds(180)) { try reader.number(Self.standing("broker_lost")) == 1 },
            "\(plant.thin.logText)")
        #expect(await eventually { receiver.received.contains { $0.body.contains("raised") } })
        let message = try #require(receiver.received.first?.body)
        #expect(message.contains("broker_lost:mqtt://127.0.0.1:\(plant.broker.port)"))
        // by the database's own clock, so that a slow machine does not count
        let waited = try reader.number(
            """
            SELECT extract(epoch FROM a.raised_at - min(l.since))::integer
            FROM alarm.alarm AS a, ops.process_lane AS l WHERE a.active AND a.data ->> 'condition' = 'broker_lost' GROUP BY a.id
            """)
        #expect((30...60).contains(waited) || ContinuousClock.now - gone > .seconds(90), "\(waited) s")
        let health = try HTTPCall.get("\(plant.thin.url)/health")
        #expect(health.body.contains("No connection to the broker mqtt://127.0.0.1:\(plant.broker.port)"))
        let metrics = try HTTPCall.get("http://127.0.0.1:\(plant.thin.metricsPort)/metrics")
        let failure = metrics.body.split(separator: "\n").first { $0.hasPrefix("millwright_system_failure{") }
        #expect(failure?.contains("condition=\"broker_lost\"") == true)

        try plant.broker.start()
        #expect(
            try await eventually(within: .seconds(120)) { try reader.number(Self.standing("broker_lost")) == 0 },
            "\(plant.thin.logText)")
        #expect(await eventually { receiver.received.contains { $0.body.contains("cleared") } })
    }

    @Test("A restart that nobody ordered is told; an orderly one is not")
    func restart() async throws {
        let plant = try await Plant()
        let reader = ThreadSafeSession(try plant.database.session())
        let runs = "SELECT count(*) FROM ops.process"
        #expect(try await eventually { try reader.number(runs) == 1 })
        plant.thin.terminate()
        #expect(try reader.number("SELECT count(*) FROM ops.process WHERE stopped_at IS NOT NULL") == 1)
        try plant.thin.start()
        #expect(try await eventually { try reader.number(runs) == 2 })
        // long enough for the first run to count, had it gone without a word
        try plant.database.session().execute(
            "UPDATE ops.process SET beat_at = beat_at - interval '1 minute' WHERE stopped_at IS NOT NULL")
        plant.thin.kill()
        try plant.thin.start()
        #expect(
            try await eventually(within: .seconds(120)) { try reader.number(Self.standing("thin_restarted")) == 1 },
            "\(plant.thin.logText)")
        #expect(
            try reader.number("SELECT value::integer FROM alarm.system_state WHERE condition = 'thin_restarted'") == 1)
    }

    @Test("A process that says nothing is told by another one")
    func silence() async throws {
        let plant = try await Plant()
        let other = try ThinProcess(
            databaseURL: plant.database.thinURL, mqttURL: plant.broker.url, instance: "other")
        #expect(await other.waitForHealth(), "\(other.logText)")
        let reader = ThreadSafeSession(try plant.database.session())
        #expect(try await eventually { try reader.number("SELECT count(*) FROM ops.live_processes()") == 2 })
        other.kill()
        #expect(
            try await eventually(within: .seconds(240)) {
                try reader.number(
                    "SELECT count(*) FROM alarm.alarm WHERE active AND code = 'thin_silent:other'") == 1
            }, "\(plant.thin.logText)")
        try other.start()
        #expect(
            try await eventually(within: .seconds(120)) { try reader.number(Self.standing("thin_silent")) == 0 },
            "\(other.logText)")
        other.terminate()
    }
}

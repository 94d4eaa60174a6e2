import Foundation
import Logging
import MQTT
import Postgres
import Synchronization
import TestSupport
import Testing

@Suite(
    "The sessions that thin has at the broker",
    .enabled(if: TestEnvironment.hasPlant, "needs make test's servers and mosquitto"))
struct BrokerSessionTests {
    private func lost(_ database: TestDatabase) throws -> Int {
        try database.number("SELECT jsonb_array_length(ops.health() -> 'lost_sessions')")
    }

    @Test("A session that the broker lost is told, until somebody acknowledges it; one that it kept is not")
    func loss() async throws {
        let plant = try await Plant()
        let losses = "SELECT sum(losses) FROM ingest.mqtt_session"
        let established = "SELECT count(established_at) FROM ingest.mqtt_session"
        #expect(try await eventually { try plant.database.number(established) > 0 })
        // a restart of either is no loss
        plant.thin.kill()
        try plant.thin.start()
        #expect(await plant.thin.waitForHealth())
        plant.thin.terminate()
        plant.broker.stop()
        try plant.broker.start()
        try plant.thin.start()
        #expect(await plant.thin.waitForHealth())
        #expect(try plant.database.number(losses) == 0 && lost(plant.database) == 0)
        // a broker without its memory is one
        plant.thin.terminate()
        plant.broker.stop()
        try FileManager.default.removeItem(at: plant.broker.folder.appendingPathComponent("mosquitto.db"))
        try plant.broker.start()
        try plant.thin.start()
        #expect(await plant.thin.waitForHealth())
        #expect(try await eventually { try lost(plant.database) > 0 })
        let health = try HTTPCall.get("\(plant.thin.url)/health")
        #expect(health.status == 200 && health.body.contains("\"status\":\"degraded\""))
        #expect(health.body.contains("The broker lost the session of it points"))
        try plant.database.session().execute(
            "SELECT alarm.acknowledge(id, 'kim') FROM alarm.alarm WHERE code LIKE 'mqtt\\_session\\_lost:%' AND active")
        #expect(try await eventually { try lost(plant.database) == 0 })
    }

    @Test("The client id cannot be guessed, stays, and nobody finds it in the log")
    func identifier() async throws {
        let plant = try await Plant()
        let first = "SELECT min(client_id) FROM ingest.mqtt_session WHERE lane = 'points'"
        let id = try #require(try plant.database.value(first))
        #expect(id.hasPrefix("thin-it-") && id.utf8.count >= "thin-it-".utf8.count + 32)
        let secret = String(id.suffix(32))
        plant.thin.kill()
        try plant.thin.start()
        #expect(await plant.thin.waitForHealth())
        #expect(try plant.database.value(first) == id)
        #expect(!plant.thin.logText.contains(secret))
    }

    @Test("After an upgrade what waits under the client id of the version before is stored, and that session ends")
    func former() async throws {
        let broker = try TestBroker()
        let database = try TestDatabase()
        try database.session().execute("UPDATE ops.setting SET value = 'true' WHERE name = 'ingest.former_session'")
        var quiet = Logger(label: "test")
        quiet.logLevel = .critical
        func version1(_ onSession: @escaping @Sendable (Bool) -> Void = { _ in }) -> Subscriber {
            Subscriber(
                configuration: MQTTConfiguration(url: broker.url, clientID: "thin-it"), filters: ["factory/+/+"],
                sharedGroup: nil, logger: quiet, onSession: onSession, commit: { _ in })
        }
        let before = version1()
        before.start()
        #expect(await eventually { before.status.connected })
        before.stop()
        let publisher = try PublisherOnly(url: broker.url).publisher
        try await onThread {
            for number in 0..<3000 {
                try publisher.publish(topic: "factory/oven-1/temperature", payload: Array("\(number)".utf8))
            }
            _ = publisher.flush(timeout: .seconds(30))
            publisher.close()
        }
        let thin = try ThinProcess(databaseURL: database.thinURL, mqttURL: broker.url)
        #expect(await thin.waitForHealth())
        let reader = ThreadSafeSession(try database.session())
        #expect(
            try await eventually(within: .seconds(60)) {
                try reader.number("SELECT count(*) FROM ingest.mqtt_session WHERE former_client_id IS NOT NULL") == 0
            }, "\(thin.logText)")
        #expect(try reader.number("SELECT count(*) FROM telemetry.reading") == 3000)
        let wasPresent = Mutex<Bool?>(nil)
        let after = version1 { present in wasPresent.withLock { $0 = present } }
        after.start()
        #expect(await eventually { wasPresent.withLock { $0 } == false })
        after.stop()
        _ = thin
    }
}

import Foundation
import Logging
import MQTT
import Postgres
import Synchronization
import TestSupport
import Testing

/// Points on one lane, inference on the other: what stops one does not stop the other.
@Suite("Lanes", .serialized, .enabled(if: TestEnvironment.hasPlant, "needs make test's servers and mosquitto"))
struct LaneTests {
    private static let patience = Duration.seconds(20)

    @Test("Points go on while features wait for a locked table, features while points do, and nothing is lost")
    func apart() async throws {
        let bundles = try BundleRoot()
        try bundles.install("single", "pump_1")
        let plant = try await Plant(more: bundles.environment)
        let session = ThreadSafeSession(try plant.database.session())
        let features = "{\"features\":\(try Examples("single").json(0))}"
        let stored = "SELECT count(*) FROM sensor_data WHERE sensor LIKE $1"
        let predicted = "SELECT count(*) FROM serve_ml_predictions"
        let locker = try plant.database.session()

        try locker.script("BEGIN; LOCK TABLE ml.serve_ml_predictions IN ACCESS EXCLUSIVE MODE")
        try await plant.publish([("serve-ml/pump_1/features", features)])
        let began = ContinuousClock.now
        for number in 0..<20 {
            try await plant.publish([("factory/m/with_features_\(number)", "1")])
        }
        #expect(
            try await eventually(within: Self.patience) {
                try session.number(stored, [.text("with_features_%")]) == 20
            }, "\(plant.thin.logText.suffix(2000))")
        print("points beside a locked table of predictions: \(ContinuousClock.now - began)")
        // longer than a lock is waited for: the lane says that it is stopped
        #expect(await plant.thin.waitForHealth(503, within: .seconds(60)))
        try locker.script("COMMIT")
        #expect(try await eventually(within: Self.patience) { try session.number(predicted) == 1 })
        #expect(await plant.thin.waitForHealth())

        try locker.script("BEGIN; LOCK TABLE telemetry.reading IN ACCESS EXCLUSIVE MODE")
        try await plant.publish([("factory/m/locked", "1"), ("serve-ml/pump_1/features", features)])
        #expect(try await eventually(within: Self.patience) { try session.number(predicted) == 2 })
        try locker.script("COMMIT")
        #expect(try await eventually(within: Self.patience) { try session.number(stored, [.text("locked")]) == 1 })
        #expect(try session.number("SELECT count(*) FROM ingest.quarantine") == 0)
        #expect(await plant.thin.waitForHealth())
    }

    @Test("What waits in the session of a version before the lanes is stored, and its old subscriptions end")
    func upgrade() async throws {
        let bundles = try BundleRoot()
        try bundles.install("single", "pump_1")
        let plant = try await Plant(more: bundles.environment)
        plant.thin.terminate()
        try plant.database.session().script(
            "DELETE FROM ingest.mqtt_session; UPDATE ops.setting SET value = 'true' WHERE name = 'ingest.former_session'"
        )
        // as that version had it: one session for everything, under a name that anybody could guess
        let old = Subscriber(
            configuration: MQTTConfiguration(url: plant.broker.url, clientID: "thin-it"),
            filters: ["factory/+/+", "serve-ml/+/features", "waveform/+/+"], sharedGroup: nil,
            logger: Logger(label: "it") { _ in SwiftLogNoOpLogHandler() }, commit: { _ in })
        old.start()
        #expect(await eventually { old.status.connected })
        await withCheckedContinuation { done in
            Thread.detachNewThread {
                old.stop()
                done.resume()
            }
        }
        let features = try Examples("single").json(0)
        func message(_ number: Int) -> (topic: String, payload: String) {
            let time = Int(Date.now.timeIntervalSince1970) - 600 + number
            return ("serve-ml/pump_1/features", "{\"time\":\(time),\"features\":\(features)}")
        }
        try await plant.publish((0..<10).map(message) + [("factory/m/waited", "1")])
        try plant.thin.start()
        #expect(await plant.thin.waitForHealth())
        let session = ThreadSafeSession(try plant.database.session())
        let predicted = "SELECT count(*) FROM serve_ml_predictions"
        #expect(
            try await eventually(within: Self.patience) {
                try session.number("SELECT count(*) FROM sensor_data WHERE sensor = 'waited'") == 1
                    && session.number(predicted) == 10
            }, "\(plant.thin.logText.suffix(2000))")
        // an old subscription that stayed would bring what carries no time twice
        #expect(await eventually { plant.thin.logText.contains("the session of the version before was emptied") })
        try await Task.sleep(for: .seconds(1))
        try await plant.publish((0..<5).map { _ in ("serve-ml/pump_1/features", "{\"features\":\(features)}") })
        #expect(try await eventually(within: Self.patience) { try session.number(predicted) == 15 })
        try await plant.publish([("factory/m/last", "1")])
        #expect(
            try await eventually(within: Self.patience) {
                try session.number("SELECT count(*) FROM sensor_data WHERE sensor = 'last'") == 1
            })
        #expect(try session.number(predicted) == 15)
    }

    @Test("A time-out never counts against a waveform: it is scored once the lock is gone")
    func timeOut() async throws {
        let bundles = try BundleRoot()
        try bundles.install("single", "pump_1")
        let plant = try await Plant(more: bundles.environment)
        let session = ThreadSafeSession(try plant.database.session())
        let locker = try plant.database.session()
        // every statement of thin's own connections ends with 57014 while the table is locked
        let role = try plant.database.value(
            """
            SELECT DISTINCT usename FROM pg_stat_activity
            WHERE application_name = 'thin' AND datname = current_database()
            """)
        try locker.script("ALTER ROLE \"\(role ?? "")\" SET statement_timeout = '300ms'")
        plant.thin.terminate()
        try plant.thin.start()
        #expect(await plant.thin.waitForHealth())
        try locker.script("BEGIN; LOCK TABLE ml.serve_ml_predictions IN ACCESS EXCLUSIVE MODE")
        let samples = (0..<64).map { "\(($0 * 7919) % 100)" }.joined(separator: ",")
        let now = Int(Date.now.timeIntervalSince1970)
        try await plant.publish(
            (0..<5).map {
                let axes = ["x", "y", "z"].map { "\"\($0)\":[\(samples)]" }.joined(separator: ",")
                return (
                    "waveform/pump_1/current", "{\"time\":\(now - $0),\"sample_rate_hz\":2000,\"axes\":{\(axes)}}"
                )
            })
        #expect(await eventually(within: Self.patience) { plant.thin.logText.contains("waveforms cannot be scored") })
        try await Task.sleep(for: .seconds(3))
        #expect(try session.number("SELECT count(*) FROM ml.waveform_features WHERE outcome = 'waiting'") == 5)
        try locker.script("COMMIT")
        #expect(
            try await eventually(within: Self.patience) {
                try session.number("SELECT count(*) FROM ml.waveform_features WHERE outcome = 'scored'") == 5
            }, "\(plant.thin.logText.suffix(2000))")
    }

    @Test("A notification whose wake-up nobody heard is delivered by the relay's own look")
    func ownLook() async throws {
        let receiver = try WebhookReceiver()
        let plant = try await Plant()
        try WebhookReceiver.allow(plant.database)
        let session = try plant.database.session()
        try session.script(
            """
            INSERT INTO relay.channel (name, kind, target) VALUES ('hook', 'webhook', 'http://127.0.0.1:\(receiver.port)/');
            INSERT INTO relay.route (name, channel_id) SELECT 'all', id FROM relay.channel WHERE name = 'hook';
            """)
        try await Task.sleep(for: .seconds(1))
        try session.script(
            """
            SET millwright.defer_notify = 'on';
            SELECT relay.publish('test', 'test', 'low', NULL, NULL, '{"message": "quiet"}');
            """)
        #expect(await eventually(within: Self.patience) { receiver.received.contains { $0.body.contains("quiet") } })
    }
}

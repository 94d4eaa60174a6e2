import Foundation
import MQTT
import Postgres
import TestSupport
import Testing

/// Whatever a stranger publishes, the next good message is stored.
@Suite("Hostile messages", .enabled(if: TestEnvironment.hasPlant, "needs make test's servers and mosquitto"))
struct HostileMessageTests {
    /// Promised are 5 s on a machine of its own; these run on any.
    static let patience = Duration.seconds(20)

    @Test("Each is followed by a good message that is stored at once, and each that is not stored has a row")
    func table() async throws {
        let bundles = try BundleRoot()
        try bundles.install("dual", "press_1")
        let plant = try await Plant(more: bundles.environment)
        let publisher = try plant.publisher()
        let session = ThreadSafeSession(try plant.database.session())
        var worst = (time: Duration.zero, name: "")
        for (number, message) in HostileMessage.table.enumerated() {
            let before = try session.number(Self.accountedFor)
            let began = ContinuousClock.now
            try await onThread {
                try publisher.publish(topic: message.topic, payload: message.payload)
                try publisher.publish(topic: "factory/good/g\(number)", payload: Array("1".utf8))
                try publisher.publish(
                    topic: "serve-ml/press_1/features", payload: Array(Self.goodFeatures(number).utf8))
                _ = publisher.flush(timeout: .seconds(30))
            }
            #expect(
                try await eventually(within: Self.patience) {
                    try session.number("SELECT count(*) FROM sensor_data WHERE sensor = 'g\(number)'") == 1
                        && session.number(
                            "SELECT count(*) FROM serve_ml_predictions WHERE features ->> 'number' = '\(number)'") == 1
                }, "after \(message.name): \(plant.thin.logText.suffix(1500))")
            #expect(
                try await eventually(within: Self.patience) { try session.number(Self.accountedFor) > before },
                "\(message.name) is neither stored nor in quarantine")
            let took = ContinuousClock.now - began
            if took > worst.time { worst = (took, message.name) }
        }
        publisher.close()
        print("hostile messages: \(HostileMessage.table.count), the slowest took \(worst.time): \(worst.name)")
        #expect(await plant.thin.waitForHealth())
        // what was not understood is there to be looked at
        #expect(try session.number("SELECT count(*) FROM ingest.quarantine WHERE length(topic) > 8000") == 4)
        #expect(try session.number("SELECT count(*) FROM ingest.quarantine") > HostileMessage.table.count / 2)
    }

    /// All that is not one of the good messages, wherever it went.
    private static let accountedFor = """
        SELECT (SELECT coalesce(sum(repeated), 0) FROM ingest.quarantine)
             + (SELECT count(*) FROM sensor_data WHERE device_id <> 'good')
             + (SELECT count(*) FROM serve_ml_predictions WHERE features ->> 'number' IS NULL)
             + (SELECT count(*) FROM ml.waveform_features)
             + (SELECT count(*) FROM ingest.backlog) + (SELECT count(*) FROM ingest.backlog_message)
        """

    static func goodFeatures(_ number: Int) -> String {
        let good = (try? Examples("dual").json(0)) ?? "{}"
        return "{\"features\":\(good.dropLast()),\"number\":\(number)}}"
    }

    @Test("A flood of bad messages holds up nobody")
    func flood() async throws {
        let plant = try await Plant()
        let publisher = try plant.publisher()
        let session = ThreadSafeSession(try plant.database.session())
        let (count, deep) = (5_000, 200)
        let began = ContinuousClock.now
        try await onThread {
            for number in 0..<count {
                try publisher.publish(
                    topic: "factory/f/v\(number % 10)", payload: Array("{\"value\":\"\\u0000\"}".utf8))
            }
            // these raise: nobody can look at them without going as deep
            for _ in 0..<deep {
                try publisher.publish(
                    topic: "factory/f/deep", payload: [UInt8](repeating: UInt8(ascii: "["), count: 20_000))
            }
            try publisher.publish(topic: "factory/good/after", payload: Array("1".utf8))
            _ = publisher.flush(timeout: .seconds(60))
            publisher.close()
        }
        #expect(
            try await eventually(within: .seconds(60)) {
                try session.number("SELECT count(*) FROM sensor_data WHERE sensor = 'after'") == 1
            }, "\(plant.thin.logText.suffix(1500))")
        print("a flood of \(count) messages that raise: \(ContinuousClock.now - began)")
        #expect(try session.number("SELECT sum(repeated)::bigint FROM ingest.quarantine") == count + deep)
        #expect(await plant.thin.waitForHealth())
    }

    @Test("Whatever is published at random, every good message is stored and every other has a row")
    func random() async throws {
        let seed =
            ProcessInfo.processInfo.environment["MILLWRIGHT_FUZZ_SEED"].flatMap { UInt64($0) }
            ?? UInt64.random(in: 0 ... .max)
        let count = ProcessInfo.processInfo.environment["MILLWRIGHT_FUZZ_COUNT"].flatMap { Int($0) } ?? 400
        print("hostile messages at random: seed \(seed), \(count) messages")
        let plant = try await Plant()
        let publisher = try plant.publisher()
        let good = try await onThread {
            var random = SplitMix(seed: seed)
            var good = 0
            for number in 0..<count {
                let message = RandomMessage.next(&random)
                try publisher.publish(topic: message.topic, payload: message.payload)
                if number % 10 == 9 {
                    try publisher.publish(topic: "factory/sane/s\(good)", payload: Array("1".utf8))
                    good += 1
                }
            }
            _ = publisher.flush(timeout: .seconds(60))
            publisher.close()
            return good
        }
        let session = ThreadSafeSession(try plant.database.session())
        #expect(
            try await eventually(within: .seconds(120)) {
                try session.number("SELECT count(*) FROM sensor_data WHERE device_id = 'sane'") == good
            }, "seed \(seed): \(plant.thin.logText.suffix(2000))")
        #expect(await plant.thin.waitForHealth(), "seed \(seed)")
        #expect(try session.number("SELECT count(*) FROM ingest.quarantine") > 0)
    }
}

import ArgumentParser
import Foundation
import Logging
import MQTT
import Synchronization
import TestSupport
import Testing

@testable import Simulator

@Suite("Replay")
struct ReplayTests {
    private static let text = """
        datetime;Volume Flow RateRMS;Current;anomaly
        2020-03-09 10:14:33;32.0;1.5;0.0
        2020-03-09 10:14:35;;bad;1.0
        2020-03-09 10:14:36;33.5;1.25;0.0
        """

    private func recording() throws -> Recording {
        try Recording(Array(Self.text.utf8), separator: 59, timeColumn: "datetime", excluded: ["anomaly"])
    }

    @Test("Columns, times and what is left out")
    func reads() throws {
        let recording = try recording()
        #expect(recording.columns == ["Volume Flow RateRMS", "Current"])
        #expect(recording.rows.count == 3)
        #expect(recording.omitted == 2)
        #expect(recording.rows[2].values == ["33.5", "1.25"])
        #expect(recording.rows[1].microseconds! - recording.rows[0].microseconds! == 2_000_000)
    }

    @Test("What is wrong is said with its line")
    func failures() {
        func message(_ text: String, time: String? = "t", exclude: [String] = []) -> String? {
            do {
                _ = try Recording(Array(text.utf8), separator: 44, timeColumn: time, excluded: exclude)
                return nil
            } catch { return "\(error)" }
        }
        #expect(message("t,a\n1,2\n") == nil)
        #expect(message("") == "the file has no header")
        #expect(message("t,a\n1,2\n", time: "x") == "there is no column \"x\"")
        #expect(message("t,a\n1,2\n", exclude: ["b"]) == "there is no column \"b\"")
        #expect(message("t,a\n1,2\n", exclude: ["a"]) == "no column is left to publish")
        #expect(message("t,a\n1,2\n3\n") == "line 3: 1 fields instead of 2")
        #expect(message("t,a\nsoon,2\n") == "line 2: \"soon\" is not a time")
    }

    @Test("Original times stay; now starts now, and without a limit ends now")
    func plan() throws {
        let recording = try recording()
        let start: Int64 = 1_800_000_000_000_000
        func stamps(_ speed: Double, _ stamp: ReplayPlan.Stamp) -> [Int64] {
            let plan = ReplayPlan(recording, speed: speed, stamp: stamp, start: start)
            return recording.rows.enumerated().map { plan.stamp($1, $0) - start }
        }
        #expect(stamps(10, .now) == [0, 200_000, 300_000])
        #expect(stamps(.infinity, .now) == [-3_000_000, -1_000_000, 0])
        #expect(stamps(.infinity, .original) == recording.rows.map { $0.microseconds! - start })
        let plan = ReplayPlan(recording, speed: 1000, stamp: .original, start: start)
        #expect(recording.rows.enumerated().map { plan.due($1, $0) } == [0, 2000, 3000])
        let timeless = try Recording(Array("a\n1\n2\n".utf8), separator: 44, timeColumn: nil, excluded: [])
        let other = ReplayPlan(timeless, speed: .infinity, stamp: .original, start: start)
        #expect(timeless.rows.enumerated().map { other.stamp($1, $0) - start } == [-1_000_000, 0])
    }

    @Test(
        "Wide rows and one topic a column, over a real broker",
        .enabled(if: TestBroker.isAvailable, "mosquitto is not installed"))
    func publishes() async throws {
        let broker = try TestBroker()
        let received = Mutex<[Message]>([])
        let subscriber = Subscriber(
            configuration: MQTTConfiguration(url: broker.url, clientID: "reader"), filters: ["factory/#"],
            sharedGroup: nil, logger: Logger(label: "test")
        ) { messages in received.withLock { $0 += messages } }
        subscriber.start()
        #expect(await eventually { subscriber.status.connected })
        let file = broker.folder.appendingPathComponent("valve1-0.csv")
        try Self.text.write(to: file, atomically: true, encoding: .utf8)
        let common = [
            file.path, "--mqtt", broker.url, "--separator", ";", "--time-column", "datetime", "--exclude", "anomaly",
            "--speed", "max", "--quiet",
        ]
        try await onThread {
            let wide = try ReplayCommand.parse(common)
            try wide.run()
            let narrow = try ReplayCommand.parse(common + ["--topic", "factory/{equipment}/{sensor}"])
            try narrow.run()
        }
        #expect(await eventually { received.withLock { $0.count } == 6 })
        subscriber.stop()
        let messages = received.withLock { $0 }
        // The second row has no number: it is no message.
        let wide = messages.filter { $0.topic == "factory/valve1-0" }
        #expect(
            wide.map { String(decoding: $0.payload, as: UTF8.self) } == [
                #"{"time":"2020-03-09T10:14:33.000000Z","values":{"Volume Flow RateRMS":32.0,"Current":1.5}}"#,
                #"{"time":"2020-03-09T10:14:36.000000Z","values":{"Volume Flow RateRMS":33.5,"Current":1.25}}"#,
            ])
        let flow = messages.filter { $0.topic == "factory/valve1-0/Volume Flow RateRMS" }
        #expect(
            flow.map { String(decoding: $0.payload, as: UTF8.self) }.first
                == #"{"time":"2020-03-09T10:14:33.000000Z","value":32.0}"#)
    }

    @Test("A run publishes its count, exactly", .enabled(if: TestBroker.isAvailable, "mosquitto is not installed"))
    func runs() async throws {
        let broker = try TestBroker()
        let received = Mutex<[String: Int]>([:])
        let subscriber = Subscriber(
            configuration: MQTTConfiguration(url: broker.url, clientID: "reader"),
            filters: ["unity/#", "factory/#", "serve-ml/#"], sharedGroup: nil, logger: Logger(label: "test")
        ) { messages in
            received.withLock { received in
                for message in messages {
                    received[message.topic.hasPrefix("serve-ml/") ? "features" : "readings", default: 0] += 1
                }
            }
        }
        subscriber.start()
        #expect(await eventually { subscriber.status.connected })
        try await onThread {
            let arguments = [
                "--mqtt", broker.url, "--rate", "3000", "--count", "3000", "--connections", "2", "--quiet",
                "--feature-interval", "1s", "--report", "json",
            ]
            let command = try RunCommand.parse(arguments)
            try command.run()
        }
        #expect(await eventually { received.withLock { $0["readings"] == 3000 && $0["features"] ?? 0 > 0 } })
        subscriber.stop()
    }
}

import Foundation
import Postgres
import TestSupport
import Testing

/// From stored points to the verdict and the remaining life that a bundle gives of them.
@Suite("Windows of stored data", .enabled(if: TestEnvironment.hasPlant, "needs make test's servers and mosquitto"))
struct WindowPathTests {
    /// Windows of a fixture with what numpy computed for them.
    private struct Windows {
        let features: [String]
        /// The first window: a list of values for each feature, oldest first.
        let window: [[Double]]
        let scores: [Double]
        let values: [Double]

        init(_ fixture: String) throws {
            let object = try BundleRoot.json("sequence/\(fixture).expected.json") as? [String: Any] ?? [:]
            features = object["features"] as? [String] ?? []
            window = (object["windows"] as? [[[Double]]])?.first ?? []
            scores = object["scores"] as? [Double] ?? []
            values = object["value"] as? [Double] ?? []
        }

        /// One message a minute, the last one in the minute that ends then.
        func messages(_ machine: String, until end: Int) -> [(topic: String, payload: String)] {
            (0..<(window.first?.count ?? 0)).map { step in
                let values = zip(features, window).map { "\"\($0)\":\($1[step])" }.joined(separator: ",")
                let time = end - 60 * ((window.first?.count ?? 0) - step) + 7
                return ("factory/\(machine)", "{\"time\":\(time),\"values\":{\(values)}}")
            }
        }
    }

    /// Lays a sequence fixture under a machine's name, with a window of minutes.
    static func install(_ fixture: String, _ machine: String, in root: BundleRoot, version: String = "v1") throws {
        try root.install("sequence/\(fixture)", machine, version)
        try root.edit(machine, version, "metadata.json") {
            $0.replacingOccurrences(
                of: "\"case\": \"A\"",
                with: "\"window\": {\"bucket\": \"1m\", \"max_fill\": 0}, \"unit\": \"d\", \"case\": \"A\"")
        }
    }

    @Test("Stored minutes become the verdict and the remaining life that numpy computes, and rul_below fires")
    func scored() async throws {
        let (press, pump) = (try Windows("window"), try Windows("regressor"))
        try #require(press.window.count == 3 && pump.window.count == 4)
        let bundles = try BundleRoot()
        let plant = try await Plant(more: bundles.environment)
        try plant.database.session().script(
            """
            INSERT INTO plant.equipment (id, name) VALUES ('pump_1', 'Pump');
            INSERT INTO alarm.rule (name, condition, low, severity, select_equipment) VALUES ('life', 'rul_below', 1000, 'high', '{pump_1}');
            """)
        let end = Int(Date.now.timeIntervalSince1970) / 60 * 60
        try await plant.publish(press.messages("press_1", until: end) + pump.messages("pump_1", until: end))
        #expect(try await plant.waitForPoints(30 * 7))
        try Self.install("window", "press_1", in: bundles)
        try Self.install("window", "press_1", in: bundles, version: "v2")
        try Self.install("regressor", "pump_1", in: bundles)
        let session = ThreadSafeSession(try plant.database.session())
        #expect(
            try await eventually(within: .seconds(90)) {
                try session.number("SELECT count(*) FROM ml.window_state") == 3
            },
            "\(plant.thin.logText.suffix(2000))")
        // a minute may have gone by since: the windows meant are those that end with the points
        try plant.database.session().script(
            """
            SELECT ml.set_alias('press_1', '11kW', 'champion', 'v1', 'test'), ml.set_alias('press_1', '11kW', 'challenger', 'v2', 'test');
            UPDATE ml.window_state SET done_to = to_timestamp(\(end)) - INTERVAL '1 minute', next_due = now();
            -- of before there were aliases; after the update, which waits for whoever scores just now
            DELETE FROM ml.serve_ml_predictions;
            """)
        #expect(
            try await eventually(within: .seconds(90)) {
                try session.number("SELECT count(*) FROM serve_ml_predictions WHERE time = to_timestamp(\(end))") == 3
            }, "\(plant.thin.logText.suffix(3000))")
        let found = try plant.database.session().execute(
            """
            SELECT equipment_id, stage, source, scores ->> 'wear', value, jsonb_array_length(features -> 's0')
            FROM ml.serve_ml_predictions WHERE time = to_timestamp(\(end)) ORDER BY equipment_id, stage
            """)
        let score = try #require(press.scores.first)
        for (row, stage) in zip(found, ["challenger", "champion"]) {
            #expect(
                row.string(0) == "press_1" && row.string(1) == stage && row.string(2) == "window" && row.int(5) == 30)
            let given = Double(row.string(3) ?? "") ?? .nan
            #expect(abs(given - score) <= 1e-3 * score, "\(given), numpy \(score)")
        }
        let value = try #require(pump.values.first)
        let given = try #require(found.last?.double(4))
        #expect(
            found.last?.string(0) == "pump_1" && abs(given - value) <= 1e-3 * abs(value), "\(given), numpy \(value)")
        // days, as its metadata says, in hours
        let hours = try plant.database.value(
            "SELECT round((rul_hours / 24 / \(given))::numeric, 9) || method FROM report.current_life WHERE equipment_id = 'pump_1'"
        )
        #expect(hours == "1.000000000bundle")
        #expect(
            try plant.database.value("SELECT data ->> 'method' FROM alarm.alarm WHERE equipment_id = 'pump_1'")
                == "bundle")
        #expect(
            try HTTPCall.get("http://127.0.0.1:\(plant.thin.metricsPort)/metrics").body
                .contains("thin_windows_total{outcome=\"scored\"} "))
    }

    @Test("Stored currents and vibrations tick RUL-lite, with thresholds from the file, and rul_below fires")
    func rulLite() async throws {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("calib-\(UUID().uuidString).json")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data(
            "{\"fan_1::4kW\": {\"cur_mag_thr\": 10, \"vibe_thr\": 2}, \"fan_2::4kW\": {\"vibe_thr\": \"2\"}}".utf8
        ).write(to: file)
        let plant = try await Plant(more: ["RUL_CALIB_PATH": file.path])
        let session = ThreadSafeSession(try plant.database.session())
        #expect(
            try await eventually(within: .seconds(60)) {
                try session.number("SELECT count(*) FROM ml.rul_lite_threshold WHERE source = 'file'") == 1
            }, "\(plant.thin.logText.suffix(2000))")
        #expect(plant.thin.logText.contains("vibe_thr is not a number above 0"))
        try plant.database.session().script(
            """
            INSERT INTO plant.equipment (id, name) VALUES ('fan_1', 'Fan');
            INSERT INTO alarm.rule (name, condition, low, severity, select_equipment) VALUES ('life', 'rul_below', 19998, 'high', '{fan_1}');
            """)
        var messages: [(topic: String, payload: String)] = []
        let start = Int(Date.now.timeIntervalSince1970 * 1000)
        for tick in 0..<10 {
            let time = start + tick * 100
            messages.append(
                ("unity/sensors/fan_1/vibration", "{\"device\":\"fan_1\",\"timestamp\":\(time),\"vibe\":1.5}"))
            messages.append(
                ("unity/sensors/fan_1/data", "{\"device\":\"fan_1\",\"timestamp\":\(time),\"x\":12,\"y\":3,\"z\":4}"))
        }
        try await plant.publish(messages)
        // magnitude 13 against 10: from the second on each tick takes a whole unit
        #expect(
            try await eventually(within: .seconds(90)) {
                try session.number(
                    "SELECT coalesce((SELECT units FROM ml.rul_lite_state WHERE equipment_id = 'fan_1' AND power = '4kW'), 0)"
                ) == 19991
            }, "\(plant.thin.logText.suffix(2000))")
        #expect(try plant.database.value("SELECT ticks FROM ml.rul_lite_feed WHERE equipment_id = 'fan_1'") == "10")
        let token = try await plant.token(role: "viewer")
        let debug = try HTTPCall.get("\(plant.thin.url)/api/v1/rul/debug?equipment_id=fan_1", token: token)
        let state = try #require((debug.object["states"] as? [[String: Any]])?.first, "\(debug.body)")
        #expect(state["power"] as? String == "4kW" && state["alarm"] as? Int == 1 && state["x"] as? Double == 12)
        #expect((state["thresholds"] as? [String: Any])?["source"] as? String == "file")
        #expect(try HTTPCall.get("\(plant.thin.url)/api/v1/rul/debug?size=0", token: token).status == 422)
        #expect(try HTTPCall.get("\(plant.thin.url)/api/v1/rul/debug?equipment_id=none", token: token).status == 404)
        // an estimate is stored when the alarm changes and each minute
        try plant.database.session().script(
            "UPDATE ops.setting SET value = '\"0 seconds\"' WHERE name = 'ml.rul_lite_every'")
        try await plant.publish([
            (
                "unity/sensors/fan_1/data",
                "{\"device\":\"fan_1\",\"timestamp\":\(start + 1100),\"x\":12,\"y\":3,\"z\":4}"
            )
        ])
        #expect(
            try await eventually(within: .seconds(60)) {
                try session.number(
                    "SELECT count(*) FROM alarm.alarm WHERE equipment_id = 'fan_1' AND data ->> 'method' = 'rul_lite'")
                    == 1
            })
    }
}

/// Nothing is scored twice and nothing lost, whoever dies.
@Suite(
    "kill -9 in scoring", .serialized,
    .enabled(if: TestEnvironment.canKillDatabases, "needs make test's servers, mosquitto and PostgreSQL's programs"))
struct WindowCrashTests {
    private static let machines = 6
    private static let windows = 240

    @Test("Each window once, none lost: two processes, which are killed, and so is the database")
    func killed() async throws {
        let server = try PostgresServer()
        let broker = try TestBroker()
        let bundles = try BundleRoot()
        for machine in 0..<Self.machines {
            // autoencoders and regressors
            try WindowPathTests.install(machine % 2 == 0 ? "window" : "regressor", "m\(machine)", in: bundles)
        }
        let admin = try Session(ConnectionConfiguration(url: server.url()))
        // minutes of the last hours, and half an hour before them
        try admin.script(
            """
            INSERT INTO ops.setting (name, value, description) SELECT 'test.end', to_jsonb(date_trunc('minute', now())), 'test';
            SELECT ingest.store_points(array_agg(m), array_agg(s), array_agg(NULL::text), array_agg(NULL::text), array_agg(t ORDER BY t), array_agg(v ORDER BY t))
            FROM (SELECT 'm' || m AS m, 's' || s AS s, date_trunc('minute', now()) - i * INTERVAL '1 minute' + INTERVAL '3 seconds' AS t, 10 + sin(i * (m + 1) + s) AS v
                  FROM generate_series(0, \(Self.machines - 1)) AS m, generate_series(0, 3) AS s, generate_series(1, \(Self.windows + 40)) AS i) AS p
            GROUP BY m, s;
            """)
        let first = try ThinProcess(
            databaseURL: server.url(user: "thin"), mqttURL: broker.url, instance: "one", more: bundles.environment)
        let second = try ThinProcess(
            databaseURL: server.url(user: "thin"), mqttURL: broker.url, instance: "two", more: bundles.environment)
        try #require(await first.waitForHealth(), "\(first.logText)")
        try #require(await second.waitForHealth(), "\(second.logText)")
        let session = ThreadSafeSession(admin)
        #expect(
            try await eventually(within: .seconds(60)) {
                try session.number("SELECT count(*) FROM ml.window_state WHERE done_to IS NOT NULL") == Self.machines
            }, "\(first.logText.suffix(2000))")
        try admin.script(
            """
            BEGIN;
            UPDATE ml.window_state SET done_to = (SELECT (value #>> '{}')::timestamptz FROM ops.setting WHERE name = 'test.end') - INTERVAL '\(Self.windows) minutes', next_due = now();
            DELETE FROM ml.window_outcome;
            DELETE FROM ml.serve_ml_predictions;
            COMMIT;
            """)
        for round in 0..<6 {
            try await Task.sleep(for: .milliseconds(150 + 130 * round))
            switch round % 3 {
            case 0:
                first.kill()
                try first.start()
            case 1:
                second.kill()
                try second.start()
            default:
                server.kill()
                try await Task.sleep(for: .milliseconds(300))
                try await onThread { try server.start() }
            }
        }
        let after = try Session(ConnectionConfiguration(url: server.url()))
        let counted = ThreadSafeSession(after)
        let end = "(SELECT (value #>> '{}')::timestamptz FROM ops.setting WHERE name = 'test.end')"
        #expect(
            try await eventually(within: .seconds(120)) {
                try counted.number("SELECT count(*) FROM ml.window_state WHERE done_to >= \(end)") == Self.machines
            }, "\(first.logText.suffix(3000))")
        let wanted = Self.machines * Self.windows
        #expect(try counted.number("SELECT count(*) FROM ml.serve_ml_predictions WHERE time <= \(end)") == wanted)
        #expect(
            try counted.number(
                """
                SELECT count(*) FROM (SELECT equipment_id FROM ml.serve_ml_predictions WHERE time <= \(end) GROUP BY 1
                    HAVING count(DISTINCT time) = \(Self.windows) AND max(time) - min(time) = INTERVAL '\(Self.windows - 1) minutes') AS g
                """) == Self.machines)
        // what is counted as scored is what is stored: none was decided a second time
        #expect(
            try counted.number("SELECT sum(windows) FROM ml.window_outcome WHERE outcome = 'scored'")
                == counted.number("SELECT count(*) FROM ml.serve_ml_predictions"))
        #expect(
            try counted.number("SELECT count(*) FROM ml.window_outcome WHERE outcome IN ('refused', 'skipped')") == 0)
        print("kill -9 in scoring: \(wanted) windows")
    }
}

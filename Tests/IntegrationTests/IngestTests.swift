import Foundation
import MQTT
import Postgres
import TestSupport
import Testing

@Suite("Ingest over MQTT", .enabled(if: TestEnvironment.hasPlant, "needs make test's servers and mosquitto"))
struct IngestTests {
    @Test("Every payload of API.md is stored under its equipment and sensor")
    func payloads() async throws {
        let plant = try await Plant()
        let now = Int(Date.now.timeIntervalSince1970)
        try await plant.publish([
            ("unity/sensors/press-01/data", "{\"device\":\"d\",\"timestamp\":\(now),\"x\":1.5,\"y\":2.5,\"z\":3.5}"),
            ("unity/sensors/press-01/vibration", "{\"device\":\"d\",\"timestamp\":\(now)123,\"vibe\":0.25}"),
            (
                "factory/pump-02/temperature",
                "{\"time\":\(now),\"value\":71.25,\"unit\":\"Cel\",\"quality\":\"uncertain\"}"
            ),
            ("factory/pump-02/pressure", "[{\"time\":\(now),\"value\":1},{\"time\":\(now + 1),\"value\":2}]"),
            ("factory/pump-02/level", "42"),
            ("factory/pump-02", "{\"time\":\(now),\"values\":{\"Volume Flow RateRMS\":32.0,\"rpm\":1480}}"),
        ])
        #expect(try await plant.waitForPoints(10))
        let rows = try plant.database.session().execute(
            "SELECT device_id, sensor, sensor_type, value, unit, quality FROM sensor_data ORDER BY device_id, sensor, time"
        )
        let found = rows.map { row in
            [row.string(0), row.string(1), row.string(2), row.string(3), row.string(4) ?? "-", row.string(5)]
                .compactMap(\.self)
                .joined(separator: " ")
        }
        #expect(
            found == [
                "press-01 current_x current 1.5 A 0", "press-01 current_y current 2.5 A 0",
                "press-01 current_z current 3.5 A 0",
                "press-01 vibration vibration 0.25 mm/s 0", "pump-02 Volume Flow RateRMS Volume Flow RateRMS 32 - 0",
                "pump-02 level level 42 - 0", "pump-02 pressure pressure 1 - 0", "pump-02 pressure pressure 2 - 0",
                "pump-02 rpm rpm 1480 - 0", "pump-02 temperature temperature 71.25 Cel 1",
            ])
        #expect(
            try plant.database.value("SELECT string_agg(id || ' ' || status, ',' ORDER BY id) FROM plant.equipment")
                == "press-01 discovered,pump-02 discovered")
    }

    @Test("Bad input of every kind ends in quarantine with its reason, and the good beside it is stored")
    func quarantine() async throws {
        let plant = try await Plant()
        let publisher = try plant.publisher()
        let now = Int(Date.now.timeIntervalSince1970)
        let bad: [(String, [UInt8], String)] = [
            ("factory/p/a", Array("{\"value\":".utf8), "malformed_json"),
            ("factory/p/b", Array("nonsense".utf8), "malformed_json"),
            ("factory/p/c", Array("{\"value\":\"abc\"}".utf8), "not_a_number"),
            ("factory/p/d", Array("{\"value\":NaN}".utf8), "malformed_json"),
            ("factory/p/e", Array("{\"value\":\"NaN\"}".utf8), "non_finite"),
            ("factory/p/f", Array("{\"value\":1e999}".utf8), "not_a_number"),
            ("factory/p/g", Array("{\"time\":\"yesterday\",\"value\":1}".utf8), "bad_timestamp"),
            ("factory/p/h", Array("{\"time\":\(now + 86400),\"value\":1}".utf8), "future_timestamp"),
            ("factory/p/i", Array("{\"time\":\"1970-01-01T00:00:00Z\",\"value\":1}".utf8), "ancient_timestamp"),
            ("factory/p/j", [0xFF, 0xFE, 0x00], "not_utf8"),
            ("factory/p/k", [], "malformed_json"),
            ("factory/p/l", Array("[]".utf8), "empty_message"),
            ("factory/p/m", Array("{\"value\":null}".utf8), "missing_value"),
            ("factory/p/n", Array("null".utf8), "not_a_number"),
            ("factory/p/r", Array("{\"value\":1e200}".utf8), "implausible_value"),
            ("factory/p/s", Array("-1.3e216".utf8), "implausible_value"),
            ("factory/p/t", Array("[{\"value\":3.4e38}]".utf8), "implausible_value"),
            ("factory/p", Array("{\"values\":{\"u\":1.7976931348623157e308}}".utf8), "implausible_value"),
            ("factory/bad name/o", Array("1".utf8), "unknown_sensor"),
            ("unity/sensors/p/data", Array("{\"x\":1,\"y\":2}".utf8), "missing_value"),
            ("serve-ml/p/features", Array("{\"features\":[]}".utf8), "wrong_type"),
            ("serve-ml/p/features", Array("{\"features\":{\"vib_rms\":1}}".utf8), "unknown_equipment"),
            // deeper than the server's stack: the batch is cut until this message is alone
            ("factory/p/q", Array(repeating: UInt8(ascii: "["), count: 200_000), "decoder_failed"),
        ]
        try await onThread {
            for (topic, payload, _) in bad { try publisher.publish(topic: topic, payload: payload) }
            try publisher.publish(topic: "factory/p/good", payload: Array("7".utf8))
            _ = publisher.flush()
            publisher.close()
        }
        let session = ThreadSafeSession(try plant.database.session())
        #expect(
            try await eventually(within: .seconds(30)) {
                try session.number("SELECT count(*) FROM ingest.quarantine") >= bad.count
                    && session.number("SELECT count(*) FROM sensor_data WHERE sensor = 'good'") == 1
            })
        let rows = try plant.database.session().execute("SELECT topic, reason FROM ingest.quarantine")
        let found = rows.map { "\($0.string(0)!) \($0.string(1)!)" }.sorted()
        #expect(found == bad.map { "\($0.0) \($0.2)" }.sorted())
        // x and y were good
        #expect(
            try plant.database.number("SELECT count(*) FROM sensor_data WHERE sensor IN ('current_x', 'current_y')")
                == 2)
    }

    @Test("A decoder that raises loses nothing: its messages are quarantined one by one, the rest is stored")
    func raisingDecoder() async throws {
        let plant = try await Plant()
        try plant.database.session().script(
            """
            CREATE FUNCTION ingest.decode_broken(ordinal integer[], equipment text[], sensor text[], payload text[], received_at timestamptz[])
                RETURNS SETOF ingest.point LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
            AS $$ SELECT u.o, u.e, 'v', 'v', NULL::text, now(), 1 / u.p::integer, 0::smallint, false, NULL::text, NULL::text
                  FROM unnest(ordinal, equipment, payload) AS u (o, e, p) $$;
            INSERT INTO ingest.topic_decoder (topic_filter, decoder, priority, description)
            VALUES ('custom/{equipment}', 'ingest.decode_broken', 5, 'divides');
            """)
        // thin hears of the new filter by itself
        let session = ThreadSafeSession(try plant.database.session())
        #expect(await eventually { plant.thin.logText.contains("custom/+") })
        #expect(await plant.thin.waitForHealth())
        try await plant.publish(
            (0..<50).map { ("custom/m\($0)", $0 == 17 ? "0" : "\($0 + 1)") }
                + (0..<50).map { ("factory/n\($0)/v", "1") })
        #expect(
            try await eventually(within: .seconds(30)) {
                try session.number("SELECT count(*) FROM telemetry.reading") == 99
                    && session.number("SELECT count(*) FROM ingest.quarantine") == 1
            })
        #expect(
            try plant.database.value("SELECT topic || ' ' || reason || ' ' || left(detail, 5) FROM ingest.quarantine")
                == "custom/m17 decoder_failed 22012")
        // mended and replayed
        try plant.database.session().script(
            """
            CREATE OR REPLACE FUNCTION ingest.decode_broken(ordinal integer[], equipment text[], sensor text[], payload text[], received_at timestamptz[])
                RETURNS SETOF ingest.point LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
            AS $$ SELECT u.o, u.e, 'v', 'v', NULL::text, now(), 0::float8, 0::smallint, false, NULL::text, NULL::text
                  FROM unnest(ordinal, equipment, payload) AS u (o, e, p) $$
            """)
        #expect(try plant.database.value("SELECT stored || ' ' || quarantined FROM ingest.replay('custom/%')") == "1 0")
        #expect(try plant.database.value("SELECT status FROM ingest.quarantine") == "replayed")
    }

    @Test(
        "A recording replayed twice is stored once, and the minute aggregate agrees with a plain GROUP BY to the last row",
        .enabled(
            if: TestEnvironment.recordings != nil && TestEnvironment.simulator != nil,
            "needs ../shared/data and the simulator"))
    func recording() async throws {
        let plant = try await Plant()
        let file = TestEnvironment.recordings!.appendingPathComponent("skab/valve1/0.csv")
        let rows = try String(contentsOf: file, encoding: .utf8).split(whereSeparator: \.isNewline).count - 1
        for _ in 0..<2 {
            try await onThread {
                try PostgresServer.run(
                    TestEnvironment.simulator!,
                    [
                        "replay", file.path, "--topic", "factory/{equipment}", "--equipment", "valve1-0", "--speed",
                        "max",
                        "--time-column", "datetime", "--separator", ";", "--exclude", "anomaly,changepoint", "--time",
                        "original",
                        "--mqtt", plant.broker.url, "--quiet",
                    ])
            }
            #expect(try await plant.waitForPoints(rows * 8))
        }
        // the second replay has arrived when a point published after it has
        try await plant.publish([("factory/end/marker", "1")])
        #expect(try await plant.waitForPoints(rows * 8 + 1))
        #expect(try plant.database.number("SELECT count(*) FROM sensor_data WHERE device_id = 'valve1-0'") == rows * 8)
        #expect(try plant.database.number("SELECT count(*) FROM plant.sensor WHERE equipment_id = 'valve1-0'") == 8)
        let session = try plant.database.session()
        for aggregate in [("reading_1m", "1 minute"), ("reading_1h", "1 hour")] {
            let difference = """
                WITH plain AS (
                    SELECT time_bucket(INTERVAL '\(aggregate.1)', time) AS bucket, sensor_id, count(*) AS count, min(value) AS min,
                           max(value) AS max, first(value, time) AS first, last(value, time) AS last
                    FROM telemetry.reading GROUP BY 1, 2
                ), kept AS (SELECT bucket, sensor_id, count, min, max, first, last FROM rollup.\(aggregate.0))
                SELECT (SELECT count(*) FROM (TABLE plain EXCEPT TABLE kept) AS a) + (SELECT count(*) FROM (TABLE kept EXCEPT TABLE plain) AS b)
                """
            #expect(try session.execute(difference).one().int(0) == 0)
            try session.execute("SET search_path = compat, public")
            // it commits in between: a call of its own, in no transaction
            try session.execute(
                Statement("CALL refresh_continuous_aggregate('rollup.\(aggregate.0)', NULL, NULL)", prepared: false))
            #expect(try session.execute(difference).one().int(0) == 0)
        }
    }
}

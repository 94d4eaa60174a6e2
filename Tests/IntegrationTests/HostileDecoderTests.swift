import Foundation
import MQTT
import Postgres
import TestSupport
import Testing

/// Whatever a plant's own decoder does, the next good message is stored.
@Suite("Hostile decoders", .enabled(if: TestEnvironment.hasPlant, "needs make test's servers and mosquitto"))
struct HostileDecoderTests {
    /// Bodies of decoders, and the reason that their messages' rows must show (nil: any).
    private static let all: [(name: String, body: String, reason: String?)] = {
        let states = [
            "42501", "42P01", "54000", "22012", "XX000", "XX001", "P0001", "MW999", "53200", "53100", "40001", "40P01",
            "55P03", "57014", "57P01", "08006", "25006", "58030", "0A000", "F0000", "28000",
        ]
        let raising: [(String, String, String?)] = states.map {
            ("raises \($0)", "BEGIN RAISE EXCEPTION USING ERRCODE = '\($0)', MESSAGE = 'no'; END", "decoder_")
        }
        let rest: [(String, String, String?)] = [
            (
                "recurses for ever",
                "BEGIN RETURN QUERY SELECT * FROM ingest.decode_SELF(ordinal, equipment, sensor, payload, received_at); END",
                "decoder_failed"
            ),
            ("answers for nobody", returning(ordinal: "NULL::integer", error: "'bad'::text"), "decoder_failed"),
            ("answers for others", returning(ordinal: "u.o + 1000", error: "'bad'::text"), "decoder_failed"),
            ("answers nothing but NULL", "BEGIN RETURN QUERY SELECT (NULL::ingest.point).*; END", "decoder_failed"),
            ("has no time", returning(time: "NULL::timestamptz"), nil),
            ("has no value", returning(value: "NULL::float8"), nil),
            ("has no quality", returning(quality: "NULL::smallint"), nil),
            ("gives a long reason", returning(error: "repeat('r', 100000)"), nil),
            ("gives a long type", returning(type: "repeat('t', 100000)"), nil),
            ("gives no type", returning(type: "''::text"), nil),
            ("gives a long unit", returning(unit: "repeat('u', 100000)"), nil),
            ("has a wrong row type", "BEGIN RETURN QUERY SELECT 1, 2; END", "decoder_failed"),
            ("makes millions of rows", returning(more: ", generate_series(1, 3000000)"), "decoder_"),
            ("hangs", "BEGIN PERFORM pg_sleep(1000000); END", "decoder_timeout"),
            ("loops", "BEGIN LOOP END LOOP; END", "decoder_timeout"),
            (
                "will not be cancelled",
                "BEGIN LOOP BEGIN PERFORM pg_sleep(1000000); EXCEPTION WHEN query_canceled THEN NULL; END; END LOOP; END",
                "decoder_timeout"
            ),
        ]
        return raising + rest
    }()

    /// A body that answers each message with one point, as given.
    private static func returning(
        ordinal: String = "u.o", type: String = "'v'", unit: String = "NULL::text", time: String = "now()",
        value: String = "1::float8", quality: String = "0::smallint", error: String = "NULL::text", more: String = ""
    ) -> String {
        "BEGIN RETURN QUERY SELECT \(ordinal), u.e, 'v', \(type), \(unit), \(time), \(value), \(quality), false, \(error), NULL::text"
            + " FROM unnest(ordinal, equipment) AS u (o, e)\(more); END"
    }

    @Test("A decoder of any kind of brokenness loses its own messages to the quarantine and nobody else's")
    func brokenDecoders() async throws {
        let plant = try await Plant()
        let session = ThreadSafeSession(try plant.database.session())
        let admin = try plant.database.session()
        try admin.script(
            """
            UPDATE ops.setting SET value = '"2 seconds"' WHERE name IN ('ingest.batch_timeout', 'ingest.decoder_timeout');
            """)
        for (number, decoder) in Self.all.enumerated() {
            try admin.script(
                """
                CREATE FUNCTION ingest.decode_\(number)(
                    ordinal integer[], equipment text[], sensor text[], payload text[], received_at timestamptz[])
                    RETURNS SETOF ingest.point LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
                    AS $body$ \(decoder.body.replacingOccurrences(of: "decode_SELF", with: "decode_\(number)")) $body$;
                INSERT INTO ingest.topic_decoder (topic_filter, decoder, priority, description)
                VALUES ('bad\(number)/{equipment}', 'ingest.decode_\(number)', 5, '\(decoder.name)');
                """)
        }
        // the settings of a session are read when it begins
        plant.thin.terminate()
        try plant.thin.start()
        #expect(await plant.thin.waitForHealth())
        #expect(await eventually { plant.thin.logText.contains("bad\(Self.all.count - 1)/+") })
        let publisher = try plant.publisher()
        for (number, decoder) in Self.all.enumerated() {
            try await onThread {
                try publisher.publish(topic: "factory/good/before\(number)", payload: Array("1".utf8))
                for machine in 0..<3 {
                    try publisher.publish(topic: "bad\(number)/m\(machine)", payload: Array("1".utf8))
                }
                try publisher.publish(topic: "factory/good/after\(number)", payload: Array("1".utf8))
                _ = publisher.flush(timeout: .seconds(30))
            }
            let began = ContinuousClock.now
            #expect(
                try await eventually(within: .seconds(60)) {
                    try session.number(
                        "SELECT count(*) FROM sensor_data WHERE sensor IN ('before\(number)', 'after\(number)')") == 2
                }, "a decoder that \(decoder.name): \(plant.thin.logText.suffix(1500))")
            print("a decoder that \(decoder.name): \(ContinuousClock.now - began)")
            let rows = try admin.execute(
                """
                SELECT string_agg(DISTINCT reason, ' '), sum(repeated), min(detail)
                FROM ingest.quarantine WHERE topic LIKE 'bad\(number)/%'
                """)
            if let reason = decoder.reason {
                let row = try rows.one()
                let found = row.string(0) ?? "nothing"
                #expect(found.contains(reason), "\(decoder.name): \(found) \(row.string(2) ?? "")")
                // at least once: a batch that was cut off is tried again
                #expect(try #require(row.int(1)) >= 3, "\(decoder.name)")
            }
        }
        #expect(await plant.thin.waitForHealth())
        publisher.close()
    }
}

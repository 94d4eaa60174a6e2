import Foundation
import Postgres
import TestSupport
import Testing

@Suite("Any finite number", .enabled(if: TestEnvironment.hasPlant, "needs make test's servers and mosquitto"))
struct NumbersTests {
    /// Any bits that make a finite double: every magnitude is as likely as every other.
    private static func anyDoubles(_ count: Int) -> [Double] {
        var values: [Double] = []
        while values.count < count {
            let value = Double(bitPattern: UInt64.random(in: 0...UInt64.max))
            if value.isFinite { values.append(value) }
        }
        return values + [
            0, -0.0, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 3.4e38, -9999, 1e154, 1.5e-162, 1e30,
        ]
    }

    @Test("Doubles of every magnitude are stored or refused by name, and every answer about them is given")
    func everyMagnitude() async throws {
        let plant = try await Plant()
        let now = Date.now.timeIntervalSince1970
        let values = Self.anyDoubles(300)
        let plausible = values.filter { abs($0) <= 1e30 }
        try await plant.publish(
            values.enumerated().map { index, value in
                ("factory/n/s\(index % 3)", "{\"time\":\(now - Double(index)),\"value\":\(value)}")
            })
        let session = ThreadSafeSession(try plant.database.session())
        let settled = try await eventually(within: .seconds(30)) {
            try session.number("SELECT count(*) FROM telemetry.reading") == plausible.count
                && session.number(
                    "SELECT sum(repeated) FROM ingest.quarantine WHERE reason = 'implausible_value'")
                    == values.count - plausible.count
        }
        #expect(settled, "\(values)")

        let token = try await plant.token()
        let points = plausible.prefix(100).enumerated().map { index, value in
            "{\"device_id\":\"n\",\"sensor_type\":\"t\",\"sensor\":\"h\",\"value\":\(value),\"time\":\"\(Self.time(now - Double(index)))\"}"
        }
        let url = plant.thin.url
        let stored = try HTTPCall.post("\(url)/api/v1/sensors/data", "[\(points.joined(separator: ","))]", token: token)
        #expect(stored.status == 200 && stored.object["stored"] as? Int == points.count, "\(stored)")
        let refused = try HTTPCall.post(
            "\(url)/api/v1/sensors/data",
            "[\(points[0]),{\"device_id\":\"n\",\"sensor_type\":\"t\",\"value\":-1.3e216}]", token: token)
        let errors = refused.object["errors"] as? [[String: String]]
        #expect(refused.status == 422 && errors?.first?["field"] == "[1].value", "\(refused)")

        let start = Self.time(now - 3600)
        for bucket in ["raw", "1m", "1h", "1d"] {
            let answer = try HTTPCall.get(
                "\(url)/api/v1/sensors/data/n?bucket=\(bucket)&start=\(start)", token: token)
            #expect(answer.status == 200 && answer.object["total"] as? Int ?? 0 > 0, "\(bucket): \(answer)")
        }
        for path in ["sensors/data/n/latest", "equipment/n/with-sensors", "quarantine", "alerts/kpis"] {
            #expect(try HTTPCall.get("\(url)/api/v1/\(path)", token: token).status == 200, "\(path)")
        }
        #expect(try HTTPCall.get("\(url)/health").status == 200)
    }

    @Test("What is stored and cannot be computed is not the client's fault, and a job that fails is not ok")
    func ours() async throws {
        let plant = try await Plant()
        let session = try plant.database.session()
        try session.script(
            """
            INSERT INTO plant.equipment (id, name) VALUES ('m', 'm'), ('good', 'good');
            INSERT INTO plant.sensor (equipment_id, name) VALUES ('m', 's'), ('good', 's');
            ALTER TABLE telemetry.reading DROP CONSTRAINT reading_value_check;
            INSERT INTO telemetry.reading (time, value, sensor_id)
            SELECT now() - INTERVAL '10 minutes', CASE equipment_id WHEN 'm' THEN 1e200 ELSE 1 END, id FROM plant.sensor;
            """)
        let token = try await plant.token()
        let url = plant.thin.url
        let bad = try HTTPCall.get("\(url)/api/v1/sensors/data/m?bucket=1m", token: token)
        #expect(bad.status == 500 && bad.object["code"] as? String == "MW520", "\(bad)")
        let mistyped = try HTTPCall.get("\(url)/api/v1/sensors/data/m?bucket=1m&limit=99999999999", token: token)
        #expect(mistyped.status == 422, "\(mistyped)")
        #expect(try HTTPCall.get("\(url)/api/v1/sensors/data/good?bucket=1m", token: token).status == 200)

        // twice: a run makes ready what the next one computes
        let reader = ThreadSafeSession(session)
        let named = try await eventually(within: .seconds(60)) {
            _ = try reader.number(
                """
                WITH due AS (
                    UPDATE ops.job SET next_start = now() WHERE procedure LIKE '%refresh_continuous_aggregate%'
                    AND running_since IS NULL RETURNING 1
                ) SELECT count(*) FROM due
                """)
            return try reader.number(
                "SELECT count(*) FROM ops.job WHERE failures > 0 AND last_error LIKE '22003%rollup.reading_1m%'") == 1
        }
        // on Community TimescaleDB's scheduler runs the policies, in its own time
        if try session.execute("SELECT ops.edition()").one().string(0) == "apache" {
            #expect(named)
            #expect(
                try await eventually(within: .seconds(60)) {
                    try HTTPCall.get("\(url)/health").body.contains("fails")
                })
            let health = try HTTPCall.get("\(url)/health")
            let problems = health.object["problems"] as? [String] ?? []
            #expect(health.status == 200 && health.object["status"] as? String == "degraded", "\(health)")
            #expect(problems.contains { $0.contains("refresh") && $0.contains("fails") }, "\(problems)")
            // the bucket is left out, so it holds up no reader any more
            #expect(try HTTPCall.get("\(url)/api/v1/sensors/data/m?bucket=1m", token: token).status == 200)
        }
    }

    private static func time(_ secondsSinceEpoch: Double) -> String {
        Date(timeIntervalSince1970: secondsSinceEpoch).ISO8601Format(
            .iso8601(timeZone: .gmt, includingFractionalSeconds: true))
    }
}

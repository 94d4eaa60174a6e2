import Foundation
import Postgres
import TestSupport
import Testing

/// Clients of the original system against a real broker, process and database: the calls that were written down beside the
/// project, word for word, its boards' queries, its publishers, and reads without a token. See docs/field-clients.md.
@Suite(
    "Clients of the original system", .enabled(if: TestEnvironment.hasPlant, "needs make test's servers and mosquitto"))
struct FieldClientTests {
    /// `../shared/field`: what was seen of the original. It is not part of the project.
    private static let folder = TestEnvironment.sqlFolder.map {
        URL(fileURLWithPath: $0).deletingLastPathComponent().appendingPathComponent("shared/field")
    }
    private static func file(_ name: String) -> URL? {
        guard let path = folder?.appendingPathComponent(name), FileManager.default.fileExists(atPath: path.path) else {
            return nil
        }
        return path
    }
    private static var hasRecordings: Bool { file("requests.json") != nil && file("dashboards.sql") != nil }

    /// As browsers write it: milliseconds, Z.
    private static func iso(_ time: Date) -> String {
        time.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }

    // MARK: Calls

    /// One line of requests.json.
    private struct Call {
        let method: String
        let path: String
        let body: Any?
        let statuses: [Int]
        let members: [String]
        let keeps: [String: String]
        let isNewestFirst: Bool

        init(_ line: [String: Any]) throws {
            let method = try #require(["get", "post", "put", "patch", "delete"].first { line[$0] != nil })
            self.method = method.uppercased()
            path = try #require(line[method] as? String)
            body = line["body"]
            if let several = line["status"] as? [Int] {
                statuses = several
            } else {
                statuses = [try #require(line["status"] as? Int)]
            }
            members = line["members"] as? [String] ?? []
            keeps = line["keeps"] as? [String: String] ?? [:]
            isNewestFirst = line["order"] as? String == "newest first"
            let known: Set = [method, "body", "status", "members", "keeps", "order"]
            #expect(Set(line.keys).isSubset(of: known), "what else a line says is not looked at: \(line.keys)")
        }
    }

    /// Calls of FIELD.md's table that no line of requests.json makes.
    private static let more = """
        [{"get": "/devices/", "status": 200},
         {"get": "/devices/press-01", "status": 200, "members": ["id", "name", "type"]},
         {"get": "/equipment?offset=0&limit=10", "status": 200},
         {"get": "/maintenance/", "status": 200}, {"get": "/equipment/maintenance-schedules", "status": 200},
         {"get": "/sensors/data/press-01/count?sensor_type=x", "status": 200, "members": ["device_id", "count"]},
         {"get": "/sensors/data/press-01?sensor_type=x&limit=10000&offset=1", "status": 200, "members": ["data", "total"]},
         {"get": "/sensors/data/press-01?limit=10001", "status": 422},
         {"get": "/sensors/data/press-01?end=2026-01-01&end_time=2026-01-01", "status": 422},
         {"get": "/sensors/data/press-01/latest", "status": 200, "members": ["time", "device_id", "sensor_type", "value", "unit", "created_at"]},
         {"post": "/sensors/data", "body": {"device_id": "press-01", "sensor_type": "vibe", "value": 1.5, "time": "{now}"}, "status": 200, "members": ["message"]},
         {"post": "/sensors/data/batch", "body": [{"device_id": "press-01", "sensor_type": "oil", "value": 1.5}], "status": 200, "members": ["message"]},
         {"get": "/alerts?status=resolved&device_id=press-01&severity=high&limit=1000", "status": 200, "members": ["notifications", "total", "page", "size"]},
         {"get": "/alerts?status=late", "status": 422},
         {"get": "/notifications?device_id=press-01&severity=high&limit=10", "status": 200},
         {"get": "/notifications?shape=page", "status": 200, "members": ["notifications", "next_cursor"]},
         {"get": "/notifications?shape=round", "status": 422},
         {"get": "/notifications/stats", "status": 200, "members": ["total"]},
         {"get": "/auth/me", "status": 200, "members": ["id", "username", "email", "role", "created_at", "updated_at"]},
         {"get": "/rul/health", "status": 200, "members": ["devices", "total_devices", "healthy_devices", "warning_devices", "critical_devices"]},
         {"get": "/anomalies/model-performance?device_id=press-01", "status": 200, "members": ["device_id", "model_type", "accuracy", "precision", "recall", "f1_score"]},
         {"post": "/failures", "body": {"equipment_id": "press-01", "failed_at": "2026-01-10T00:00:00Z"}, "status": 201},
         {"post": "/failures", "body": {"equipment_id": "press-01", "failed_at": "2026-02-10T00:00:00Z"}, "status": 201},
         {"post": "/failures", "body": {"equipment_id": "press-01", "failed_at": "2026-03-10T00:00:00Z"}, "status": 201},
         {"post": "/failures", "body": {"equipment_id": "press-01", "failed_at": "2026-04-10T00:00:00Z"}, "status": 201},
         {"post": "/rul/train?device_id=press-01", "status": [200, 202], "members": ["message", "device_id", "status"]},
         {"get": "/rul/debug", "status": 200},
         {"put": "/equipment/field-{run}", "body": {"warranty_expiry": "2027-03-01T00:00:00"}, "status": 200, "keeps": {"name": "renamed", "type": "CAHU", "installation_date": "2024-03-01", "warranty_expiry": "2027-03-01"}},
         {"post": "/auth/change-password", "body": {"old_password": "wrong", "new_password": "another good password"}, "status": 422},
         {"post": "/auth/register", "body": {"username": "field-{run}", "email": "field-{run}@example.com", "password": "a good password"}, "status": [200, 201], "members": ["id", "username", "updated_at"]}]
        """

    private static func calls(_ text: Data) throws -> (base: String, calls: [Call]) {
        let json = try JSONSerialization.jsonObject(with: text)
        let lines = (json as? [String: Any])?["calls"] ?? json
        let base = (json as? [String: Any])?["base"] as? String ?? "/api/v1"
        return (base, try #require(lines as? [[String: Any]]).map(Call.init))
    }

    /// What of a call `api.route` does not offer yet: the endpoint itself, or members that its answer's schema does not declare.
    /// Those are named and passed over until it does. nil: all is there, and demanded.
    private static func absence(_ call: Call, base: String, _ session: Session) throws -> String? {
        let path = base + String(call.path.prefix { $0 != "?" }).replacing("{run}", with: "run")
        let found = try session.execute(
            """
            SELECT string_agg(m.name, ', ') FILTER (WHERE c.definition -> 'properties' IS NOT NULL
                AND NOT api.aliased_schema(c.name, c.definition) -> 'properties' ? m.name
                -- one of several forms declares it
                AND NOT c.definition::text LIKE '%"oneOf"%')
            FROM api.route_catalog AS r
            JOIN api.route AS o ON o.method = r.method AND o.function = r.function_schema || '.' || r.function_name
                OR o.method = r.method AND o.handler = r.handler
            LEFT JOIN api.schema_component AS c ON c.name = split_part(o.response_schema ->> '$ref', '/', 4)
            LEFT JOIN unnest($3::text[]) AS m (name) ON true
            WHERE r.method = $1 AND rtrim($2, '/') ~ ('^' || regexp_replace(r.path, '[{][a-z_]+[}]', '[^/]+', 'g') || '$')
            GROUP BY r.path, o.path ORDER BY r.path LIKE '%{%' LIMIT 1
            """, [.text(call.method), .text(path), .textArray(call.members)])
        let name = "\(call.method) \(call.path.prefix { $0 != "?" })"
        guard let row = found.first else { return name }
        return row.string(0).map { "\(name) (\($0))" }
    }

    /// Makes the calls and holds the answers against what the field reads.
    private static func replay(_ calls: [Call], base: String, _ plant: Plant, token: String, run: String) throws
        -> (answered: Int, absent: [String])
    {
        let session = try plant.database.session()
        let words = [
            "{now}": iso(.now), "{day_ago}": iso(.now.addingTimeInterval(-86400)), "{run}": run,
        ]
        func filled(_ text: String) -> String { words.reduce(text) { $0.replacing($1.key, with: $1.value) } }
        var answered = 0
        var absent: [String] = []
        for call in calls {
            if let missing = try absence(call, base: base, session) {
                absent.append(missing)
                continue
            }
            let body = try call.body.map {
                filled(String(decoding: try JSONSerialization.data(withJSONObject: $0), as: UTF8.self))
            }
            let answer = try HTTPCall.send(
                call.method, plant.thin.url + base + filled(call.path), body: body, token: token)
            let name = "\(call.method) \(call.path): \(answer.status) \(answer.body.prefix(600))"
            #expect(call.statuses.contains(answer.status), "\(name)")
            for member in call.members { #expect(answer.object[member] != nil, "\(member) of \(name)") }
            for (member, value) in call.keeps {
                #expect(answer.object[member] as? String == value, "\(member) of \(name)")
            }
            if call.isNewestFirst {
                let times = (answer.object["data"] as? [[String: Any]] ?? []).compactMap { $0["time"] as? String }
                #expect(times.count == 3 && times == times.sorted(by: >), "\(name)")
            }
            answered += 1
        }
        return (answered, absent)
    }

    @Test(
        "Every call that was written down is answered as the field reads it",
        .enabled(if: hasRecordings, "needs ../shared/field"))
    func requests() async throws {
        let bundles = try BundleRoot()
        let plant = try await Self.plant(bundles)
        let token = try await plant.token()
        let run = String(UInt32.random(in: 0 ... .max), radix: 36)
        let (base, calls) = try Self.calls(Data(contentsOf: #require(Self.file("requests.json"))))
        let (answered, absent) = try Self.replay(calls, base: base, plant, token: token, run: run)
        let more = try Self.replay(
            Self.calls(Data(Self.more.utf8)).calls, base: base, plant, token: token, run: run)
        print("field clients: \(answered + more.answered) calls answered; not there yet: \(absent + more.absent)")
        #expect(answered >= 14 && more.answered >= 20)
    }

    /// A machine of the field with a bundle and some data.
    private static func plant(_ bundles: BundleRoot) async throws -> Plant {
        try bundles.install("dual", "press-01")
        let plant = try await Plant(more: bundles.environment)
        let now = Int(Date.now.timeIntervalSince1970)
        try await plant.publish(
            (0..<5).flatMap { index in
                [
                    (
                        "unity/sensors/press-01/data",
                        "{\"device\":\"d\",\"timestamp\":\(now - index),\"x\":1,\"y\":2,\"z\":3}"
                    ),
                    (
                        "unity/sensors/press-01/vibration",
                        "{\"device\":\"d\",\"timestamp\":\(now - index),\"vibe\":0.5}"
                    ),
                ]
            })
        #expect(try await plant.waitForPoints(20))
        return plant
    }

    /// Whether two members of answers say the same, whatever the order of theirs.
    private static func same(_ one: Any?, _ other: Any?) -> Bool {
        guard let one = one as? NSObject, let other = other as? NSObject else { return false }
        return one.isEqual(other)
    }

    @Test("A prediction has result; a missing feature counts as 0, a number may be written as text")
    func predictions() async throws {
        let bundles = try BundleRoot()
        try bundles.install("dual", "press_1")
        let examples = try Examples("dual")
        let plant = try await Plant(more: bundles.environment)
        let token = try await plant.token(role: "operator")
        let url = "\(plant.thin.url)/api/v1/serve-ml/predict"
        func ask(_ features: String, _ more: String = "") throws -> HTTPCall {
            try HTTPCall.post(
                url, "{\"equipment_id\":\"press_1\",\"power\":\"11kW\"\(more),\"features\":\(features)}", token: token)
        }
        let whole = try ask(examples.json(0))
        let result = try #require(whole.object["result"] as? [String: Any], "\(whole.body)")
        for member in ["is_anomaly", "confidence", "scores", "thresholds", "modalities", "used_features"] {
            #expect(result[member] != nil, "\(member)")
            #expect(Self.same(result[member], whole.object[member]), "\(member)")
        }
        #expect(["equipment_id", "power", "model_version"].allSatisfy { whole.object[$0] is String })

        // as text: the same verdict
        let written =
            "{"
            + zip(examples.features, examples.inputs[0]).map { "\"\($0)\":\"\($1)\"" }.joined(separator: ",") + "}"
        let text = try ask(written)
        #expect(text.status == 200, "\(text.body)")
        #expect(Self.same(text.object["scores"], whole.object["scores"]))
        #expect(
            try plant.database.number(
                "SELECT count(*) FROM serve_ml_predictions, jsonb_each(features) AS f WHERE jsonb_typeof(f.value) <> 'number'"
            ) == 0)
        #expect(try ask(written.replacing("\"vib_rms\":\"", with: "\"vib_rms\":\"nan")).status == 422)

        // left out: as if it were 0, and the answer says so
        let short = try ask(examples.json(0, without: "vib_rms"))
        let zero = try ask(String(examples.json(0, without: "vib_rms").dropLast()) + ",\"vib_rms\":0}")
        #expect(
            short.status == 200 && Self.same(short.object["scores"], zero.object["scores"]), "\(short.body)")
        #expect((short.object["warnings"] as? [String])?.contains("imputed:vib_rms") == true)
        #expect(try ask(examples.json(0, without: "vib_rms"), ",\"missing\":\"refuse\"").status == 422)
        #expect(try ask("{\"something\":1}").status == 422, "none of them is there")
        #expect(try ask(examples.json(0), ",\"missing\":\"maybe\"").status == 422)
    }

    // MARK: Boards

    @Test("The boards' queries are answered to Grafana's login", .enabled(if: hasRecordings, "needs ../shared/field"))
    func dashboards() async throws {
        let bundles = try BundleRoot()
        let plant = try await Self.plant(bundles)
        let session = try plant.database.session()
        // as it logs in: with its role's settings
        for setting in try session.execute(
            """
            SELECT split_part(c, '=', 1), substr(c, strpos(c, '=') + 1) FROM pg_db_role_setting AS s
            JOIN pg_roles AS r ON r.oid = s.setrole AND r.rolname = 'grafana_reader', unnest(s.setconfig) AS c
            WHERE c LIKE 'search_path=%'
            """)
        {
            try session.execute(
                "SELECT set_config($1, $2, false)", [.text(setting.string(0)!), .text(setting.string(1)!)])
        }
        try session.script("SET SESSION AUTHORIZATION grafana_reader")
        let text = try String(contentsOf: #require(Self.file("dashboards.sql")), encoding: .utf8)
        let statements = text.split(separator: "\n").filter { !$0.hasPrefix("--") }.joined(separator: "\n")
            .split(separator: ";").map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }.filter { !$0.isEmpty }
        #expect(statements.count >= 7)
        for statement in statements {
            let found = try session.execute(statement)
            if statement.contains("FROM sensor_data") { #expect(found.count > 0, "\(statement)") }
        }
        let kinds = try session.execute("SELECT DISTINCT sensor_type FROM sensor_data ORDER BY 1").map { $0.string(0) }
        #expect(kinds == ["vibe", "x", "y", "z"])
    }

    // MARK: Publishers

    @Test("Unity publishers: times of every form, numbers as text, a null axis, a version that does not exist")
    func publishers() async throws {
        let bundles = try BundleRoot()
        try bundles.install("dual", "press_1")
        let examples = try Examples("dual")
        let plant = try await Plant(more: bundles.environment)
        let now = Date.now.timeIntervalSince1970.rounded(.down)
        let zoned = Self.iso(Date(timeIntervalSince1970: now - 4))
        let naive = String(Self.iso(Date(timeIntervalSince1970: now - 3)).dropLast())
        func current(_ time: String, _ rest: String) -> (String, String) {
            ("unity/sensors/press_1/data", "{\"device\":\"d\",\"timestamp\":\(time),\(rest)}")
        }
        try await plant.publish([
            current("\(Int(now) - 1)", "\"x\":1,\"y\":1,\"z\":1"),
            current("\(Int(now) - 2)000", "\"x\":2,\"y\":2,\"z\":2"),
            current("\"\(naive)\"", "\"x\":3,\"y\":3,\"z\":3"),
            current("\"\(zoned)\"", "\"x\":\"4\",\"y\":\"4.0\",\"z\":\"-4\""),
            current("\(Int(now) - 5)", "\"x\":5,\"y\":null,\"z\":5"),
            ("unity/sensors/press_1/vibration", "{\"device\":\"d\",\"timestamp\":\"\(naive)\",\"vibe\":\"0.5\"}"),
            (
                "serve-ml/press_1/features",
                "{\"power\":\"11kW\",\"model_version\":\"none\",\"features\":\(examples.json(0))}"
            ),
            ("serve-ml/press_1/features", "{\"power\":\"11kW\",\"features\":\(examples.json(0))}"),
        ])
        let session = ThreadSafeSession(try plant.database.session())
        let isStored = try await eventually(within: .seconds(30)) {
            try session.number("SELECT count(*) FROM telemetry.reading") == 15
                && session.number("SELECT count(*) FROM serve_ml_predictions") == 1
                && session.number("SELECT count(*) FROM ingest.quarantine WHERE reason = 'unknown_version'") == 1
        }
        let aside = try plant.database.value(
            "SELECT string_agg(concat_ws(' ', reason, detail), ', ') FROM ingest.quarantine")
        #expect(isStored, "\(aside ?? "nothing is in quarantine")")
        #expect(
            try plant.database.number(
                """
                SELECT count(*) FROM grafana.sensor_data
                WHERE sensor_type = 'x' AND time = to_timestamp(\(Int(now))) - value * INTERVAL '1 second'
                """) == 5, "each at its second")
        #expect(try plant.database.number("SELECT count(*) FROM grafana.sensor_data WHERE sensor_type = 'y'") == 4)
        #expect(try plant.database.number("SELECT count(*) FROM grafana.sensor_data WHERE sensor_type = 'vibe'") == 1)
    }

    // MARK: Without a token

    @Test("Reads need no token where a setting says so, from its networks only, and health and log say that it is on")
    func anonymous() async throws {
        let plant = try await Plant()
        let session = try plant.database.session()
        let api = "\(plant.thin.url)/api/v1"
        @Sendable func status(_ path: String) throws -> Int { try HTTPCall.get("\(api)/\(path)").status }
        #expect(try status("equipment") == 401)
        func set(_ role: String, _ networks: String) throws {
            try session.execute(
                "SELECT ops.set_setting('auth.anonymous_networks', to_jsonb($1::text))", [.text(networks)])
            try session.execute("SELECT ops.set_setting('auth.anonymous_role', $1::jsonb)", [.jsonb(role)])
        }
        try set("\"viewer\"", "127.0.0.0/8")
        #expect(await eventually(within: .seconds(10)) { (try? status("equipment")) == 200 })
        for path in ["devices/", "alerts", "sensors/data/none/count", "notifications"] {
            #expect(try [200, 404].contains(status(path)), "\(path)")
        }
        #expect(try status("auth/me") == 401)
        #expect(try status("users") == 401, "more than a viewer reads")
        #expect(try HTTPCall.post("\(api)/equipment", "{\"name\":\"x\"}").status == 401)
        #expect(try HTTPCall.post("\(api)/rules/1/backtest", "{}").status == 401, "it reads, but it is no GET")
        #expect(try HTTPCall.get("\(api)/equipment", token: "nonsense").status == 401, "a token that is none stays one")
        #expect(try HTTPCall.get("\(plant.thin.url)/health").body.contains("anonymous_access\":{\"role\": \"viewer\""))
        #expect(plant.thin.logText.contains("requests without a token are answered"))
        try set("\"viewer\"", "10.99.0.0/16")
        #expect(await eventually(within: .seconds(10)) { (try? status("equipment")) == 401 }, "not from there")
        try set("null", "127.0.0.0/8")
        #expect(await eventually(within: .seconds(10)) { (try? status("equipment")) == 401 })
    }
}

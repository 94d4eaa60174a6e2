import Foundation
import Postgres
import TestSupport
import Testing

/// From a waveform at the broker, or in a request, to its prediction.
@Suite("Waveforms", .enabled(if: TestEnvironment.hasPlant, "needs make test's servers and mosquitto"))
struct WaveformPathTests {
    /// Signals with the 21 features that numpy and scipy computed.
    private struct Reference {
        let samples: [Double]
        let rate: Double
        let features: [Double]

        static func all() throws -> [Reference] {
            (try BundleRoot.json("waveforms.json") as? [[String: Any]] ?? []).map {
                Reference(
                    samples: $0["samples"] as? [Double] ?? [], rate: $0["rate"] as? Double ?? 0,
                    features: $0["features"] as? [Double] ?? [])
            }
        }

        func json(_ axes: [String], time: Int? = nil) -> String {
            let samples = "[" + samples.map(\.description).joined(separator: ",") + "]"
            let all = axes.map { "\"\($0)\":\(samples)" }.joined(separator: ",")
            return "{\(time.map { "\"time\":\($0)," } ?? "")\"sample_rate_hz\":\(rate),\"axes\":{\(all)}}"
        }

        func isEqual(_ found: [String: Double], prefix: String, names: [String]) -> Bool {
            let own = names.filter { $0.hasPrefix(prefix) }
            return own.count == 21
                && zip(own, features).allSatisfy { name, value in
                    abs((found[name] ?? .nan) - value) <= 1e-4 * max(1, abs(value))
                }
        }
    }

    @Test("Features of a request and of a message equal scipy's within 1e-4")
    func features() async throws {
        let references = try Reference.all()
        let names = try Examples("dual").features
        try #require(references.count == 8 && names.count == 84)
        let plant = try await Plant()
        let token = try await plant.token(role: "operator")
        let now = Int(Date.now.timeIntervalSince1970)
        for reference in references {
            let call = try HTTPCall.post(
                "\(plant.thin.url)/api/v1/serve-ml/features",
                "{\"waveforms\":{\"current\":\(reference.json(["x", "y", "z"])),\"vibration\":\(reference.json(["v"]))}}",
                token: token)
            #expect(call.status == 200, "\(call.body.prefix(500))")
            let found = call.object["features"] as? [String: Double] ?? [:]
            #expect(found.count == 84 && call.object["modalities"] as? [String] == ["current", "vibration"])
            for prefix in ["cur_x_", "cur_y_", "cur_z_", "vib_"] {
                #expect(reference.isEqual(found, prefix: prefix, names: names))
            }
        }
        // no bundle serves this machine: its features are kept all the same
        try await plant.publish(
            references.enumerated().map { ("waveform/w/vibration", $1.json(["any"], time: now + $0)) })
        let session = ThreadSafeSession(try plant.database.session())
        #expect(
            try await eventually(within: .seconds(30)) {
                try session.number("SELECT count(*) FROM ml.waveform_features") == references.count
            })
        let rows = try plant.database.session().execute(
            "SELECT features::text, outcome, samples FROM ml.waveform_features ORDER BY time")
        for (row, reference) in zip(rows, references) {
            let found =
                try JSONSerialization.jsonObject(with: Data((row.string(0) ?? "").utf8)) as? [String: Double] ?? [:]
            #expect(found.count == 21 && reference.isEqual(found, prefix: "vib_", names: names))
            #expect(row.string(1) == "no_model" && row.int(2) == reference.samples.count)
        }
    }

    @Test(
        "Both modalities of one moment become one prediction, the same as over HTTP; a single-modal bundle needs no partner"
    )
    func joined() async throws {
        let bundles = try BundleRoot()
        try bundles.install("dual", "press_1")
        try bundles.install("single", "pump_1")
        let plant = try await Plant(more: bundles.environment)
        let token = try await plant.token(role: "operator")
        let references = try Reference.all()
        let now = Int(Date.now.timeIntervalSince1970)
        try await plant.publish([
            ("waveform/press_1/vibration", references[1].json(["v"], time: now)),
            ("waveform/press_1/current", references[0].json(["x", "y", "z"], time: now - 1)),
            ("waveform/press_1/current", references[0].json(["x", "y", "z"], time: now - 30)),
            ("waveform/pump_1/current", references[2].json(["x", "y", "z"], time: now)),
            ("waveform/pump_1/vibration", references[2].json(["v"], time: now)),
        ])
        let session = ThreadSafeSession(try plant.database.session())
        #expect(
            try await eventually(within: .seconds(30)) {
                try session.number("SELECT count(*) FROM serve_ml_predictions") == 2
            }, "\(plant.thin.logText.suffix(2000))")
        let outcomes =
            "SELECT string_agg(equipment_id || ' ' || modality || ' ' || outcome, ', ' ORDER BY equipment_id, modality, time) FROM ml.waveform_features"
        #expect(
            try plant.database.value(outcomes)
                == "press_1 current waiting, press_1 current scored, press_1 vibration scored, pump_1 current scored, pump_1 vibration not_needed"
        )
        // its partner never comes: told, not silent
        try plant.database.session().script(
            "UPDATE ops.setting SET value = '\"1 second\"' WHERE name = 'ml.waveform_partner_wait'")
        #expect(
            try await eventually(within: .seconds(30)) {
                try session.number("SELECT count(*) FROM ml.waveform_features WHERE outcome = 'no_partner'") == 1
            })
        #expect(
            try HTTPCall.get("http://127.0.0.1:\(plant.thin.metricsPort)/metrics").body
                .contains("thin_waveform_sets_total{outcome=\"no_partner\"} 1"))

        let call = try HTTPCall.post(
            "\(plant.thin.url)/api/v1/serve-ml/features",
            "{\"score\":true,\"equipment_id\":\"press_1\",\"waveforms\":{\"current\":\(references[0].json(["x", "y", "z"])),\"vibration\":\(references[1].json(["v"]))}}",
            token: token)
        #expect(call.status == 200 && call.object["prediction"] != nil, "\(call.body.prefix(500))")
        #expect(
            try plant.database.value(
                "SELECT count(*) || ' ' || count(DISTINCT features) || ' ' || count(DISTINCT scores) || ' ' || min(source) || ' ' || max(source) FROM serve_ml_predictions WHERE equipment_id = 'press_1'"
            )
                == "2 1 1 waveform waveform")
    }

    @Test("What is no waveform is refused by name, over HTTP and in the quarantine")
    func refusals() async throws {
        let plant = try await Plant()
        let token = try await plant.token(role: "operator")
        let sixteen = "[" + Array(repeating: "1", count: 16).joined(separator: ",") + "]"
        let huge = "[" + Array(repeating: "1e308", count: 16).joined(separator: ",") + "]"
        let future = Int(Date.now.timeIntervalSince1970) + 86400
        let bad: [(String, String, String)] = [
            ("current", "{\"sample_rate_hz\":2000,\"axes\":{\"x\":\(sixteen)}}", "wrong_axes"),
            ("vibration", "{\"sample_rate_hz\":2000,\"axes\":{\"v\":[1,2]}}", "wrong_length"),
            ("vibration", "{\"sample_rate_hz\":0,\"axes\":{\"v\":\(sixteen)}}", "bad_sample_rate"),
            ("vibration", "{\"sample_rate_hz\":1e9,\"axes\":{\"v\":\(sixteen)}}", "bad_sample_rate"),
            ("vibration", "{\"axes\":{\"v\":\(sixteen)}}", "bad_sample_rate"),
            ("vibration", "{\"sample_rate_hz\":2000,\"axes\":{\"v\":[\"a\"]}}", "malformed_waveform"),
            ("vibration", "{\"sample_rate_hz\":2000,\"axes\":{\"v\":\(huge)}}", "malformed_waveform"),
            ("sound", "{\"sample_rate_hz\":2000,\"axes\":{\"v\":\(sixteen)}}", "unknown_modality"),
            ("vibration", "{\"sample_rate_hz\":2000", "malformed_waveform"),
        ]
        for (modality, json, code) in bad {
            let call = try HTTPCall.post(
                "\(plant.thin.url)/api/v1/serve-ml/features", "{\"waveforms\":{\"\(modality)\":\(json)}}", token: token)
            // the last is no JSON at all
            let isNamed = call.status == 422 && call.body.contains(code) && call.body.contains("waveforms.\(modality)")
            #expect(isNamed || call.status == 400 && !json.hasSuffix("}"), "\(call.body)")
        }
        #expect(
            try HTTPCall.post(
                "\(plant.thin.url)/api/v1/serve-ml/features", "{\"waveforms\":{},\"score\":true}", token: token
            )
            .status == 422)
        let time: [(String, String, String)] = [
            (
                "vibration", "{\"time\":\(future),\"sample_rate_hz\":2000,\"axes\":{\"v\":\(sixteen)}}",
                "future_timestamp"
            ),
            ("vibration", "{\"time\":\"soon\",\"sample_rate_hz\":2000,\"axes\":{\"v\":\(sixteen)}}", "bad_timestamp"),
        ]
        try await plant.publish(
            (bad + time).map { ("waveform/p/\($0.0)", $0.1) }
                + [
                    ("waveform/bad name/vibration", "{\"sample_rate_hz\":2000,\"axes\":{\"v\":\(sixteen)}}"),
                    ("waveform/p/vibration", "{\"sample_rate_hz\":2000,\"axes\":{\"v\":\(sixteen)}}"),
                ])
        let session = ThreadSafeSession(try plant.database.session())
        #expect(
            try await eventually(within: .seconds(30)) {
                try session.number("SELECT count(*) FROM ingest.quarantine") == bad.count + time.count + 1
                    && session.number("SELECT count(*) FROM ml.waveform_features") == 1
            }, "\(plant.thin.logText.suffix(2000))")
        let found = try plant.database.session().execute("SELECT reason FROM ingest.quarantine").compactMap {
            $0.string(0)
        }
        #expect(found.sorted() == ((bad + time).map(\.2) + ["unknown_equipment"]).sorted())
    }

    @Test("Sets that were stored and not scored when the process died are scored by the next")
    func madeUpFor() async throws {
        let bundles = try BundleRoot()
        try bundles.install("single", "press_1")
        let plant = try await Plant(more: bundles.environment)
        plant.thin.kill()
        let reference = try Reference.all()[0]
        let names = try Examples("single").features
        let features =
            "{"
            + names.enumerated().map { "\"\($1)\":\(reference.features[$0 % 21])" }.joined(separator: ",") + "}"
        #expect(
            try plant.database.value(
                "SELECT stored FROM ml.store_waveforms($1)",
                [
                    .jsonb(
                        "[{\"ordinal\":0,\"equipment_id\":\"press_1\",\"modality\":\"current\",\"time\":\(Int(Date.now.timeIntervalSince1970)),\"sample_rate_hz\":2000,\"samples\":2000,\"features\":\(features)}]"
                    )
                ]) == "1")
        try plant.thin.start()
        let session = ThreadSafeSession(try plant.database.session())
        #expect(
            try await eventually(within: .seconds(30)) {
                try session.number("SELECT count(*) FROM serve_ml_predictions WHERE source = 'waveform'") == 1
            }, "\(plant.thin.logText.suffix(2000))")
        #expect(try plant.database.value("SELECT outcome FROM ml.waveform_features") == "scored")
    }
}

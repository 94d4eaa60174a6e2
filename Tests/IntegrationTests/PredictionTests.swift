import Foundation
import MQTT
import Postgres
import Synchronization
import TestSupport
import Testing

/// The ways to a prediction, through the real broker, process and database.
@Suite("Predictions", .enabled(if: TestEnvironment.hasPlant, "needs make test's servers and mosquitto"))
struct PredictionTests {
    private static let verdict =
        "is_anomaly || ' ' || confidence || ' ' || scores::text || ' ' || thresholds::text || ' ' || coalesce(fault_label, '-') || ' ' || coalesce(probabilities::text, '-') || ' ' || contributions::text"

    @Test("MQTT, predict, bare features, a batch and V2 give one result, which is numpy's, and all are stored")
    func sameResult() async throws {
        let bundles = try BundleRoot()
        try bundles.install("case_b", "press_1")
        let examples = try Examples("case_b")
        let plant = try await Plant(more: bundles.environment)
        let token = try await plant.token(role: "operator")
        let api = "\(plant.thin.url)/api/v1"
        for index in examples.inputs.indices {
            let features = examples.json(index)
            let request =
                "{\"equipment_id\":\"press_1\",\"power\":\"11kW\",\"force_xgb\":true,\"features\":\(features)}"
            let whole = try HTTPCall.post("\(api)/serve-ml/predict", request, token: token)
            #expect(whole.status == 200, "\(whole.body)")
            let bare = try HTTPCall.post(
                "\(api)/sensors/serve-ml/predict?equipment_id=press_1&power=11kW&force_xgb=true", features, token: token
            )
            #expect(bare.status == 200, "\(bare.body)")
            let batch = try HTTPCall.post("\(api)/serve-ml/predict", "[\(request)]", token: token)
            #expect(batch.object["scored"] as? Int == 1, "\(batch.body)")
            let tensor = try HTTPCall.post(
                "\(plant.thin.url)/v2/models/press_1:11kW/infer",
                "{\"parameters\":{\"force_xgb\":true},\"inputs\":[{\"name\":\"features\",\"datatype\":\"FP64\",\"shape\":[1,84],\"data\":\(examples.inputs[index])}]}",
                token: token)
            #expect(tensor.status == 200, "\(tensor.body)")

            let scores = try #require(whole.object["scores"] as? [String: Double])
            for (modality, expected) in examples.scores {
                #expect(abs((scores[modality] ?? .nan) - expected[index]) <= 1e-5 * expected[index])
            }
            let fault = try #require(whole.object["fault"] as? [String: Any])
            for (label, probability) in examples.probabilities[index] {
                let found = (fault["probabilities"] as? [String: Double])?[label] ?? .nan
                #expect(abs(found - probability) < 1e-3)
            }
        }
        // over MQTT the classifier runs where the gate opens: those are compared whole
        try await plant.publish(
            examples.inputs.indices.map {
                ("serve-ml/press_1/features", "{\"power\":\"11kW\",\"features\":\(examples.json($0))}")
            })
        let session = ThreadSafeSession(try plant.database.session())
        #expect(
            try await eventually(within: .seconds(30)) {
                try session.number("SELECT count(*) FROM serve_ml_predictions") == 5 * examples.inputs.count
            })
        #expect(
            try session.number(
                "SELECT count(*) FROM (SELECT DISTINCT features, scores, is_anomaly, confidence, contributions FROM serve_ml_predictions) AS v"
            )
                == examples.inputs.count)
        #expect(
            try session.number(
                "SELECT count(*) FROM (SELECT DISTINCT \(Self.verdict) FROM serve_ml_predictions WHERE is_anomaly OR source <> 'mqtt') AS v"
            )
                == examples.inputs.count)
        #expect(
            try plant.database.value(
                "SELECT string_agg(source || n, ' ' ORDER BY source) FROM (SELECT source, count(*) AS n FROM serve_ml_predictions GROUP BY 1) AS s"
            )
                == "http\(4 * examples.inputs.count) mqtt\(examples.inputs.count)")
    }

    @Test("What cannot be scored is refused by name, over HTTP and in the quarantine")
    func refusals() async throws {
        let bundles = try BundleRoot()
        try bundles.install("dual", "press_1")
        let examples = try Examples("dual")
        let plant = try await Plant(more: bundles.environment)
        let token = try await plant.token(role: "operator")
        func predict(_ body: String) throws -> HTTPCall {
            try HTTPCall.post("\(plant.thin.url)/api/v1/serve-ml/predict", body, token: token)
        }
        func fields(_ call: HTTPCall) -> [String] {
            (call.object["errors"] as? [[String: String]] ?? []).compactMap { $0["field"] }
        }
        let unknown = try predict("{\"equipment_id\":\"nobody\",\"features\":\(examples.json(0))}")
        #expect(unknown.status == 404 && unknown.body.contains("press_1"))
        let power = try predict("{\"equipment_id\":\"press_1\",\"power\":\"99kW\",\"features\":\(examples.json(0))}")
        #expect(power.status == 404 && power.body.contains("11kW"))
        let version = try predict(
            "{\"equipment_id\":\"press_1\",\"model_version\":\"v9\",\"features\":\(examples.json(0))}")
        #expect(version.status == 404 && version.body.contains("v1"))
        let missing = try predict(
            "{\"equipment_id\":\"press_1\",\"missing\":\"refuse\",\"features\":\(examples.json(0, without: "vib_rms"))}"
        )
        #expect(missing.status == 422 && fields(missing) == ["features.vib_rms"])
        let time = try predict("{\"equipment_id\":\"press_1\",\"time\":\"soon\",\"features\":\(examples.json(0))}")
        #expect(time.status == 422 && fields(time) == ["time"])
        #expect(try predict("{\"equipment_id\":\"press_1\"}").status == 422)
        #expect(try predict("[").status == 400)
        let viewer = try Plant.token(role: "viewer", database: plant.database.session(), url: plant.thin.url)
        #expect(
            try HTTPCall.post("\(plant.thin.url)/api/v1/serve-ml/predict", "{}", token: viewer).status == 403)

        let now = Int(Date.now.timeIntervalSince1970)
        try await plant.publish([
            ("serve-ml/nobody/features", "{\"features\":\(examples.json(0))}"),
            ("serve-ml/press_1/features", "{\"power\":\"99kW\",\"features\":\(examples.json(0))}"),
            ("serve-ml/press_1/features", "{\"features\":\(examples.json(0, without: "vib_rms"))}"),
            ("serve-ml/press_1/features", "{\"time\":\(now + 86400),\"features\":\(examples.json(0))}"),
            ("serve-ml/press_1/features", "{\"time\":\(now),\"features\":\(examples.json(0))}"),
        ])
        let session = ThreadSafeSession(try plant.database.session())
        #expect(
            try await eventually(within: .seconds(30)) {
                try session.number("SELECT count(*) FROM serve_ml_predictions") == 1
                    && session.number("SELECT count(*) FROM ingest.quarantine") == 4
            })
        #expect(
            try plant.database.value("SELECT string_agg(reason, ' ' ORDER BY reason) FROM ingest.quarantine")
                == "future_timestamp missing_feature unknown_equipment unknown_power")
        #expect(
            try plant.database.value("SELECT detail FROM ingest.quarantine WHERE reason = 'missing_feature'")?
                .contains("vib_rms") == true)
    }

    @Test("A batch: each item has its own answer, all good ones are stored in one transaction, and it has limits")
    func batch() async throws {
        let bundles = try BundleRoot()
        try bundles.install("dual", "press_1")
        let examples = try Examples("dual")
        let plant = try await Plant(more: bundles.environment)
        let token = try await plant.token(role: "operator")
        let url = "\(plant.thin.url)/api/v1/serve-ml/predict"
        let good = examples.inputs.indices.map { "{\"equipment_id\":\"press_1\",\"features\":\(examples.json($0))}" }
        let bad = [
            "{\"equipment_id\":\"nobody\",\"features\":\(examples.json(0))}",
            "{\"equipment_id\":\"press_1\",\"missing\":\"refuse\",\"features\":\(examples.json(0, without: "cur_x_rms"))}",
            "7", "{}",
        ]
        let call = try HTTPCall.post(url, "[\((good + bad).joined(separator: ","))]", token: token)
        #expect(call.status == 200, "\(call.body)")
        let results = try #require(call.object["results"] as? [[String: Any]])
        #expect(results.compactMap { $0["status"] as? Int } == good.map { _ in 200 } + [404, 422, 422, 422])
        #expect(call.object["scored"] as? Int == good.count && call.object["failed"] as? Int == bad.count)
        for (index, result) in results.prefix(good.count).enumerated() {
            let scores = (result["prediction"] as? [String: Any])?["scores"] as? [String: Double] ?? [:]
            for (modality, expected) in examples.scores {
                #expect(abs((scores[modality] ?? .nan) - expected[index]) <= 1e-5 * expected[index])
            }
        }
        let error = try #require(results[good.count + 1]["error"] as? [String: Any])
        #expect((error["errors"] as? [[String: String]])?.first?["field"] == "features.cur_x_rms")
        // none has the time of another, and all came with one commit
        #expect(
            try plant.database.value(
                "SELECT count(*) || ' ' || count(DISTINCT time) || ' ' || count(DISTINCT xmin::text) FROM ml.serve_ml_predictions"
            )
                == "\(good.count) \(good.count) 1")

        #expect(try HTTPCall.post(url, "[]", token: token).status == 422)
        let item = "{\"equipment_id\":\"press_1\",\"features\":{\"a\":1}}"
        let many = "[" + Array(repeating: item, count: 1001).joined(separator: ",") + "]"
        #expect(try HTTPCall.post(url, many, token: token).status == 422)
        #expect(try HTTPCall.post(url + "?power=1kW", "[\(good[0])]", token: token).status == 422)
    }

    @Test("Concurrent requests share transactions, and each gets its own answer")
    func concurrent() async throws {
        let bundles = try BundleRoot()
        try bundles.install("dual", "press_1")
        let examples = try Examples("dual")
        let plant = try await Plant(more: bundles.environment)
        let token = try await plant.token(role: "operator")
        let url = "\(plant.thin.url)/api/v1/serve-ml/predict"
        let tally = Tally()
        let bodies = examples.inputs.indices.map { index in
            [nil, "vib_rms"].map {
                "{\"equipment_id\":\"press_1\",\"missing\":\"refuse\",\"features\":\(examples.json(index, without: $0))}"
            }
        }
        let expected = examples.scores["current"] ?? []
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<8 {
                group.addTask {
                    try await onThread {
                        for round in 0..<15 {
                            let index = (worker + round) % bodies.count
                            // every fourth is refused, and must not take its neighbours along
                            let isGood = round % 4 != 3
                            let call = try HTTPCall.post(url, bodies[index][isGood ? 0 : 1], token: token)
                            let score = (call.object["scores"] as? [String: Double])?["current"] ?? .nan
                            let isRight =
                                isGood ? abs(score - expected[index]) <= 1e-5 * expected[index] : call.status == 422
                            if !isRight { tally.wrong.add(1, ordering: .relaxed) }
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(tally.wrong.load(ordering: .relaxed) == 0)
        #expect(try plant.database.number("SELECT count(*) FROM serve_ml_predictions") == 8 * 12)
    }
}

private final class Tally: Sendable {
    let wrong = Atomic(0)
}

/// kill -9 while feature messages and waveforms stream in.
@Suite(
    "kill -9 in the middle of features", .serialized,
    .enabled(if: TestEnvironment.canKillDatabases, "needs make test's servers, mosquitto and PostgreSQL's programs"))
struct PredictionCrashTests {
    enum Victim: String, CaseIterable, Sendable, CustomTestStringConvertible {
        case thin, database
        var testDescription: String { rawValue }
    }

    private static let messages = 2400
    private static let machines = 8

    @Test(
        "Each message is stored once or quarantined, each set of waveforms is scored once", arguments: Victim.allCases)
    func kill(_ victim: Victim) async throws {
        let bundles = try BundleRoot()
        for machine in 0..<Self.machines { try bundles.install("dual", "m\(machine)") }
        let examples = try Examples("dual")
        let server = try PostgresServer()
        let broker = try TestBroker()
        let thin = try ThinProcess(
            databaseURL: server.url(user: "thin"), mqttURL: broker.url, more: bundles.environment)
        try #require(await thin.waitForHealth(), "\(thin.logText)")

        let start = Int(Date.now.timeIntervalSince1970 * 1000) - Self.messages
        let published = Atomic(0)
        let url = broker.url
        let good = examples.inputs.indices.map { examples.json($0) }
        let bad = examples.json(0, without: "vib_rms")
        async let publishing: Void = onThread {
            let publisher = try PublisherOnly(url: url, timeout: .seconds(120)).publisher
            for number in 0..<Self.messages {
                let time = start + number
                // every fortieth lacks a feature
                let features = number % 40 == 7 ? bad : good[number % good.count]
                try publisher.publish(
                    topic: "serve-ml/m\(number % Self.machines)/features",
                    payload: Array("{\"time\":\(time),\"power\":\"11kW\",\"features\":\(features)}".utf8))
                if number % 20 == 0 {
                    // half a millisecond later: a machine's prediction of one moment is stored once, whatever it came from
                    for (modality, axes) in [("current", ["x", "y", "z"]), ("vibration", ["v"])] {
                        let samples = (0..<64).map { "\(($0 * 7919 + number) % 100)" }.joined(separator: ",")
                        let all = axes.map { "\"\($0)\":[\(samples)]" }.joined(separator: ",")
                        try publisher.publish(
                            topic: "waveform/m\(number % Self.machines)/\(modality)",
                            payload: Array("{\"time\":\(time).5,\"sample_rate_hz\":2000,\"axes\":{\(all)}}".utf8))
                    }
                }
                published.store(number + 1, ordering: .relaxed)
                // so that the process is in the middle of it, not at its end
                usleep(500)
            }
            guard publisher.flush(timeout: .seconds(120)) else { throw HTTPCall.Failure.noAnswer }
            publisher.close()
        }
        for share in [4, 2] {
            while published.load(ordering: .relaxed) < Self.messages / share {
                try await Task.sleep(for: .milliseconds(5))
            }
            switch victim {
            case .thin:
                thin.kill()
                try await Task.sleep(for: .milliseconds(200))
                try thin.start()
            case .database:
                server.kill()
                try await Task.sleep(for: .milliseconds(500))
                try await onThread { try server.start() }
            }
        }
        try await publishing

        let session = ThreadSafeSession(try Session(ConnectionConfiguration(url: server.url())))
        let refused = Self.messages / 40
        let sets = Self.messages / 20
        let stored = "SELECT count(*) FROM serve_ml_predictions WHERE source = 'mqtt'"
        let quarantined = "SELECT count(DISTINCT payload) FROM ingest.quarantine WHERE reason = 'missing_feature'"
        let scored = "SELECT count(*) FROM serve_ml_predictions WHERE source = 'waveform'"
        let isComplete = try await eventually(within: .seconds(180)) {
            try session.number(stored) >= Self.messages - refused && session.number(quarantined) >= refused
                && session.number(scored) >= sets
        }
        #expect(isComplete, "\(thin.logText.suffix(3000))")
        #expect(try session.number(stored) == Self.messages - refused)
        #expect(try session.number(quarantined) == refused)
        #expect(try session.number("SELECT count(*) FROM ingest.quarantine WHERE reason <> 'missing_feature'") == 0)
        #expect(try session.number(scored) == sets)
        #expect(try session.number("SELECT count(*) FROM ml.waveform_features WHERE outcome = 'scored'") == 2 * sets)
        #expect(try session.number("SELECT count(*) FROM ml.waveform_features WHERE outcome <> 'scored'") == 0)
    }
}

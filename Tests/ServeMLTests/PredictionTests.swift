import Foundation
import Testing

@testable import ServeML

@Suite("What a prediction says")
struct PredictionTests {
    private func input(_ name: String, row: Int = 0) throws -> [String: Double] {
        let expected = try Fixture.expected(name)
        let names = try #require(expected["features"]?.strings)
        let rows = try #require(expected["inputs"]?.elements)
        let values = try #require(rows[row].numbers)
        return Dictionary(uniqueKeysWithValues: zip(names, values))
    }

    @Test func gateComparesEachScoreWithItsOwnThreshold() throws {
        let predictor = Predictor(bundle: try Fixture.load("dual"))
        for row in 0..<12 {
            let prediction = try predictor.predict(features: try input("dual", row: row))
            let over = prediction.modalityScores.contains { $0.score > ($0.threshold ?? .infinity) }
            #expect(prediction.isAnomaly == over)
            let ratio = try #require(prediction.ratio.values.max())
            #expect(prediction.confidence == Confidence.fromRatio(ratio))
            #expect(prediction.modalities == ["current", "vibration"])
            #expect(prediction.usedFeatures.count == 84)
            #expect(prediction.warnings.isEmpty)
        }
    }

    @Test func confidenceRisesFromZeroToOne() {
        let ratios = [0, 1e-300, 0.5, 1, 1.63, 2, 4, 100, 1e200, .infinity]
        let values = ratios.map(Confidence.fromRatio)
        #expect(values.first == 0 && values.last == 1)
        #expect(zip(values, values.dropFirst()).allSatisfy { $0 <= $1 })
        #expect(abs(Confidence.fromRatio(1) - 0.2) < 1e-12)
        #expect(abs(Confidence.fromRatio(4) - 0.8) < 1e-12)
    }

    @Test func missingAndBrokenFeaturesAreNamed() throws {
        let predictor = Predictor(bundle: try Fixture.load("dual"))
        var features = try input("dual")
        features["cur_x_rms"] = nil
        features["vib_kurt"] = nil
        #expect(throws: PredictionError.missingFeatures(["cur_x_rms", "vib_kurt"])) {
            try predictor.predict(features: features)
        }
        features = try input("dual")
        features["vib_mean"] = .nan
        features["cur_z_max"] = .infinity
        #expect(throws: PredictionError.nonFiniteFeatures(["cur_z_max", "vib_mean"])) {
            try predictor.predict(features: features)
        }
        features = try input("dual")
        features["vib_mean"] = 1e300
        #expect(throws: PredictionError.outOfRangeFeatures(["vib_mean"])) { try predictor.predict(features: features) }
    }

    @Test func unknownNamesAreReported() throws {
        var features = try input("single")
        features["vib_rms"] = 1
        features["temperature"] = 20
        let prediction = try Predictor(bundle: try Fixture.load("single")).predict(features: features)
        #expect(prediction.unknownFeatures == ["temperature", "vib_rms"])
    }

    @Test func imputesZeroWhereTheBundleSaysSo() throws {
        let predictor = Predictor(bundle: try Fixture.load("null_threshold"))
        var features = try input("null_threshold")
        features["cur_x_rms"] = nil
        features["vib_mean"] = .nan
        let imputed = try predictor.predict(features: features)
        #expect(imputed.warnings.contains("imputed:cur_x_rms") && imputed.warnings.contains("imputed:vib_mean"))
        features["cur_x_rms"] = 0
        features["vib_mean"] = 0
        #expect(try predictor.predict(features: features).scores == imputed.scores)
    }

    @Test func imputesZeroWhereItIsAskedFor() throws {
        let predictor = Predictor(bundle: try Fixture.load("dual"))
        let options = PredictionOptions(zeroForMissing: true)
        var features = try input("dual")
        features["cur_x_rms"] = nil
        let imputed = try predictor.predict(features: features, options: options)
        #expect(imputed.warnings.contains("imputed:cur_x_rms"))
        features["cur_x_rms"] = 0
        #expect(try predictor.predict(features: features).scores == imputed.scores)
        // what is there and no number is refused all the same, and so is an input that has none of them
        features["vib_mean"] = .nan
        features["cur_x_rms"] = nil
        #expect(throws: PredictionError.nonFiniteFeatures(["vib_mean"])) {
            try predictor.predict(features: features, options: options)
        }
        #expect { try predictor.predict(features: ["unknown": 1.0], options: options) } throws: {
            ($0 as? PredictionError)?.code == "missing_feature"
        }
    }

    @Test func aNullThresholdNeverOpensTheGate() throws {
        let prediction = try Predictor(bundle: try Fixture.load("null_threshold")).predict(
            features: try input("null_threshold"))
        #expect(prediction.warnings == ["no_threshold:vibration"])
        #expect(prediction.ratio.keys.sorted() == ["current"])
        #expect(prediction.thresholds["vibration"] == .some(nil))
        #expect(prediction.scores["vibration"] != nil)
    }

    @Test func unscaledBundlesSaySo() throws {
        let bundle = try Fixture.load("unscaled")
        #expect(bundle.unscaledModalities == ["current", "vibration"])
        let prediction = try Predictor(bundle: bundle).predict(features: try input("unscaled"))
        #expect(prediction.warnings == ["unscaled:current", "unscaled:vibration"])
    }

    @Test func contributionsAreTheLargestErrors() throws {
        let prediction = try Predictor(bundle: try Fixture.load("dual")).predict(features: try input("dual"))
        #expect(prediction.contributions.count == 5)
        #expect(
            zip(prediction.contributions, prediction.contributions.dropFirst()).allSatisfy {
                $0.squaredError >= $1.squaredError
            })
        for part in prediction.contributions {
            let score = try #require(prediction.scores[part.modality])
            let count = part.modality == "current" ? 63.0 : 21.0
            #expect(abs(part.share - part.squaredError / (score * count)) < 1e-9)
        }
    }

    @Test func jsonHasTheMembersOfTheContract() throws {
        let prediction = try Predictor(bundle: try Fixture.load("null_threshold")).predict(
            features: try input("null_threshold"))
        let context = Prediction.Context(
            equipmentID: "press \"1\"", power: "11kW", modelVersion: "v1", stage: "champion",
            time: "2026-01-01T00:00:00Z", source: "mqtt",
            featuresJSON: Array("{\"a\":1}".utf8))
        let json = try JSONParser.parse(prediction.json(context))
        let names = json.members?.map(\.name) ?? []
        #expect(
            names == [
                "equipment_id", "power", "model_version", "stage", "time", "source", "features", "used_features",
                "scores", "thresholds",
                "ratio", "modalities", "case", "is_anomaly", "confidence", "fault", "contributions", "warnings",
                "unknown_features",
                "latency_us",
            ])
        #expect(json["equipment_id"]?.string == "press \"1\"")
        #expect(json["thresholds"]?["vibration"]?.isNull == true)
        #expect(json["scores"]?["current"]?.number == prediction.scores["current"])
        #expect(json["features"]?["a"]?.number == 1)
        #expect(json["contributions"]?.elements?.count == 5)
        // Foundation's reader agrees that it is JSON.
        #expect(try JSONSerialization.jsonObject(with: Data(prediction.json())) is [String: Any])
    }

    @Test func manyThreadsGiveTheSameResult() async throws {
        let predictor = Predictor(bundle: try Fixture.load("dual"))
        let features = FeatureValues(try input("dual", row: 3))
        let truth = try predictor.predict(features: features).modalityScores
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<200 where try predictor.predict(features: features).modalityScores != truth {
                        return false
                    }
                    return true
                }
            }
            for try await same in group { #expect(same) }
        }
    }

    @Test(arguments: ["case_b", "case_c"])
    func faultsAreNamedThroughTheClassMap(_ name: String) throws {
        let bundle = try Fixture.load(name)
        try bundle.runGoldenSelfTest()
        let predictor = Predictor(bundle: bundle)
        let expected = try #require(try Fixture.expected(name)["probabilities"]?.elements)
        for (row, truth) in expected.enumerated() {
            let features = try input(name, row: row)
            let forced = try predictor.predict(features: features, options: .init(runXGB: true, forceXGB: true))
            let fault = try #require(forced.fault)
            for member in truth.members ?? [] {
                let actual = fault.probabilities.first { $0.label == member.name }?.probability
                #expect(abs((actual ?? 9) - (member.value.number ?? -9)) <= 1e-6)
            }
            #expect(abs(fault.probabilities.map(\.probability).reduce(0, +) - 1) < 1e-9)
            #expect(fault.probability == fault.probabilities.map(\.probability).max())
            let isUncertain = forced.warnings.contains("fault_uncertain:bearing")
            #expect(isUncertain == (name == "case_c" && fault.label == "bearing"))
            // It runs only when asked for, and then only behind an open gate.
            #expect(try predictor.predict(features: features).fault == nil)
            let gated = try predictor.predict(features: features, options: .init(runXGB: true))
            #expect((gated.fault != nil) == gated.isAnomaly)
            let json = try JSONParser.parse(forced.json())
            #expect(json["fault"]?["label"]?.string == fault.label)
            #expect(json["fault"]?["probabilities"]?.members?.count == (name == "case_b" ? 2 : 3))
        }
    }

    @Test func aFaultModelThatIsMissingIsSaid() throws {
        try Fixture.withCopy("case_b") { _, directory in
            try Fixture.forgetHashes(directory)
            try FileManager.default.removeItem(at: directory.appendingPathComponent("golden.json"))
            try FileManager.default.removeItem(at: directory.appendingPathComponent("xgb.json"))
            let bundle = try ServeML.Bundle.load(directory: directory, key: Fixture.key)
            let prediction = try Predictor(bundle: bundle).predict(
                features: try input("case_b"), options: .init(runXGB: true, forceXGB: true))
            #expect(prediction.fault == nil && prediction.warnings == ["fault_model:missing"])
        }
    }

    @Test func aFaultModelOfAnotherSizeIsRefused() throws {
        try Fixture.withCopy("case_b") { _, directory in
            try Fixture.forgetHashes(directory)
            let other = Fixture.directory("case_c").appendingPathComponent("xgb.json")
            try Data(contentsOf: other).write(to: directory.appendingPathComponent("xgb.json"))
            #expect(refusal { _ = try ServeML.Bundle.load(directory: directory, key: Fixture.key) } == "shape_mismatch")
        }
    }
}

import Foundation
import Testing

@testable import ServeML

@Suite("Bundles that look at windows")
struct SequenceTests {
    private func expected(_ name: String) throws -> JSONValue { try Fixture.expected("sequence/\(name)") }

    private func input(_ name: String, row: Int = 0) throws -> [String: [Double]] {
        let expected = try expected(name)
        let names = try #require(expected["features"]?.strings)
        let windows = try #require(expected["windows"]?.elements?[row].elements)
        return Dictionary(uniqueKeysWithValues: try zip(names, windows).map { ($0, try #require($1.numbers)) })
    }

    /// Committed bundles, and those of a wider run (make_sequence_fixtures.py --wide) in MILLWRIGHT_SEQUENCE_FIXTURES.
    private static let bundles = Fixture.files("sequence", wider: "MILLWRIGHT_SEQUENCE_FIXTURES") {
        $0.hasSuffix(".expected.json")
    }

    @Test(arguments: bundles)
    func outputsEqualPyTorch(_ file: URL) throws {
        let name = String(file.lastPathComponent.dropLast(".expected.json".count))
        let directory = file.deletingLastPathComponent().appendingPathComponent("\(name)/\(Fixture.key)")
        let bundle = try ServeML.Bundle.load(directory: directory, key: Fixture.key)
        try bundle.runGoldenSelfTest()
        #expect(bundle.steps == 30)
        let expected = try JSONParser.parse(Array(try Data(contentsOf: file)))
        let inputs = try #require(expected["windows"]?.elements)
        let scores = expected["scores"]?.numbers
        let values = expected["value"]?.numbers
        #expect(inputs.count >= 6 && (scores ?? values)?.count == inputs.count)
        var worst = (score: 0.0, latent: 0.0, value: 0.0, probability: 0.0)
        for (row, input) in inputs.enumerated() {
            let flat = try #require(input.elements).flatMap { $0.numbers ?? [] }
            let result = try Predictor(bundle: bundle).evaluate(values: flat)
            if let truth = scores?[row] {
                worst.score = max(worst.score, abs(try #require(result.scores["wear"]) - truth) / truth)
            }
            if let truth = expected["latents"]?.elements?[row].numbers {
                let latent = try #require(result.latents["wear"])
                #expect(latent.count == truth.count)
                // An LSTM's lie between −1 and 1, and a small one is a difference of larger numbers.
                let isDense = name.hasPrefix("window") || name.hasPrefix("dense")
                let largest = max(truth.map(abs).max() ?? 0, isDense ? 0 : 1)
                for (a, b) in zip(latent, truth) { worst.latent = max(worst.latent, abs(a - b) / largest) }
            }
            if let truth = values?[row] {
                worst.value = max(worst.value, abs(try #require(result.value) - truth) / max(1, abs(truth)))
            }
            for member in expected["probabilities"]?.elements?[row].members ?? [] {
                let truth = try #require(member.value.number)
                worst.probability = max(
                    worst.probability, abs(try #require(result.probabilities[member.name]) - truth))
            }
        }
        if inputs.count > 100 { print("\(name): \(inputs.count) windows, worst \(worst)") }
        #expect(worst.score <= 1e-5 && worst.latent <= 1e-5 && worst.value <= 1e-5 && worst.probability <= 1e-6)
    }

    @Test func aWindowIsScoredAndExplained() throws {
        let bundle = try Fixture.load("sequence/autoencoder")
        let predictor = Predictor(bundle: bundle)
        for row in 0..<6 {
            let prediction = try predictor.predict(
                features: FeatureValues(windows: try input("autoencoder", row: row)),
                options: .init(runXGB: true, forceXGB: true))
            let score = try #require(prediction.scores["wear"])
            #expect(prediction.isAnomaly == (score > (prediction.thresholds["wear"] ?? nil) ?? .infinity))
            #expect(prediction.fault != nil && prediction.value == nil)
            // Three features: their mean squared errors are all of the score.
            let errors = prediction.contributions.map(\.squaredError)
            #expect(errors.count == 3 && abs(errors.reduce(0, +) / 3 - score) < 1e-9 * score)
        }
    }

    @Test func theNewestStepAloneCanBeTheScore() throws {
        let truth = try #require(try expected("window")["scores"]?.numbers)[0]
        let features = FeatureValues(windows: try input("window"))
        try Fixture.withCopy("sequence/window") { _, directory in
            let last = try Predictor(bundle: try ServeML.Bundle.load(directory: directory, key: Fixture.key)).predict(
                features: features)
            #expect(abs(try #require(last.scores["wear"]) - truth) < 1e-5 * truth)
            try Fixture.edit(directory.appendingPathComponent("metadata.json")) {
                $0.replacingOccurrences(of: "\"sequence_score\": \"last\"", with: "\"sequence_score\": \"window\"")
            }
            let bundle = try ServeML.Bundle.load(directory: directory, key: Fixture.key)
            let whole = try Predictor(bundle: bundle).predict(features: features)
            #expect(abs(try #require(whole.scores["wear"]) - truth) > 1e-3 * truth)
            #expect(refusal { try bundle.runGoldenSelfTest() } == "golden_mismatch")
        }
    }

    @Test func aRegressorGivesANumber() throws {
        let bundle = try Fixture.load("sequence/regressor")
        #expect(bundle.givesValue && bundle.warnings.isEmpty)
        let prediction = try Predictor(bundle: bundle).predict(
            features: FeatureValues(windows: try input("regressor")))
        let truth = try #require(try expected("regressor")["value"]?.numbers)[0]
        #expect(abs(try #require(prediction.value) - truth) < 1e-5 * max(1, abs(truth)))
        #expect(!prediction.isAnomaly && prediction.scores.isEmpty && prediction.contributions.isEmpty)
        let json = try JSONParser.parse(prediction.json())
        #expect(json["value"]?.number == prediction.value && json["scores"]?.members?.isEmpty == true)
        // Predictions of other bundles do not have the member.
        let other = try Predictor(bundle: try Fixture.load("sequence/window")).predict(
            features: FeatureValues(windows: try input("window")))
        #expect(try JSONParser.parse(other.json())["value"] == nil)
    }

    @Test func windowsOfTheWrongLengthAreNamed() throws {
        let predictor = Predictor(bundle: try Fixture.load("sequence/window"))
        let good = try input("window")
        func failure(_ change: (inout [String: [Double]]) -> Void) -> PredictionError? {
            var windows = good
            change(&windows)
            do {
                _ = try predictor.predict(features: FeatureValues(windows: windows))
                return nil
            } catch { return error }
        }
        #expect(failure { _ in } == nil)
        #expect(failure { $0["s1"]?.removeLast() } == .wrongWindowLength(["s1"], steps: 30))
        #expect(failure { $0["s0"]?.append(1) } == .wrongWindowLength(["s0"], steps: 30))
        #expect(failure { $0["s0"] = [] } == .wrongWindowLength(["s0"], steps: 30))
        #expect(failure { $0["s2"] = [1] } == .wrongWindowLength(["s2"], steps: 30))
        #expect(failure { $0["s2"] = nil } == .missingFeatures(["s2"]))
        #expect(failure { $0["s1"]?[29] = .nan } == .nonFiniteFeatures(["s1"]))
        #expect(failure { $0["s1"]?[0] = 1e300 } == .outOfRangeFeatures(["s1"]))
        // And a window where one value is wanted.
        let plain = Predictor(bundle: try Fixture.load("single"))
        var features = FeatureValues()
        for name in plain.bundle.featureNames { features.append(name, name == "cur_x_std" ? [1, 2] : [1]) }
        #expect(throws: PredictionError.wrongWindowLength(["cur_x_std"], steps: 1)) {
            try plain.predict(features: features)
        }
    }

    @Test func gapsOfAWindowAreImputedWhereTheBundleSaysSo() throws {
        try Fixture.withCopy("sequence/window") { _, directory in
            try Fixture.edit(directory.appendingPathComponent("metadata.json")) {
                $0.replacingOccurrences(of: "\"case\":", with: "\"impute\": \"zero\", \"case\":")
            }
            let predictor = Predictor(bundle: try ServeML.Bundle.load(directory: directory, key: Fixture.key))
            var windows = try input("window")
            windows["s0"]?[7] = .nan
            windows["s2"] = nil
            let imputed = try predictor.predict(features: FeatureValues(windows: windows))
            #expect(imputed.warnings == ["imputed:s0", "imputed:s2"])
            windows["s0"]?[7] = 0
            windows["s2"] = [Double](repeating: 0, count: 30)
            #expect(try predictor.predict(features: FeatureValues(windows: windows)).scores == imputed.scores)
        }
    }

    @Test func messagesCarryWindows() throws {
        func scan(_ features: String) throws(FeatureMessageError) -> FeatureValues {
            try FeatureMessageScanner.scan(Array("{\"features\": \(features)}".utf8)).features
        }
        func code(_ features: String) -> String {
            do {
                _ = try scan(features)
                return "none"
            } catch { return error.code }
        }
        let read = try scan(#"{"a": 1, "b": [1, null ,-2.5e1], "c": [], "d": [7]}"#)
        #expect(Array(read.window(0)) == [1] && Array(read.window(2)) == [] && Array(read.window(3)) == [7])
        #expect(read.window(1).count == 3 && read.window(1).dropFirst().first?.isNaN == true)
        #expect(read["b"] == -25 && read["c"]?.isNaN == true)
        #expect(String(decoding: read.json(), as: UTF8.self) == #"{"a":1.0,"b":[1.0,null,-25.0],"c":[],"d":7.0}"#)
        #expect(code(#"{"a": [1, "2"]}"#) == "feature_not_a_number")
        #expect(code(#"{"a": [[1]]}"#) == "feature_not_a_number")
        #expect(code(#"{"a": [1,]}"#) == "feature_not_a_number")
        #expect(code(#"{"a": [1"#) == "malformed_json")
        #expect(code(#"{"a": [1 2]}"#) == "malformed_json")
        #expect(code(#"{"a": [1e999]}"#) == "malformed_json")
        #expect(code("{\"a\": [" + String(repeating: "1,", count: 4095) + "1]}") == "none")
        #expect(code("{\"a\": [" + String(repeating: "1,", count: 4096) + "1]}") == "window_too_long")
        // What was written in JSON scores as what was given as numbers.
        let predictor = Predictor(bundle: try Fixture.load("sequence/window"))
        let given = FeatureValues(windows: try input("window"))
        let scanned = try scan(String(decoding: given.json(), as: UTF8.self))
        #expect(scanned == given)
        #expect(
            try predictor.predict(features: scanned).scores == predictor.predict(features: given).scores)
    }

    @Test func functionsAreAccurate() {
        for step in -400...400 {
            let x = Float(step) / 10
            let lanes = SIMD8<Float>(repeating: x)
            #expect(abs(Double(VectorMath.tanh(lanes)[3]) - Foundation.tanh(Double(x))) < 3e-7)
            #expect(abs(Double(VectorMath.sigmoid(lanes)[3]) - 1 / (1 + exp(-Double(x)))) < 2e-7)
        }
        #expect(VectorMath.tanh(SIMD8(repeating: .nan))[0].isNaN && VectorMath.sigmoid(SIMD8(repeating: .nan))[0].isNaN)
    }

    @Test func tensorsMustFitTogether() throws {
        func code(_ name: String, _ change: (inout [String: Tensor]) -> Void) throws -> String {
            let stem = name == "autoencoder" ? "ae_wear" : "regressor_wear"
            var tensors = try TorchStateDict.read(
                try Fixture.bytes("sequence/\(name)/\(Fixture.key)/\(stem).pt"), file: "x")
            change(&tensors)
            return refusal {
                if name == "autoencoder" {
                    _ = try LSTMAutoencoder(tensors, file: "x", inputs: 3)
                } else {
                    _ = try LSTMRegressor(tensors, file: "x", inputs: 4)
                }
            }
        }
        func zeros(_ shape: Int...) -> Tensor {
            Tensor(shape: shape, values: .init(repeating: 0, count: shape.reduce(1, *)))
        }
        #expect(try code("autoencoder") { _ in } == "none")
        #expect(try code("regressor") { _ in } == "none")
        #expect(try code("autoencoder") { $0["encoder.weight_hh_l1"] = nil } == "missing_tensor")
        #expect(try code("autoencoder") { $0["encoder.weight_ih_l0_reverse"] = zeros(1) } == "unexpected_tensor")
        #expect(try code("autoencoder") { $0["output.weight"] = nil } == "missing_tensor")
        #expect(try code("autoencoder") { $0["decoder.bias_ih_l0"] = zeros(3) } == "shape_mismatch")
        #expect(try code("autoencoder") { $0["decoder.weight_ih_l0"] = zeros(48, 3) } == "shape_mismatch")
        #expect(try code("autoencoder") { $0["third.weight_ih_l0"] = zeros(48, 3) } == "shape_mismatch")
        #expect(
            try code("autoencoder") {
                $0["encoder.bias_hh_l0"] = Tensor(shape: [40], values: .init(repeating: .nan, count: 40))
            } == "non_finite_weight")
        #expect(
            try code("regressor") {
                $0["head.2.weight"] = zeros(2, 9)
                $0["head.2.bias"] = zeros(2)
            } == "shape_mismatch")
        #expect(try code("regressor") { $0["lstm.weight_ih_l0"] = zeros(52, 5) } == "shape_mismatch")
    }

    @Test(arguments: [
        ("sequence:\n  steps: 30", "", "malformed_spec"),
        ("steps: 30", "steps: 0", "malformed_spec"),
        ("steps: 30", "steps: 5000", "malformed_spec"),
        ("steps: 30", "steps: thirty", "malformed_spec"),
        ("steps: 30", "steps: 30\n  stride: 2", "malformed_spec"),
        ("sequence:\n  steps: 30", "sequence: 30", "malformed_spec"),
        ("steps: 30", "steps: 29", "malformed_golden"),
        ("steps: 30", "steps: 30 ", "none"),
    ])
    func theSpecificationIsChecked(_ from: String, _ to: String, _ expected: String) throws {
        try Fixture.withCopy("sequence/autoencoder") { _, directory in
            try Fixture.forgetHashes(directory)
            try Fixture.edit(directory.appendingPathComponent("feature_spec.yaml")) {
                #expect($0.contains(from))
                return $0.replacingOccurrences(of: from, with: to)
            }
            #expect(refusal { _ = try ServeML.Bundle.load(directory: directory, key: Fixture.key) } == expected)
        }
    }

    @Test func aSmallFileCannotAskForEndlessWork() throws {
        try Fixture.withCopy("sequence/regressor") { _, directory in
            try Fixture.forgetHashes(directory)
            try FileManager.default.removeItem(at: directory.appendingPathComponent("golden.json"))
            try Fixture.edit(directory.appendingPathComponent("feature_spec.yaml")) {
                $0.replacingOccurrences(of: "steps: 30", with: "steps: 4096")
            }
            // Many steps of a small model are allowed; of a larger one they are not.
            #expect(refusal { _ = try ServeML.Bundle.load(directory: directory, key: Fixture.key) } == "none")
            var tensors: [String: Tensor] = [:]
            for (name, shape) in [
                ("lstm.weight_ih_l0", [2000, 4]), ("lstm.weight_hh_l0", [2000, 500]), ("fc.weight", [1, 500]),
            ] {
                tensors[name] = Tensor(shape: shape, values: .init(repeating: 0.01, count: shape[0] * shape[1]))
            }
            try FileManager.default.removeItem(at: directory.appendingPathComponent("regressor_wear.pt"))
            try Data(safetensors(tensors)).write(to: directory.appendingPathComponent("regressor_wear.safetensors"))
            #expect(
                refusal { _ = try ServeML.Bundle.load(directory: directory, key: Fixture.key) } == "shape_mismatch")
        }
    }

    private func safetensors(_ tensors: [String: Tensor]) -> [UInt8] {
        var members: [String] = []
        var data: [UInt8] = []
        for (name, tensor) in tensors {
            let start = data.count
            for value in tensor.values { data += littleEndian(value.bitPattern) }
            members.append(
                "\"\(name)\":{\"dtype\":\"F32\",\"shape\":\(tensor.shape),\"data_offsets\":[\(start),\(data.count)]}")
        }
        let header = Array("{\(members.joined(separator: ","))}".utf8)
        return littleEndian(UInt64(header.count)) + header + data
    }
}

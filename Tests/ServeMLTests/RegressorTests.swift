import Foundation
import TestSupport
import Testing

@testable import ServeML

@Suite("Regressors of layers and of trees")
struct RegressorTests {
    /// Writes a bundle with one modality and loads it.
    private func load(
        features: [String], steps: Int?, metadata: String = "", scaler: (mean: [Double], scale: [Double])? = nil,
        file: String, _ bytes: [UInt8]
    ) throws -> ServeML.Bundle {
        try Fixture.withTemporaryDirectory { root in
            let directory = root.appendingPathComponent(Fixture.key.description, isDirectory: true)
            try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
            func write(_ name: String, _ text: String) throws {
                try Data(text.utf8).write(to: directory.appendingPathComponent(name))
            }
            try write(
                "metadata.json",
                "{\"modalities\": [\"wear\"], \"case\": \"A\", \"faults\": [], \"th_ae\": {}\(metadata)}")
            let list = features.map { "- \($0)" }.joined(separator: "\n")
            let sequence = steps.map { "\nsequence:\n  steps: \($0)" } ?? ""
            try write(
                "feature_spec.yaml",
                "features:\n\(list)\nmodal_map:\n  wear: [\(features.joined(separator: ", "))]\(sequence)\n")
            if let scaler {
                try write("standard_scaler_wear.json", "{\"mean\": \(scaler.mean), \"scale\": \(scaler.scale)}")
            }
            try Data(bytes).write(to: directory.appendingPathComponent(file))
            return try ServeML.Bundle.load(directory: directory, key: Fixture.key)
        }
    }

    private func safetensors(_ tensors: [(name: String, shape: [Int], values: [Float])]) -> [UInt8] {
        var data: [UInt8] = []
        var header: [String] = []
        for tensor in tensors {
            let start = data.count
            for value in tensor.values { withUnsafeBytes(of: value.bitPattern.littleEndian) { data += $0 } }
            header.append(
                "\"\(tensor.name)\":{\"dtype\":\"F32\",\"shape\":\(tensor.shape),\"data_offsets\":[\(start),\(data.count)]}"
            )
        }
        var text = Array("{\(header.joined(separator: ","))}".utf8)
        while text.count % 8 != 0 { text.append(32) }
        return withUnsafeBytes(of: UInt64(text.count).littleEndian) { Array($0) } + text + data
    }

    @Test("Layers on the whole window, step after step")
    func dense() throws {
        var generator = SplitMix(seed: 11)
        let (first, bias) = ((0..<24).map { _ in generator.float() }, (0..<4).map { _ in generator.float() })
        let (last, offset) = ((0..<4).map { _ in generator.float() }, generator.float())
        let weights = safetensors([
            ("net.0.weight", [4, 6], first), ("net.0.bias", [4], bias), ("net.2.weight", [1, 4], last),
            ("net.2.bias", [1], [offset]),
        ])
        let scaler = (mean: [1.0, -2.0], scale: [2.0, 0.5])
        let bundle = try load(
            features: ["a", "b"], steps: 3, scaler: scaler, file: "regressor_wear.safetensors", weights)
        #expect(bundle.givesValue && bundle.warnings.isEmpty && bundle.unscaledModalities.isEmpty)
        for _ in 0..<50 {
            let window = [
                "a": (0..<3).map { _ in Double(generator.float()) },
                "b": (0..<3).map { _ in Double(generator.float()) },
            ]
            let input = (0..<3).flatMap { step in
                [(window["a"]![step] - 1) / 2, (window["b"]![step] + 2) / 0.5]
            }
            var expected = Double(offset)
            for unit in 0..<4 {
                let sum = (0..<6).reduce(Double(bias[unit])) { $0 + Double(first[unit * 6 + $1]) * input[$1] }
                expected += Double(last[unit]) * max(0, sum)
            }
            let value = try #require(
                try Predictor(bundle: bundle).predict(features: FeatureValues(windows: window)).value)
            #expect(abs(value - expected) <= 1e-5 * max(1, abs(expected)))
        }
        let refused = refusal {
            _ = try load(features: ["a", "b"], steps: 2, file: "regressor_wear.safetensors", weights)
        }
        #expect(refused == "shape_mismatch")
        #expect(
            try load(features: ["a", "b"], steps: 3, file: "regressor_wear.safetensors", weights).warnings
                == ["unscaled:wear"])
    }

    @Test("Trees on all values give what xgboost gives")
    func trees() throws {
        let bytes = try Fixture.bytes("trees/3.2.0-squarederror.json")
        let expected = try Fixture.expected("trees/3.2.0-squarederror")
        let rows = try #require(expected["rows"]?.elements).map { $0.elements?.map { $0.number ?? .nan } ?? [] }
        let truths = try #require(expected["outputs"]?.elements).map { $0.numbers?.first ?? .nan }
        let plain = try load(features: ["a", "b", "c", "d", "e", "f"], steps: nil, file: "regressor_wear.json", bytes)
        let window = try load(features: ["a", "b"], steps: 3, file: "regressor_wear.json", bytes)
        #expect(plain.warnings.isEmpty && plain.givesValue && plain.unscaledModalities.isEmpty && window.steps == 3)
        var compared = 0
        for (row, truth) in zip(rows, truths) where row.allSatisfy(\.isFinite) {
            let named = Dictionary(uniqueKeysWithValues: zip(["a", "b", "c", "d", "e", "f"], row))
            let value = try #require(try Predictor(bundle: plain).predict(features: named).value)
            #expect(abs(value - truth) <= 1e-6 * max(1, abs(truth)))
            // step after step: a1 b1 a2 b2 a3 b3
            let steps = ["a": [row[0], row[2], row[4]], "b": [row[1], row[3], row[5]]]
            #expect(try Predictor(bundle: window).predict(features: FeatureValues(windows: steps)).value == value)
            compared += 1
        }
        #expect(compared >= 20)
    }

    @Test("Trees on a summary of the window")
    func summary() throws {
        let bytes = try Fixture.bytes("trees/3.2.0-squarederror.json")
        let ensemble = try XGBoostReader.read(bytes)
        let bundle = try load(
            features: ["a", "b"], steps: 7, metadata: ", \"regressor_summary\": [\"mean\", \"slope\", \"last\"]",
            file: "regressor_wear.json", bytes)
        var generator = SplitMix(seed: 5)
        for _ in 0..<50 {
            let (a, b) = (
                (0..<7).map { _ in Double(generator.float()) }, (0..<7).map { _ in Double(generator.float()) }
            )
            let row = [a, b].flatMap { values -> [Float] in
                let mean = values.reduce(0, +) / 7
                let slope = values.enumerated().reduce(0) { $0 + (Double($1.offset) - 3) * $1.element } / 28
                return [Float(mean), Float(slope), Float(values[6])]
            }
            let value = try #require(
                try Predictor(bundle: bundle).predict(features: FeatureValues(windows: ["a": a, "b": b])).value)
            #expect(abs(value - ensemble.predict(row)[0]) <= 1e-6)
        }
    }

    @Test("Every statistic of a summary against plain loops")
    func statistics() throws {
        var generator = SplitMix(seed: 8)
        for steps in [1, 2, 3, 30] {
            let window = (0..<(steps * 3)).map { _ in generator.float() * 10 - 3 }
            let all = WindowSummary(statistics: WindowSummary.Statistic.allCases)
            var found = [Float](repeating: .nan, count: all.count(features: 3, steps: steps))
            all.write(window, features: 3, steps: steps, into: &found)
            for feature in 0..<3 {
                let values = (0..<steps).map { Double(window[$0 * 3 + feature]) }
                let n = Double(steps)
                let mean = values.reduce(0, +) / n
                let times = values.indices.map { Double($0) - (n - 1) / 2 }
                let spread = times.reduce(0) { $0 + $1 * $1 }
                let expected: [WindowSummary.Statistic: Double] = [
                    .mean: mean, .last: values[steps - 1], .first: values[0], .min: values.min()!, .max: values.max()!,
                    .std: (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / n).squareRoot(),
                    .slope: steps == 1 ? 0 : zip(times, values).reduce(0) { $0 + $1.0 * $1.1 } / spread,
                    .weighted: values.enumerated().reduce(0) { $0 + Double($1.offset + 1) * $1.element }
                        / (n * (n + 1) / 2),
                ]
                for (place, statistic) in WindowSummary.Statistic.allCases.enumerated() {
                    let (a, b) = (Double(found[feature * 8 + place]), try #require(expected[statistic]))
                    #expect(abs(a - b) <= 1e-5 * max(1, abs(b)), "\(statistic) of \(steps): \(a), \(b)")
                }
            }
        }
    }

    @Test("What does not fit is refused by name")
    func refused() throws {
        func code(_ file: String, features: [String] = ["a", "b", "c", "d", "e", "f"], _ metadata: String = "") throws
            -> String
        {
            let bytes = try Fixture.bytes("trees/\(file)")
            return refusal {
                _ = try load(
                    features: features, steps: nil, metadata: metadata,
                    file: file.hasSuffix(".ubj") ? "regressor_wear.ubj" : "regressor_wear.json", bytes)
            }
        }
        #expect(try code("3.2.0-gamma.json") == "none")
        #expect(try code("3.2.0-hinge.json") == "unsupported_trees")
        #expect(try code("3.2.0-softprob.json") == "unsupported_trees")
        #expect(try code("3.2.0-gamma.json", features: ["a"]) == "shape_mismatch")
        #expect(try code("3.2.0-gamma.json", ", \"regressor_summary\": [\"mean\"]") == "none")
        #expect(try code("3.2.0-gamma.json", ", \"regressor_summary\": [\"mean\", \"last\"]") == "shape_mismatch")
        for bad in ["\"mean\"", "[\"median\"]", "[\"mean\", \"mean\"]", "[7]", "{}"] {
            #expect(try code("3.2.0-gamma.json", ", \"regressor_summary\": \(bad)") == "malformed_metadata")
        }
    }
}

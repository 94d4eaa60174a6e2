import Foundation
import ServeML

/// Prints one measurement as a JSON line.
func report(_ name: String, _ durations: [Duration]) {
    let sorted = durations.sorted()
    func microseconds(_ part: Double) -> String {
        let parts = sorted[min(sorted.count - 1, Int(Double(sorted.count) * part))].components
        return String(format: "%.2f", Double(parts.seconds) * 1e6 + Double(parts.attoseconds) / 1e12)
    }
    print(
        "{\"what\":\"\(name)\",\"p50_us\":\(microseconds(0.5)),\"p99_us\":\(microseconds(0.99)),\"n\":\(sorted.count)}")
}

/// The measurements for one bundle.
struct Workload {
    let bundle: ServeML.Bundle
    let directory: URL
    let iterations: Int

    func run() throws {
        let inputs = try goldenInputs()
        let predictor = Predictor(bundle: bundle)
        let options = PredictionOptions(runXGB: true, forceXGB: true)

        try measure("score: arithmetic alone, \(bundle.modalities.joined(separator: " + "))") { index in
            let input = inputs[index % inputs.count]
            _ = try input.withUnsafeBufferPointer { values in try predictor.largestRatio(values: values) }
        }
        if bundle.hasFaultModel {
            measure("fault model alone") { index in predictor.benchmarkFaultModel(seed: index) }
        }
        let features = inputs.map { input in
            FeatureValues(Dictionary(uniqueKeysWithValues: zip(bundle.featureNames, input)))
        }
        try measure("predict: names, gate, contributions") { index in
            _ = try predictor.predict(features: features[index % features.count])
        }
        if bundle.hasFaultModel {
            try measure("predict with the fault model") { index in
                _ = try predictor.predict(features: features[index % features.count], options: options)
            }
        }
        let messages = inputs.map { input in
            let members = zip(bundle.featureNames, input).map { "\"\($0)\":\($1)" }.joined(separator: ",")
            return Array("{\"power\":\"\(bundle.key.power)\",\"features\":{\(members)}}".utf8)
        }
        try measure("message to stored form: scan, predict, write JSON") { index in
            let payload = messages[index % messages.count]
            let message = try FeatureMessageScanner.scan(payload)
            let context = Prediction.Context(
                equipmentID: bundle.key.equipmentID, power: bundle.key.power, modelVersion: bundle.key.version,
                featuresJSON: Array(payload[message.featuresRange]))
            _ = try predictor.predict(features: message.features).json(context)
        }
    }

    private func measure(_ name: String, _ body: (Int) throws -> Void) rethrows {
        let clock = ContinuousClock()
        for index in 0..<min(iterations, 2000) { try body(index) }
        var durations: [Duration] = []
        durations.reserveCapacity(iterations)
        for index in 0..<iterations {
            let start = clock.now
            try body(index)
            durations.append(start.duration(to: clock.now))
        }
        report(name, durations)
    }

    private func goldenInputs() throws -> [[Double]] {
        let data = try Data(contentsOf: directory.appendingPathComponent("golden.json"))
        let json = try JSONSerialization.jsonObject(with: data) as? [String: Any]
        let vectors = json?["vectors"] as? [[String: Any]] ?? []
        let inputs = vectors.compactMap { $0["features"] as? [Double] }
        guard !inputs.isEmpty else { throw BundleError.malformedGolden("no vectors to measure with") }
        return inputs
    }
}

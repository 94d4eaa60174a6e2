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
        let features = inputs.map(values)
        try measure("predict: names, gate, contributions") { index in
            _ = try predictor.predict(features: features[index % features.count])
        }
        if bundle.hasFaultModel {
            try measure("predict with the fault model") { index in
                _ = try predictor.predict(features: features[index % features.count], options: options)
            }
        }
        let messages = inputs.map(message)
        try measure("message to stored form: scan, predict, write JSON") { index in
            try answer(messages[index % messages.count], predictor)
        }
    }

    /// One kind of prediction, over and over.
    func repeatOnly(_ name: String) throws {
        let inputs = try goldenInputs()
        let predictor = Predictor(bundle: bundle)
        let features = inputs.map(values)
        let messages = inputs.map(message)
        let options = PredictionOptions(runXGB: true, forceXGB: true)
        for index in 0..<iterations {
            let turn = index % inputs.count
            switch name {
            case "score": _ = try inputs[turn].withUnsafeBufferPointer { try predictor.largestRatio(values: $0) }
            case "predict": _ = try predictor.predict(features: features[turn])
            case "fault": _ = try predictor.predict(features: features[turn], options: options)
            default: try answer(messages[turn], predictor)
            }
        }
    }

    private func message(_ input: [Double]) -> [UInt8] {
        let features = String(decoding: values(input).json(), as: UTF8.self)
        return Array("{\"power\":\"\(bundle.key.power)\",\"features\":\(features)}".utf8)
    }

    private func answer(_ payload: [UInt8], _ predictor: Predictor) throws {
        let message = try FeatureMessageScanner.scan(payload)
        let context = Prediction.Context(
            equipmentID: bundle.key.equipmentID, power: bundle.key.power, modelVersion: bundle.key.version,
            featuresJSON: Array(payload[message.featuresRange]))
        _ = try predictor.predict(features: message.features).json(context)
    }

    /// The 84 features of one second of three currents at 2 kHz and three seconds of vibration at 4 kHz.
    func runWaveforms() throws {
        func signal(_ count: Int, _ rate: Double) -> [Double] {
            (0..<count).map { sin(Double($0) * 314.16 / rate) + 0.1 * sin(Double($0 * $0 % 977)) }
        }
        let current = signal(2000, 2000)
        let vibration = signal(12_000, 4000)
        try measure("84 features from waveforms", iterations: min(iterations, 500)) { _ in
            _ = try WaveformFeatures.compute(
                modality: "current", axes: ["x": current, "y": current, "z": current], sampleRateHz: 2000)
            _ = try WaveformFeatures.compute(modality: "vibration", axes: ["v": vibration], sampleRateHz: 4000)
        }
    }

    /// A root with many copies of the bundle (hard links): first scan, second scan, then every bundle asked once.
    func runMany(_ copies: Int) throws {
        let files = FileManager.default
        let root = directory.deletingLastPathComponent().appendingPathComponent(".copies-\(UUID().uuidString)")
        defer { try? files.removeItem(at: root) }
        for number in 0..<copies {
            let target = root.appendingPathComponent("m\(number)/1/v1")
            try files.createDirectory(at: target, withIntermediateDirectories: true)
            for name in try files.contentsOfDirectory(atPath: directory.path) where !name.hasPrefix(".") {
                try files.linkItem(
                    at: directory.appendingPathComponent(name), to: target.appendingPathComponent(name))
            }
        }
        let clock = ContinuousClock()
        let limit = bundle.memoryBytes * max(1, copies / 4)
        let store = BundleStore(root: root, memoryLimitBytes: limit)
        let before = residentMegabytes()
        report("\(copies) bundles: first scan, verified and self-tested", [clock.measure { _ = store.reload() }])
        report("\(copies) bundles: second scan, unchanged", [clock.measure { _ = store.reload() }])
        var loads: [Duration] = []
        for key in store.keys { loads.append(try clock.measure { _ = try store.bundle(key) }) }
        report("\(copies) bundles: lazy load", loads)
        print(
            "{\"what\":\"memory\",\"resident_bundles\":\(store.residentCount),\"limit_bytes\":\(limit),"
                + "\"bundle_bytes\":\(bundle.memoryBytes),\"resident_bytes\":\(store.residentBytes),"
                + "\"process_growth_mb\":\(residentMegabytes() - before)}")
    }

    private func residentMegabytes() -> Int {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS") } ?? ""
        return (Int(line.filter(\.isNumber)) ?? 0) / 1024
    }

    private func measure(_ name: String, iterations: Int? = nil, _ body: (Int) throws -> Void) rethrows {
        let iterations = iterations ?? self.iterations
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

    /// One input as named values.
    private func values(_ input: [Double]) -> FeatureValues {
        var features = FeatureValues()
        for (index, name) in bundle.featureNames.enumerated() {
            features.append(name, Array(input[index * bundle.steps..<(index + 1) * bundle.steps]))
        }
        return features
    }

    /// The golden vectors' inputs, one feature's values after the other's.
    private func goldenInputs() throws -> [[Double]] {
        let data = try Data(contentsOf: directory.appendingPathComponent("golden.json"))
        let json = try JSONSerialization.jsonObject(with: data) as? [String: Any]
        let vectors = json?["vectors"] as? [[String: Any]] ?? []
        let inputs = vectors.compactMap { vector in
            vector["features"] as? [Double] ?? (vector["features"] as? [[Double]])?.flatMap { $0 }
        }
        guard !inputs.isEmpty else { throw BundleError.malformedGolden("no vectors to measure with") }
        return inputs
    }
}

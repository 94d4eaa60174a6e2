import Foundation

/// A reader of ours that takes bytes from outside.
struct Face: Sendable {
    let name: String
    /// Valid inputs to spoil; empty: inputs are made by `make`.
    let corpus: [[UInt8]]
    let make: @Sendable (inout Seeded) -> [UInt8]
    /// Must return or throw: a crash, a hang or an unnamed error is a finding.
    /// - Returns: whether the input was accepted.
    let read: @Sendable ([UInt8], inout Seeded) throws -> Bool

    init(
        _ name: String, corpus: [[UInt8]] = [],
        make: @escaping @Sendable (inout Seeded) -> [UInt8] = { Mutation.json(&$0) },
        read: @escaping @Sendable ([UInt8], inout Seeded) throws -> Bool
    ) {
        self.name = name
        self.corpus = corpus
        self.make = make
        self.read = read
    }

    func input(_ random: inout Seeded) -> [UInt8] {
        guard !corpus.isEmpty, random.below(4) > 0 else {
            let made = make(&random)
            return random.below(3) == 0 ? Mutation.spoil(made, with: corpus.first ?? [], &random) : made
        }
        return Mutation.spoil(random.pick(corpus), with: random.pick(corpus), &random)
    }
}

/// What must not happen, as an error.
struct Broken: Error, CustomStringConvertible {
    let description: String
}

enum Faces {
    static func all(fixtures: URL) throws -> [Face] { text + (try messages()) + (try files(fixtures)) }

    // MARK: What HTTP takes

    private static let types = [
        "text", "integer", "bigint", "smallint", "double precision", "numeric", "boolean", "uuid", "date", "jsonb",
        "timestamp with time zone", "text[]", "integer[]", "double precision[]", "jsonb[]",
        "timestamp with time zone[]",
    ]

    private static let text: [Face] = [
        Face(
            "json",
            corpus: [Array("{\"a\": [1, {\"b\": null}], \"c\\u0061\": \"é\\ud83d\\ude00\", \"d\": -1.5e-3}".utf8)]
        ) { bytes, _ in
            guard let value = try? JSONScanner.value(of: bytes) else { return false }
            // what the scanner accepts, others must be able to read
            switch value.kind {
            case .object:
                let members = try JSONScanner.members(of: value, in: bytes)
                guard Set(members.map { Array($0.name.utf8) }).count == members.count else {
                    throw Broken(description: "a member twice")
                }
                for (_, member) in members { _ = try JSONScanner.value(of: Array(bytes[member.range])) }
            case .array:
                for element in try JSONScanner.elements(of: value, in: bytes) {
                    _ = try JSONScanner.value(of: Array(bytes[element.range]))
                }
            case .string: _ = try JSONScanner.string(value, in: bytes)
            default: break
            }
            _ = try? JSONScanner.checkStorable(value, in: bytes)
            return true
        },
        Face("arguments", corpus: Mutation.tokens.map { Array($0.utf8) }) { bytes, random in
            let type = random.pick(types)
            guard let value = try? JSONScanner.value(of: bytes) else {
                guard let text = String(validating: bytes, as: UTF8.self) else { return false }
                return (try? ArgumentValue.text(.text(text), type: type)) != nil
            }
            return (try? ArgumentValue.text(.json(value, bytes), type: type)) != nil
        },
        Face("percent", corpus: [Array("a=1&b=%20%EA%B0%80&c[]=x+y".utf8)]) { bytes, _ in
            let text = String(decoding: bytes, as: UTF8.self)
            guard let pairs = PercentEncoding.pairs(text) else { return false }
            for pair in pairs where pair.name.utf8.contains(0) || pair.value.utf8.contains(0) {
                throw Broken(description: "a NUL")
            }
            return true
        },
    ]

    // MARK: What MQTT takes

    private static func messages() throws -> [Face] {
        let features = (0..<84).map { index in
            "\"f\(index)\":" + (index % 7 == 0 ? "[\(index),null,2.5]" : "\(Double(index) * 1.25)")
        }.joined(separator: ",")
        let message = Array("{\"power\":\"11kW\",\"model_version\":\"v1\",\"features\":{\(features)}}".utf8)
        let samples = (0..<64).map { "\(sin(Double($0)))" }.joined(separator: ",")
        let waveform = Array(
            "{\"sample_rate_hz\": 10000, \"axes\": {\"x\": [\(samples)], \"y\": [\(samples)], \"z\": [\(samples)]}}"
                .utf8)
        return [
            Face("features", corpus: [message, Array("{\"features\":{\"a\":1}}".utf8)]) { bytes, _ in
                do throws(FeatureMessageError) {
                    _ = try FeatureMessageScanner.scan(bytes)
                    return true
                } catch {
                    if error.code.isEmpty || error.description.isEmpty {
                        throw Broken(description: "an error without a name")
                    }
                    return false
                }
            },
            Face("bare_features", corpus: [Array("{\(features)}".utf8)]) { bytes, _ in
                (try? FeatureMessageScanner.scanFeatures(bytes)) != nil
            },
            Face("waveform", corpus: [waveform]) { bytes, _ in
                guard let message = try? WaveformMessage(bytes) else { return false }
                _ = try? WaveformFeatures.compute(
                    modality: "vibration", axes: message.axes, sampleRateHz: message.sampleRateHz)
                return true
            },
        ]
    }

    // MARK: What bundles bring

    private static func files(_ fixtures: URL) throws -> [Face] {
        func bytes(_ path: String) throws -> [UInt8] {
            Array(try Data(contentsOf: fixtures.appendingPathComponent(path)))
        }
        func found(_ suffix: String) throws -> [[UInt8]] {
            let names = FileManager.default.enumerator(atPath: fixtures.path)?.compactMap { $0 as? String } ?? []
            return try names.filter { $0.hasSuffix(suffix) }.sorted().prefix(24).map(bytes)
        }
        let torch = try found(".pt")
        let pickles = torch.compactMap { file -> [UInt8]? in
            guard let archive = try? ZipArchive(file, file: "x"),
                let name = archive.names.first(where: { $0.hasSuffix("data.pkl") }),
                let pickle = archive[name]
            else { return nil }
            return Array(pickle)
        }
        let trees = try ["1.7.6-categorical.json", "3.0.3-binary.json", "1.7.6-dart.json"].map {
            try bytes("trees/\($0)")
        }
        let binaryTrees = try found(".ubj")
        let noise: @Sendable (inout Seeded) -> [UInt8] = { random in
            (0..<random.below(256)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        }
        return [
            Face("pickle", corpus: pickles, make: noise) { bytes, _ in
                try named { _ = try PickleMachine.load(bytes[...], file: "x") }
            },
            Face("zip", corpus: torch, make: noise) { bytes, _ in
                try named {
                    let archive = try ZipArchive(bytes, file: "x")
                    for name in archive.names { _ = archive[name]?.count }
                }
            },
            Face("torch", corpus: torch, make: noise) { bytes, _ in
                try named { _ = try Autoencoder(try TorchStateDict.read(bytes, file: "x"), file: "x", inputs: 63) }
            },
            Face("safetensors", corpus: try found(".safetensors"), make: noise) { bytes, _ in
                try named { _ = try Autoencoder(try SafeTensors.read(bytes, file: "x"), file: "x", inputs: 63) }
            },
            Face("ubjson", corpus: binaryTrees, make: noise) { bytes, _ in try ensemble(bytes) },
            Face("trees", corpus: trees) { bytes, _ in try ensemble(bytes) },
            Face("metadata", corpus: try found("metadata.json")) { bytes, _ in
                try named { _ = try BundleMetadata(bytes) }
            },
            Face("feature_spec", corpus: try found("feature_spec.yaml")) { bytes, _ in
                try named { _ = try FeatureSpec(bytes) }
            },
            Face("scaler", corpus: try found("standard_scaler_current.json")) { bytes, _ in
                try named { _ = try Scaler(bytes, file: "x", count: 63) }
            },
        ]
    }

    /// Whatever is accepted must also be safe to run.
    private static func ensemble(_ bytes: [UInt8]) throws -> Bool {
        try named {
            let ensemble = try XGBoostReader.read(bytes)
            guard ensemble.features <= 4096 else { return }
            _ = ensemble.predict([Float](repeating: 0.5, count: ensemble.features))
            _ = ensemble.predict([Float](repeating: .nan, count: ensemble.features))
        }
    }

    /// An error of a reader says what is wrong.
    private static func named(_ body: () throws -> Void) throws -> Bool {
        do {
            try body()
            return true
        } catch let error as BundleError {
            if error.code.isEmpty || error.reason.isEmpty { throw Broken(description: "an error without a name") }
            return false
        } catch is JSONError {
            return false
        }
    }
}

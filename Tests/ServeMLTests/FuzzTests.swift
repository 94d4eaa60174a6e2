import Foundation
import TestSupport
import Testing

@testable import ServeML

/// Valid files, spoilt at random from fixed seeds: readers must answer with a named error or with a model, never crash
/// or hang.
@Suite("Readers survive spoilt files")
struct FuzzTests {
    private static let rounds = Int(ProcessInfo.processInfo.environment["MILLWRIGHT_FUZZ_ROUNDS"] ?? "") ?? 400

    /// One to eight changes: bits, bytes, cuts, repeats, lengths.
    private func spoil(_ bytes: [UInt8], _ generator: inout SplitMix) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...8, using: &generator) {
            guard !bytes.isEmpty else { break }
            let place = Int.random(in: 0..<bytes.count, using: &generator)
            switch Int.random(in: 0..<7, using: &generator) {
            case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            case 1: bytes[place] = UInt8.random(in: 0...255, using: &generator)
            case 2: bytes.removeLast(bytes.count - place)
            case 3: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...16, using: &generator)))
            case 4:
                let end = min(bytes.count, place + Int.random(in: 1...64, using: &generator))
                bytes.insert(contentsOf: bytes[place..<end], at: place)
            case 5:
                // A length or an offset that means something else now.
                let value = [UInt32](arrayLiteral: 0, 1, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF).randomElement(
                    using: &generator)
                for (index, byte) in littleEndian(value ?? 0).enumerated() where place + index < bytes.count {
                    bytes[place + index] = byte
                }
            default:
                for index in place..<min(bytes.count, place + 8) { bytes[index] = 0xFF }
            }
        }
        return bytes
    }

    private func fuzz(_ path: String, rounds: Int = rounds, _ read: ([UInt8]) throws -> Void) throws -> (Int, Int) {
        let original = try Fixture.bytes(path)
        try read(original)
        var generator = SplitMix(seed: UInt64(path.utf8.reduce(7) { $0 &* 31 &+ Int($1) } & 0xFFFF))
        var refused = 0
        for _ in 0..<rounds {
            do { try read(spoil(original, &generator)) } catch let error as BundleError {
                refused += 1
                #expect(!error.code.isEmpty && !error.reason.isEmpty)
            } catch is JSONError {
                refused += 1
            }
        }
        return (rounds, refused)
    }

    @Test func torchFiles() throws {
        let path = "half/\(Fixture.key)/ae_current.pt"
        let (_, refused) = try fuzz(path) { bytes in
            _ = try Autoencoder(try TorchStateDict.read(bytes, file: "x.pt"), file: "x.pt", inputs: 63)
        }
        #expect(refused > 0)
    }

    /// Past the archive's checksums, where the pickle itself is spoilt.
    @Test func pickles() throws {
        let archive = try ZipArchive(try Fixture.bytes("dual/\(Fixture.key)/ae_vibration.pt"), file: "x")
        let name = try #require(archive.names.first { $0.hasSuffix("data.pkl") })
        let original = Array(try #require(archive[name]))
        var generator = SplitMix(seed: 17)
        for _ in 0..<Self.rounds * 5 {
            let spoilt = spoil(original, &generator)
            do throws(BundleError) { _ = try PickleMachine.load(spoilt[...], file: "x") } catch {
                #expect(!error.reason.isEmpty)
            }
        }
    }

    @Test func safetensors() throws {
        let path = "single/\(Fixture.key)/ae_current.safetensors"
        let (_, refused) = try fuzz(path) { bytes in
            _ = try Autoencoder(try SafeTensors.read(bytes, file: "x"), file: "x", inputs: 63)
        }
        #expect(refused > 0)
    }

    @Test(arguments: [
        "1.7.6-categorical.json", "3.2.0-dart_ubj.ubj", "3.2.0-categorical_onehot.ubj", "3.0.3-binary.json",
    ])
    func treeModels(_ name: String) throws {
        let (_, refused) = try fuzz("trees/\(name)") { bytes in
            let ensemble = try XGBoostReader.read(bytes)
            // Whatever is accepted must also be safe to run.
            _ = ensemble.predict([Float](repeating: 0.5, count: ensemble.features))
            _ = ensemble.predict([Float](repeating: .nan, count: ensemble.features))
        }
        #expect(refused > 0)
    }

    @Test func textFiles() throws {
        let directory = "dual/\(Fixture.key)"
        _ = try fuzz("\(directory)/metadata.json") { _ = try BundleMetadata($0) }
        _ = try fuzz("\(directory)/feature_spec.yaml", rounds: Self.rounds / 4) { _ = try FeatureSpec($0) }
        _ = try fuzz("\(directory)/standard_scaler_current.json") { _ = try Scaler($0, file: "x", count: 63) }
        let bundle = try Fixture.load("dual")
        _ = try fuzz("\(directory)/golden.json") {
            _ = try GoldenVectors(
                $0, features: bundle.featureNames, steps: 1, modalities: bundle.content.modalities, labels: [])
        }
    }

    @Test func messages() {
        let features = (0..<84).map { index in
            "\"f\(index)\":" + (index % 7 == 0 ? "[\(index),null,2.5]" : "\(Double(index) * 1.25)")
        }.joined(separator: ",")
        let original = Array("{\"power\":\"11kW\",\"model_version\":\"v1\",\"features\":{\(features)}}".utf8)
        var generator = SplitMix(seed: 23)
        for _ in 0..<Self.rounds * 5 {
            let spoilt = spoil(original, &generator)
            do throws(FeatureMessageError) { _ = try FeatureMessageScanner.scan(spoilt) } catch {
                #expect(!error.code.isEmpty && !error.description.isEmpty)
            }
            do throws(WaveformError) { _ = try WaveformMessage(spoilt) } catch { #expect(!error.code.isEmpty) }
        }
    }

    /// A whole bundle with one spoilt file, hashes forgotten: loaded or refused, and what is loaded can be asked.
    @Test func bundles() throws {
        for name in ["dual", "case_b", "single", "sequence/autoencoder", "sequence/window", "sequence/regressor"] {
            try Fixture.withCopy(name) { _, directory in
                try Fixture.forgetHashes(directory)
                let files = try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted()
                var generator = SplitMix(seed: 31)
                let store = BundleStore(
                    root: directory.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent())
                for _ in 0..<40 {
                    let file = directory.appendingPathComponent(try #require(files.randomElement(using: &generator)))
                    let good = try Data(contentsOf: file)
                    try Data(spoil(Array(good), &generator)).write(to: file)
                    let report = store.reload()
                    for rejected in report.rejected { #expect(!rejected.code.isEmpty) }
                    if let bundle = try? store.bundle(Fixture.key) {
                        let values = [Double](repeating: 1, count: bundle.featureNames.count * bundle.steps)
                        _ = try? Predictor(bundle: bundle).evaluate(values: values)
                    }
                    try good.write(to: file)
                }
            }
        }
    }
}

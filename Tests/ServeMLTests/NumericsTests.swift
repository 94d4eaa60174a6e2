import Foundation
import TestSupport
import Testing

@testable import ServeML

@Suite("Scores equal PyTorch's and numpy's")
struct NumericsTests {
    @Test(arguments: ["dual", "single", "unscaled", "null_threshold", "half", "bfloat16", "double"])
    func scores(_ name: String) throws {
        let bundle = try Fixture.load(name)
        let expected = try Fixture.expected(name)
        let names = try #require(expected["features"]?.strings)
        let inputs = try #require(expected["inputs"]?.elements)
        #expect(bundle.featureNames == names)
        for (row, input) in inputs.enumerated() {
            let values = try #require(input.numbers)
            let prediction = try Predictor(bundle: bundle).predict(
                features: Dictionary(uniqueKeysWithValues: zip(names, values)))
            let latents = try Predictor(bundle: bundle).evaluate(values: values).latents
            for modality in bundle.modalities {
                let score = try #require(prediction.scores[modality])
                for reference in ["numpy", "torch"] {
                    let truth = try #require(expected[reference]?[modality]?.numbers)[row]
                    #expect(
                        abs(score - truth) <= 1e-5 * truth, "\(reference) \(modality) row \(row): \(score) and \(truth)"
                    )
                }
                let rows = try #require(expected["latents"]?[modality]?.elements)
                let truth = try #require(rows[row].numbers)
                let largest = truth.map(abs).max() ?? 0
                let latent = try #require(latents[modality])
                for (a, b) in zip(latent, truth) { #expect(abs(a - b) <= 1e-5 * largest) }
            }
        }
    }

    /// Bundles of a wider run (make_fixtures.py --wide), where MILLWRIGHT_BUNDLE_FIXTURES names their folder.
    private static let wider = Fixture.files(nil, wider: "MILLWRIGHT_BUNDLE_FIXTURES") {
        $0.hasSuffix(".expected.json")
    }

    @Test(.enabled(if: !wider.isEmpty, "MILLWRIGHT_BUNDLE_FIXTURES names no folder"), arguments: wider)
    func widerRun(_ file: URL) throws {
        let name = String(file.lastPathComponent.dropLast(".expected.json".count))
        let directory = file.deletingLastPathComponent().appendingPathComponent("\(name)/\(Fixture.key)")
        let predictor = Predictor(bundle: try ServeML.Bundle.load(directory: directory, key: Fixture.key))
        let expected = try JSONParser.parse(Array(try Data(contentsOf: file)))
        let inputs = try #require(expected["inputs"]?.elements)
        var worst = (score: 0.0, latent: 0.0)
        for (row, input) in inputs.enumerated() {
            let result = try predictor.evaluate(values: try #require(input.numbers))
            for (modality, score) in result.scores {
                let truth = try #require(expected["numpy"]?[modality]?.numbers)[row]
                worst.score = max(worst.score, abs(score - truth) / truth)
                let latents = try #require(expected["latents"]?[modality]?.elements)
                let latent = try #require(latents[row].numbers)
                let largest = latent.map(abs).max() ?? 0
                for (a, b) in zip(result.latents[modality] ?? [], latent) {
                    worst.latent = max(worst.latent, abs(a - b) / largest)
                }
            }
        }
        print("\(name): \(inputs.count) rows, worst relative score \(worst.score), latent \(worst.latent)")
        #expect(worst.score <= 1e-5 && worst.latent <= 1e-5)
    }

    @Test(arguments: ["dual", "single", "half"])
    func goldenVectorsPass(_ name: String) throws {
        let bundle = try Fixture.load(name)
        #expect(bundle.hasGoldenVectors)
        try bundle.runGoldenSelfTest()
    }

    @Test func goldenMismatchIsNamed() throws {
        try Fixture.withCopy("dual") { _, directory in
            try Fixture.forgetHashes(directory)
            try Fixture.edit(directory.appendingPathComponent("golden.json")) {
                $0.replacingOccurrences(of: "\"current\": 1.", with: "\"current\": 1.5")
            }
            let bundle = try ServeML.Bundle.load(directory: directory, key: Fixture.key)
            #expect(refusal { try bundle.runGoldenSelfTest() } == "golden_mismatch")
        }
    }

    /// Every width of block, and inputs that are zero in between, against the plain formula.
    @Test func denseLayerMatchesTheFormula() {
        var generator = SplitMix(seed: 11)
        for (inputs, outputs) in [(1, 1), (3, 7), (8, 8), (21, 63), (63, 128), (17, 24), (40, 33), (5, 56)] {
            let weight = (0..<inputs * outputs).map { _ in generator.float() }
            let bias = (0..<outputs).map { _ in generator.float() }
            let stack = DenseStack(
                layers: [
                    DenseLayer(
                        weight: weight, bias: bias, inputs: inputs, outputs: outputs, rectifies: outputs % 2 == 1)
                ])
            let x = (0..<inputs).map { $0 % 3 == 1 ? 0 : generator.float() }
            let front = FloatBuffer(count: stack.width)
            let back = FloatBuffer(count: stack.width)
            let active = UnsafeMutablePointer<Int32>.allocate(capacity: stack.width)
            defer { active.deallocate() }
            for (index, value) in x.enumerated() { front.base[index] = value }
            let result = stack.apply(front.base, back.base, active: active)
            for output in 0..<outputs {
                var truth = Double(bias[output])
                for input in 0..<inputs { truth += Double(weight[output * inputs + input]) * Double(x[input]) }
                if outputs % 2 == 1 { truth = max(0, truth) }
                #expect(abs(Double(result[output]) - truth) < 1e-5)
            }
        }
    }

    @Test func halfPrecisionDecodesEveryKind() {
        #expect(ElementType.half(0x3C00) == 1)
        #expect(ElementType.half(0xC000) == -2)
        #expect(ElementType.half(0x0001) == 0x1p-24)
        #expect(ElementType.half(0x8001) == -0x1p-24)
        #expect(ElementType.half(0x7BFF) == 65504)
        #expect(ElementType.half(0x7C00) == .infinity)
        #expect(ElementType.half(0x7E00).isNaN)
    }
}

extension SplitMix {
    /// −1…1
    mutating func float() -> Float { Float.random(in: -1...1, using: &self) }
}

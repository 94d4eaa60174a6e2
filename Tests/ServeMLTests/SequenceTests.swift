import Foundation
import Testing

@testable import ServeML

@Suite("Recurrent models equal PyTorch")
struct SequenceTests {
    private let directory = Fixture.root.appendingPathComponent("sequence", isDirectory: true)

    @Test(arguments: ["autoencoder", "regressor"])
    func outputs(_ name: String) throws {
        let model = try SequenceModel.load(directory: directory, file: "\(name).pt")
        let expected = try JSONParser.parse(try Fixture.bytes("sequence/\(name).expected.json"))
        let steps = try #require(expected["steps"]?.integer(in: 1...100))
        let windows = try #require(expected["windows"]?.elements)
        let outputs = try #require(expected["outputs"]?.elements)
        #expect(model.isAutoencoder == (name == "autoencoder"))
        for (window, output) in zip(windows, outputs) {
            let values = try #require(window.numbers).map { Float($0) }
            let truth = try #require(output.numbers)[0]
            let actual =
                model.isAutoencoder
                ? model.reconstructionError(window: values, steps: steps)
                : model.regress(window: values, steps: steps)?[0]
            #expect(abs(try #require(actual) - truth) <= 1e-5 * max(1e-3, abs(truth)), "\(actual ?? .nan) and \(truth)")
            // The other question, and windows of another size, have no answer.
            #expect(
                (model.isAutoencoder
                    ? model.regress(window: values, steps: steps)?[0]
                    : model.reconstructionError(window: values, steps: steps)) == nil)
            #expect(model.regress(window: values, steps: steps - 1) == nil)
        }
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
        let file = "autoencoder.pt"
        let tensors = try TorchStateDict.read(try Fixture.bytes("sequence/\(file)"), file: file)
        func code(_ change: (inout [String: Tensor]) -> Void) -> String {
            var tensors = tensors
            change(&tensors)
            return refusal { _ = try SequenceModel(tensors, file: file) }
        }
        #expect(code { _ in } == "none")
        #expect(code { $0["encoder.weight_hh_l1"] = nil } == "missing_tensor")
        #expect(code { $0["encoder.weight_ih_l0_reverse"] = Tensor(shape: [1], values: [1]) } == "unexpected_tensor")
        #expect(code { $0["output.weight"] = nil } == "missing_tensor")
        #expect(code { $0["decoder.bias_ih_l0"] = Tensor(shape: [3], values: [1, 2, 3]) } == "shape_mismatch")
        #expect(
            code { $0["decoder.weight_ih_l0"] = Tensor(shape: [48, 3], values: .init(repeating: 0, count: 144)) }
                == "shape_mismatch")
    }
}

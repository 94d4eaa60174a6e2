public import Foundation

/// A recurrent model over a window of time steps, from a PyTorch `state_dict` or safetensors.
///
/// Two forms are recognised by their tensors:
/// - an autoencoder: an LSTM whose name has "enc" in it, one whose name has "dec", and a linear output. The encoder's
///   last hidden state is repeated
///   at every step as the decoder's input;
/// - a regressor: one LSTM, and linear layers with rectifiers between them on its last hidden state.
public struct SequenceModel: Sendable {
    private enum Form: Sendable {
        case autoencoder(LSTMStack, LSTMStack, DenseStack)
        case regressor(LSTMStack, DenseStack)
    }

    private let form: Form

    /// Most time steps in one window.
    public static let maximumSteps = 4096

    /// Inputs per time step.
    public var features: Int {
        switch form {
        case .autoencoder(let encoder, _, _): encoder.inputs
        case .regressor(let lstm, _): lstm.inputs
        }
    }

    public var isAutoencoder: Bool { if case .autoencoder = form { true } else { false } }

    /// Reads `<name>.pt` or `<name>.safetensors` from a directory.
    public static func load(directory: URL, file: String) throws(BundleError) -> SequenceModel {
        let bytes = try BundleDirectory(path: directory.path).read(file, limit: BundleLimits.weightBytes)
        let isTorch = file.hasSuffix(".pt")
        return try SequenceModel(
            isTorch ? TorchStateDict.read(bytes, file: file) : SafeTensors.read(bytes, file: file), file: file)
    }

    init(_ tensors: [String: Tensor], file: String) throws(BundleError) {
        var tensors = tensors
        let suffix = ".weight_ih_l0"
        let prefixes = tensors.keys.filter { $0.hasSuffix(suffix) }.map { String($0.dropLast(suffix.count)) }.sorted()
        switch prefixes.count {
        case 1:
            let lstm = try LSTMStack.take(prefixes[0], from: &tensors, file: file)
            let head = try Self.head(&tensors, file)
            guard head.inputs == lstm.hidden else {
                throw .shapeMismatch(
                    file: file, detail: "the head takes \(head.inputs) inputs, the LSTM gives \(lstm.hidden)")
            }
            form = .regressor(lstm, head)
        case 2:
            guard let first = prefixes.first(where: { $0.contains("enc") }),
                let second = prefixes.first(where: { $0.contains("dec") && $0 != first })
            else { throw .unexpectedTensor(file: file, tensor: prefixes[0] + suffix) }
            let encoder = try LSTMStack.take(first, from: &tensors, file: file)
            let decoder = try LSTMStack.take(second, from: &tensors, file: file)
            let head = try Self.head(&tensors, file)
            guard decoder.inputs == encoder.hidden, head.inputs == decoder.hidden, head.outputs == encoder.inputs else {
                throw .shapeMismatch(
                    file: file,
                    detail:
                        "encoder \(encoder.inputs)→\(encoder.hidden), decoder \(decoder.inputs)→\(decoder.hidden) and "
                        + "output \(head.inputs)→\(head.outputs) do not fit together")
            }
            form = .autoencoder(encoder, decoder, head)
        default: throw .missingTensor(file: file, tensor: "weight_ih_l0")
        }
        if let extra = tensors.keys.sorted().first { throw .unexpectedTensor(file: file, tensor: extra) }
    }

    /// The linear layers, whatever they are called: `fc.weight`, or `head.0.weight`, `head.2.weight` …
    private static func head(_ tensors: inout [String: Tensor], _ file: String) throws(BundleError) -> DenseStack {
        let names = tensors.keys.filter { $0.hasSuffix(".weight") }.map { String($0.dropLast(".weight".count)) }
            .sorted()
        guard let name = names.first else { throw .missingTensor(file: file, tensor: "the output layer's weight") }
        if names.count == 1, Int(name.split(separator: ".").last ?? "") == nil {
            // A single layer: give it the name that a chain would have.
            tensors["\(name).0.weight"] = tensors.removeValue(forKey: name + ".weight")
            tensors["\(name).0.bias"] = tensors.removeValue(forKey: name + ".bias")
            return try .take(name, from: &tensors, file: file)
        }
        return try .take(name.split(separator: ".").dropLast().joined(separator: "."), from: &tensors, file: file)
    }

    /// Checks the window's size and range.
    private func check(_ window: [Float], steps: Int) -> Bool {
        (1...Self.maximumSteps).contains(steps) && window.count == steps * features && window.allSatisfy(\.isFinite)
    }

    /// Mean squared reconstruction error of a scaled window.
    ///
    /// - Parameter window: [steps, features], row-major, finite.
    /// - Returns: nil when this is no autoencoder or the window does not fit.
    public func reconstructionError(window: [Float], steps: Int) -> Double? {
        guard case .autoencoder(let encoder, let decoder, let head) = form, check(window, steps: steps) else {
            return nil
        }
        let states = encoder.run(window, steps: steps)
        let code = states[((steps - 1) * encoder.hidden)...]
        let decoded = decoder.run((0..<steps).flatMap { _ in code }, steps: steps)
        var total = 0.0
        Self.apply(head, to: decoded, rows: steps) { row, output in
            for index in 0..<head.outputs {
                let difference = Double(window[row * head.outputs + index]) - Double(output[index])
                total += difference * difference
            }
        }
        return total / Double(window.count)
    }

    /// The regressor's outputs for a scaled window.
    ///
    /// - Returns: nil when this is no regressor or the window does not fit.
    public func regress(window: [Float], steps: Int) -> [Double]? {
        guard case .regressor(let lstm, let head) = form, check(window, steps: steps) else { return nil }
        let states = lstm.run(window, steps: steps)
        var result: [Double] = []
        Self.apply(head, to: Array(states[((steps - 1) * lstm.hidden)...]), rows: 1) { _, output in
            result = (0..<head.outputs).map { Double(output[$0]) }
        }
        return result
    }

    private static func apply(
        _ head: DenseStack, to rows: [Float], rows count: Int, _ body: (Int, UnsafeMutablePointer<Float>) -> Void
    ) {
        let scratch = FloatBuffer(count: 2 * ((head.width + 15) / 16 * 16))
        let back = scratch.base + (head.width + 15) / 16 * 16
        let active = UnsafeMutablePointer<Int32>.allocate(capacity: head.width)
        defer { active.deallocate() }
        for row in 0..<count {
            for index in 0..<head.inputs { scratch.base[index] = rows[row * head.inputs + index] }
            body(row, head.apply(scratch.base, back, active: active))
        }
    }
}

/// Stacked one-directional LSTM layers, as `torch.nn.LSTM` writes them: gates in the order input, forget, cell, output.
struct LSTMStack: Sendable {
    private struct Layer: Sendable {
        /// [4·hidden (padded per gate), inputs + hidden]: both products and both biases in one.
        let gates: DenseLayer
        let inputs: Int
        let hidden: Int
        /// Hidden units rounded up to eight; each gate starts at a multiple of it.
        let padded: Int
    }

    private let layers: [Layer]

    var inputs: Int { layers[0].inputs }
    var hidden: Int { layers[layers.count - 1].hidden }

    /// Takes `<prefix>.weight_ih_l0`, `weight_hh_l0`, `bias_ih_l0`, `bias_hh_l0`, `…_l1` … out of `tensors`.
    static func take(_ prefix: String, from tensors: inout [String: Tensor], file: String) throws(BundleError)
        -> LSTMStack
    {
        var layers: [Layer] = []
        while let input = tensors.removeValue(forKey: "\(prefix).weight_ih_l\(layers.count)") {
            let number = layers.count
            guard number < BundleLimits.layers else { throw .shapeMismatch(file: file, detail: "too many LSTM layers") }
            let name = "\(prefix).weight_hh_l\(number)"
            guard let recurrent = tensors.removeValue(forKey: name) else {
                throw .missingTensor(file: file, tensor: name)
            }
            guard input.shape.count == 2, recurrent.shape.count == 2, recurrent.shape[0] == 4 * recurrent.shape[1],
                input.shape[0] == recurrent.shape[0], (1...BundleLimits.layerWidth).contains(input.shape[1]),
                (1...BundleLimits.layerWidth).contains(recurrent.shape[1])
            else {
                throw .shapeMismatch(
                    file: file, detail: "\(prefix): shapes \(input.shape) and \(recurrent.shape) are no LSTM")
            }
            let (inputs, hidden) = (input.shape[1], recurrent.shape[1])
            if let previous = layers.last, previous.hidden != inputs {
                throw .shapeMismatch(file: file, detail: "\(prefix): layer \(number) takes \(inputs) inputs")
            }
            var bias = [Float](repeating: 0, count: 4 * hidden)
            for part in ["bias_ih", "bias_hh"] {
                guard let tensor = tensors.removeValue(forKey: "\(prefix).\(part)_l\(number)") else { continue }
                guard tensor.shape == [4 * hidden] else {
                    throw .shapeMismatch(file: file, detail: "\(prefix).\(part)_l\(number) has shape \(tensor.shape)")
                }
                for index in bias.indices { bias[index] += tensor.values[index] }
            }
            guard (input.values + recurrent.values + bias).allSatisfy(\.isFinite) else {
                throw .nonFiniteWeight(file: file, tensor: "\(prefix) layer \(number)")
            }
            layers.append(layer(input.values, recurrent.values, bias, inputs, hidden))
        }
        guard !layers.isEmpty else { throw .missingTensor(file: file, tensor: "\(prefix).weight_ih_l0") }
        return LSTMStack(layers: layers)
    }

    private static func layer(
        _ input: [Float], _ recurrent: [Float], _ bias: [Float], _ inputs: Int, _ hidden: Int
    ) -> Layer {
        let padded = (hidden + 7) / 8 * 8
        let columns = inputs + hidden
        var weight = [Float](repeating: 0, count: 4 * padded * columns)
        var biases = [Float](repeating: 0, count: 4 * padded)
        for gate in 0..<4 {
            for unit in 0..<hidden {
                let (source, target) = (gate * hidden + unit, gate * padded + unit)
                biases[target] = bias[source]
                for column in 0..<inputs { weight[target * columns + column] = input[source * inputs + column] }
                for column in 0..<hidden {
                    weight[target * columns + inputs + column] = recurrent[source * hidden + column]
                }
            }
        }
        let gates = DenseLayer(weight: weight, bias: biases, inputs: columns, outputs: 4 * padded, rectifies: false)
        return Layer(gates: gates, inputs: inputs, hidden: hidden, padded: padded)
    }

    /// Runs `steps` inputs, from zero states.
    ///
    /// - Parameter sequence: [steps, inputs], row-major.
    /// - Returns: the last layer's hidden states, [steps, hidden], row-major.
    func run(_ sequence: [Float], steps: Int) -> [Float] {
        var current = sequence
        for layer in layers { current = Self.run(layer, current, steps) }
        return current
    }

    private static func run(_ layer: Layer, _ sequence: [Float], _ steps: Int) -> [Float] {
        let columns = layer.inputs + layer.hidden
        let x = FloatBuffer(count: (columns + 7) / 8 * 8 + layer.padded)
        let gates = FloatBuffer(count: 4 * layer.padded)
        let state = FloatBuffer(count: 2 * layer.padded)
        let (cell, hidden) = (UnsafeMutableRawPointer(state.base), UnsafeMutableRawPointer(state.base + layer.padded))
        // Hidden states are hardly ever zero: every input is active.
        let active = (0..<columns).map { Int32($0) }
        var result = [Float](repeating: 0, count: steps * layer.hidden)
        let width = layer.padded * 4
        for step in 0..<steps {
            for index in 0..<layer.inputs { x.base[index] = sequence[step * layer.inputs + index] }
            for index in 0..<layer.hidden { x.base[layer.inputs + index] = state.base[layer.padded + index] }
            active.withUnsafeBufferPointer {
                layer.gates.apply(x.base, active: $0.baseAddress!, columns, into: gates.base)
            }
            let z = UnsafeRawPointer(gates.base)
            for offset in stride(from: 0, to: width, by: 32) {
                let input = VectorMath.sigmoid(z.load(fromByteOffset: offset, as: VectorMath.Lanes.self))
                let forget = VectorMath.sigmoid(z.load(fromByteOffset: width + offset, as: VectorMath.Lanes.self))
                let candidate = VectorMath.tanh(z.load(fromByteOffset: 2 * width + offset, as: VectorMath.Lanes.self))
                let output = VectorMath.sigmoid(z.load(fromByteOffset: 3 * width + offset, as: VectorMath.Lanes.self))
                let next = forget * cell.load(fromByteOffset: offset, as: VectorMath.Lanes.self) + input * candidate
                cell.storeBytes(of: next, toByteOffset: offset, as: VectorMath.Lanes.self)
                hidden.storeBytes(of: output * VectorMath.tanh(next), toByteOffset: offset, as: VectorMath.Lanes.self)
            }
            for index in 0..<layer.hidden { result[step * layer.hidden + index] = state.base[layer.padded + index] }
        }
        return result
    }
}

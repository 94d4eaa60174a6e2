/// Stacked one-directional LSTM layers, as `torch.nn.LSTM` writes them: gates in the order input, forget, cell, output.
struct LSTMStack: Sendable {
    private struct Layer: Sendable {
        /// [4·padded, inputs], with both biases.
        let input: DenseLayer
        /// [4·padded, hidden], without a bias.
        let recurrent: DenseLayer
        /// Hidden units rounded up to eight; each gate starts at a multiple of it.
        let padded: Int

        /// States of all steps, two rows of gates and the cells.
        func scratchFloats(steps: Int) -> Int { (steps + 9) * padded }
    }

    private let layers: [Layer]

    var inputs: Int { layers[0].input.inputs }
    var hidden: Int { layers[layers.count - 1].recurrent.inputs }
    /// Floats from one step's hidden states to the next one's.
    var stride: Int { layers[layers.count - 1].padded }
    var memoryBytes: Int { layers.reduce(0) { $0 + $1.input.memoryBytes + $1.recurrent.memoryBytes } }
    /// The widest input of a layer: the room that `active` needs.
    var width: Int { layers.reduce(0) { max($0, $1.input.inputs, $1.recurrent.inputs) } }

    /// Multiplications of one step.
    var multiplications: Int {
        layers.reduce(0) { $0 + ($1.input.inputs + $1.recurrent.inputs) * $1.recurrent.paddedOutputs }
    }

    func scratchFloats(steps: Int) -> Int { layers.reduce(0) { $0 + $1.scratchFloats(steps: steps) } }

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
            if let previous = layers.last, previous.recurrent.inputs != inputs {
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
        func dense(_ weight: [Float], _ columns: Int, _ bias: [Float]?) -> DenseLayer {
            var rows = [Float](repeating: 0, count: 4 * padded * columns)
            var biases = [Float](repeating: 0, count: 4 * padded)
            for gate in 0..<4 {
                for unit in 0..<hidden {
                    let (source, target) = (gate * hidden + unit, gate * padded + unit)
                    if let bias { biases[target] = bias[source] }
                    for column in 0..<columns { rows[target * columns + column] = weight[source * columns + column] }
                }
            }
            return DenseLayer(weight: rows, bias: biases, inputs: columns, outputs: 4 * padded, rectifies: false)
        }
        return Layer(input: dense(input, inputs, bias), recurrent: dense(recurrent, hidden, nil), padded: padded)
    }

    /// Runs `steps` inputs, from zero states. Allocates nothing.
    ///
    /// - Parameters:
    ///   - sequence: the inputs of a step lie together; `inputStride` floats further those of the next one. With a
    ///     stride of 0 every step has the same inputs, and their product is computed once.
    ///   - scratch: `scratchFloats(steps:)` floats, aligned to 32 bytes.
    ///   - active: room for `width` indices.
    /// - Returns: the last layer's hidden states, `stride` floats from step to step, in the scratch.
    func run(
        _ sequence: UnsafePointer<Float>, inputStride: Int, steps: Int, scratch: UnsafeMutablePointer<Float>,
        active: UnsafeMutablePointer<Int32>
    ) -> UnsafeMutablePointer<Float> {
        // Inputs and hidden states are hardly ever zero: every one is active.
        for index in 0..<width { active[index] = Int32(truncatingIfNeeded: index) }
        var current = sequence
        var stride = inputStride
        var free = scratch
        var states = scratch
        for layer in layers {
            states = free
            free += layer.scratchFloats(steps: steps)
            Self.run(layer, current, stride, steps, states, active)
            current = UnsafePointer(states)
            stride = layer.padded
        }
        return states
    }

    private static func run(
        _ layer: Layer, _ sequence: UnsafePointer<Float>, _ stride: Int, _ steps: Int,
        _ states: UnsafeMutablePointer<Float>, _ active: UnsafePointer<Int32>
    ) {
        let padded = layer.padded
        let inputGates = states + steps * padded
        let gates = inputGates + 4 * padded
        let cells = gates + 4 * padded
        cells.update(repeating: 0, count: padded)
        let cell = UnsafeMutableRawPointer(cells)
        let z = UnsafeRawPointer(gates)
        let width = padded * 4
        for step in 0..<steps {
            if step == 0 || stride != 0 {
                layer.input.apply(sequence + step * stride, active: active, layer.input.inputs, into: inputGates)
            }
            // Before the first step the hidden states are zero.
            layer.recurrent.apply(
                states + max(0, step - 1) * padded, active: active, step == 0 ? 0 : layer.recurrent.inputs,
                from: inputGates, into: gates)
            let hidden = UnsafeMutableRawPointer(states + step * padded)
            for offset in Swift.stride(from: 0, to: width, by: 32) {
                let input = VectorMath.sigmoid(z.load(fromByteOffset: offset, as: VectorMath.Lanes.self))
                let forget = VectorMath.sigmoid(z.load(fromByteOffset: width + offset, as: VectorMath.Lanes.self))
                let candidate = VectorMath.tanh(z.load(fromByteOffset: 2 * width + offset, as: VectorMath.Lanes.self))
                let output = VectorMath.sigmoid(z.load(fromByteOffset: 3 * width + offset, as: VectorMath.Lanes.self))
                let next = forget * cell.load(fromByteOffset: offset, as: VectorMath.Lanes.self) + input * candidate
                cell.storeBytes(of: next, toByteOffset: offset, as: VectorMath.Lanes.self)
                hidden.storeBytes(of: output * VectorMath.tanh(next), toByteOffset: offset, as: VectorMath.Lanes.self)
            }
        }
    }
}

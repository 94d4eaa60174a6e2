/// A chain of dense layers with rectifiers between them, as `nn.Sequential(Linear, ReLU, …, Linear)` has it.
struct DenseStack: Sendable {
    let layers: [DenseLayer]

    var inputs: Int { layers[0].inputs }
    var outputs: Int { layers[layers.count - 1].outputs }
    var memoryBytes: Int { layers.reduce(0) { $0 + $1.memoryBytes } }
    /// The widest padded layer, input included.
    var width: Int { layers.reduce((inputs + 7) / 8 * 8) { max($0, $1.paddedOutputs) } }

    var multiplications: Int { layers.reduce(0) { $0 + $1.inputs * $1.paddedOutputs } }

    /// Takes `<prefix>.<n>.weight` and `<prefix>.<n>.bias` out of `tensors`, in the order of n.
    ///
    /// The number of layers and their sizes come from the tensors. A gap in the numbering is where the rectifier (and a
    /// dropout, if there was
    /// one) stood; two neighbouring numbers have nothing between them. The last layer is linear.
    static func take(_ prefix: String, from tensors: inout [String: Tensor], file: String) throws(BundleError)
        -> DenseStack
    {
        var numbers: [Int] = []
        for name in tensors.keys where name.hasPrefix(prefix + ".") && name.hasSuffix(".weight") {
            let middle = name.dropFirst(prefix.count + 1).dropLast(7)
            guard let number = Int(middle), String(number) == middle, number >= 0 else { continue }
            numbers.append(number)
        }
        numbers.sort()
        guard !numbers.isEmpty else { throw .missingTensor(file: file, tensor: prefix + ".0.weight") }
        guard numbers.count <= BundleLimits.layers else {
            throw .shapeMismatch(file: file, detail: "more than \(BundleLimits.layers) layers")
        }
        var layers: [DenseLayer] = []
        for (position, number) in numbers.enumerated() {
            let name = "\(prefix).\(number)"
            guard let weight = tensors.removeValue(forKey: name + ".weight") else { continue }
            guard weight.shape.count == 2, weight.shape.allSatisfy({ (1...BundleLimits.layerWidth).contains($0) })
            else {
                throw .shapeMismatch(
                    file: file, detail: "\(name).weight has shape \(weight.shape), not [outputs, inputs]")
            }
            let (outputs, inputs) = (weight.shape[0], weight.shape[1])
            if let previous = layers.last, previous.outputs != inputs {
                throw .shapeMismatch(
                    file: file,
                    detail: "\(name).weight takes \(inputs) inputs, the layer before gives \(previous.outputs)")
            }
            let bias =
                tensors.removeValue(forKey: name + ".bias")
                ?? Tensor(shape: [outputs], values: .init(repeating: 0, count: outputs))
            guard bias.shape == [outputs] else {
                throw .shapeMismatch(file: file, detail: "\(name).bias has shape \(bias.shape), not [\(outputs)]")
            }
            for (tensor, suffix) in [(weight, ".weight"), (bias, ".bias")] where !tensor.values.allSatisfy(\.isFinite) {
                throw .nonFiniteWeight(file: file, tensor: name + suffix)
            }
            let isLast = position == numbers.count - 1
            layers.append(
                DenseLayer(
                    weight: weight.values, bias: bias.values, inputs: inputs, outputs: outputs,
                    rectifies: !isLast && numbers[position + 1] - number > 1))
        }
        return DenseStack(layers: layers)
    }

    /// Runs the chain from `front`, which holds the padded input; returns the buffer that holds the result.
    ///
    /// - Parameters:
    ///   - front, back: `width` floats each; both are overwritten.
    ///   - active: room for `width` indices.
    @inline(__always)
    func apply(
        _ front: UnsafeMutablePointer<Float>, _ back: UnsafeMutablePointer<Float>, active: UnsafeMutablePointer<Int32>
    ) -> UnsafeMutablePointer<Float> {
        var source = front
        var target = back
        for layer in layers {
            // Written without a branch: whether a unit is active is as good as random.
            var count = 0
            for index in 0..<layer.inputs {
                active[count] = Int32(truncatingIfNeeded: index)
                count += source[index] != 0 ? 1 : 0
            }
            layer.apply(source, active: active, count, into: target)
            swap(&source, &target)
        }
        return source
    }
}

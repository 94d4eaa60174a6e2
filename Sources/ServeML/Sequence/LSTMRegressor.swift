/// One LSTM, and linear layers with rectifiers between them on its last hidden state: a window in, a number out.
struct LSTMRegressor: Sendable {
    private let lstm: LSTMStack
    private let head: DenseStack

    var memoryBytes: Int { lstm.memoryBytes + head.memoryBytes }
    var scratchWidth: Int { max(head.width, lstm.width) }

    func multiplications(steps: Int) -> Int { steps * lstm.multiplications + head.multiplications }
    func scratchFloats(steps: Int) -> Int { lstm.scratchFloats(steps: steps) }

    init(_ tensors: [String: Tensor], file: String, inputs: Int) throws(BundleError) {
        var tensors = tensors
        let prefixes = LSTMStack.prefixes(tensors)
        guard prefixes.count == 1 else {
            throw .shapeMismatch(file: file, detail: "a regressor has one LSTM, here are \(prefixes.count)")
        }
        lstm = try .take(prefixes[0], from: &tensors, file: file)
        head = try .takeHead(from: &tensors, file: file)
        if let extra = tensors.keys.sorted().first { throw .unexpectedTensor(file: file, tensor: extra) }
        guard lstm.inputs == inputs, head.inputs == lstm.hidden, head.outputs == 1 else {
            throw .shapeMismatch(
                file: file,
                detail: "LSTM \(lstm.inputs)→\(lstm.hidden) and output \(head.inputs)→\(head.outputs) do not map "
                    + "\(inputs) features to one number")
        }
    }

    /// The number for a scaled window, [steps, inputs] row-major. Scratch as in ``LSTMAutoencoder``; allocates nothing.
    func regress(
        _ window: UnsafePointer<Float>, steps: Int, recurrent: UnsafeMutablePointer<Float>,
        front: UnsafeMutablePointer<Float>, back: UnsafeMutablePointer<Float>, active: UnsafeMutablePointer<Int32>
    ) -> Double {
        let states = lstm.run(window, inputStride: lstm.inputs, steps: steps, scratch: recurrent, active: active)
        front.update(from: states + (steps - 1) * lstm.stride, count: head.inputs)
        return Double(head.apply(front, back, active: active)[0])
    }
}

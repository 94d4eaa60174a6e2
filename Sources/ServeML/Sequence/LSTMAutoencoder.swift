/// A recurrent autoencoder over a window: an LSTM whose name has "enc" in it, one whose name has "dec", and linear
/// layers on the decoder's states. The encoder's last hidden state is the latent, and the decoder's input at every step.
struct LSTMAutoencoder: Sendable {
    private let encoder: LSTMStack
    private let decoder: LSTMStack
    private let head: DenseStack

    /// Inputs per time step.
    var inputs: Int { encoder.inputs }
    var latents: Int { encoder.hidden }
    var memoryBytes: Int { encoder.memoryBytes + decoder.memoryBytes + head.memoryBytes }
    /// Floats that each of the two buffers of the linear layers needs, and the room for indices.
    var scratchWidth: Int { max(head.width, encoder.width, decoder.width) }

    func multiplications(steps: Int) -> Int {
        steps * (encoder.multiplications + decoder.multiplications + head.multiplications)
    }

    func scratchFloats(steps: Int) -> Int {
        encoder.scratchFloats(steps: steps) + decoder.scratchFloats(steps: steps) + steps * head.outputs
    }

    init(_ tensors: [String: Tensor], file: String, inputs: Int) throws(BundleError) {
        var tensors = tensors
        let prefixes = LSTMStack.prefixes(tensors)
        guard prefixes.count == 2, let first = prefixes.first(where: { $0.contains("enc") }),
            let second = prefixes.first(where: { $0.contains("dec") && $0 != first })
        else {
            throw .shapeMismatch(
                file: file, detail: "an LSTM autoencoder has two LSTMs, one named with 'enc' and one with 'dec'")
        }
        encoder = try .take(first, from: &tensors, file: file)
        decoder = try .take(second, from: &tensors, file: file)
        head = try .takeHead(from: &tensors, file: file)
        if let extra = tensors.keys.sorted().first { throw .unexpectedTensor(file: file, tensor: extra) }
        guard encoder.inputs == inputs, decoder.inputs == encoder.hidden, head.inputs == decoder.hidden,
            head.outputs == inputs
        else {
            throw .shapeMismatch(
                file: file,
                detail: "encoder \(encoder.inputs)→\(encoder.hidden), decoder \(decoder.inputs)→\(decoder.hidden) and "
                    + "output \(head.inputs)→\(head.outputs) do not fit together or not to \(inputs) features")
        }
    }

    /// Reconstructs a scaled window. Allocates nothing.
    ///
    /// - Parameters:
    ///   - window: [steps, inputs], row-major.
    ///   - latent: receives `latents` floats.
    ///   - recurrent: `scratchFloats(steps:)` floats; front, back, active: `scratchWidth` each.
    /// - Returns: the reconstruction, [steps, inputs], in the scratch.
    func reconstruct(
        _ window: UnsafePointer<Float>, steps: Int, latent: UnsafeMutablePointer<Float>,
        recurrent: UnsafeMutablePointer<Float>, front: UnsafeMutablePointer<Float>, back: UnsafeMutablePointer<Float>,
        active: UnsafeMutablePointer<Int32>
    ) -> UnsafePointer<Float> {
        let states = encoder.run(window, inputStride: inputs, steps: steps, scratch: recurrent, active: active)
        let code = states + (steps - 1) * encoder.stride
        latent.update(from: code, count: latents)
        let rest = recurrent + encoder.scratchFloats(steps: steps)
        let decoded = decoder.run(code, inputStride: 0, steps: steps, scratch: rest, active: active)
        let output = rest + decoder.scratchFloats(steps: steps)
        for step in 0..<steps {
            front.update(from: decoded + step * decoder.stride, count: head.inputs)
            (output + step * inputs).update(from: head.apply(front, back, active: active), count: inputs)
        }
        return UnsafePointer(output)
    }
}

/// A dense autoencoder: encoder to the latent, decoder back to the features.
struct Autoencoder: Sendable {
    let encoder: DenseStack
    let decoder: DenseStack

    /// Number of features.
    var inputs: Int { encoder.inputs }
    /// Size of the latent.
    var latents: Int { encoder.outputs }
    var memoryBytes: Int { encoder.memoryBytes + decoder.memoryBytes }
    var multiplications: Int { encoder.multiplications + decoder.multiplications }
    /// Floats that each of two scratch buffers needs.
    var scratchWidth: Int { max(encoder.width, decoder.width) }

    init(_ tensors: [String: Tensor], file: String, inputs: Int) throws(BundleError) {
        var tensors = tensors
        encoder = try .take("encoder", from: &tensors, file: file)
        decoder = try .take("decoder", from: &tensors, file: file)
        if let extra = tensors.keys.sorted().first { throw .unexpectedTensor(file: file, tensor: extra) }
        guard encoder.inputs == inputs, decoder.outputs == inputs else {
            throw .shapeMismatch(
                file: file,
                detail:
                    "the autoencoder maps \(encoder.inputs) to \(decoder.outputs) values, "
                    + "the specification has \(inputs) features"
            )
        }
        guard encoder.outputs == decoder.inputs else {
            throw .shapeMismatch(
                file: file, detail: "the encoder gives \(encoder.outputs) latents, the decoder takes \(decoder.inputs)")
        }
    }

    /// Reconstructs one scaled input. Allocates nothing.
    ///
    /// - Parameters:
    ///   - input: `inputs` scaled features; kept.
    ///   - front, back, active: scratch of `scratchWidth` each.
    ///   - latent: receives `latents` floats.
    /// - Returns: `inputs` floats in the scratch.
    func reconstruct(
        _ input: UnsafePointer<Float>, front: UnsafeMutablePointer<Float>, back: UnsafeMutablePointer<Float>,
        active: UnsafeMutablePointer<Int32>, latent: UnsafeMutablePointer<Float>
    ) -> UnsafePointer<Float> {
        front.update(from: input, count: inputs)
        let code = encoder.apply(front, back, active: active)
        latent.update(from: code, count: latents)
        return UnsafePointer(decoder.apply(code, code == front ? back : front, active: active))
    }
}

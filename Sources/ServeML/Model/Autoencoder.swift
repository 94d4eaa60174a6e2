/// The autoencoder of one modality: encoder to the latent, decoder back to the features.
struct Autoencoder: Sendable {
    let encoder: DenseStack
    let decoder: DenseStack

    /// Number of features.
    var inputs: Int { encoder.inputs }
    /// Size of the latent.
    var latents: Int { encoder.outputs }
    var memoryBytes: Int { encoder.memoryBytes + decoder.memoryBytes }
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

    /// Scores one scaled input. Allocates nothing.
    ///
    /// - Parameters:
    ///   - input: `inputs` scaled features; kept.
    ///   - front, back, active: scratch of `scratchWidth` each.
    ///   - latent: receives `latents` floats.
    ///   - squaredErrors: receives the squared reconstruction error of each feature.
    /// - Returns: the mean squared reconstruction error.
    func score(
        _ input: UnsafePointer<Float>, front: UnsafeMutablePointer<Float>, back: UnsafeMutablePointer<Float>,
        active: UnsafeMutablePointer<Int32>, latent: UnsafeMutablePointer<Float>,
        squaredErrors: UnsafeMutablePointer<Double>
    ) -> Double {
        front.update(from: input, count: inputs)
        let code = encoder.apply(front, back, active: active)
        latent.update(from: code, count: latents)
        let output = decoder.apply(code, code == front ? back : front, active: active)
        var total = 0.0
        for index in 0..<inputs {
            let difference = Double(input[index]) - Double(output[index])
            let square = difference * difference
            squaredErrors[index] = square
            total += square
        }
        return total / Double(inputs)
    }
}

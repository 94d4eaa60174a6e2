/// One modality of a bundle, ready to score.
struct Modality: Sendable {
    /// What a modality's weights can be. A dense autoencoder sees a window as one long row, step after step.
    enum Model: Sendable {
        case dense(Autoencoder)
        case recurrent(LSTMAutoencoder)
        case regressor(Regressor)
    }

    let name: String
    /// Positions of its features in the specification's order.
    let positions: [Int]
    /// Time steps of its window; 1 where there is none.
    let steps: Int
    let model: Model
    let scaler: Scaler?
    let threshold: Double?
    /// The score is the error of the newest step alone.
    let scoresLastStep: Bool

    /// Values of one input.
    var inputs: Int { positions.count * steps }
    var isRegressor: Bool { if case .regressor = model { true } else { false } }
    /// Without a scaler, where one is needed, its numbers mean little.
    var isUnscaled: Bool {
        if case .regressor(let regressor) = model, !regressor.needsScaler { return false }
        return scaler == nil
    }

    /// Size of the latent; a regressor has none.
    var latents: Int {
        switch model {
        case .dense(let autoencoder): autoencoder.latents
        case .recurrent(let autoencoder): autoencoder.latents
        case .regressor: 0
        }
    }

    /// What an error of a latent is measured against, where that is larger than the latents themselves.
    var latentUnit: Double { if case .recurrent = model { 1 } else { 1e-12 } }

    /// Weights, and three words a feature for its place and its scaler.
    var memoryBytes: Int {
        let weights =
            switch model {
            case .dense(let autoencoder): autoencoder.memoryBytes
            case .recurrent(let autoencoder): autoencoder.memoryBytes
            case .regressor(let regressor): regressor.memoryBytes
            }
        return weights + positions.count * 24
    }

    var multiplications: Int {
        switch model {
        case .dense(let autoencoder): autoencoder.multiplications
        case .recurrent(let autoencoder): autoencoder.multiplications(steps: steps)
        case .regressor(let regressor): regressor.multiplications(steps: steps)
        }
    }

    /// Floats that each of two scratch buffers needs.
    var scratchWidth: Int {
        switch model {
        case .dense(let autoencoder): autoencoder.scratchWidth
        case .recurrent(let autoencoder): autoencoder.scratchWidth
        case .regressor(let regressor): regressor.scratchWidth
        }
    }

    /// Floats for the states of an LSTM.
    var recurrentFloats: Int {
        switch model {
        case .dense: 0
        case .recurrent(let autoencoder): autoencoder.scratchFloats(steps: steps)
        case .regressor(let regressor): regressor.recurrentFloats(steps: steps)
        }
    }

    /// What one modality made of its input.
    enum Outcome {
        /// Mean squared reconstruction error.
        case score(Double)
        /// A regressor's number.
        case value(Double)
    }

    /// Runs the model on the scaled input in `scratch.input`. Allocates nothing.
    ///
    /// - Parameters:
    ///   - latent: receives `latents` floats.
    ///   - squaredErrors: receives the mean squared error of each feature over the steps that count.
    func run(
        _ scratch: Scratch, latent: UnsafeMutablePointer<Float>, squaredErrors: UnsafeMutablePointer<Double>
    ) -> Outcome {
        let reconstruction: UnsafePointer<Float>
        switch model {
        case .dense(let autoencoder):
            reconstruction = autoencoder.reconstruct(
                scratch.input, front: scratch.front, back: scratch.back, active: scratch.active, latent: latent)
        case .recurrent(let autoencoder):
            reconstruction = autoencoder.reconstruct(
                scratch.input, steps: steps, latent: latent, recurrent: scratch.recurrent, front: scratch.front,
                back: scratch.back, active: scratch.active)
        case .regressor(let regressor):
            return .value(regressor.regress(scratch, features: positions.count, steps: steps))
        }
        return .score(meanSquare(scratch.input, reconstruction, squaredErrors))
    }

    private func meanSquare(
        _ input: UnsafePointer<Float>, _ reconstruction: UnsafePointer<Float>,
        _ squaredErrors: UnsafeMutablePointer<Double>
    ) -> Double {
        let features = positions.count
        let first = scoresLastStep ? steps - 1 : 0
        for index in 0..<features { squaredErrors[index] = 0 }
        for step in first..<steps {
            for index in 0..<features {
                let place = step &* features &+ index
                let difference = Double(input[place]) - Double(reconstruction[place])
                squaredErrors[index] += difference * difference
            }
        }
        let counted = Double(steps - first)
        var total = 0.0
        for index in 0..<features {
            squaredErrors[index] /= counted
            total += squaredErrors[index]
        }
        return total / Double(features)
    }
}

/// One modality of a bundle, ready to score.
struct Modality: Sendable {
    let name: String
    /// Positions of its features in the specification's order.
    let positions: [Int]
    let autoencoder: Autoencoder
    let scaler: Scaler?
    let threshold: Double?
    /// 1/scale and mean, so that scaling is one subtraction and one division as scikit-learn has it.
    var memoryBytes: Int { autoencoder.memoryBytes + positions.count * 24 }
}

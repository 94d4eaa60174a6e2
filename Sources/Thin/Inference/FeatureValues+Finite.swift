import ServeML

extension FeatureValues {
    /// The first feature that has a value, or a value of its window, that JSON cannot express.
    var firstNotFinite: String? {
        (0..<count).first { !window($0).allSatisfy(\.isFinite) }.map(name)
    }
}

extension LSTMStack {
    private static let suffix = ".weight_ih_l0"

    /// Names of the LSTMs among the tensors, in order.
    static func prefixes(_ tensors: [String: Tensor]) -> [String] {
        tensors.keys.filter { $0.hasSuffix(suffix) }.map { String($0.dropLast(suffix.count)) }.sorted()
    }
}

extension DenseStack {
    /// The linear layers on an LSTM, whatever they are called: `fc.weight`, or `head.0.weight`, `head.2.weight` …
    static func takeHead(from tensors: inout [String: Tensor], file: String) throws(BundleError) -> DenseStack {
        let names = tensors.keys.filter { $0.hasSuffix(".weight") }.map { String($0.dropLast(".weight".count)) }
            .sorted()
        guard let name = names.first else { throw .missingTensor(file: file, tensor: "the output layer's weight") }
        if names.count == 1, Int(name.split(separator: ".").last ?? "") == nil {
            // A single layer: give it the name that a chain would have.
            tensors["\(name).0.weight"] = tensors.removeValue(forKey: name + ".weight")
            tensors["\(name).0.bias"] = tensors.removeValue(forKey: name + ".bias")
            return try .take(name, from: &tensors, file: file)
        }
        return try .take(name.split(separator: ".").dropLast().joined(separator: "."), from: &tensors, file: file)
    }
}

/// The classifier that names a fault, fed with the concatenated latents.
struct FaultModel: Sendable {
    let ensemble: TreeEnsemble
    /// One per class, in class order.
    let labels: [String]
    /// Label → the probability below which the verdict carries a warning.
    let classThresholds: [String: Double]

    /// - Parameter latents: size of the concatenated latents.
    init(_ bytes: [UInt8], metadata: BundleMetadata, latents: Int) throws(BundleError) {
        // Latents are always finite, so the general form is needed only where the fast one does not fit.
        ensemble = try XGBoostReader.read(bytes, keepsGeneralForm: false)
        guard ensemble.features == latents else {
            throw .shapeMismatch(
                file: "xgb.json",
                detail: "the fault model takes \(ensemble.features) inputs, the latents are \(latents)")
        }
        let classes: Int
        switch ensemble.objective {
        case .logistic, .logisticMargin, .hinge: classes = 2
        case .softmax, .softprob: classes = ensemble.outputs
        case .identity, .exponential: throw .unsupportedTrees("a fault model that is no classifier")
        }
        guard classes == 2 && ensemble.outputs <= 2 || ensemble.outputs == classes else {
            throw .unsupportedTrees("a binary objective with \(ensemble.outputs) outputs")
        }
        labels = try Self.labels(metadata, classes)
        classThresholds = metadata.classThresholds
    }

    private static func labels(_ metadata: BundleMetadata, _ classes: Int) throws(BundleError) -> [String] {
        if metadata.classMap.isEmpty, metadata.faults.count == classes - 1 { return ["normal"] + metadata.faults }
        var labels: [String] = []
        for index in 0..<classes {
            guard let label = metadata.classMap[index] else {
                throw .malformedMetadata("class_map has no label for class \(index) of \(classes)")
            }
            labels.append(label)
        }
        return labels
    }

    /// The trees alone: sums into `margins`, room for `ensemble.outputs`. Allocates nothing.
    func run(_ latents: UnsafePointer<Float>, margins: UnsafeMutablePointer<Float>) {
        ensemble.margins(latents, into: margins)
    }

    /// Class probabilities in class order.
    private func probabilities(_ margins: UnsafePointer<Float>) -> [Double] {
        switch ensemble.objective {
        case .hinge:
            let one = margins[0] > 0 ? 1.0 : 0.0
            return [1 - one, one]
        case .softmax, .softprob:
            return TreeObjective.softmax(Array(UnsafeBufferPointer(start: margins, count: ensemble.outputs)))
        default:
            let one = TreeObjective.sigmoid(margins[0])
            return [1 - one, one]
        }
    }

    /// The verdict for the concatenated latents; `margins` is scratch.
    func verdict(_ latents: UnsafePointer<Float>, margins: UnsafeMutablePointer<Float>) -> FaultVerdict {
        run(latents, margins: margins)
        let probabilities = probabilities(margins)
        let best = probabilities.indices.max { probabilities[$0] < probabilities[$1] } ?? 0
        return FaultVerdict(
            label: labels[best], probability: probabilities[best],
            probabilities: zip(labels, probabilities).map { (label: $0, probability: $1) })
    }
}

/// What gives a number where an autoencoder gives a score.
enum Regressor: Sendable {
    case lstm(LSTMRegressor)
    /// Linear layers with rectifiers between them on the whole window, step after step.
    case dense(DenseStack)
    /// Boosted trees on a summary of the window.
    case trees(TreeEnsemble, WindowSummary)

    /// Trees compare a value with numbers in its own unit.
    var needsScaler: Bool { if case .trees = self { false } else { true } }

    var memoryBytes: Int {
        switch self {
        case .lstm(let regressor): regressor.memoryBytes
        case .dense(let stack): stack.memoryBytes
        case .trees(let ensemble, _): ensemble.memoryBytes
        }
    }

    func multiplications(steps: Int) -> Int {
        switch self {
        case .lstm(let regressor): regressor.multiplications(steps: steps)
        case .dense(let stack): stack.multiplications
        // a comparison or two a tree and level; what the summary takes is more
        case .trees(let ensemble, _): ensemble.features * steps + ensemble.treeCount
        }
    }

    /// Floats that each of two scratch buffers needs.
    var scratchWidth: Int {
        switch self {
        case .lstm(let regressor): regressor.scratchWidth
        case .dense(let stack): stack.width
        case .trees(let ensemble, _): ensemble.features
        }
    }

    /// Floats for the states of an LSTM.
    func recurrentFloats(steps: Int) -> Int {
        if case .lstm(let regressor) = self { regressor.scratchFloats(steps: steps) } else { 0 }
    }

    /// - Parameter inputs: values of one window.
    static func dense(_ tensors: [String: Tensor], file: String, inputs: Int) throws(BundleError) -> Regressor {
        var tensors = tensors
        let stack = try DenseStack.takeHead(from: &tensors, file: file)
        if let extra = tensors.keys.sorted().first { throw .unexpectedTensor(file: file, tensor: extra) }
        guard stack.inputs == inputs, stack.outputs == 1 else {
            throw .shapeMismatch(
                file: file,
                detail: "the layers map \(stack.inputs) values to \(stack.outputs), not \(inputs) to one number")
        }
        return .dense(stack)
    }

    static func trees(
        _ bytes: [UInt8], file: String, summary: WindowSummary, features: Int, steps: Int
    ) throws(BundleError) -> Regressor {
        // a summary of finite values is finite, so the general form is needed only where the fast one does not fit
        let ensemble = try XGBoostReader.read(bytes, keepsGeneralForm: false)
        switch ensemble.objective {
        case .identity, .exponential, .logistic: break
        case .logisticMargin, .hinge, .softmax, .softprob: throw .unsupportedTrees("a regressor that is a classifier")
        }
        guard ensemble.outputs == 1 else {
            throw .unsupportedTrees("a regressor with \(ensemble.outputs) outputs")
        }
        let inputs = summary.count(features: features, steps: steps)
        guard ensemble.features == inputs else {
            throw .shapeMismatch(
                file: file, detail: "the trees take \(ensemble.features) inputs, the window's summary has \(inputs)")
        }
        return .trees(ensemble, summary)
    }

    /// The number for a window, [steps, features] row-major. Allocates nothing.
    func regress(_ scratch: Scratch, features: Int, steps: Int) -> Double {
        switch self {
        case .lstm(let regressor):
            return regressor.regress(
                scratch.input, steps: steps, recurrent: scratch.recurrent, front: scratch.front, back: scratch.back,
                active: scratch.active)
        case .dense(let stack):
            scratch.front.update(from: scratch.input, count: stack.inputs)
            return Double(stack.apply(scratch.front, scratch.back, active: scratch.active)[0])
        case .trees(let ensemble, let summary):
            summary.write(scratch.input, features: features, steps: steps, into: scratch.front)
            ensemble.margins(scratch.front, into: scratch.back)
            return ensemble.objective.number(scratch.back[0])
        }
    }
}

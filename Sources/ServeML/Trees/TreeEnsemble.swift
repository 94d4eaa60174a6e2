/// A gradient-boosted ensemble, ready to predict.
struct TreeEnsemble: Sendable {
    let objective: TreeObjective
    let features: Int
    /// Number of margins: classes, targets, or one.
    let outputs: Int
    let treeCount: Int
    /// Margins before the first tree.
    let baseMargins: [Float]
    /// DART's weight of each tree; empty where all are one.
    private let weights: [Float]
    /// The general form, kept where the fast one cannot serve or where rows may have missing values.
    private let trees: [Tree]
    private let perfect: PerfectForest?

    init(
        objective: TreeObjective, features: Int, baseMargins: [Float], trees: [Tree], weights: [Float],
        keepsGeneralForm: Bool
    ) {
        self.objective = objective
        self.features = features
        outputs = baseMargins.count
        treeCount = trees.count
        self.baseMargins = baseMargins
        self.weights = weights
        perfect = PerfectForest(trees)
        self.trees = keepsGeneralForm || perfect == nil ? trees : []
    }

    var memoryBytes: Int {
        (perfect?.memoryBytes ?? 0) + trees.reduce(0) { $0 + $1.nodes.count * MemoryLayout<Tree.Node>.stride }
    }

    /// Sums the trees for one row.
    ///
    /// - Parameters:
    ///   - row: `features` values. NaN means missing, and needs the general form.
    ///   - margins: receives `outputs` sums.
    func margins(_ row: UnsafePointer<Float>, into margins: UnsafeMutablePointer<Float>) {
        for output in 0..<outputs { margins[output] = baseMargins[output] }
        var isComplete = true
        for feature in 0..<features { isComplete = isComplete && !row[feature].isNaN }
        if let perfect, isComplete || trees.isEmpty {
            perfect.add(row, to: margins, weights: weights)
            return
        }
        for (number, tree) in trees.enumerated() {
            let value = tree.value(row)
            margins[tree.group] += weights.isEmpty ? value : value * weights[number]
        }
    }

    /// What XGBoost's `predict` returns for one row.
    func predict(_ row: [Float]) -> [Double] {
        var margins = [Float](repeating: 0, count: outputs)
        row.withUnsafeBufferPointer { row in
            margins.withUnsafeMutableBufferPointer { self.margins(row.baseAddress!, into: $0.baseAddress!) }
        }
        return objective.transform(margins)
    }
}

/// What a caller wants beyond the autoencoder gate.
public struct PredictionOptions: Sendable {
    /// Run the fault model when the gate opens (`SERVE_ML_ENABLE_XGB`).
    public var runXGB: Bool
    /// Run the fault model even when nothing is anomalous. Needs `runXGB`.
    public var forceXGB: Bool
    /// Take a feature that is missing as 0, also where the bundle does not say so. At least one must be there.
    public var zeroForMissing: Bool

    public init(runXGB: Bool = false, forceXGB: Bool = false, zeroForMissing: Bool = false) {
        self.runXGB = runXGB
        self.forceXGB = forceXGB
        self.zeroForMissing = zeroForMissing
    }
}

/// Scores inputs with one bundle. Making one costs nothing; any number of threads may use the same.
public struct Predictor: Sendable {
    public let bundle: Bundle
    private static let contributionCount = 5
    /// Scaled values beyond this are no measurement, and their squares would leave the range of a float.
    private static let largestScaledValue = 1e15

    public init(bundle: Bundle) { self.bundle = bundle }

    /// Scores a dictionary of features.
    public func predict(features: [String: Double], options: PredictionOptions = .init()) throws(PredictionError)
        -> Prediction
    {
        try predict(features: FeatureValues(features), options: options)
    }

    /// Scores named features: gate per modality, then contributions and warnings. See SERVE_ML, "What a prediction is".
    public func predict(features: FeatureValues, options: PredictionOptions = .init()) throws(PredictionError)
        -> Prediction
    {
        let start = ContinuousClock.now
        let content = bundle.content
        let scratch = content.scratch.take()
        defer { content.scratch.give(scratch) }

        let unknown = try assign(features, scratch)
        var warnings = content.warnings
        try settle(scratch, options, &warnings)
        var parts: [ModalityScore] = []
        parts.reserveCapacity(content.modalities.count)
        var value: Double?
        try run(scratch) { modality, outcome in
            guard case .score(let score) = outcome else {
                if case .value(let number) = outcome { value = number }
                return
            }
            parts.append(
                ModalityScore(
                    modality: modality.name, score: score, threshold: modality.threshold,
                    ratio: modality.threshold.map { score / $0 }))
        }
        let largest = parts.reduce(0) { max($0, $1.ratio ?? 0) }
        let isAnomaly = parts.contains { part in part.threshold.map { part.score > $0 } ?? false }
        let fault = faultVerdict(scratch, isAnomaly, options, &warnings)
        let elapsed = start.duration(to: .now).components
        return Prediction(
            usedFeatures: content.index.names, modalityScores: parts, modalities: content.modalityNames,
            case: content.metadata.case, isAnomaly: isAnomaly,
            confidence: Confidence.fromRatio(largest), fault: fault, value: value,
            contributions: contributions(scratch),
            warnings: warnings, unknownFeatures: unknown,
            latencyMicroseconds: Double(elapsed.seconds) * 1e6 + Double(elapsed.attoseconds) / 1e12)
    }

    private func faultVerdict(
        _ scratch: Scratch, _ isAnomaly: Bool, _ options: PredictionOptions, _ warnings: inout [String]
    ) -> FaultVerdict? {
        let content = bundle.content
        guard options.runXGB, isAnomaly || options.forceXGB, content.metadata.case != .gateOnly else { return nil }
        guard let model = content.faultModel else {
            warnings.append("fault_model:missing")
            return nil
        }
        let verdict = model.verdict(scratch.latents, margins: scratch.margins)
        if let threshold = model.classThresholds[verdict.label], verdict.probability < threshold {
            warnings.append("fault_uncertain:\(verdict.label)")
        }
        return verdict
    }

    /// All outputs for values in the specification's order: of a window bundle all steps of the first feature, then
    /// those of the next one.
    func evaluate(values: [Double]) throws(PredictionError) -> Evaluation {
        let content = bundle.content
        let scratch = content.scratch.take()
        defer { content.scratch.give(scratch) }
        for index in 0..<content.index.names.count * content.steps { scratch.values[index] = values[index] }
        scratch.present.update(repeating: true, count: content.index.names.count)
        var warnings: [String] = []
        try settle(scratch, .init(), &warnings)
        var result = Evaluation(scores: [:], latents: [:], probabilities: [:])
        try run(scratch) { modality, outcome in
            switch outcome {
            case .score(let score): result.scores[modality.name] = score
            case .value(let number): result.value = number
            }
        }
        var offset = 0
        for modality in content.modalities where !modality.isRegressor {
            let count = modality.latents
            result.latents[modality.name] = (0..<count).map { Double(scratch.latents[offset + $0]) }
            offset += count
        }
        for entry in content.faultModel?.verdict(scratch.latents, margins: scratch.margins).probabilities ?? [] {
            result.probabilities[entry.label] = entry.probability
        }
        return result
    }

    /// Scores values in the order of ``evaluate(values:)``, all of them present, without allocating: the arithmetic
    /// alone, for benchmarks.
    ///
    /// - Returns: the largest score/threshold ratio (0 without thresholds).
    public func largestRatio(values: UnsafeBufferPointer<Double>) throws(PredictionError) -> Double {
        let content = bundle.content
        let scratch = content.scratch.take()
        defer { content.scratch.give(scratch) }
        for index in 0..<min(values.count, content.index.names.count * content.steps) {
            scratch.values[index] = values[index]
        }
        var largest = 0.0
        try run(scratch) { modality, outcome in
            if case .score(let score) = outcome, let threshold = modality.threshold {
                largest = max(largest, score / threshold)
            }
        }
        return largest
    }

    /// Runs the fault model alone on latents made from `seed`, for benchmarks. Does nothing without one.
    public func benchmarkFaultModel(seed: Int) {
        guard let model = bundle.content.faultModel else { return }
        let scratch = bundle.content.scratch.take()
        defer { bundle.content.scratch.give(scratch) }
        var state = UInt64(truncatingIfNeeded: seed) &* 0x9E37_79B9_7F4A_7C15
        for index in 0..<model.ensemble.features {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            scratch.latents[index] = Float(Int32(truncatingIfNeeded: state >> 32)) * 0x1p-30
        }
        model.run(scratch.latents, margins: scratch.margins)
    }

    /// Puts the features into their places; returns the names that the bundle does not know.
    private func assign(_ features: FeatureValues, _ scratch: Scratch) throws(PredictionError) -> [String] {
        let index = bundle.content.index
        let steps = bundle.content.steps
        scratch.present.update(repeating: false, count: index.names.count)
        var unknown: [String] = []
        var wrong: [String] = []
        features.names.withUnsafeBytes { names in
            for number in 0..<features.count {
                let name = UnsafeRawBufferPointer(rebasing: names[features.range(number)])
                guard let position = index.position(name) else {
                    unknown.append(features.name(number))
                    continue
                }
                let range = features.valueRange(number)
                guard range.count == steps else {
                    wrong.append(features.name(number))
                    continue
                }
                let target = scratch.values + position &* steps
                for step in 0..<steps { target[step] = features.values[range.lowerBound &+ step] }
                scratch.present[position] = true
            }
        }
        guard wrong.isEmpty else { throw .wrongWindowLength(wrong, steps: steps) }
        return unknown
    }

    /// Checks that every feature is there and finite, or imputes what is not.
    private func settle(
        _ scratch: Scratch, _ options: PredictionOptions, _ warnings: inout [String]
    ) throws(PredictionError) {
        let content = bundle.content
        let steps = content.steps
        let names = content.index.names
        func isFinite(_ position: Int) -> Bool {
            (0..<steps).allSatisfy { scratch.values[position &* steps &+ $0].isFinite }
        }
        var isComplete = true
        for position in 0..<names.count where !(scratch.present[position] && isFinite(position)) {
            isComplete = false
        }
        if isComplete { return }
        let missing = names.indices.filter { !scratch.present[$0] }
        let broken = names.indices.filter { scratch.present[$0] && !isFinite($0) }
        let isZeroForMissing = options.zeroForMissing && broken.isEmpty && missing.count < names.count
        guard content.metadata.imputesZero || isZeroForMissing else {
            guard missing.isEmpty || !broken.isEmpty && options.zeroForMissing else {
                throw .missingFeatures(missing.map { names[$0] })
            }
            throw .nonFiniteFeatures(broken.map { names[$0] })
        }
        for position in (missing + broken).sorted() {
            for place in position * steps..<(position + 1) * steps
            where !(scratch.present[position] && scratch.values[place].isFinite) {
                scratch.values[place] = 0
            }
            warnings.append("imputed:\(names[position])")
        }
    }

    /// Scales and runs every modality's model. Leaves latents and squared errors in the scratch, one modality after the
    /// other.
    @inline(__always)
    private func run(_ scratch: Scratch, _ report: (Modality, Modality.Outcome) -> Void) throws(PredictionError) {
        var latents = scratch.latents
        var errors = scratch.squaredErrors
        for modality in bundle.content.modalities {
            try scale(modality, scratch)
            let outcome = modality.run(scratch, latent: latents, squaredErrors: errors)
            switch outcome {
            case .score(let number), .value(let number):
                guard number.isFinite else { throw .scoreNotFinite(modality: modality.name) }
            }
            report(modality, outcome)
            latents += modality.latents
            errors += modality.positions.count
        }
    }

    /// Writes the modality's input into the scratch: [steps, features], as models take it.
    private func scale(_ modality: Modality, _ scratch: Scratch) throws(PredictionError) {
        let positions = modality.positions
        let steps = modality.steps
        var isInRange = true
        for (index, position) in positions.enumerated() {
            // Scaling is one subtraction and one division, as scikit-learn has it.
            let mean = modality.scaler.map { $0.mean[index] } ?? 0
            let scale = modality.scaler.map { $0.scale[index] } ?? 1
            for step in 0..<steps {
                let scaled = (scratch.values[position &* steps &+ step] - mean) / scale
                isInRange = isInRange && abs(scaled) <= Self.largestScaledValue
                scratch.input[step &* positions.count &+ index] = Float(scaled)
            }
        }
        guard !isInRange else { return }
        throw .outOfRangeFeatures(
            positions.indices.filter { index in
                (0..<steps).contains { step in
                    !(abs(scratch.input[step * positions.count + index]) <= Float(Self.largestScaledValue))
                }
            }.map { bundle.featureNames[positions[$0]] })
    }

    /// The features with the largest squared errors.
    private func contributions(_ scratch: Scratch) -> [Contribution] {
        var best: [Contribution] = []
        best.reserveCapacity(Self.contributionCount + 1)
        var errors = scratch.squaredErrors
        for modality in bundle.content.modalities {
            let count = modality.positions.count
            defer { errors += count }
            if modality.isRegressor { continue }
            var total = 0.0
            for index in 0..<count { total += errors[index] }
            for index in 0..<count {
                let error = errors[index]
                if best.count == Self.contributionCount, error <= best[best.count - 1].squaredError { continue }
                let place = best.firstIndex { $0.squaredError < error } ?? best.count
                best.insert(
                    Contribution(
                        feature: bundle.content.index.names[modality.positions[index]], modality: modality.name,
                        squaredError: error,
                        share: total > 0 ? error / total : 0), at: place)
                if best.count > Self.contributionCount { best.removeLast() }
            }
        }
        return best
    }
}

/// What one modality's autoencoder said.
public struct ModalityScore: Sendable, Equatable {
    public var modality: String
    /// Mean squared reconstruction error of the scaled features.
    public var score: Double
    /// The largest score that counts as normal; nil when the bundle has none.
    public var threshold: Double?
    /// score / threshold; nil without a threshold.
    public var ratio: Double?
}

/// What the fault model said.
public struct FaultVerdict: Sendable, Equatable {
    public var label: String
    public var probability: Double
    /// Label → probability, in class order. They add up to one for classifiers.
    public var probabilities: [(label: String, probability: Double)]

    public static func == (a: FaultVerdict, b: FaultVerdict) -> Bool {
        a.label == b.label && a.probability == b.probability
            && a.probabilities.elementsEqual(b.probabilities) {
                $0.label == $1.label && $0.probability == $1.probability
            }
    }
}

/// A feature's part in a score.
public struct Contribution: Sendable, Equatable {
    public var feature: String
    public var modality: String
    /// Squared difference between the scaled feature and its reconstruction; of a window the mean over its steps.
    public var squaredError: Double
    /// Its part of the modality's total squared error, 0…1.
    public var share: Double
}

/// The result of scoring one input.
public struct Prediction: Sendable {
    /// The bundle's features in order. Shared with the bundle, so it costs nothing.
    public var usedFeatures: [String]
    /// One per modality, in the bundle's order.
    public var modalityScores: [ModalityScore]
    public var modalities: [String]
    public var `case`: BundleCase
    /// Whether a score exceeds its own threshold.
    public var isAnomaly: Bool
    /// 0…1, see ``Confidence``.
    public var confidence: Double
    /// Nil when the fault model did not run.
    public var fault: FaultVerdict?
    /// What the bundle's regressor says, in the trainer's unit; nil without one.
    public var value: Double?
    /// The features with the largest squared errors, at most five, largest first.
    public var contributions: [Contribution]
    /// `unscaled:<modality>`, `no_threshold:<modality>`, `imputed:<feature>`, `identity:…`, `fault_model:missing`,
    /// `fault_uncertain:<label>`.
    public var warnings: [String]
    /// Names in the input that the bundle does not know, in the input's order.
    public var unknownFeatures: [String]
    /// Time that scoring took, in microseconds.
    public var latencyMicroseconds: Double

    public var scores: [String: Double] {
        Dictionary(modalityScores.map { ($0.modality, $0.score) }, uniquingKeysWith: { first, _ in first })
    }
    /// A modality without a threshold maps to nil.
    public var thresholds: [String: Double?] {
        Dictionary(modalityScores.map { ($0.modality, $0.threshold) }, uniquingKeysWith: { first, _ in first })
    }
    /// Only modalities that have a threshold.
    public var ratio: [String: Double] {
        Dictionary(
            modalityScores.compactMap { part in part.ratio.map { (part.modality, $0) } },
            uniquingKeysWith: { first, _ in first })
    }
}

/// How sure a verdict is.
///
/// confidence = r² / (r² + 4), where r is the largest score/threshold ratio of any modality. It is 0 at r = 0, 0.2 at
/// the threshold, 0.5 at twice,
/// 0.8 at four times the threshold, and tends to 1: the same curve for single and dual bundles. Severity follows from a
/// table in the database.
public enum Confidence {
    /// - Parameter ratio: not negative; may be infinite.
    public static func fromRatio(_ ratio: Double) -> Double {
        guard ratio > 0 else { return 0 }
        // Divided through by r², so that a huge ratio cannot become infinity over infinity.
        return 1 / (1 + 4 / (ratio * ratio))
    }
}

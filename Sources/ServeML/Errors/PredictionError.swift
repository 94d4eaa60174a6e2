/// Why an input could not be scored. All of these are the caller's to mend (HTTP 422).
public enum PredictionError: Error, Sendable, Equatable {
    /// Features that the bundle needs and the input lacks, in the bundle's order.
    case missingFeatures([String])
    /// Features whose value is null, NaN or infinite.
    case nonFiniteFeatures([String])
    /// Features that have another number of values than the bundle's window has steps (one, for most bundles).
    case wrongWindowLength([String], steps: Int)
    /// Features so far outside anything physical that scaling them leaves the range of a float.
    case outOfRangeFeatures([String])
    /// The arithmetic itself overflowed for this modality.
    case scoreNotFinite(modality: String)

    /// A stable snake_case name.
    public var code: String {
        switch self {
        case .missingFeatures: "missing_feature"
        case .nonFiniteFeatures: "non_finite_feature"
        case .wrongWindowLength: "wrong_window_length"
        case .outOfRangeFeatures: "feature_out_of_range"
        case .scoreNotFinite: "score_not_finite"
        }
    }

    /// The names at fault (feature names, or the modality).
    public var members: [String] {
        switch self {
        case .missingFeatures(let names), .nonFiniteFeatures(let names), .outOfRangeFeatures(let names),
            .wrongWindowLength(let names, _):
            names
        case .scoreNotFinite(let modality): [modality]
        }
    }

    /// One sentence; at most twenty names are spelt out.
    public var reason: String {
        let names = members.prefix(20).map(BundleError.quoted).joined(separator: ", ")
        let more = members.count > 20 ? " and \(members.count - 20) more" : ""
        return switch self {
        case .missingFeatures: "missing features: \(names)\(more)"
        case .nonFiniteFeatures: "features that are not finite numbers: \(names)\(more)"
        case .wrongWindowLength(_, let steps):
            steps == 1
                ? "features that are windows, and this bundle takes one value of each: \(names)\(more)"
                : "features that do not have \(steps) values: \(names)\(more)"
        case .outOfRangeFeatures: "features out of range: \(names)\(more)"
        case .scoreNotFinite: "the score of \(names) is not finite"
        }
    }
}

extension PredictionError: CustomStringConvertible {
    public var description: String { "\(code): \(reason)" }
}

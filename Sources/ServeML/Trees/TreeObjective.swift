import Foundation

/// What XGBoost's objectives do before and after the trees: the margin of `base_score`, and the transform of the summed
/// margins.
enum TreeObjective: Sendable, Equatable {
    case identity
    /// Probability of class 1.
    case logistic
    /// Margin of class 1: a probability only after a sigmoid, which `predict` leaves out, as XGBoost does.
    case logisticMargin
    /// 0 or 1.
    case hinge
    /// exp of the margin: counts, gamma, Tweedie, survival.
    case exponential
    /// Softmax over classes; `softmax` reports the class, `softprob` the probabilities.
    case softmax
    case softprob

    init?(_ name: String) {
        switch name {
        case "binary:logistic", "reg:logistic": self = .logistic
        case "binary:logitraw": self = .logisticMargin
        case "binary:hinge": self = .hinge
        case "multi:softprob": self = .softprob
        case "multi:softmax": self = .softmax
        case "count:poisson", "reg:gamma", "reg:tweedie", "survival:cox", "survival:aft": self = .exponential
        case "reg:squarederror", "reg:linear", "reg:squaredlogerror", "reg:pseudohubererror", "reg:absoluteerror",
            "reg:quantileerror", "reg:expectileerror", "rank:pairwise", "rank:ndcg", "rank:map":
            self = .identity
        default: return nil
        }
    }

    /// The margin that stands for `base_score`, which the file gives in the space of the output.
    func margin(_ score: Double) -> Double? {
        switch self {
        case .logistic:
            guard score > 0, score < 1 else { return nil }
            return -log(1 / score - 1)
        case .exponential:
            guard score > 0 else { return nil }
            return log(score)
        case .identity, .logisticMargin, .hinge, .softmax, .softprob: return score
        }
    }

    static func sigmoid(_ margin: Float) -> Double { 1 / (1 + exp(-Double(margin))) }

    /// Turns margins into probabilities in place.
    static func softmax(_ margins: [Float]) -> [Double] {
        let largest = margins.max() ?? 0
        let powers = margins.map { exp(Double($0 - largest)) }
        let total = powers.reduce(0, +)
        return powers.map { $0 / total }
    }

    /// The number that one margin stands for. Allocates nothing.
    func number(_ margin: Float) -> Double {
        switch self {
        case .logistic: Self.sigmoid(margin)
        case .exponential: exp(Double(margin))
        default: Double(margin)
        }
    }

    /// What XGBoost's `predict` returns for the margins of one row.
    func transform(_ margins: [Float]) -> [Double] {
        switch self {
        case .identity, .logisticMargin: margins.map(Double.init)
        case .logistic: margins.map(Self.sigmoid)
        case .hinge: margins.map { $0 > 0 ? 1 : 0 }
        case .exponential: margins.map { exp(Double($0)) }
        case .softmax: [Double(margins.indices.max { margins[$0] < margins[$1] } ?? 0)]
        case .softprob: Self.softmax(margins)
        }
    }
}

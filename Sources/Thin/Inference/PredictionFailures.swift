/// Counts what could not be scored, apart by whose fault it was: somebody is woken for ours only.
struct PredictionFailures: Sendable {
    private let registry: MetricsRegistry

    init(_ registry: MetricsRegistry) {
        self.registry = registry
        // there from the start, so that the first one is an increase
        for stage in ["champion", "challenger"] { _ = failed(stage) }
        for reason in Reason.allCases { _ = refused(reason) }
    }

    /// What was wrong with the input.
    private enum Reason: String, CaseIterable {
        case unknownModel = "unknown_model"
        case invalidFeatures = "invalid_features"
        case invalidTime = "invalid_time"

        init?(_ kind: ScoringFailure.Kind) {
            switch kind {
            case .unknownModel: self = .unknownModel
            case .invalidFeatures: self = .invalidFeatures
            case .invalidTime: self = .invalidTime
            case .unavailable: return nil
            }
        }
    }

    /// - Parameter stage: of the model that was to score; a challenger is never the sender's choice, so it fails where
    ///   another one refuses.
    func count(_ failure: ScoringFailure, stage: String) {
        if stage != "challenger", let reason = Reason(failure.kind) {
            refused(reason).increment()
        } else {
            failed(stage == "challenger" ? stage : "champion").increment()
        }
    }

    private func failed(_ stage: String) -> Counter {
        registry.counter(
            "thin_prediction_failures_total", "Inputs that a model of ours could not score.", labels: ["stage": stage])
    }

    private func refused(_ reason: Reason) -> Counter {
        registry.counter(
            "thin_prediction_refusals_total", "Inputs that were refused: they fit no model, or their time no clock.",
            labels: ["reason": reason.rawValue])
    }
}

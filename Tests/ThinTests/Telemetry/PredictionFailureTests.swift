import Testing

@testable import Thin

/// Whose fault it was that an input was not scored.
@Suite struct PredictionFailureTests {
    private func counted(_ kind: ScoringFailure.Kind, stage: String) -> [String] {
        let registry = MetricsRegistry()
        let failures = PredictionFailures(registry)
        failures.count(ScoringFailure(kind: kind, code: "code", detail: "detail"), stage: stage)
        var text = ""
        registry.render(into: &text)
        return text.split(separator: "\n").filter { $0.hasSuffix(" 1") }.map { String($0.dropLast(2)) }
    }

    @Test func everySeriesIsThereFromTheStart() {
        let registry = MetricsRegistry()
        _ = PredictionFailures(registry)
        var text = ""
        registry.render(into: &text)
        for series in [
            "thin_prediction_failures_total{stage=\"champion\"} 0",
            "thin_prediction_failures_total{stage=\"challenger\"} 0",
            "thin_prediction_refusals_total{reason=\"unknown_model\"} 0",
            "thin_prediction_refusals_total{reason=\"invalid_features\"} 0",
            "thin_prediction_refusals_total{reason=\"invalid_time\"} 0",
        ] { #expect(text.contains("\(series)\n")) }
    }

    @Test(arguments: [
        (ScoringFailure.Kind.unknownModel, "unknown_model"), (.invalidFeatures, "invalid_features"),
        (.invalidTime, "invalid_time"),
    ])
    func whatWasSentWrongIsNoFailure(_ kind: ScoringFailure.Kind, _ reason: String) {
        // "requested" and whatever else a row may be called stands for the model that was to answer
        for stage in ["champion", "requested", ""] {
            #expect(counted(kind, stage: stage) == ["thin_prediction_refusals_total{reason=\"\(reason)\"}"])
        }
        // a challenger is nobody's choice: what its champion could score and it could not is a failure of ours
        #expect(counted(kind, stage: "challenger") == ["thin_prediction_failures_total{stage=\"challenger\"}"])
    }

    @Test func aBundleThatCannotBeUsedIsOurs() {
        for stage in ["champion", "requested"] {
            #expect(counted(.unavailable, stage: stage) == ["thin_prediction_failures_total{stage=\"champion\"}"])
        }
        #expect(counted(.unavailable, stage: "challenger") == ["thin_prediction_failures_total{stage=\"challenger\"}"])
    }
}

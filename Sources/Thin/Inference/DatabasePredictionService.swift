import Foundation
import Logging
import Postgres
import ServeML

/// Predictions for HTTP: the database names the model, `InferenceEngine` computes, the database stores the result.
struct DatabasePredictionService: PredictionService {
    let engine: InferenceEngine
    let database: Client
    let instance: String
    let outbox: OutboxSignal

    func predict(_ request: PredictRequest) async throws -> String {
        var batch = ScoringBatch()
        batch.requests = [
            ScoringRequest(
                equipmentID: request.equipmentID, power: request.power, modelVersion: request.modelVersion,
                features: request.features,
                featuresJSON: request.features.json(), time: ISO8601.string(from: .now),
                forceClassifier: request.forceClassifier, source: "http")
        ]
        let resolved = try await database.query(InferenceEngine.resolveSQL, [.jsonb(batch.resolveRequest)])
        // a bundle that is not in memory is read from disk: not on the cooperative pool
        let results = await BlockingWork.run { [engine, batch] in engine.score(batch, resolved: resolved) }
        if let failure = results.failures.first?.failure { throw failure.problem }
        guard let answer = results.answers[0], let predictions = results.predictionsJSON else {
            throw Problem.internalError
        }
        let stored = try await database.query(InferenceEngine.recordSQL, [.jsonb(predictions)])[0]
        if (stored.int(1) ?? 0) > 0 { outbox.signal() }
        return String(decoding: answer, as: UTF8.self)
    }

    /// Reads `SERVE_ML_ROOT` again; requests meanwhile see the old catalogue or the new one, never half of either.
    func sync() async throws -> String {
        let report = await BlockingWork.run { [engine] in engine.store.reload() }
        let rows = try await database.query(
            "SELECT ml.sync_models($1, $2, $3)",
            [.jsonb(report.bundlesJSON), .jsonb(report.rejectedJSON), .text(instance)])
        return rows[0].string(0) ?? "{}"
    }
}

extension ScoringFailure {
    /// 404 with what does exist, 422 with the features' names, 503.
    var problem: Problem {
        switch kind {
        case .unknownModel: Problem.notFound(detail)
        case .invalidFeatures:
            Problem.invalid(
                members.isEmpty
                    ? [Problem.Member(field: "features", message: detail)]
                    : members.map { Problem.Member(field: "features.\($0)", message: Self.message(for: code)) })
        case .unavailable: Problem.unavailable(detail)
        }
    }

    private static func message(for code: String) -> String {
        switch code {
        case "missing_feature": "is missing"
        case "non_finite_feature": "is not a finite number"
        case "wrong_window_length": "does not have as many values as the model looks at"
        default: "is out of range"
        }
    }
}

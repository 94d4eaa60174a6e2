import Foundation
import Logging
import Postgres
import ServeML

/// Predictions for HTTP: the database names the model, `InferenceEngine` computes, the database stores the result.
struct DatabasePredictionService: PredictionService {
    let engine: InferenceEngine
    let batcher: PredictionBatcher
    let database: Client
    let instance: String

    func predict(_ request: PredictRequest) async throws -> String {
        switch try await batcher.submit([scoringRequest(request)])[0] {
        case .prediction(let scored): return scored.answer
        case .failure(let failure): throw failure.problem
        }
    }

    func predict(_ items: [Result<PredictRequest, Problem>]) async throws -> String {
        var requests: [ScoringRequest] = []
        for case .success(let request) in items { requests.append(scoringRequest(request)) }
        var results = (requests.isEmpty ? [] : try await batcher.submit(requests)).makeIterator()
        var scored = 0
        var text = "{\"results\":["
        for (index, item) in items.enumerated() {
            if index > 0 { text += "," }
            switch item {
            case .failure(let problem): text += Self.json(problem)
            case .success:
                switch results.next() {
                case .prediction(let prediction):
                    scored += 1
                    text += "{\"status\":200,\"prediction\":\(prediction.answer)}"
                case .failure(let failure): text += Self.json(failure.problem)
                case nil: throw Problem.internalError
                }
            }
        }
        return text + "],\"scored\":\(scored),\"failed\":\(items.count - scored)}"
    }

    func infer(_ requests: [PredictRequest]) async throws -> [ScoredPrediction] {
        var predictions: [ScoredPrediction] = []
        let results = try await batcher.submit(requests.map { scoringRequest($0) }, isAllOrNothing: true)
        for (row, result) in results.enumerated() {
            switch result {
            case .prediction(let scored): predictions.append(scored)
            case .failure(let failure):
                var problem = failure.problem
                if requests.count > 1 { problem.detail = "row \(row): \(problem.detail)" }
                throw problem
            }
        }
        return predictions
    }

    func features(_ request: WaveformRequest) async throws -> String {
        let computed = await BlockingWork.run { () -> Result<FeatureValues, Problem> in
            do throws(Problem) { return .success(try request.features()) } catch { return .failure(error) }
        }
        let features = try computed.get()
        let modalities = request.waveforms.map { String.json($0.modality) }.joined(separator: ",")
        let json = String(decoding: features.json(), as: UTF8.self)
        var text = "{\"modalities\":[\(modalities)],\"features\":\(json)"
        if request.isScored {
            let scoring = ScoringRequest(
                equipmentID: request.equipmentID ?? "", power: request.power, modelVersion: request.modelVersion,
                features: features, featuresJSON: features.json(), time: request.time ?? engine.arrivalTime(),
                forceClassifier: request.forceClassifier, source: "waveform")
            switch try await batcher.submit([scoring])[0] {
            case .prediction(let scored): text += ",\"prediction\":\(scored.answer)"
            case .failure(let failure): throw failure.problem
            }
        }
        return text + "}"
    }

    func model(equipmentID: String, power: String, version: String?) async throws -> ServedModel {
        let request = ScoringBatch(requests: [
            ScoringRequest(
                equipmentID: equipmentID, power: power, modelVersion: version, features: FeatureValues(),
                featuresJSON: [], time: nil)
        ])
        let rows = try await database.query(InferenceEngine.resolveSQL, [.jsonb(request.resolveRequest)])
        guard let row = rows.first(where: { $0.string(4) != "challenger" }) else { throw Problem.internalError }
        if row.string(5) != nil { throw Problem.notFound(row.string(6) ?? "") }
        let key = BundleKey(equipmentID: equipmentID, power: row.string(2) ?? "", version: row.string(3) ?? "")
        let loaded = await BlockingWork.run { [engine] () -> Result<ServeML.Bundle, BundleError> in
            do throws(BundleError) { return .success(try engine.store.bundle(key)) } catch { return .failure(error) }
        }
        switch loaded {
        case .success(let bundle):
            return ServedModel(
                key: key, versions: engine.store.versions(equipmentID: equipmentID, power: key.power), bundle: bundle)
        case .failure(let error): throw Problem.unavailable(error.reason)
        }
    }

    /// Reads `SERVE_ML_ROOT` again; requests meanwhile see the old catalogue or the new one, never half of either.
    func sync() async throws -> String {
        let report = await BlockingWork.run { [engine] in engine.store.reload() }
        let rows = try await database.query(
            "SELECT ml.sync_models($1, $2, $3)",
            [.jsonb(report.bundlesJSON), .jsonb(report.rejectedJSON), .text(instance)])
        return rows[0].string(0) ?? "{}"
    }

    private func scoringRequest(_ request: PredictRequest) -> ScoringRequest {
        ScoringRequest(
            equipmentID: request.equipmentID, power: request.power, modelVersion: request.modelVersion,
            features: request.features, featuresJSON: request.featuresJSON, time: request.time ?? engine.arrivalTime(),
            forceClassifier: request.forceClassifier, source: "http", zeroForMissing: request.zeroForMissing)
    }

    private static func json(_ problem: Problem) -> String {
        "{\"status\":\(problem.status),\"error\":\(problem.json(instance: nil))}"
    }
}

extension ScoredPrediction {
    /// What HTTP answers: the prediction, and its verdict once more as the member that existing clients read.
    fileprivate var answer: String {
        String(decoding: json.dropLast(), as: UTF8.self)
            + ",\"result\":\(String(decoding: prediction.json(), as: UTF8.self))}"
    }
}

extension ScoringFailure {
    /// 404 with what does exist, 422 with the features' names, 503.
    var problem: Problem {
        switch kind {
        case .unknownModel: Problem.notFound(detail)
        case .invalidTime: Problem.invalid([Problem.Member(field: "time", message: "\(code): \(detail)")])
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

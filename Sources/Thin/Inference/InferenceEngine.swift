import Foundation
import Logging
import MQTT
import Postgres
import ServeML
import Synchronization

/// Scores inputs with the bundles of `SERVE_ML_ROOT`. Which bundle answers, what is stored and what becomes an alarm is
/// decided in SQL; here is only arithmetic.
final class InferenceEngine: Sendable {
    static let resolveSQL =
        "SELECT ordinal, equipment_id, power, model_version, stage, error_code, error_detail FROM ml.resolve_models($1)"
    static let recordSQL = "SELECT stored, outbox_rows FROM ml.record_predictions($1)"

    let store: BundleStore
    private let runsClassifier: Bool
    private let logger: Logger
    private let seconds: Histogram
    private let failures: PredictionFailures
    private let clock = ArrivalClock()
    private let onStale = Mutex<@Sendable () -> Void>({})

    /// - Parameters:
    ///   - memoryLimitBytes: `SERVE_ML_MEMORY_MB`.
    ///   - runsClassifier: `SERVE_ML_ENABLE_XGB`.
    init(root: String, memoryLimitBytes: Int, runsClassifier: Bool, registry: MetricsRegistry, logger: Logger) {
        store = BundleStore(root: URL(fileURLWithPath: root), memoryLimitBytes: memoryLimitBytes)
        self.runsClassifier = runsClassifier
        self.logger = logger
        seconds = registry.histogram(
            "thin_prediction_seconds", "Arithmetic of one prediction.",
            buckets: [5e-6, 10e-6, 20e-6, 50e-6, 100e-6, 500e-6, 1e-3, 10e-3])
        failures = PredictionFailures(registry)
        registry.function("thin_bundles", "serve_ml bundles that are served.") { [store] in Double(store.keys.count) }
        registry.function("thin_bundles_rejected", "serve_ml bundles that were refused.") { [store] in
            Double(store.rejected.count)
        }
        registry.function("thin_bundle_bytes", "Memory that loaded bundles take.") { [store] in
            Double(store.residentBytes)
        }
    }

    /// Called when a bundle is not what the registry says: somebody should look at the folder. Must return at once.
    func whenStale(_ look: @escaping @Sendable () -> Void) { onStale.withLock { $0 = look } }

    /// How long a batch waits for the registry to catch up with files that just changed.
    static let staleAttempts = 30
    static let stalePause: Duration = .milliseconds(100)

    // MARK: Messages

    /// Reads feature messages. What cannot be read is refused here; the rest is ready for the database to name its models.
    func read(_ messages: ArraySlice<ScorableMessage>) -> MessageBatch {
        var batch = MessageBatch()
        for message in messages {
            do throws(ScoringFailure) {
                let request = try request(of: message)
                batch.scoring.requests.append(request)
                batch.messages.append(message)
            } catch {
                failures.count(error, stage: "champion")
                batch.refusals.append(RefusedMessage(message: message.message, code: error.code, detail: error.detail))
            }
        }
        return batch
    }

    /// Scores what the database found models for.
    func score(_ batch: MessageBatch, resolved: QueryResult) -> (outcome: MessageOutcome, isStale: Bool) {
        let scored = score(batch.scoring, resolved: resolved)
        var refusals = batch.refusals
        for (ordinal, result) in scored.results.enumerated() {
            guard let failure = result.failure else { continue }
            refusals.append(
                RefusedMessage(message: batch.messages[ordinal].message, code: failure.code, detail: failure.detail))
        }
        return (MessageOutcome(predictionsJSON: scored.recordJSON(), refusals: refusals), scored.isStale)
    }

    private func request(of message: ScorableMessage) throws(ScoringFailure) -> ScoringRequest {
        let payload = message.message.payload
        let read: ServeML.FeatureMessage
        do throws(FeatureMessageError) {
            read = try FeatureMessageScanner.scan(payload)
        } catch {
            throw ScoringFailure(kind: .invalidFeatures, code: error.code, detail: error.description)
        }
        guard let equipment = message.equipment ?? read.equipmentID, !equipment.isEmpty else {
            throw ScoringFailure(
                kind: .invalidFeatures, code: "missing_equipment", detail: "neither topic nor payload names it")
        }
        return ScoringRequest(
            equipmentID: equipment, power: read.power, modelVersion: read.modelVersion, features: read.features,
            featuresJSON: Array(payload[read.featuresRange]),
            time: read.time ?? clock.stamp(message.message.receivedAtMicroseconds))
    }

    // MARK: Scoring

    /// The time of an input that arrives now and carries none.
    func arrivalTime() -> String { clock.now() }

    /// - Parameter resolved: rows of ``resolveSQL``.
    func score(_ batch: ScoringBatch, resolved: QueryResult) -> ScoredBatch {
        // every ordinal has a row; one without would be the database's mistake
        let unresolved = ScoringFailure(
            kind: .unavailable, code: "not_resolved", detail: "the database named no model")
        var scored = ScoredBatch(results: Array(repeating: .failure(unresolved), count: batch.requests.count))
        for row in resolved {
            guard let ordinal = row.int(0), batch.requests.indices.contains(ordinal), let stage = row.string(4) else {
                continue
            }
            let request = batch.requests[ordinal]
            do throws(ScoringFailure) {
                let prediction = try score(request, row, stage: stage)
                scored.records.append((ordinal, prediction.json))
                if stage != "challenger" { scored.results[ordinal] = .prediction(prediction) }
            } catch {
                failures.count(error, stage: stage)
                if stage == "challenger" {
                    logger.warning(
                        "the challenger could not score",
                        metadata: [
                            "equipment": "\(request.equipmentID)", "code": "\(error.code)", "detail": "\(error.detail)",
                        ])
                } else {
                    scored.results[ordinal] = .failure(error)
                }
            }
        }
        if scored.isStale { onStale.withLock { $0 }() }
        return scored
    }

    private func score(_ request: ScoringRequest, _ row: Row, stage: String) throws(ScoringFailure) -> ScoredPrediction
    {
        if let code = row.string(5) {
            let kind: ScoringFailure.Kind = code.hasSuffix("_timestamp") ? .invalidTime : .unknownModel
            throw ScoringFailure(kind: kind, code: code, detail: row.string(6) ?? "")
        }
        let key = BundleKey(equipmentID: request.equipmentID, power: row.string(2) ?? "", version: row.string(3) ?? "")
        let bundle: ServeML.Bundle
        do throws(BundleError) {
            bundle = try store.bundle(key)
        } catch {
            throw ScoringFailure(kind: .unavailable, code: error.code, detail: error.reason)
        }
        do throws(PredictionError) {
            let options = PredictionOptions(runXGB: runsClassifier, forceXGB: runsClassifier && request.forceClassifier)
            let prediction = try Predictor(bundle: bundle).predict(features: request.features, options: options)
            seconds.observe(prediction.latencyMicroseconds / 1e6)
            let json = prediction.json(
                Prediction.Context(
                    equipmentID: key.equipmentID, power: key.power, modelVersion: key.version, stage: stage,
                    time: request.time, source: request.source, featuresJSON: request.featuresJSON))
            return ScoredPrediction(key: key, prediction: prediction, json: json)
        } catch {
            throw ScoringFailure(kind: .invalidFeatures, code: error.code, detail: error.reason, members: error.members)
        }
    }

    /// What a version says of an input of the past, as JSON. Counted nowhere.
    func replay(_ features: FeatureValues, time: String, key: BundleKey) throws(ScoringFailure) -> [UInt8] {
        let bundle: ServeML.Bundle
        do throws(BundleError) {
            bundle = try store.bundle(key)
        } catch {
            throw ScoringFailure(kind: .unavailable, code: error.code, detail: error.reason)
        }
        do throws(PredictionError) {
            let prediction = try Predictor(bundle: bundle).predict(
                features: features, options: PredictionOptions(runXGB: false, forceXGB: false))
            return prediction.json(
                Prediction.Context(
                    equipmentID: key.equipmentID, power: key.power, modelVersion: key.version, stage: "requested",
                    time: time, source: "http", featuresJSON: Array("{}".utf8)))
        } catch {
            throw ScoringFailure(kind: .invalidFeatures, code: error.code, detail: error.reason, members: error.members)
        }
    }
}

/// Feature messages of one batch, read.
struct MessageBatch: Sendable {
    var scoring = ScoringBatch()
    /// Same indices as `scoring.requests`.
    var messages: [ScorableMessage] = []
    var refusals: [RefusedMessage] = []
}

/// What is to be stored of a batch of feature messages, in one transaction.
struct MessageOutcome: Sendable {
    var predictionsJSON: String?
    var refusals: [RefusedMessage]
}

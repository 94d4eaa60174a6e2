import Foundation
import Logging
import MQTT
import Postgres
import ServeML

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
    private let failures: Counter

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
        failures = registry.counter("thin_prediction_failures_total", "Inputs that could not be scored.")
        registry.function("thin_bundles", "serve_ml bundles that are served.") { [store] in Double(store.keys.count) }
        registry.function("thin_bundles_rejected", "serve_ml bundles that were refused.") { [store] in
            Double(store.rejected.count)
        }
        registry.function("thin_bundle_bytes", "Memory that loaded bundles take.") { [store] in
            Double(store.residentBytes)
        }
    }

    // MARK: Messages

    /// Reads feature messages. What cannot be read is refused here; the rest is ready for the database to name its models.
    func read(_ messages: ArraySlice<ScorableMessage>) -> MessageBatch {
        var batch = MessageBatch()
        for message in messages {
            do throws(ScoringFailure) {
                let request = try Self.request(of: message)
                batch.scoring.requests.append(request)
                batch.messages.append(message)
            } catch {
                batch.refusals.append(RefusedMessage(message: message.message, code: error.code, detail: error.detail))
            }
        }
        failures.increment(by: batch.refusals.count)
        return batch
    }

    /// Scores what the database found models for.
    func score(_ batch: MessageBatch, resolved: QueryResult) -> MessageOutcome {
        let results = score(batch.scoring, resolved: resolved)
        var refusals = batch.refusals
        for (ordinal, failure) in results.failures {
            refusals.append(
                RefusedMessage(message: batch.messages[ordinal].message, code: failure.code, detail: failure.detail))
        }
        return MessageOutcome(predictionsJSON: results.predictionsJSON, refusals: refusals)
    }

    private static func request(of message: ScorableMessage) throws(ScoringFailure) -> ScoringRequest {
        guard message.modality == nil else {
            throw ScoringFailure(
                kind: .invalidFeatures, code: "unsupported_waveform", detail: "waveforms are not scored yet")
        }
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
            time: read.time ?? ISO8601.string(microseconds: message.message.receivedAtMicroseconds))
    }

    // MARK: Scoring

    struct Results: Sendable {
        /// By ordinal: the champion's (or requested version's) prediction.
        var answers: [Int: [UInt8]] = [:]
        var failures: [(ordinal: Int, failure: ScoringFailure)] = []
        /// All predictions, shadows included, for `ml.record_predictions`; nil: none.
        var predictionsJSON: String?
    }

    /// - Parameter resolved: rows of ``resolveSQL``.
    func score(_ batch: ScoringBatch, resolved: QueryResult) -> Results {
        var results = Results()
        var all: [UInt8] = []
        for row in resolved {
            guard let ordinal = row.int(0), batch.requests.indices.contains(ordinal), let stage = row.string(4) else {
                continue
            }
            let request = batch.requests[ordinal]
            do throws(ScoringFailure) {
                let json = try score(request, row, stage: stage)
                all.append(all.isEmpty ? UInt8(ascii: "[") : UInt8(ascii: ","))
                all += json
                if stage != "challenger" { results.answers[ordinal] = json }
            } catch {
                failures.increment()
                if stage == "challenger" {
                    logger.warning(
                        "the challenger could not score",
                        metadata: [
                            "equipment": "\(request.equipmentID)", "code": "\(error.code)", "detail": "\(error.detail)",
                        ])
                } else {
                    results.failures.append((ordinal, error))
                }
            }
        }
        if !all.isEmpty {
            all.append(UInt8(ascii: "]"))
            results.predictionsJSON = String(decoding: all, as: UTF8.self)
        }
        return results
    }

    private func score(_ request: ScoringRequest, _ row: Row, stage: String) throws(ScoringFailure) -> [UInt8] {
        if let code = row.string(5) {
            throw ScoringFailure(kind: .unknownModel, code: code, detail: row.string(6) ?? "")
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
            return prediction.json(
                Prediction.Context(
                    equipmentID: key.equipmentID, power: key.power, modelVersion: key.version, stage: stage,
                    time: request.time,
                    source: request.source, featuresJSON: request.featuresJSON))
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

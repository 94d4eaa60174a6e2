import Foundation
import ServeML

/// One input to score, wherever it came from.
struct ScoringRequest: Sendable {
    let equipmentID: String
    let power: String?
    let modelVersion: String?
    let features: FeatureValues
    /// The features as JSON text, stored with the prediction.
    let featuresJSON: [UInt8]
    /// When it was measured, ISO 8601 or epoch text as it came; nil: now.
    let time: String?
    var forceClassifier = false
    var source = "mqtt"
    /// A feature that is missing counts as 0.
    var zeroForMissing = false
}

/// Inputs that are scored together: one query finds the models of all, one stores all results.
struct ScoringBatch: Sendable {
    /// Index = ordinal in the database's answer.
    var requests: [ScoringRequest] = []
    /// Each request is for one bundle, so that a shadow's answer is the request's answer.
    var shadowsAnswer = false

    /// The argument of `ml.resolve_models`: of the features only those from which a machine's power is told.
    var resolveRequest: String {
        var json = "["
        for (ordinal, request) in requests.enumerated() {
            if ordinal > 0 { json += "," }
            json += "{\"ordinal\":\(ordinal),\"equipment_id\":\(String.json(request.equipmentID))"
            json += ",\"power\":\(request.power.map(String.json) ?? "null")"
            json +=
                ",\"model_version\":\(request.modelVersion.map(String.json) ?? "null"),\"time\":\(request.time.map(String.json) ?? "null"),\"signature\":{"
            var isFirst = true
            for index in 0..<request.features.count {
                let name = request.features.name(index)
                let value = request.features.value(index)
                guard value.isFinite, name == "vib_rms" || (name.hasPrefix("cur_") && name.hasSuffix("_rms")) else {
                    continue
                }
                if !isFirst { json += "," }
                isFirst = false
                json += "\(String.json(name)):\(value)"
            }
            json += "}}"
        }
        return json + "]"
    }
}

/// A prediction with what it is stored and answered as.
struct ScoredPrediction: Sendable {
    let key: BundleKey
    let prediction: Prediction
    /// All of it as JSON.
    let json: [UInt8]
}

/// What became of one request.
enum ScoringResult: Sendable {
    case prediction(ScoredPrediction)
    case failure(ScoringFailure)

    var failure: ScoringFailure? {
        if case .failure(let failure) = self { failure } else { nil }
    }
}

/// What became of a batch, before anything is stored.
struct ScoredBatch: Sendable {
    /// By ordinal: the champion's (or requested version's) answer.
    var results: [ScoringResult]
    /// Everything that is to be stored, shadows included.
    var records: [(ordinal: Int, json: [UInt8])] = []

    /// A bundle that the registry names is not what this process has: its files were just changed or taken away, and the
    /// registry hears of it in a moment.
    var isStale: Bool { results.contains { $0.failure.map { $0.kind == .unavailable && $0.isStale } ?? false } }

    /// The argument of `ml.record_predictions`, without the requests that `isLeftOut` names; nil: nothing to store.
    func recordJSON(leavingOut isLeftOut: (Int) -> Bool = { _ in false }) -> String? {
        var bytes: [UInt8] = []
        for record in records where !isLeftOut(record.ordinal) {
            bytes.append(bytes.isEmpty ? UInt8(ascii: "[") : UInt8(ascii: ","))
            bytes += record.json
        }
        guard !bytes.isEmpty else { return nil }
        bytes.append(UInt8(ascii: "]"))
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// Why a request could not be scored: code and sentence as they go to quarantine or into a problem.
struct ScoringFailure: Error, Sendable, Equatable {
    enum Kind: Sendable, Equatable {
        /// No such equipment, power or version among the bundles.
        case unknownModel
        /// The features do not fit the bundle.
        case invalidFeatures
        /// The time cannot be read, or lies too far away.
        case invalidTime
        /// The bundle exists and cannot be used at the moment.
        case unavailable
    }

    var kind: Kind
    var code: String
    var detail: String
    /// Features at fault.
    var members: [String] = []

    /// Whether the next look at the bundles' folder mends it.
    var isStale: Bool { code == "unknown_bundle" || code == "changed_since_sync" }
}

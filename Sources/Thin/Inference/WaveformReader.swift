import Foundation
import MQTT
import ServeML
import Synchronization

/// Reads waveform messages and computes their features. Which set of features is complete, and which bundle scores it, is
/// decided in SQL (`ml.claim_waveforms`).
struct WaveformReader: Sendable {
    static let storeSQL = "SELECT stored, refused FROM ml.store_waveforms($1)"

    /// What became of a batch.
    struct Batch: Sendable {
        /// The argument of `ml.store_waveforms`; nil: nothing to store.
        var json: String?
        /// Index = ordinal in the database's answer.
        var messages: [ScorableMessage] = []
        var refusals: [RefusedMessage] = []
    }

    /// A waveform takes milliseconds, so a batch of them uses the processors that there are.
    static func read(_ messages: ArraySlice<ScorableMessage>) -> Batch {
        let messages = Array(messages)
        let results = Mutex<[Result<String, ScoringFailure>?]>(Array(repeating: nil, count: messages.count))
        DispatchQueue.concurrentPerform(iterations: messages.count) { index in
            let result: Result<String, ScoringFailure>
            do throws(ScoringFailure) { result = .success(try features(of: messages[index])) } catch {
                result = .failure(error)
            }
            results.withLock { $0[index] = result }
        }
        var batch = Batch()
        var json = ""
        for (message, result) in zip(messages, results.withLock { $0 }) {
            switch result {
            case .success(let members):
                json += json.isEmpty ? "[" : ","
                json += "{\"ordinal\":\(batch.messages.count),\(members)}"
                batch.messages.append(message)
            case .failure(let failure):
                batch.refusals.append(
                    RefusedMessage(message: message.message, code: failure.code, detail: failure.detail))
            case nil: continue
            }
        }
        if !json.isEmpty { batch.json = json + "]" }
        return batch
    }

    /// One that the database refused.
    struct Refusal: Decodable, Sendable {
        let ordinal: Int
        let code: String
        let detail: String?
    }

    static func refusals(_ json: String?) throws -> [Refusal] {
        try JSONDecoder().decode([Refusal].self, from: Data((json ?? "[]").utf8))
    }

    /// The members of one element of `ml.store_waveforms`' argument.
    private static func features(of message: ScorableMessage) throws(ScoringFailure) -> String {
        let payload = message.message.payload
        guard payload.count <= BatchWriter.maximumPayloadBytes else {
            throw refusal(
                "payload_too_large",
                "the message has \(payload.count) bytes, more than \(BatchWriter.maximumPayloadBytes)")
        }
        let modality = message.modality ?? ""
        do throws(WaveformError) {
            let waveform = try WaveformMessage(payload)
            let features = try WaveformFeatures.compute(
                modality: modality, axes: waveform.axes, sampleRateHz: waveform.sampleRateHz)
            if let name = features.firstNotFinite {
                throw WaveformError.malformed("its samples are so large that \(name) is not a finite number")
            }
            let time =
                waveform.timeJSON ?? String.json(ISO8601.string(microseconds: message.message.receivedAtMicroseconds))
            return "\"equipment_id\":\(String.json(message.equipment ?? "")),\"modality\":\(String.json(modality))"
                + ",\"power\":\(waveform.power.map(String.json) ?? "null")"
                + ",\"model_version\":\(waveform.modelVersion.map(String.json) ?? "null"),\"time\":\(time)"
                + ",\"sample_rate_hz\":\(waveform.sampleRateHz),\"samples\":\(waveform.axes.values.first?.count ?? 0)"
                + ",\"features\":\(String(decoding: features.json(), as: UTF8.self))"
        } catch {
            throw refusal(error.code, error.description)
        }
    }

    private static func refusal(_ code: String, _ detail: String) -> ScoringFailure {
        ScoringFailure(kind: .invalidFeatures, code: code, detail: detail)
    }
}

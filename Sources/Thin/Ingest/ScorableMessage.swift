import MQTT

/// A message that `thin` reads itself: features, or a waveform where `modality` is set.
struct ScorableMessage: Sendable {
    let message: Message
    /// From the topic; nil where only the payload can name it.
    let equipment: String?
    var modality: String?
}

/// A message that cannot be used, with the code that `ingest.quarantine.reason` will show.
struct RefusedMessage: Sendable {
    let message: Message
    let code: String
    let detail: String
}

/// The ways in. Each has a session at the broker, a thread and a database connection of its own, and holds only its own
/// acknowledgements: what stops one does not stop the other.
enum IngestLane: String, CaseIterable, Sendable {
    /// What SQL decodes.
    case points
    /// What `thin` reads itself: features and waveforms.
    case inference

    var applicationName: String { self == .points ? "thin-ingest" : "thin-\(rawValue)" }
}

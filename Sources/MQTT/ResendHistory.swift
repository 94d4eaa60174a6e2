/// Messages of QoS 1 that were acknowledged lately, and those on their way, oldest first. Pure: time is handed in.
///
/// A broker answers in the order in which it was asked, so "the first n are acknowledged" is enough to know.
struct ResendHistory {
    private struct Checkpoint {
        var time: ContinuousClock.Instant
        var acknowledged: Int
    }

    let window: Duration
    private var entries: [OutgoingMessage] = []
    /// Ordinal of `entries[head]`; entries before `head` are gone.
    private var firstOrdinal = 0
    private var head = 0
    private var checkpoints: [Checkpoint] = []

    init(window: Duration) { self.window = window }

    var count: Int { entries.count - head }

    mutating func append(_ message: OutgoingMessage) { entries.append(message) }

    /// Forgets what was acknowledged longer than the window ago. Meant for some calls a second: each is remembered.
    mutating func prune(acknowledged: Int, now: ContinuousClock.Instant) {
        checkpoints.append(Checkpoint(time: now, acknowledged: acknowledged))
        var forgettable = 0
        while let oldest = checkpoints.first, now - oldest.time > window {
            forgettable = oldest.acknowledged
            checkpoints.removeFirst()
        }
        drop(through: forgettable)
    }

    /// Takes out the acknowledged messages that are still within the window; they count as new ones from then on.
    mutating func takeAcknowledged(acknowledged: Int) -> [OutgoingMessage] {
        let available = min(max(0, acknowledged - firstOrdinal), count)
        let taken = Array(entries[head..<head + available])
        drop(through: firstOrdinal + available)
        checkpoints.removeAll()
        return taken
    }

    private mutating func drop(through ordinal: Int) {
        let dropped = min(max(0, ordinal - firstOrdinal), count)
        guard dropped > 0 else { return }
        for index in head..<head + dropped { entries[index].payload = [] }
        head += dropped
        firstOrdinal += dropped
        if head > 1024, head * 2 > entries.count {
            entries.removeFirst(head)
            head = 0
        }
    }
}

/// Collects messages until one of the policy's limits is reached. Pure: time is handed in.
struct Batcher {
    let policy: BatchPolicy
    private(set) var messages: [Message] = []
    private(set) var bytes = 0
    /// Bytes ever appended.
    private(set) var totalBytes = 0
    /// Messages ever appended: tells a reader whether a read brought something.
    private(set) var appended = 0
    private var openedAt: ContinuousClock.Instant?
    private var handedOverAt: ContinuousClock.Instant?

    init(policy: BatchPolicy) {
        self.policy = policy
        messages.reserveCapacity(min(policy.maxMessages, 4096))
    }

    var isEmpty: Bool { messages.isEmpty }
    var isFull: Bool { messages.count >= policy.maxMessages || bytes >= policy.maxBytes }

    mutating func append(_ message: Message) {
        let size = message.payload.count + message.topic.utf8.count
        bytes += size
        totalBytes &+= size
        appended &+= 1
        messages.append(message)
    }

    /// Time until the batch must leave, counted from the first call after its first message, or where it is small from when
    /// the batch before it left; zero when it is due.
    mutating func remaining(now: ContinuousClock.Instant) -> Duration {
        guard !isFull else { return .zero }
        var since = openedAt ?? now
        openedAt = since
        if messages.count < policy.smallBatch {
            guard let handedOverAt else { return .zero }
            since = min(since, handedOverAt)
        }
        return max(.zero, policy.linger - (now - since))
    }

    /// The batch leaves now; it stays at hand until ``clear()``.
    mutating func handOver(now: ContinuousClock.Instant) { handedOverAt = now }

    mutating func clear() {
        messages.removeAll(keepingCapacity: true)
        bytes = 0
        openedAt = nil
    }
}

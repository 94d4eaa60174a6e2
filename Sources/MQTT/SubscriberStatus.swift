/// What a ``Subscriber`` is doing, as of now.
public struct SubscriberStatus: Sendable, Hashable {
    /// Connected, and at least one filter confirmed.
    public var connected = false
    /// While connected: why one of the filters is not heard; `nil` when all are.
    public var refusal: String?
    /// A commit is failing: the batch is held and nothing more is read.
    public var stalled = false
    /// Messages read from the broker, redeliveries included.
    public var messagesReceived = 0
    /// Since when the present call of the commit closure runs; `nil` between calls.
    public var committingSince: ContinuousClock.Instant?
    /// Bytes of topics and payloads of these.
    public var bytesReceived = 0
    /// Messages whose batch was committed.
    public var messagesCommitted = 0
    public var batchesCommitted = 0
    /// Calls of the commit closure that threw.
    public var commitFailures = 0
    /// Connections after the first.
    public var reconnects = 0
    /// Messages in memory that are not committed; never more than `BatchPolicy.maxMessages` (see there for TLS).
    public var heldMessages = 0
    /// Message of the last error; `nil` again after the next success.
    public var lastError: String?
    /// Code of the last error when it is the broker's side (`MQTTError.code`), `commit_failed` when it is the commit.
    public var lastErrorCode: String?

    public init() {}
}

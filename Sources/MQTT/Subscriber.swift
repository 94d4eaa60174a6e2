public import Logging
import Synchronization

/// Reads messages in batches and acknowledges them only after the commit closure has returned.
///
/// A thread of its own runs: wait for the socket → read until the batch is full, due (see `BatchPolicy`) or a stop is asked →
/// `commit` → write the acks. Nothing else ever writes while a batch is held, so an ack cannot overtake its commit.
///
/// - A commit that throws keeps its batch and is retried with jittered pauses (50 ms … 5 s). While it fails nothing is
///   read: memory stays at one batch and the broker keeps the rest.
/// - Pings queue behind the held acks. When a commit has failed for so long that the broker is about to give the
///   client up (1.25 × keep-alive since the last packet written), the connection is given back in an orderly way and
///   is made again once the batch is committed. The broker then redelivers that batch: commits must be idempotent.
/// - A commit that blocks is not interrupted. If it outlasts 1.5 × keep-alive the broker closes the connection; the
///   batch is committed, redelivered and committed once more.
/// - The session is persistent: what is published while the client is away waits at the broker, within its limits.
///
/// Memory is bounded by one batch, by `BatchPolicy` (see there), plus one packet.
public final class Subscriber: Sendable {
    private let shared: SubscriberShared
    private let thread = Mutex<LoopThread?>(nil)

    /// - Parameters:
    ///   - configuration: checked when the loop starts; what is wrong appears in ``status``.
    ///   - filters: topic filters, all at QoS 1.
    ///   - policy: when a batch is handed over.
    ///   - sharedGroup: name of the `$share` group, so that several processes divide the messages; `nil` for none.
    ///   - retirement: what this client id subscribed to once and gives up now.
    ///   - logger: gets connection changes and failed commits, never payloads.
    ///   - onSession: called on the loop's thread at each connection: whether the broker had a session of this client id.
    ///     Must return at once.
    ///   - commit: called on the loop's thread, one call at a time, with 1 or more messages in order of arrival.
    ///     Returning acknowledges all of them. Throwing keeps them for the next attempt. May block. Must not call
    ///     ``stop(leaving:)``.
    public init(
        configuration: MQTTConfiguration,
        filters: [String],
        policy: BatchPolicy = BatchPolicy(),
        sharedGroup: String? = "thin",
        retirement: Retirement = Retirement(),
        logger: Logger,
        onSession: @escaping @Sendable (_ isPresent: Bool) -> Void = { _ in },
        commit: @escaping @Sendable ([Message]) throws -> Void
    ) {
        shared = SubscriberShared(
            configuration: configuration, filters: filters, policy: policy, sharedGroup: sharedGroup,
            retirement: retirement, logger: logger, onSession: onSession, commit: commit)
    }

    /// Filters that another subscriber takes over. Its session may still have them and hold messages for them: those come
    /// to the commit closure as ever, and after ``mayRetire`` has said yes nothing new is queued for it.
    public struct Retirement: Sendable {
        public var filters: [String]
        /// Whether the other subscriber has them; asked at least once a second until it says yes. Must return at once.
        public var mayRetire: @Sendable () -> Bool

        public init(_ filters: [String] = [], when mayRetire: @escaping @Sendable () -> Bool = { true }) {
            self.filters = filters
            self.mayRetire = mayRetire
        }
    }

    deinit { stop() }

    /// Starts the thread. Later calls, and calls after ``stop(leaving:)``, do nothing.
    public func start() {
        thread.withLock { thread in
            guard thread == nil, shared.stopRequest.load(ordering: .acquiring) == .none else { return }
            // The thread holds what it needs, not this object: letting go of the last reference stops it.
            thread = LoopThread(name: "mqtt-subscriber") { [shared] in SubscriberLoop.main(shared) }
        }
    }

    /// Stops in an orderly way and returns when the thread has ended: the batch at hand is committed (one attempt, when
    /// it has been failing) and acknowledged, DISCONNECT is sent, and the broker has read both.
    ///
    /// A batch that cannot be committed stays unacknowledged; the broker delivers it to the next connection of this
    /// client id. A commit that blocks forever blocks this call.
    ///
    /// - Parameter leaving: true when this client id will not come back: unsubscribes first, commits all that waits at
    ///   the broker, and ends the session, so that the group loses no share of its messages.
    /// - Returns: with `leaving`, whether the session was emptied and ended; false when it stays as it is.
    @discardableResult
    public func stop(leaving: Bool = false) -> Bool {
        shared.stopRequest.store(leaving ? .leave : .stop, ordering: .releasing)
        shared.waker.signal()
        thread.withLock { $0 }?.join()
        return shared.hasLeft.load(ordering: .acquiring)
    }

    public var status: SubscriberStatus { shared.status.withLock { $0 } }
}

enum StopRequest: UInt8, AtomicRepresentable {
    case none, stop, leave
}

/// What the owner and the loop's thread share.
final class SubscriberShared: Sendable {
    let configuration: MQTTConfiguration
    let filters: [String]
    let policy: BatchPolicy
    let sharedGroup: String?
    let retirement: Subscriber.Retirement
    let logger: Logger
    let onSession: @Sendable (Bool) -> Void
    let commit: @Sendable ([Message]) throws -> Void
    let waker = Waker()
    let stopRequest = Atomic<StopRequest>(.none)
    let hasLeft = Atomic(false)
    let status = Mutex(SubscriberStatus())

    init(
        configuration: MQTTConfiguration, filters: [String], policy: BatchPolicy, sharedGroup: String?,
        retirement: Subscriber.Retirement, logger: Logger, onSession: @escaping @Sendable (Bool) -> Void,
        commit: @escaping @Sendable ([Message]) throws -> Void
    ) {
        self.configuration = configuration
        self.filters = filters
        self.policy = BatchPolicy(
            maxMessages: max(1, policy.maxMessages), maxBytes: max(1, policy.maxBytes),
            linger: max(.zero, policy.linger), smallBatch: policy.smallBatch)
        self.sharedGroup = sharedGroup
        self.retirement = retirement
        self.logger = logger
        self.onSession = onSession
        self.commit = commit
    }

    var isStopping: Bool { stopRequest.load(ordering: .acquiring) != .none }

    func failed(code: String, _ error: any Error) {
        status.withLock {
            $0.lastError = String(describing: error)
            $0.lastErrorCode = code
        }
    }
}

import Glibc
public import Logging
import Synchronization

/// Publishes with back-pressure: at most a window of messages is on its way, further callers wait.
///
/// A thread of its own writes packets, reads acks, pings and reconnects with jittered pauses. Messages of QoS 1 that
/// have no ack when a connection breaks are sent again (marked DUP) on the next one. ``publish(topic:payload:qos:retain:)``
/// may be called from any thread and blocks: not from Swift concurrency's cooperative pool.
///
/// **What an ack is worth.** It says that the broker has the message, not that it is on its disk: mosquitto writes its
/// database every `autosave_interval`. A broker that is killed forgets what it acknowledged since. With a
/// `resendWindow` longer than that interval the publisher keeps the messages acknowledged within it and publishes them
/// again after every reconnect; receivers that store idempotently then end with each message exactly once.
public final class Publisher: Sendable {
    private let shared: PublisherShared
    private let thread = Mutex<LoopThread?>(nil)

    /// - Parameters:
    ///   - configuration: `clientID` should be stable; the session is not persistent, resending is done from here.
    ///   - logger: gets connection changes.
    ///   - maxInflight: window of unacknowledged messages, 1…32 767. The broker may set a smaller one (v5). libmosquitto
    ///     walks its list of these for every message, so more than some hundreds cost time and gain nothing.
    ///   - resendWindow: see above; zero keeps nothing. Memory: rate × window × (payload + about 100 bytes).
    ///   - publishTimeout: longest wait of a caller for room or a connection.
    public init(
        configuration: MQTTConfiguration, logger: Logger, maxInflight: Int = 200, resendWindow: Duration = .zero,
        publishTimeout: Duration = .seconds(30)
    ) {
        shared = PublisherShared(
            configuration: configuration, logger: logger, maxInflight: min(max(1, maxInflight), 32_767),
            resendWindow: resendWindow, publishTimeout: publishTimeout)
    }

    deinit { close() }

    /// Connects; returns when the broker has said yes.
    /// - Throws: the named reason of the first attempt; nothing runs then and `connect` may be called again.
    ///   Once it has succeeded, further calls do nothing.
    public func connect() throws(MQTTError) {
        guard !shared.isClosed else { throw .closed }
        guard thread.withLock({ $0 }) == nil else { return }
        let loop = try PublisherLoop(shared)
        try loop.connect()
        // The loop moves to its thread here and is not touched by this one any more.
        let box = Handover(loop)
        thread.withLock { $0 = LoopThread(name: "mqtt-publisher") { box.take().run() } }
    }

    /// Hands one message to the connection. Returns before the broker has it; see ``flush(timeout:)``.
    ///
    /// - Parameters:
    ///   - topic: without wildcards.
    ///   - payload: at most the broker's limit.
    ///   - qos: 0 or 1.
    ///   - retain: the broker keeps it for later subscribers.
    /// - Throws: ``MQTTError/publishTimeout`` when no room came in time, ``MQTTError/invalidMessage(_:)``,
    ///   ``MQTTError/closed``.
    public func publish(topic: String, payload: [UInt8], qos: Int = 1, retain: Bool = false) throws(MQTTError) {
        guard (0...1).contains(qos) else { throw .invalidMessage("qos must be 0 or 1") }
        try shared.window.reserve(timeout: shared.publishTimeout)
        try shared.send(OutgoingMessage(topic: topic, payload: payload, qos: qos, retain: retain))
    }

    /// Waits until nothing is on its way.
    /// - Returns: false when the time was over first.
    @discardableResult
    public func flush(timeout: Duration = .seconds(30)) -> Bool { shared.window.drain(timeout: timeout) }

    /// Sends DISCONNECT and ends the thread. What has no ack by then is lost: ``flush(timeout:)`` first.
    public func close() {
        shared.close()
        thread.withLock { $0 }?.join()
    }

    public var status: PublisherStatus { shared.statusNow() }
    /// Messages on their way: handed over, not acknowledged (QoS 1) or not written (QoS 0).
    public var unacknowledged: Int { shared.window.occupied }
    /// Messages taken by ``publish(topic:payload:qos:retain:)``.
    public var sent: Int { shared.sent.load(ordering: .relaxed) }
    /// Messages that the broker acknowledged (QoS 1) or that were written (QoS 0), resent ones included.
    public var acknowledged: Int { shared.acknowledged.load(ordering: .relaxed) }
}

/// What a ``Publisher`` is doing, as of now.
public struct PublisherStatus: Sendable, Hashable {
    public var connected = false
    public var sent = 0
    public var acknowledged = 0
    public var unacknowledged = 0
    /// Messages published again because of the resend window; not part of `sent`.
    public var resent = 0
    /// Messages of QoS 0 that were queued when a connection broke.
    public var dropped = 0
    public var reconnects = 0
    public var lastError: String?
    public var lastErrorCode: String?

    public init() {}
}

struct OutgoingMessage: Sendable {
    var topic: String
    var payload: [UInt8]
    var qos: Int
    var retain: Bool
}

/// Moves a value that is not Sendable to the one thread that uses it from then on.
///
/// `@unchecked`: the giver keeps no reference, the taker takes once; the thread's start orders the two.
final class Handover<Value>: @unchecked Sendable {
    private var value: Value?
    init(_ value: Value) { self.value = value }
    func take() -> Value {
        defer { value = nil }
        return value!
    }
}

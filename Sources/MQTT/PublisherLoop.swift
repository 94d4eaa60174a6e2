import CMosquitto
import Glibc
import Logging
import Pacing
import Synchronization

/// What callers of ``Publisher`` and its thread share.
///
/// `@unchecked` for `library` alone: libmosquitto's publish is made for being called beside the loop (its own locks,
/// threaded mode), and `callLock` keeps it apart from connecting and from the end of its life.
final class PublisherShared: @unchecked Sendable {
    let configuration: MQTTConfiguration
    let logger: Logger
    let maxInflight: Int
    let publishTimeout: Duration
    let window: SendWindow
    let waker = Waker()
    let sent = Atomic<Int>(0)
    let acknowledged = Atomic<Int>(0)
    /// The loop is about to wait: a publisher has to wake it.
    let isSleeping = Atomic<Bool>(false)
    let status = Mutex(PublisherStatus())
    private let closed = Atomic<Bool>(false)
    private let callLock = Mutex(CallState())
    private let resendWindow: Duration

    private struct CallState {
        var history: ResendHistory?
        /// Messages of QoS 0 handed to the library on this connection.
        var queuedAtMostOnce = 0
    }
    private var library: OpaquePointer?

    init(
        configuration: MQTTConfiguration, logger: Logger, maxInflight: Int, resendWindow: Duration,
        publishTimeout: Duration
    ) {
        self.configuration = configuration
        self.logger = logger
        self.maxInflight = maxInflight
        self.resendWindow = resendWindow
        self.publishTimeout = publishTimeout
        window = SendWindow(limit: maxInflight)
    }

    var keepsHistory: Bool { resendWindow > .zero }

    var isClosed: Bool { closed.load(ordering: .acquiring) }

    func close() {
        closed.store(true, ordering: .releasing)
        window.close()
        waker.signal()
    }

    /// Gives publishers the library's handle, or takes it away before it ends.
    func setLibrary(_ pointer: OpaquePointer?) {
        callLock.withLock { state in
            library = pointer
            if pointer != nil, state.history == nil, resendWindow > .zero {
                state.history = ResendHistory(window: resendWindow)
            }
        }
    }

    /// Hands over a message for which a place in the window is reserved.
    func send(_ message: OutgoingMessage, isResend: Bool = false) throws(MQTTError) {
        let result: Int32 = callLock.withLock { state in
            guard let library else { return MOSQ_ERR_NO_CONN.code }
            let code = message.payload.withUnsafeBytes { bytes in
                mosquitto_publish(
                    library, nil, message.topic, Int32(clamping: bytes.count), bytes.baseAddress, Int32(message.qos),
                    message.retain)
            }
            // Without a connection the library has queued a message of QoS 1 all the same and sends it later.
            let isQueued = code == MOSQ_ERR_SUCCESS.code || (message.qos > 0 && Self.isQueuedDespite(code))
            guard isQueued else { return code }
            if message.qos == 0 { state.queuedAtMostOnce += 1 } else { state.history?.append(message) }
            return MOSQ_ERR_SUCCESS.code
        }
        guard result == MOSQ_ERR_SUCCESS.code else {
            window.release()
            throw Self.error(result, message)
        }
        if isResend {
            status.withLock { $0.resent += 1 }
        } else {
            sent.add(1, ordering: .relaxed)
        }
        if isSleeping.exchange(false, ordering: .acquiringAndReleasing) { waker.signal() }
    }

    private static func isQueuedDespite(_ code: Int32) -> Bool { code == MOSQ_ERR_NO_CONN.code }

    private static func error(_ code: Int32, _ message: OutgoingMessage) -> MQTTError {
        switch mosq_err_t(rawValue: mosq_err_t.RawValue(code)) {
        case MOSQ_ERR_INVAL, MOSQ_ERR_MALFORMED_UTF8:
            .invalidMessage("the topic is empty, has a wildcard or is not UTF-8")
        case MOSQ_ERR_PAYLOAD_SIZE, MOSQ_ERR_OVERSIZE_PACKET:
            .invalidMessage("a payload of \(message.payload.count) bytes is larger than the broker allows")
        case MOSQ_ERR_QOS_NOT_SUPPORTED: .invalidMessage("the broker does not offer QoS \(message.qos)")
        default: .library(code, detail: nil)
        }
    }

    /// Runs while no publisher is inside the library.
    func exclusively<T>(_ body: () throws(MQTTError) -> T) throws(MQTTError) -> T {
        let result: Result<Handover<T>, MQTTError> = callLock.withLock { _ in
            do throws(MQTTError) { return .success(Handover(try body())) } catch { return .failure(error) }
        }
        return try result.get().take()
    }

    /// Forgets what was queued at QoS 0 on a broken connection, but for what was `written`.
    func forgetQueuedAtMostOnce(written: Int) {
        let lost = callLock.withLock { state in
            defer { state.queuedAtMostOnce = 0 }
            return state.queuedAtMostOnce - written
        }
        guard lost > 0 else { return }
        status.withLock { $0.dropped += lost }
        window.release(lost)
    }

    func pruneHistory(acknowledgedAtLeastOnce: Int) {
        callLock.withLock { $0.history?.prune(acknowledged: acknowledgedAtLeastOnce, now: .now) }
    }

    func takeHistory(acknowledgedAtLeastOnce: Int) -> [OutgoingMessage] {
        callLock.withLock { $0.history?.takeAcknowledged(acknowledged: acknowledgedAtLeastOnce) ?? [] }
    }

    func failed(_ error: MQTTError) {
        status.withLock {
            $0.connected = false
            $0.lastError = error.description
            $0.lastErrorCode = error.code
        }
    }

    func statusNow() -> PublisherStatus {
        var status = status.withLock { $0 }
        status.sent = sent.load(ordering: .relaxed)
        status.acknowledged = acknowledged.load(ordering: .relaxed)
        status.unacknowledged = window.occupied
        return status
    }
}

/// The body of a ``Publisher``'s thread. Not Sendable: made by `connect()`, then handed to the thread.
final class PublisherLoop {
    private static let housekeepingInterval = Duration.seconds(1)
    private static let pruneInterval = Duration.milliseconds(100)

    private let shared: PublisherShared
    private let client: MosquittoClient
    /// Finished messages of QoS 1 ever, and of QoS 0 on this connection.
    private var acknowledgedAtLeastOnce = 0
    private var writtenAtMostOnce = 0
    private var isWriting = false
    private var resend: ArraySlice<OutgoingMessage> = []
    private var connections = 0
    private var lastHousekeeping = ContinuousClock.now
    private var lastPrune = ContinuousClock.now

    init(_ shared: PublisherShared) throws(MQTTError) {
        self.shared = shared
        client = try MosquittoClient(configuration: shared.configuration, persistent: false)
        mosquitto_int_option(client.pointer, MOSQ_OPT_SEND_MAXIMUM, Int32(shared.maxInflight))
        client.onPublished = { [unowned self] in published() }
    }

    /// One attempt.
    func connect() throws(MQTTError) {
        // No publisher may queue a packet between the start of a connection and its CONNACK.
        let connack = try shared.exclusively { () throws(MQTTError) in
            try client.connect(waker: shared.waker) { shared.isClosed }
        }
        connections += 1
        lastHousekeeping = .now
        if connections > 1 {
            resend = resend + shared.takeHistory(acknowledgedAtLeastOnce: acknowledgedAtLeastOnce)
        }
        shared.setLibrary(client.pointer)
        shared.status.withLock {
            $0.connected = true
            $0.lastError = nil
            $0.lastErrorCode = nil
            if connections > 1 { $0.reconnects += 1 }
        }
        let limit = min(shared.maxInflight, connack.serverReceiveMaximum ?? shared.maxInflight)
        // What has to be sent again goes first.
        shared.window.setOpen(resend.isEmpty, limit: max(1, limit))
        shared.logger.info("publisher connected", metadata: ["broker": "\(shared.configuration)"])
    }

    func run() {
        var backoff = Backoff()
        while !shared.isClosed {
            do {
                if !client.isOpen { try connect() }
                try serve { backoff.reset() }
            } catch {
                shared.window.setOpen(false)
                guard !shared.isClosed else { break }
                client.disconnect(sayGoodbye: false, timeout: .milliseconds(100))
                shared.forgetQueuedAtMostOnce(written: writtenAtMostOnce)
                writtenAtMostOnce = 0
                shared.failed(error)
                shared.logger.warning("publisher has no connection", metadata: ["error": "\(error)"])
                shared.waker.wait(backoff.next())
                shared.waker.drain()
            }
        }
        shared.setLibrary(nil)
        client.disconnect(sayGoodbye: true)
        shared.status.withLock { $0.connected = false }
    }

    private func serve(_ working: () -> Void) throws(MQTTError) {
        while !shared.isClosed {
            try resendSome()
            shared.isSleeping.store(true, ordering: .sequentiallyConsistent)
            let write = client.wantsWrite ? POLLOUT : 0
            var descriptors = [
                pollfd(fd: client.socket, events: Int16(POLLIN | write), revents: 0),
                pollfd(fd: shared.waker.descriptor, events: Int16(POLLIN), revents: 0),
            ]
            pollDescriptors(&descriptors, Self.housekeepingInterval)
            shared.isSleeping.store(false, ordering: .sequentiallyConsistent)
            if descriptors[1].revents != 0 { shared.waker.drain() }
            if descriptors[0].revents & ~Int16(POLLOUT) != 0 { try client.read() }
            try writeQueued()
            let now = ContinuousClock.now
            if now - lastHousekeeping >= Self.housekeepingInterval {
                lastHousekeeping = now
                try client.housekeeping()
                working()
            }
            if shared.keepsHistory, now - lastPrune >= Self.pruneInterval {
                lastPrune = now
                shared.pruneHistory(acknowledgedAtLeastOnce: acknowledgedAtLeastOnce)
            }
        }
    }

    private func writeQueued() throws(MQTTError) {
        guard client.wantsWrite else { return }
        isWriting = true
        defer { isWriting = false }
        try client.write()
    }

    private func resendSome() throws(MQTTError) {
        guard !resend.isEmpty else { return }
        while let message = resend.first, shared.window.tryReserve() {
            resend.removeFirst()
            try shared.send(message, isResend: true)
        }
        if resend.isEmpty { shared.window.setOpen(true) }
    }

    /// Called from within `read` for an ack, from within `write` for a message of QoS 0: that tells them apart.
    private func published() {
        if isWriting { writtenAtMostOnce += 1 } else { acknowledgedAtLeastOnce += 1 }
        shared.acknowledged.add(1, ordering: .relaxed)
        shared.window.release()
    }
}

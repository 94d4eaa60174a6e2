import CMosquitto
import Glibc
import Logging
import Pacing
import Synchronization

/// The body of a ``Subscriber``'s thread. Not Sendable: it lives and dies there.
final class SubscriberLoop {
    /// Pauses between attempts to connect and to commit.
    /// A pause in reading within the linger: bounds wake-ups without filling the socket's buffer.
    private static let gatherStep = Duration.milliseconds(1)
    private static let housekeepingInterval = Duration.seconds(1)
    /// Longest wait for the socket to take acks, and for a SUBACK.
    private static let answerTimeout = Duration.seconds(20)

    let shared: SubscriberShared
    let subscriptions: [String]
    private let retired: [String]
    let client: MosquittoClient
    private var batch: Batcher
    private var topics = TopicCache()
    private var suback: ContinuousClock.Instant?
    private var hasRetired = false
    private var keepAlive: Duration
    private var lastWrite = ContinuousClock.now
    private var lastHousekeeping = ContinuousClock.now
    private var bytesBefore = 0

    /// Runs until a stop is requested. A wrong configuration is reported in the status and ends the loop.
    static func main(_ shared: SubscriberShared) {
        do {
            try SubscriberLoop(shared).run()
        } catch {
            shared.failed(code: error.code, error)
            shared.logger.error("subscriber cannot start", metadata: ["error": "\(error)"])
        }
    }

    private init(_ shared: SubscriberShared) throws(MQTTError) {
        guard !shared.filters.isEmpty else { throw .invalidConfiguration("filters: none") }
        self.shared = shared
        subscriptions = try TopicFilter.subscriptions(shared.filters, group: shared.sharedGroup)
        retired = try TopicFilter.subscriptions(shared.retirement.filters, group: shared.sharedGroup)
        client = try MosquittoClient(configuration: shared.configuration, persistent: true)
        keepAlive = shared.configuration.keepAlive
        batch = Batcher(policy: shared.policy)
        client.onMessage = { [unowned self] in receive($0) }
    }

    private func run() throws(MQTTError) {
        var backoff = Backoff()
        var connections = 0
        while !shared.isStopping {
            do {
                try connect()
                connections += 1
                if connections > 1 { shared.status.withLock { $0.reconnects += 1 } }
                try serve { backoff.reset() }
            } catch MQTTError.commitStalled {
                // The batch is committed by now; only the connection has to be made again.
                shared.logger.notice("commits work again, reconnecting")
            } catch {
                try lost(error)
                guard !shared.isStopping else { break }
                pause(backoff.next())
            }
        }
        finish()
    }

    // MARK: Connection

    private func connect() throws(MQTTError) {
        let connack = try client.connect(waker: shared.waker) { shared.isStopping }
        shared.onSession(connack.sessionPresent)
        keepAlive = connack.serverKeepAlive.map { .seconds($0) } ?? shared.configuration.keepAlive
        lastWrite = .now
        lastHousekeeping = .now
        suback = nil
        hasRetired = false
        // Always, also when the session is present: filters may differ from those of the process that had it before, and a
        // mosquitto (2.0.11) that was killed brings the session back without its shared subscriptions.
        try client.subscribe(subscriptions)
        suback = .now + Self.answerTimeout
        shared.logger.info(
            "connected", metadata: ["broker": "\(shared.configuration)", "session": "\(connack.sessionPresent)"])
    }

    private func didConnect() {
        shared.status.withLock {
            $0.connected = true
            $0.refusal = nil
            $0.lastError = nil
            $0.lastErrorCode = nil
        }
    }

    /// The broker redelivers what it has no ack for. Committing what is at hand first costs duplicates, not loss, and
    /// keeps messages of QoS 0, which nobody would redeliver.
    private func lost(_ error: MQTTError) throws(MQTTError) {
        client.disconnect(sayGoodbye: false)
        shared.status.withLock { $0.connected = false }
        guard error != .closed else { return }
        shared.failed(code: error.code, error)
        shared.logger.warning("no connection to the broker", metadata: ["error": "\(error)"])
        if case .invalidConfiguration = error { throw error }
        if !batch.isEmpty { _ = commitHeld() }
    }

    // MARK: The loop

    /// Returns when a stop is requested, with nothing held and nothing left to write.
    /// - Throws: when the connection is gone.
    private func serve(_ confirmed: () -> Void) throws(MQTTError) {
        while true {
            // Order matters: nothing may be written while a batch is held.
            if !batch.isEmpty, !commitHeld() { return }
            try flush()
            if let codes = client.events.subackCodes {
                client.events.subackCodes = nil
                suback = nil
                let refusal = try MosquittoClient.checkGranted(subscriptions, codes)
                didConnect()
                if let refusal {
                    shared.status.withLock { $0.refusal = String(describing: refusal) }
                    shared.logger.error("a filter is not heard", metadata: ["error": "\(refusal)"])
                }
            }
            if let suback, ContinuousClock.now > suback { throw .subscriptionTimeout }
            if suback == nil {
                confirmed()
                try retire()
            }
            guard !shared.isStopping else { return }
            if waitForInput(Self.housekeepingInterval) { try gather() }
            try housekeep()
        }
    }

    /// Gives up what another subscriber of this process takes now. The session may be older than that division.
    private func retire() throws(MQTTError) {
        guard !hasRetired, !retired.isEmpty, shared.retirement.mayRetire() else { return }
        hasRetired = true
        try client.unsubscribe(retired)
        try flush()
        shared.logger.info("gave up the filters of other lanes", metadata: ["filters": "\(retired.count)"])
    }

    /// - Returns: whether the socket has something to read.
    private func waitForInput(_ time: Duration) -> Bool {
        var descriptors = [
            pollfd(fd: client.socket, events: Int16(POLLIN), revents: 0),
            pollfd(fd: shared.waker.descriptor, events: Int16(POLLIN), revents: 0),
        ]
        pollDescriptors(&descriptors, time)
        if descriptors[1].revents != 0 { shared.waker.drain() }
        return descriptors[0].revents != 0
    }

    /// Fills the batch until it is full, due, or a stop is requested.
    private func gather() throws(MQTTError) {
        defer { publishCounters() }
        while true {
            // A read that brought no message found the socket empty, half a packet or a packet of another kind;
            // in the last case the next poll returns at once.
            var before: Int
            repeat {
                before = batch.appended
                try client.read()
            } while batch.appended != before && !batch.isFull
            guard !batch.isEmpty, !batch.isFull, !shared.isStopping else { return }
            let remaining = batch.remaining(now: .now)
            guard remaining > .zero else { return }
            shared.waker.wait(min(remaining, Self.gatherStep))
        }
    }

    private func receive(_ message: UnsafePointer<mosquitto_message>) {
        guard let topic = message.pointee.topic else { return }
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        let payload = UnsafeRawBufferPointer(start: message.pointee.payload, count: Int(message.pointee.payloadlen))
        batch.append(
            Message(
                topic: topics.string(topic), payload: [UInt8](payload),
                receivedAtMicroseconds: Int64(now.tv_sec) * 1_000_000 + Int64(now.tv_nsec) / 1000,
                retained: message.pointee.retain, qos: Int(message.pointee.qos)))
    }

    private var messagesBefore = 0

    private func publishCounters() {
        let received = batch.appended - messagesBefore
        messagesBefore = batch.appended
        shared.status.withLock {
            $0.messagesReceived += received
            $0.bytesReceived += batch.totalBytes - bytesBefore
            $0.heldMessages = batch.messages.count
        }
        bytesBefore = batch.totalBytes
    }

    private func housekeep() throws(MQTTError) {
        let now = ContinuousClock.now
        guard now - lastHousekeeping >= Self.housekeepingInterval else { return }
        lastHousekeeping = now
        // Queues a ping at most; it leaves with the next flush, after the batch at hand.
        try client.housekeeping()
    }

    /// Writes everything that is queued: the acks of a committed batch, a subscription, a ping.
    private func flush() throws(MQTTError) {
        // After a stalled commit the connection was given back.
        guard client.isOpen else { throw .commitStalled("connection given back") }
        guard client.wantsWrite else { return }
        setCorked(true)
        defer { setCorked(false) }
        let deadline = ContinuousClock.now + Self.answerTimeout
        while true {
            try client.write()
            lastWrite = .now
            guard client.wantsWrite else { return }
            guard lastWrite < deadline else { throw .connectionLost("the broker takes no acknowledgements") }
            var descriptors = [pollfd(fd: client.socket, events: Int16(POLLOUT), revents: 0)]
            pollDescriptors(&descriptors, .milliseconds(100))
        }
    }

    /// The library writes each ack by itself: let the kernel make full segments of them.
    private func setCorked(_ corked: Bool) {
        var value: Int32 = corked ? 1 : 0
        setsockopt(client.socket, Int32(IPPROTO_TCP), TCP_CORK, &value, socklen_t(MemoryLayout<Int32>.size))
    }

    // MARK: Commit

    /// Hands the batch over until it is taken.
    /// - Returns: false when a stop was requested and the batch could not be committed: it must not be acknowledged.
    private func commitHeld() -> Bool {
        var backoff = Backoff()
        var attempts = 0
        batch.handOver(now: .now)
        while true {
            let wasStopping = shared.isStopping
            shared.status.withLock { $0.committingSince = .now }
            do {
                try shared.commit(batch.messages)
                didCommit(afterFailures: attempts)
                return true
            } catch {
                attempts += 1
                didNotCommit(error, attempts)
                if wasStopping { return false }
            }
            giveBackIfOverdue()
            pause(backoff.next())
        }
    }

    private func didCommit(afterFailures attempts: Int) {
        let count = batch.messages.count
        batch.clear()
        shared.status.withLock {
            $0.messagesCommitted += count
            $0.batchesCommitted += 1
            $0.heldMessages = 0
            $0.stalled = false
            $0.committingSince = nil
            if attempts > 0 {
                $0.lastError = nil
                $0.lastErrorCode = nil
            }
        }
        if attempts > 0 { shared.logger.notice("commit succeeded", metadata: ["failures": "\(attempts)"]) }
    }

    private func didNotCommit(_ error: any Error, _ attempts: Int) {
        shared.status.withLock {
            $0.commitFailures += 1
            $0.stalled = true
            $0.committingSince = nil
        }
        shared.failed(code: "commit_failed", error)
        // The first, the second, the fourth …: a long outage does not fill the log.
        if attempts.nonzeroBitCount == 1 {
            shared.logger.error(
                "commit failed, the batch is held",
                metadata: [
                    "error": "\(error)", "attempt": "\(attempts)", "messages": "\(batch.messages.count)",
                ])
        }
    }

    /// Pings cannot leave before the acks, so the broker's patience runs from the last packet that was written.
    private func giveBackIfOverdue() {
        guard client.isOpen, ContinuousClock.now - lastWrite > keepAlive * 5 / 4 else { return }
        shared.logger.warning("commit fails for longer than the keep-alive, giving the connection back")
        client.disconnect(sayGoodbye: false)
        shared.status.withLock { $0.connected = false }
    }

    private func pause(_ time: Duration) {
        guard !shared.isStopping else { return }
        shared.waker.wait(time)
        shared.waker.drain()
    }

    // MARK: End

    private func finish() {
        if client.isOpen, batch.isEmpty, shared.stopRequest.load(ordering: .acquiring) == .leave { leave() }
        // With a batch that could not be committed its acks are queued: DISCONNECT would send them.
        client.disconnect(sayGoodbye: batch.isEmpty)
        shared.status.withLock {
            $0.connected = false
            $0.heldMessages = 0
        }
        shared.logger.info("stopped", metadata: ["unacknowledged": "\(batch.messages.count)"])
    }

    /// Unsubscribes, commits all that waits at the broker, and only then ends the session: with it the broker drops its queue.
    private func leave() {
        let quiet = Duration.seconds(1)
        var deadline = ContinuousClock.now + Self.answerTimeout
        do {
            client.events.unsubscribed = false
            try client.unsubscribe(subscriptions)
            repeat {
                if !batch.isEmpty {
                    guard commitHeld() else { return }
                    // as long as something comes
                    deadline = .now + Self.answerTimeout
                }
                try flush()
                guard waitForInput(client.events.unsubscribed ? quiet : Self.housekeepingInterval) else {
                    if client.events.unsubscribed {
                        client.endsSession = true
                        return shared.hasLeft.store(true, ordering: .releasing)
                    }
                    continue
                }
                try gather()
            } while ContinuousClock.now < deadline
            shared.logger.warning("could not leave the group: the broker does not answer")
        } catch {
            shared.logger.warning("could not leave the group", metadata: ["error": "\(error)"])
        }
    }
}

import CMosquitto
import Glibc

extension MosquittoClient {
    /// Connects and waits for the CONNACK.
    /// - Parameters:
    ///   - waker: signalled when `isCancelled` may have changed.
    ///   - isCancelled: asked at each step; true ends the attempt with ``MQTTError/closed``.
    /// - Throws: the named reason; the connection is then closed.
    func connect(waker: Waker, isCancelled: () -> Bool) throws(MQTTError) -> ConnectionEvents.Connack {
        do {
            try beginConnect()
            let connack = try awaitConnack(waker: waker, isCancelled: isCancelled)
            setLogging(false)
            return connack
        } catch {
            setLogging(false)
            disconnect(sayGoodbye: false, timeout: .milliseconds(100))
            throw error
        }
    }

    private func awaitConnack(
        waker: Waker, isCancelled: () -> Bool
    ) throws(MQTTError) -> ConnectionEvents.Connack {
        let deadline = ContinuousClock.now + configuration.connectTimeout
        var isEstablished = false
        var endsOfStream = 0
        while true {
            guard !isCancelled() else { throw .closed }
            let remaining = deadline - ContinuousClock.now
            guard remaining > .zero else { throw .connectTimeout }
            let write = !isEstablished || wantsWrite ? POLLOUT : 0
            var descriptors = [
                pollfd(fd: socket, events: Int16(POLLIN | write), revents: 0),
                pollfd(fd: waker.descriptor, events: Int16(POLLIN), revents: 0),
            ]
            pollDescriptors(&descriptors, remaining)
            if descriptors[1].revents != 0 { waker.drain() }
            guard descriptors[0].revents != 0 else { continue }
            if !isEstablished {
                try checkEstablished()
                isEstablished = true
            }
            try step()
            if let connack = events.connack {
                guard connack.code == 0 else {
                    throw .connack(code: connack.code, version: configuration.protocolVersion)
                }
                return connack
            }
            // OpenSSL reports the end of the stream within a handshake as "try again": do not spin on it.
            if descriptors[0].revents & Int16(POLLHUP | POLLERR) != 0 { endsOfStream += 1 }
            if endsOfStream > 2 { throw .unreachable("the other end closed the connection") }
        }
    }

    /// The result of the non-blocking `connect`.
    private func checkEstablished() throws(MQTTError) {
        var code: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        guard getsockopt(socket, SOL_SOCKET, SO_ERROR, &code, &size) == 0, code == 0 else {
            throw .unreachable(String(cString: strerror(code)))
        }
    }

    private func step() throws(MQTTError) {
        do {
            // Reading also drives the TLS handshake; without data it does nothing.
            try read()
            if wantsWrite { try write() }
        } catch {
            if let connack = events.connack, connack.code != 0 {
                throw .connack(code: connack.code, version: configuration.protocolVersion)
            }
            if endpoint.usesTLS, let log = events.log { throw .tls(log) }
            if case .connectionLost(let text) = error { throw .unreachable(text) }
            throw error
        }
    }

    // MARK: Subscriptions

    /// Queues a SUBSCRIBE. Its SUBACK appears in `events.subackCodes`.
    func subscribe(_ filters: [String]) throws(MQTTError) {
        events.subackCodes = nil
        // v5: a renewed subscription does not bring the retained messages again.
        let options = configuration.protocolVersion == .v5 ? Int32(MQTT_SUB_OPT_SEND_RETAIN_NEW.rawValue) : 0
        let result = Self.withCStrings(filters) {
            mosquitto_subscribe_multiple(pointer, nil, Int32(filters.count), $0, 1, options, nil)
        }
        guard result == MOSQ_ERR_SUCCESS.code else { throw error(result) }
    }

    /// Queues an UNSUBSCRIBE. `events.unsubscribed` tells that the broker confirmed it.
    func unsubscribe(_ filters: [String]) throws(MQTTError) {
        events.unsubscribed = false
        let result = Self.withCStrings(filters) {
            mosquitto_unsubscribe_multiple(pointer, nil, Int32(filters.count), $0, nil)
        }
        guard result == MOSQ_ERR_SUCCESS.code else { throw error(result) }
    }

    /// One filter that the broker refuses must not keep the others from being heard.
    /// - Returns: ``MQTTError/subscriptionRefused(filter:code:reason:)`` for the first filter that is not granted QoS 1; nil: all are.
    /// - Throws: it, when not one is.
    static func checkGranted(_ filters: [String], _ codes: [Int32]) throws(MQTTError) -> MQTTError? {
        guard let (filter, code) = zip(filters, codes).first(where: { $1 != 1 }) else { return nil }
        let reason =
            code >= 0x80 ? String(cString: mosquitto_reason_string(code)) : "granted QoS \(code) instead of 1"
        let refusal = MQTTError.subscriptionRefused(filter: filter, code: Int(code), reason: reason)
        guard codes.contains(1) else { throw refusal }
        return refusal
    }

    private static func withCStrings(
        _ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Int32
    ) -> Int32 {
        let copies = strings.map { strdup($0) }
        defer { copies.forEach { free($0) } }
        return copies.withUnsafeBufferPointer { body($0.baseAddress!) }
    }
}

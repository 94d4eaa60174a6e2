import CMosquitto
import Glibc
import NameLookup

/// What the library's callbacks report. One per connection attempt, on the thread that runs the loop.
struct ConnectionEvents {
    struct Connack {
        var code: Int
        var sessionPresent: Bool
        var serverKeepAlive: Int?
        var serverReceiveMaximum: Int?
    }
    var connack: Connack?
    var subackCodes: [Int32]?
    var unsubscribed = false
    /// Reason of a DISCONNECT that the broker sent (v5), or the library's own error.
    var disconnectReason: Int32?
    /// Last line that the library logged while connecting: the only place where OpenSSL's reason appears.
    var log: String?
}

/// One `struct mosquitto`, used by one thread except for ``publish(topic:payload:qos:retain:)``.
///
/// Lifetime of the callbacks' user pointer: it is this object, unretained. The library calls back only from within
/// calls made on it through this object, and `deinit` destroys the library's side first, so the pointer is valid
/// whenever a callback runs. Nothing here calls `mosquitto_loop*_start`, so there is no other thread.
class MosquittoClient {
    let configuration: MQTTConfiguration
    let endpoint: MQTTEndpoint
    let pointer: OpaquePointer
    var events = ConnectionEvents()
    /// Called for each message; set once before connecting.
    var onMessage: ((UnsafePointer<mosquitto_message>) -> Void)?
    /// Called when the library has finished with a published message.
    var onPublished: (() -> Void)?
    /// The next DISCONNECT ends the session at the broker (v5; with v3.1.1 only its own expiry does).
    var endsSession = false
    /// Input that comes while the connection is being given up has no ack and will come again.
    private var isDiscarding = false
    /// Index of the address that is tried next, when the host has several.
    private var attempt = 0

    /// - Parameter persistent: keep the session (clean start off).
    init(configuration: MQTTConfiguration, persistent: Bool) throws(MQTTError) {
        endpoint = try configuration.endpoint()
        self.configuration = configuration
        MosquittoLibrary.initialize()
        guard let pointer = mosquitto_new(configuration.clientID, !persistent, nil) else {
            throw .invalidConfiguration("libmosquitto refused the client id")
        }
        self.pointer = pointer
        // From here on a throw runs `deinit`, which destroys the library's side.
        try configure()
    }

    deinit { mosquitto_destroy(pointer) }

    private func configure() throws(MQTTError) {
        mosquitto_user_data_set(pointer, Unmanaged.passUnretained(self).toOpaque())
        // In threaded mode packets are queued and leave only with mosquitto_loop_write: acks can be held.
        try check(mosquitto_threaded_set(pointer, true), "threaded mode")
        let version = configuration.protocolVersion == .v5 ? MQTT_PROTOCOL_V5 : MQTT_PROTOCOL_V311
        try check(mosquitto_int_option(pointer, MOSQ_OPT_PROTOCOL_VERSION, version), "protocol version")
        try check(
            mosquitto_int_option(pointer, MOSQ_OPT_RECEIVE_MAXIMUM, Int32(configuration.receiveMaximum)),
            "receive maximum")
        // Acks leave in one corked burst; Nagle would only hold back its end.
        try check(mosquitto_int_option(pointer, MOSQ_OPT_TCP_NODELAY, 1), "TCP_NODELAY")
        if let user = endpoint.user {
            try check(mosquitto_username_pw_set(pointer, user, endpoint.password), "user and password")
        }
        if endpoint.usesTLS { try configureTLS() }
        setCallbacks()
    }

    private func configureTLS() throws(MQTTError) {
        let tls = configuration.tls
        for file in [tls.caFile, tls.certificateFile, tls.keyFile] {
            guard let file else { continue }
            guard access(file, R_OK) == 0 else { throw .tls("cannot read \(file)") }
        }
        if tls.caFile != nil || tls.certificateFile != nil {
            let ca = tls.caFile
            // The library wants a CA file or folder even for a client certificate: the system's folder then.
            let result = mosquitto_tls_set(
                pointer, ca, ca == nil ? "/etc/ssl/certs" : nil, tls.certificateFile, tls.keyFile, nil)
            guard result == MOSQ_ERR_SUCCESS.code else { throw .tls("certificate files were refused") }
        } else {
            try check(mosquitto_int_option(pointer, MOSQ_OPT_TLS_USE_OS_CERTS, 1), "system certificates")
        }
        let verifyPeer: Int32 = 1  // SSL_VERIFY_PEER
        try check(mosquitto_tls_opts_set(pointer, tls.insecure ? 0 : verifyPeer, nil, nil), "TLS options")
        try check(mosquitto_tls_insecure_set(pointer, tls.insecure), "TLS host name check")
    }

    private func setCallbacks() {
        mosquitto_connect_v5_callback_set(pointer) { _, user, code, flags, properties in
            var serverKeepAlive: UInt16 = 0
            var serverReceiveMaximum: UInt16 = 0
            let keepAlive = mosquitto_property_read_int16(
                properties, Int32(MQTT_PROP_SERVER_KEEP_ALIVE.rawValue), &serverKeepAlive, false)
            let receive = mosquitto_property_read_int16(
                properties, Int32(MQTT_PROP_RECEIVE_MAXIMUM.rawValue), &serverReceiveMaximum, false)
            MosquittoClient.from(user).events.connack = ConnectionEvents.Connack(
                code: Int(code), sessionPresent: flags & 1 != 0,
                serverKeepAlive: keepAlive == nil ? nil : Int(serverKeepAlive),
                serverReceiveMaximum: receive == nil ? nil : Int(serverReceiveMaximum))
        }
        mosquitto_disconnect_v5_callback_set(pointer) { _, user, reason, _ in
            MosquittoClient.from(user).events.disconnectReason = reason
        }
        mosquitto_subscribe_v5_callback_set(pointer) { _, user, _, count, granted, _ in
            MosquittoClient.from(user).events.subackCodes = (0..<Int(count)).map { granted?[$0] ?? 0x80 }
        }
        mosquitto_unsubscribe_v5_callback_set(pointer) { _, user, _, _ in
            MosquittoClient.from(user).events.unsubscribed = true
        }
        mosquitto_message_callback_set(pointer) { _, user, message in
            guard let message else { return }
            let client = MosquittoClient.from(user)
            guard !client.isDiscarding else { return }
            client.onMessage?(message)
        }
        mosquitto_publish_v5_callback_set(pointer) { _, user, _, _, _ in
            MosquittoClient.from(user).onPublished?()
        }
    }

    private static func from(_ user: UnsafeMutableRawPointer?) -> MosquittoClient {
        Unmanaged<MosquittoClient>.fromOpaque(user!).takeUnretainedValue()
    }

    private func check(_ result: Int32, _ what: String) throws(MQTTError) {
        guard result == MOSQ_ERR_SUCCESS.code else {
            throw .invalidConfiguration("\(what): \(String(cString: mosquitto_strerror(result)))")
        }
    }

    // MARK: State

    /// −1 when there is no connection.
    var socket: Int32 { mosquitto_socket(pointer) }
    var isOpen: Bool { socket >= 0 }
    var wantsWrite: Bool { mosquitto_want_write(pointer) }

    /// The cause of a failed call, best fact first: the broker's own words, then the library's.
    func error(_ result: Int32) -> MQTTError {
        let sessionTakenOver: Int32 = 0x8E
        if let reason = events.disconnectReason, reason >= 0x80 {
            guard reason != sessionTakenOver else { return .sessionTakenOver }
            return .connectionLost(String(cString: mosquitto_reason_string(reason)))
        }
        return .library(result, detail: nil)
    }

    // MARK: Calls that move packets

    /// Reads what is there: one packet, over TLS up to one record more. Messages go to ``onMessage``.
    func read() throws(MQTTError) {
        let result = mosquitto_loop_read(pointer, 1)
        if result != MOSQ_ERR_SUCCESS.code || !isOpen { throw error(result) }
    }

    /// Writes queued packets until none is left or the socket is full.
    func write() throws(MQTTError) {
        let result = mosquitto_loop_write(pointer, 1)
        if result != MOSQ_ERR_SUCCESS.code || !isOpen { throw error(result) }
    }

    /// Queues pings and finds a dead broker. Due once a second or so.
    func housekeeping() throws(MQTTError) {
        let result = mosquitto_loop_misc(pointer)
        if result != MOSQ_ERR_SUCCESS.code || !isOpen {
            throw .connectionLost("the broker did not answer a ping")
        }
    }

    // MARK: Connecting

    /// Starts a connection. It is complete when `events.connack` is there.
    func beginConnect() throws(MQTTError) {
        events = ConnectionEvents()
        setLogging(true)
        let keepAlive = Int32(configuration.keepAlive.components.seconds)
        try prepareProperties(keepAlive: keepAlive)
        let addresses: [String]
        do {
            addresses = try HostAddresses.resolve(endpoint.host)
        } catch {
            throw .unreachable("\(endpoint.host): \(error.reason)")
        }
        let port = Int32(endpoint.port)
        let result: Int32
        if !endpoint.usesTLS {
            // The non-blocking connect of the library only ever tries a name's first address: we walk through them.
            let address = addresses[attempt % addresses.count]
            attempt &+= 1
            result = mosquitto_connect_bind_async(pointer, address, port, keepAlive, nil)
        } else if addresses.count == 1 {
            // TLS needs the name, for SNI and the certificate.
            result = mosquitto_connect_bind_async(pointer, endpoint.host, port, keepAlive, nil)
        } else {
            // Blocks for as long as the kernel tries (about two minutes) where a firewall swallows packets.
            result = reconnectBlocking(port: port, keepAlive: keepAlive)
        }
        // CONN_PENDING is negative: under way.
        if result > MOSQ_ERR_SUCCESS.code {
            if result == MOSQ_ERR_ERRNO.code { throw .unreachable(String(cString: strerror(errno))) }
            throw .library(result, detail: result == MOSQ_ERR_TLS.code ? events.log : nil)
        }
    }

    /// Connects through the library's blocking path, which tries all addresses of a name.
    private func reconnectBlocking(port: Int32, keepAlive: Int32) -> Int32 {
        guard configuration.protocolVersion == .v5 else {
            return mosquitto_connect_bind_v5(pointer, endpoint.host, port, keepAlive, nil, nil)
        }
        return withSessionExpiry { mosquitto_connect_bind_v5(pointer, endpoint.host, port, keepAlive, nil, $0) }
    }

    /// The asynchronous connect of the library has no variant that takes properties, but it sends those that
    /// `mosquitto_connect_bind_v5` was given. That function copies them before it looks at the host, so a missing host
    /// leaves them set and opens nothing (libmosquitto 2.0 and 2.1; a test proves that the session survives).
    private func prepareProperties(keepAlive: Int32) throws(MQTTError) {
        guard configuration.protocolVersion == .v5 else { return }
        let result = withSessionExpiry { mosquitto_connect_bind_v5(pointer, nil, 0, keepAlive, nil, $0) }
        guard result == MOSQ_ERR_INVAL.code else {
            throw .invalidConfiguration("sessionExpiry: \(String(cString: mosquitto_strerror(result)))")
        }
    }

    private func withSessionExpiry(_ body: (OpaquePointer?) -> Int32) -> Int32 {
        var properties: OpaquePointer?
        let seconds = UInt32(clamping: configuration.sessionExpiry.components.seconds)
        mosquitto_property_add_int32(&properties, Int32(MQTT_PROP_SESSION_EXPIRY_INTERVAL.rawValue), seconds)
        defer { mosquitto_property_free_all(&properties) }
        return body(properties)
    }

    /// With a log callback the library formats a line for every packet, so it has one only while connecting.
    func setLogging(_ enabled: Bool) {
        guard enabled else { return mosquitto_log_callback_set(pointer, nil) }
        mosquitto_log_callback_set(pointer) { _, user, level, text in
            guard level & Int32(MOSQ_LOG_ERR | MOSQ_LOG_WARNING) != 0, let text else { return }
            MosquittoClient.from(user).events.log = String(cString: text)
        }
    }

    // MARK: Leaving

    /// More than the end of a stream ever takes.
    private static let readsToTheEnd = 1000

    /// Ends the connection so that the broker reads every ack that was written: a plain close with unread input makes
    /// the kernel send RST, and the broker then throws away what it had not read yet.
    ///
    /// Sends DISCONNECT when nothing is queued before it, i.e. when no ack is being held.
    func disconnect(sayGoodbye: Bool, timeout: Duration = .seconds(2)) {
        guard isOpen else { return }
        // The library closes its own descriptor together with DISCONNECT; the duplicate keeps the connection.
        let descriptor = dup(socket)
        if sayGoodbye {
            queueDisconnect()
            let deadline = ContinuousClock.now + timeout
            while isOpen, ContinuousClock.now < deadline, mosquitto_loop_write(pointer, 1) == MOSQ_ERR_SUCCESS.code {
                guard isOpen, wantsWrite else { break }
                var descriptors = [pollfd(fd: socket, events: Int16(POLLOUT), revents: 0)]
                pollDescriptors(&descriptors, .milliseconds(50))
            }
        }
        guard descriptor >= 0 else { return }
        HalfClose.drain(descriptor, timeout: timeout)
        // Without DISCONNECT the library still has its descriptor: reading the end of the stream makes it let go.
        shutdown(descriptor, Int32(SHUT_RDWR))
        close(descriptor)
        isDiscarding = true
        defer { isDiscarding = false }
        // Within a TLS handshake OpenSSL calls the end of the stream "try again", and so does the library, for ever: then it
        // keeps its descriptor, and closes it when it connects anew.
        for _ in 0..<Self.readsToTheEnd where isOpen {
            guard mosquitto_loop_read(pointer, 1) == MOSQ_ERR_SUCCESS.code else { break }
        }
    }
}

extension MosquittoClient {
    private func queueDisconnect() {
        guard endsSession, configuration.protocolVersion == .v5 else {
            mosquitto_disconnect_v5(pointer, 0, nil)
            return
        }
        var properties: OpaquePointer?
        mosquitto_property_add_int32(&properties, Int32(MQTT_PROP_SESSION_EXPIRY_INTERVAL.rawValue), 0)
        mosquitto_disconnect_v5(pointer, 0, properties)
        mosquitto_property_free_all(&properties)
    }
}

/// Half-closing a connection: our side is finished, the other side may still speak.
enum HalfClose {
    /// `shutdown(SHUT_WR)`, then reads and forgets until the other side closes or the time is over.
    static func drain(_ descriptor: Int32, timeout: Duration) {
        shutdown(descriptor, Int32(SHUT_WR))
        let deadline = ContinuousClock.now + timeout
        let size = 65_536
        let buffer = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
        defer { buffer.deallocate() }
        while ContinuousClock.now < deadline {
            let count = recv(descriptor, buffer, size, Int32(MSG_DONTWAIT))
            if count > 0 { continue }
            if count == 0 || (errno != EAGAIN && errno != EINTR) { return }
            var descriptors = [pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)]
            pollDescriptors(&descriptors, deadline - ContinuousClock.now)
        }
    }
}

extension mosq_err_t {
    /// The library's functions return the enumeration as `int`.
    var code: Int32 { Int32(bitPattern: UInt32(truncatingIfNeeded: Int64(rawValue))) }
}

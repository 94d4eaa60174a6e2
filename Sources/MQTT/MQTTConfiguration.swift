import Foundation

/// Version of the protocol that is spoken with the broker.
public enum MQTTProtocolVersion: Sendable, Hashable {
    case v311
    case v5
}

/// Certificates for `mqtts://`. Paths are PEM files on this machine.
public struct TLSOptions: Sendable, Hashable {
    /// Certificate authorities that may have signed the broker's certificate. `nil` means the system's own store.
    public var caFile: String?
    /// Client certificate, for brokers that ask for one. Needs ``keyFile``.
    public var certificateFile: String?
    /// Private key (not encrypted) that belongs to ``certificateFile``.
    public var keyFile: String?
    /// Accept any certificate and any host name. For test benches only.
    public var insecure: Bool

    public init(
        caFile: String? = nil, certificateFile: String? = nil, keyFile: String? = nil, insecure: Bool = false
    ) {
        self.caFile = caFile
        self.certificateFile = certificateFile
        self.keyFile = keyFile
        self.insecure = insecure
    }
}

/// Where the broker is and how this client presents itself.
///
/// The description of a value contains neither the password nor the client id: who knows that can end the session.
public struct MQTTConfiguration: Sendable {
    /// `mqtt://[user[:password]@]host[:port]` or `mqtts://…`; user and password may be percent-encoded.
    public var url: String
    /// Stable name of the session. Two connected clients with one name throw each other out.
    public var clientID: String
    public var protocolVersion: MQTTProtocolVersion
    /// Longest silence before a ping; 5 s … 65 535 s. The broker gives up after 1.5 times this.
    public var keepAlive: Duration
    /// How long the broker keeps the session of an absent client (v5). v3.1.1 has no such number: it is the broker's.
    public var sessionExpiry: Duration
    /// Messages that the broker may have sent without an acknowledgement (v5), 1…65 535; at least twice the batch.
    public var receiveMaximum: Int
    /// Used when the URL's scheme is `mqtts`.
    public var tls: TLSOptions
    /// Longest time from the first SYN to the CONNACK.
    public var connectTimeout: Duration

    public init(
        url: String,
        clientID: String,
        protocolVersion: MQTTProtocolVersion = .v5,
        keepAlive: Duration = .seconds(60),
        sessionExpiry: Duration = .seconds(7 * 86_400),
        receiveMaximum: Int = 8192,
        tls: TLSOptions = TLSOptions(),
        connectTimeout: Duration = .seconds(10)
    ) {
        self.url = url
        self.clientID = clientID
        self.protocolVersion = protocolVersion
        self.keepAlive = keepAlive
        self.sessionExpiry = sessionExpiry
        self.receiveMaximum = receiveMaximum
        self.tls = tls
        self.connectTimeout = connectTimeout
    }

    /// Checks every member.
    /// - Throws: ``MQTTError/invalidConfiguration(_:)`` naming the member that is wrong.
    public func validate() throws(MQTTError) {
        _ = try endpoint()
    }
}

extension MQTTConfiguration: CustomStringConvertible, CustomDebugStringConvertible {
    public var description: String {
        guard let endpoint = try? endpoint() else { return "MQTT (invalid URL)" }
        return "\(endpoint.usesTLS ? "mqtts" : "mqtt")://\(endpoint.host):\(endpoint.port)"
    }

    public var debugDescription: String { description }
}

/// The parts of a broker URL, validated.
struct MQTTEndpoint: Sendable, Equatable {
    static let plainPort = 1883
    static let tlsPort = 8883
    /// Limits of MQTT's CONNECT packet: lengths are 16 bit, keep-alive too; libmosquitto refuses less than 5 s.
    static let maximumStringBytes = 65_535
    static let keepAliveSeconds = 5...65_535
    static let receiveMaximum = 1...65_535

    var host: String
    var port: Int
    var user: String?
    var password: String?
    var usesTLS: Bool
}

extension MQTTConfiguration {
    func endpoint() throws(MQTTError) -> MQTTEndpoint {
        // The URL may hold a password: no message below repeats it.
        guard let parts = URLComponents(string: url) else {
            throw .invalidConfiguration("url: not a URL")
        }
        let usesTLS: Bool
        switch parts.scheme?.lowercased() {
        case "mqtt", "tcp": usesTLS = false
        case "mqtts", "ssl": usesTLS = true
        default: throw .invalidConfiguration("url: the scheme must be mqtt or mqtts")
        }
        // URLComponents leaves the brackets around an IPv6 address.
        let host = (parts.host ?? "").trimmingCharacters(in: CharacterSet(charactersIn: "[]"))
        guard !host.isEmpty else { throw .invalidConfiguration("url: the host is missing") }
        let port = parts.port ?? (usesTLS ? MQTTEndpoint.tlsPort : MQTTEndpoint.plainPort)
        guard (1...65_535).contains(port) else { throw .invalidConfiguration("url: the port must be 1…65535") }
        guard parts.path.isEmpty || parts.path == "/", parts.query == nil, parts.fragment == nil else {
            throw .invalidConfiguration("url: nothing may follow the port")
        }
        let user = parts.user.flatMap { $0.isEmpty ? nil : $0 }
        guard parts.password == nil || user != nil else {
            throw .invalidConfiguration("url: a password needs a user")
        }
        guard !clientID.isEmpty, clientID.utf8.count <= MQTTEndpoint.maximumStringBytes, !clientID.utf8.contains(0)
        else { throw .invalidConfiguration("clientID: 1…65535 bytes without NUL") }
        guard MQTTEndpoint.keepAliveSeconds.contains(Int(keepAlive.components.seconds)) else {
            throw .invalidConfiguration("keepAlive: 5…65535 s")
        }
        guard MQTTEndpoint.receiveMaximum.contains(receiveMaximum) else {
            throw .invalidConfiguration("receiveMaximum: 1…65535")
        }
        guard sessionExpiry >= .zero else { throw .invalidConfiguration("sessionExpiry: must not be negative") }
        guard connectTimeout > .zero else { throw .invalidConfiguration("connectTimeout: must be positive") }
        guard (tls.certificateFile == nil) == (tls.keyFile == nil) else {
            throw .invalidConfiguration("tls: certificateFile and keyFile belong together")
        }
        return MQTTEndpoint(host: host, port: port, user: user, password: parts.password, usesTLS: usesTLS)
    }
}

import CMosquitto

/// What went wrong between this process and the broker. No case carries a password.
public enum MQTTError: Error, Sendable, Hashable {
    /// A member of the configuration is out of its range; the text names it.
    case invalidConfiguration(String)
    /// Host name not found, connection refused, no route, or closed before CONNACK.
    case unreachable(String)
    /// No CONNACK within the connect timeout.
    case connectTimeout
    /// Certificate refused, file missing, or not TLS at the other end.
    case tls(String)
    /// The broker refused user or password (v3.1.1 codes 4 and 5; v5 codes 0x86, 0x87, 0x8C).
    case notAuthorized(String)
    /// CONNACK with another reason.
    case refused(code: Int, reason: String)
    /// SUBACK refused this filter, or granted less than QoS 1.
    case subscriptionRefused(filter: String, code: Int, reason: String)
    /// No SUBACK in time.
    case subscriptionTimeout
    /// Another client connected with the same client id.
    case sessionTakenOver
    /// The connection broke; the text says how.
    case connectionLost(String)
    /// No room for the message within the time, or no connection.
    case publishTimeout
    /// Topic, QoS or payload that MQTT cannot carry; the text says which.
    case invalidMessage(String)
    /// ``Publisher/close()`` was called.
    case closed
    /// A commit failed for longer than the broker waits, so the connection was given back; messages stay with the broker.
    case commitStalled(String)

    /// Stable name for logs and metrics.
    public var code: String {
        switch self {
        case .invalidConfiguration: "invalid_configuration"
        case .unreachable: "unreachable"
        case .connectTimeout: "connect_timeout"
        case .tls: "tls"
        case .notAuthorized: "not_authorized"
        case .refused: "refused"
        case .subscriptionRefused: "subscription_refused"
        case .subscriptionTimeout: "subscription_timeout"
        case .sessionTakenOver: "session_taken_over"
        case .connectionLost: "connection_lost"
        case .publishTimeout: "publish_timeout"
        case .invalidMessage: "invalid_message"
        case .closed: "closed"
        case .commitStalled: "commit_stalled"
        }
    }

    /// Whether trying again without a change of configuration may help.
    public var isRetriable: Bool {
        switch self {
        case .invalidConfiguration, .tls, .notAuthorized, .subscriptionRefused, .invalidMessage, .closed: false
        case .refused, .unreachable, .connectTimeout, .subscriptionTimeout, .sessionTakenOver, .connectionLost,
            .publishTimeout, .commitStalled:
            true
        }
    }
}

extension MQTTError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .invalidConfiguration(let text): "MQTT configuration: \(text)"
        case .unreachable(let text): "broker unreachable: \(text)"
        case .connectTimeout: "broker did not answer in time"
        case .tls(let text): "TLS with the broker failed: \(text)"
        case .notAuthorized(let text): "broker refused the credentials: \(text)"
        case .refused(let code, let reason): "broker refused the connection: \(reason) (\(code))"
        case .subscriptionRefused(let filter, let code, let reason):
            "broker refused the subscription \(filter): \(reason) (\(code))"
        case .subscriptionTimeout: "broker did not confirm the subscription in time"
        case .sessionTakenOver: "another client uses the same client id"
        case .connectionLost(let text): "connection to the broker lost: \(text)"
        case .publishTimeout: "broker took no message in time"
        case .invalidMessage(let text): "message cannot be published: \(text)"
        case .closed: "publisher is closed"
        case .commitStalled(let text): "messages are left with the broker, commit fails: \(text)"
        }
    }
}

extension MQTTError {
    /// Names the reason of a CONNACK.
    static func connack(code: Int, version: MQTTProtocolVersion) -> MQTTError {
        // Codes of v3.1.1 are 1…5, those of v5 start at 128.
        let reason =
            code < 128
            ? String(cString: mosquitto_connack_string(Int32(code)))
            : String(cString: mosquitto_reason_string(Int32(code)))
        return switch code {
        case 4, 5, 0x86, 0x87, 0x8C: .notAuthorized(reason)
        default: .refused(code: code, reason: reason)
        }
    }

    /// Names the return value of a library call on a connection.
    static func library(_ code: Int32, detail: String?) -> MQTTError {
        let text = detail ?? String(cString: mosquitto_strerror(code))
        return switch mosq_err_t(rawValue: mosq_err_t.RawValue(code)) {
        case MOSQ_ERR_TLS, MOSQ_ERR_TLS_HANDSHAKE, MOSQ_ERR_OCSP: .tls(text)
        case MOSQ_ERR_EAI, MOSQ_ERR_LOOKUP: .unreachable("host name not found")
        case MOSQ_ERR_AUTH: .notAuthorized(text)
        default: .connectionLost(text)
        }
    }
}

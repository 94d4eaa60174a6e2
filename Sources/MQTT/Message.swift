/// One PUBLISH as it came from the broker.
///
/// A payload is handed on whatever its size: the reader decides what is too large. The hard limit is the broker's
/// `message_size_limit` (4 MiB in `deploy/mosquitto/mosquitto.conf`; MQTT itself ends at 256 MiB).
/// libmosquitto does not tell its user about the DUP flag, so there is none here: redeliveries are found by content.
public struct Message: Sendable, Hashable {
    public var topic: String
    public var payload: [UInt8]
    /// When the packet was read, in µs since the Unix epoch.
    public var receivedAtMicroseconds: Int64
    /// The broker had stored it before this subscription was made.
    public var retained: Bool
    /// 0 (never redelivered) or 1.
    public var qos: Int

    public init(
        topic: String, payload: [UInt8], receivedAtMicroseconds: Int64, retained: Bool = false, qos: Int = 1
    ) {
        self.topic = topic
        self.payload = payload
        self.receivedAtMicroseconds = receivedAtMicroseconds
        self.retained = retained
        self.qos = qos
    }
}

/// When a batch is handed over: at the first limit that it reaches.
public struct BatchPolicy: Sendable, Hashable {
    /// Most messages in a batch (≥ 1). Over TLS one record (16 KiB) more may already be decrypted.
    public var maxMessages: Int
    /// Payload and topic bytes after which a batch is full; one message may exceed it. A batch is one transaction that live values
    /// wait for: arrays of years of history must not fill it to the brim (512 KiB of them are some 10,000 points).
    public var maxBytes: Int
    /// Age of the oldest message at which the batch leaves; a small batch leaves so long after the one before it left.
    public var linger: Duration
    /// A batch of fewer messages is small: what could still come is no reason to keep it, as long as small batches do not
    /// follow one another faster than the linger. Under load batches are large, and then waiting is what makes them larger.
    public var smallBatch: Int

    public init(
        maxMessages: Int = 4096, maxBytes: Int = 512 << 10, linger: Duration = .milliseconds(5), smallBatch: Int = 64
    ) {
        self.maxMessages = maxMessages
        self.maxBytes = maxBytes
        self.linger = linger
        self.smallBatch = smallBatch
    }
}

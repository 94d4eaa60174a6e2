import Glibc
import TestSupport

/// MQTT 3.1.1 and 5 byte by byte, for what a well-behaved library does not send.
final class RawClient {
    struct Packet {
        let type: UInt8
        let body: [UInt8]
    }

    private let descriptor: Int32

    init(port: Int) throws {
        descriptor = try Loopback.connect(to: port, patience: 5)
    }

    deinit { close(descriptor) }

    // MARK: Sending

    struct Will {
        var topic: String
        var retained = false
    }

    /// Sends CONNECT.
    /// - Returns: the code of the CONNACK; nil when the connection was closed instead.
    func connect(
        _ clientID: String, user: String? = nil, password: String? = nil, clean: Bool = true, version: UInt8 = 4,
        will: Will? = nil
    ) -> UInt8? {
        var flags: UInt8 = clean ? 2 : 0
        var payload = string(clientID)
        if let will {
            flags |= 4 | 8 | (will.retained ? 32 : 0)
            if version == 5 { payload.append(0) }
            payload += string(will.topic) + string("will")
        }
        if let user {
            flags |= 128
            payload += string(user)
        }
        if let password {
            flags |= 64
            payload += string(password)
        }
        // a v5 session that outlives its connection
        let properties: [UInt8] = version == 5 ? (clean ? [0] : [5, 17, 0, 1, 0, 0]) : []
        send(0x10, string("MQTT") + [version, flags, 0, 60] + properties + payload)
        guard let packet = receive(), packet.type == 0x20, packet.body.count >= 2 else { return nil }
        return packet.body[1]
    }

    /// - Returns: whether a PUBACK came.
    @discardableResult
    func publish(_ topic: String, _ payload: String = "x", retained: Bool = false, version: UInt8 = 4) -> Bool {
        send(
            0x32 | (retained ? 1 : 0),
            string(topic) + [0, 7] + (version == 5 ? [0] : []) + Array(payload.utf8))
        return receive()?.type == 0x40
    }

    /// - Returns: the SUBACK's code; nil when the connection was closed instead.
    func subscribe(_ filter: String, version: UInt8 = 4) -> UInt8? {
        send(0x82, [0, 9] + (version == 5 ? [0] : []) + string(filter) + [1])
        return receive()?.body.last
    }

    func send(_ first: UInt8, _ body: [UInt8]) {
        var length = body.count
        var head = [first]
        repeat {
            head.append(UInt8(length & 127) | (length > 127 ? 128 : 0))
            length >>= 7
        } while length > 0
        sendBytes(head + body)
    }

    func sendBytes(_ bytes: [UInt8]) {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            sent += count
        }
    }

    private func string(_ text: String) -> [UInt8] {
        let bytes = Array(text.utf8)
        return [UInt8(bytes.count >> 8), UInt8(bytes.count & 255)] + bytes
    }

    // MARK: Receiving

    /// The next packet; nil at the end of the connection and after five seconds of silence.
    func receive() -> Packet? {
        guard let first = byte() else { return nil }
        var length = 0
        var shift = 0
        while let next = byte() {
            length |= Int(next & 127) << shift
            shift += 7
            if next < 128 { break }
        }
        var body: [UInt8] = []
        while body.count < length, let next = byte() { body.append(next) }
        return Packet(type: first & 0xf0, body: body)
    }

    var isClosed: Bool { receive() == nil }

    private func byte() -> UInt8? {
        var value: UInt8 = 0
        return recv(descriptor, &value, 1, 0) == 1 ? value : nil
    }
}

import NIOCore
import NIOWebSocket

/// Puts frames together to messages and refuses what RFC 6455 forbids. No I/O.
struct WebSocketAssembler {
    enum Event: Equatable {
        case text(String)
        case binary(ByteBuffer)
        case ping(ByteBuffer)
        case pong
        /// nil: the frame carried no code.
        case close(code: UInt16?)
    }

    /// What the peer did wrong, as the close code that says so.
    struct Violation: Error, Equatable {
        let code: UInt16
        let reason: String

        static func protocolError(_ reason: String) -> Violation { Violation(code: 1002, reason: reason) }
        static let notUTF8 = Violation(code: 1007, reason: "text must be UTF-8")
    }

    private static let maximumControlBytes = 125
    /// Of one message; an empty fragment costs its sender six bytes.
    private static let maximumFragments = 1024

    /// Bytes of one message, all its fragments together.
    let maximumBytes: Int
    private var fragments: (opcode: WebSocketOpcode, data: ByteBuffer, count: Int)?

    init(maximumBytes: Int) {
        self.maximumBytes = maximumBytes
    }

    /// - Returns: an event when the frame completes one; nil while fragments are missing.
    mutating func receive(_ frame: WebSocketFrame) throws(Violation) -> Event? {
        guard frame.maskKey != nil else { throw .protocolError("a client's frames must be masked") }
        guard !frame.rsv1, !frame.rsv2, !frame.rsv3 else {
            throw .protocolError("reserved bits are set, no extension was agreed")
        }
        var data = frame.unmaskedData
        switch frame.opcode {
        case .text, .binary:
            guard fragments == nil else { throw .protocolError("a new message began inside a fragmented one") }
            try check(data.readableBytes)
            guard frame.fin else {
                // a copy: the frame is a slice of what was read, which would stay in memory with it
                fragments = (frame.opcode, ByteBuffer(bytes: data.readableBytesView), 1)
                return nil
            }
            return try Self.message(frame.opcode, data)
        case .continuation:
            // taken out, so that what is there already is not copied for each fragment
            guard var message = fragments.take() else { throw .protocolError("a continuation without a message") }
            try check(message.data.readableBytes + data.readableBytes)
            guard message.count < Self.maximumFragments else {
                throw Violation(code: 1008, reason: "a message may have at most \(Self.maximumFragments) fragments")
            }
            message.data.writeBuffer(&data)
            message.count += 1
            guard frame.fin else {
                fragments = message
                return nil
            }
            return try Self.message(message.opcode, message.data)
        case .ping, .pong, .connectionClose: return try Self.control(frame, data)
        default: throw .protocolError("unknown opcode")
        }
    }

    private func check(_ bytes: Int) throws(Violation) {
        guard bytes <= maximumBytes else {
            throw Violation(code: 1009, reason: "a message may have at most \(maximumBytes) bytes")
        }
    }

    private static func message(_ opcode: WebSocketOpcode, _ data: ByteBuffer) throws(Violation) -> Event {
        guard opcode == .text else { return .binary(data) }
        guard let text = String(validating: data.readableBytesView, as: UTF8.self) else { throw .notUTF8 }
        return .text(text)
    }

    private static func control(_ frame: WebSocketFrame, _ data: ByteBuffer) throws(Violation) -> Event {
        guard frame.fin, data.readableBytes <= maximumControlBytes else {
            throw .protocolError("a control frame is too long or fragmented")
        }
        switch frame.opcode {
        case .ping: return .ping(data)
        case .pong: return .pong
        default:
            var data = data
            guard data.readableBytes > 0 else { return .close(code: nil) }
            guard let code = data.readInteger(as: UInt16.self), isSendable(code) else {
                throw .protocolError("the close code is not valid")
            }
            guard String(validating: data.readableBytesView, as: UTF8.self) != nil else { throw .notUTF8 }
            return .close(code: code)
        }
    }

    /// Codes that may stand in a frame (RFC 6455, 7.4).
    private static func isSendable(_ code: UInt16) -> Bool {
        switch code {
        case 1000...1003, 1007...1014, 3000...4999: true
        default: false
        }
    }
}

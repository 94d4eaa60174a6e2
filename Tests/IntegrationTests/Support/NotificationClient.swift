import Foundation
import Glibc
import Synchronization

/// A WebSocket client of its own making (RFC 6455, text frames), so that the server is not tested with its own code.
final class NotificationClient: Sendable {
    struct Notification: Sendable {
        var seq: Int
        var text: String
        var at: ContinuousClock.Instant

        var data: [String: Any] {
            let object = (try? JSONSerialization.jsonObject(with: Data(text.utf8))) as? [String: Any]
            return object?["data"] as? [String: Any] ?? [:]
        }
    }

    private struct State {
        var notifications: [Notification] = []
        var otherMessages: [String] = []
        var closeCode: Int?
        var ended = false
    }

    private let socket: Int32
    private let state = Mutex(State())

    /// Connects and resumes after a sequence number.
    init(port: Int, token: String, after: Int) throws {
        socket = try HTTPCall.connect(to: port)
        var forever = timeval(tv_sec: 0, tv_usec: 0)
        try HTTPCall.write(
            "GET /api/v1/notifications/ws/notifications?after=\(after) HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
                + "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                + "Authorization: Bearer \(token)\r\n\r\n", to: socket)
        var head: [UInt8] = []
        var byte: UInt8 = 0
        while !head.suffix(4).elementsEqual([13, 10, 13, 10]) {
            guard recv(socket, &byte, 1, 0) == 1, head.count < 8192 else {
                close(socket)
                throw HTTPCall.Failure.noAnswer
            }
            head.append(byte)
        }
        guard String(decoding: head, as: UTF8.self).hasPrefix("HTTP/1.1 101") else {
            close(socket)
            throw HTTPCall.Failure.noConnection
        }
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &forever, socklen_t(MemoryLayout<timeval>.size))
        Thread.detachNewThread { [weak self, socket] in
            while let (opcode, payload) = Self.frame(from: socket) {
                guard let self else { break }
                self.take(opcode, payload)
                if opcode == 8 { break }
            }
            self?.state.withLock { $0.ended = true }
        }
    }

    deinit { disconnect() }

    func disconnect() {
        shutdown(socket, Int32(SHUT_RDWR))
    }

    var notifications: [Notification] { state.withLock { $0.notifications } }
    var lastSeq: Int { state.withLock { $0.notifications.last?.seq ?? 0 } }
    var hasEnded: Bool { state.withLock { $0.ended } }
    var closeCode: Int? { state.withLock { $0.closeCode } }

    private func take(_ opcode: UInt8, _ payload: [UInt8]) {
        switch opcode {
        case 1:
            let text = String(decoding: payload, as: UTF8.self)
            let object = (try? JSONSerialization.jsonObject(with: Data(payload))) as? [String: Any]
            state.withLock { state in
                if object?["type"] as? String == "notification", let seq = object?["seq"] as? Int {
                    state.notifications.append(Notification(seq: seq, text: text, at: .now))
                } else {
                    state.otherMessages.append(text)
                }
            }
        case 8:
            if payload.count >= 2 { state.withLock { $0.closeCode = Int(payload[0]) << 8 | Int(payload[1]) } }
        case 9:
            // pong, masked with zeros as the standard allows
            var pong: [UInt8] = [0x8A, 0x80 | UInt8(payload.count), 0, 0, 0, 0]
            pong += payload
            _ = pong.withUnsafeBytes { Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        default: break
        }
    }

    private static func frame(from socket: Int32) -> (UInt8, [UInt8])? {
        guard let head = read(2, from: socket) else { return nil }
        var length = Int(head[1] & 0x7F)
        if length == 126 {
            guard let more = read(2, from: socket) else { return nil }
            length = Int(more[0]) << 8 | Int(more[1])
        } else if length == 127 {
            guard let more = read(8, from: socket) else { return nil }
            length = more.reduce(0) { $0 << 8 | Int($1) }
        }
        guard let payload = read(length, from: socket) else { return nil }
        return (head[0] & 0x0F, payload)
    }

    private static func read(_ count: Int, from socket: Int32) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        var done = 0
        while done < count {
            let got = bytes.withUnsafeMutableBytes { recv(socket, $0.baseAddress! + done, count - done, 0) }
            guard got > 0 else { return nil }
            done += got
        }
        return bytes
    }
}

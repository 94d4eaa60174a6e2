import Foundation
import NIOCore
import NIOWebSocket
import TestSupport

/// A blocking TCP client that sends exactly what it is told, for tests of what real clients would never send.
final class RawSocket {
    struct Failure: Error {
        let what: String
    }

    private let descriptor: Int32
    private(set) var received: [UInt8] = []

    init(port: Int) throws {
        descriptor = try Loopback.connect(to: port, patience: 30)
        var timeout = timeval(tv_sec: 30, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit {
        close(descriptor)
    }

    /// A small window, so that a peer's writes block soon.
    func shrinkReceiveBuffer() {
        var size: Int32 = 32 * 1024
        setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
    }

    func send(_ text: String) throws { try send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) throws {
        var offset = 0
        while offset < bytes.count {
            let count = bytes.withUnsafeBytes {
                Foundation.send(descriptor, $0.baseAddress! + offset, bytes.count - offset, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Failure(what: "send: \(errno)") }
            offset += count
        }
    }

    /// Nothing more will come from here; answers can still be read.
    func closeSending() {
        shutdown(descriptor, Int32(SHUT_WR))
    }

    /// Reads once.
    /// - Returns: false when the peer closed (or reset) the connection.
    @discardableResult
    func receive() throws -> Bool {
        var buffer = [UInt8](repeating: 0, count: 65536)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        if count > 0 { received += buffer[..<count] }
        if count < 0 {
            if errno == ECONNRESET { return false }
            throw Failure(what: errno == EAGAIN ? "nothing came within 30 s" : "recv: \(errno)")
        }
        return count > 0
    }

    func receiveUntilClosed() throws { while try receive() {} }

    /// Reads one answer with a Content-Length.
    func response() throws -> (status: Int, head: String, body: String) {
        let separator = Array("\r\n\r\n".utf8)
        while received.firstRange(of: separator) == nil {
            guard try receive() else { throw Failure(what: "closed before the answer's end") }
        }
        let end = received.firstRange(of: separator)!
        let head = String(decoding: received[..<end.lowerBound], as: UTF8.self)
        let length =
            head.lowercased().split(separator: "\r\n").first { $0.hasPrefix("content-length:") }
            .flatMap { Int($0.split(separator: ":")[1].trimmingCharacters(in: .whitespaces)) } ?? 0
        while received.count < end.upperBound + length {
            guard try receive() else { throw Failure(what: "closed before the body's end") }
        }
        let body = String(decoding: received[end.upperBound..<(end.upperBound + length)], as: UTF8.self)
        received.removeFirst(end.upperBound + length)
        let status = head.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        return (status, head, body)
    }

    // MARK: WebSocket

    func upgrade(_ path: String, headers: [String] = []) throws -> Int {
        try upgradeResponse(path, headers: headers).status
    }

    func upgradeResponse(_ path: String, headers: [String] = []) throws -> (status: Int, head: String, body: String) {
        try send(
            "GET \(path) HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
                + headers.map { "\($0)\r\n" }.joined() + "\r\n")
        return try response()
    }

    func sendFrame(_ opcode: UInt8, _ payload: [UInt8], fin: Bool = true, masked: Bool = true) throws {
        var bytes: [UInt8] = [(fin ? 0x80 : 0) | opcode]
        let flag: UInt8 = masked ? 0x80 : 0
        if payload.count < 126 {
            bytes.append(flag | UInt8(payload.count))
        } else if payload.count < 65536 {
            bytes += [flag | 126, UInt8(payload.count >> 8), UInt8(payload.count & 255)]
        } else {
            bytes.append(flag | 127)
            for shift in stride(from: 56, through: 0, by: -8) { bytes.append(UInt8((payload.count >> shift) & 255)) }
        }
        let mask: [UInt8] = [7, 77, 177, 27]
        if masked { bytes += mask }
        bytes += masked ? payload.enumerated().map { $1 ^ mask[$0 & 3] } : payload
        try send(bytes)
    }

    struct Frame: Equatable {
        let opcode: UInt8
        let payload: [UInt8]
        var text: String { String(decoding: payload, as: UTF8.self) }
        /// Of a close frame.
        var code: Int { payload.count >= 2 ? Int(payload[0]) << 8 | Int(payload[1]) : 0 }
    }

    func frame() throws -> Frame {
        while true {
            if let (frame, length) = Self.parse(received) {
                received.removeFirst(length)
                return frame
            }
            guard try receive() else { throw Failure(what: "closed instead of a frame") }
        }
    }

    /// The next frame of an opcode, others are passed over.
    func frame(opcode: UInt8) throws -> Frame {
        while true {
            let frame = try frame()
            if frame.opcode == opcode { return frame }
        }
    }

    private static func parse(_ bytes: [UInt8]) -> (Frame, Int)? {
        guard bytes.count >= 2 else { return nil }
        var length = Int(bytes[1] & 127)
        var offset = 2
        if length == 126 {
            guard bytes.count >= 4 else { return nil }
            length = Int(bytes[2]) << 8 | Int(bytes[3])
            offset = 4
        } else if length == 127 {
            guard bytes.count >= 10 else { return nil }
            length = bytes[2..<10].reduce(0) { $0 << 8 | Int($1) }
            offset = 10
        }
        guard bytes.count >= offset + length else { return nil }
        return (Frame(opcode: bytes[0] & 15, payload: Array(bytes[offset..<(offset + length)])), offset + length)
    }
}

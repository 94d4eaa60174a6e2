import Foundation
import Glibc
import Synchronization
import TestSupport

/// Stands where Slack's servers are in the field: a local HTTP server that keeps what it is sent.
///
/// It really listens and really answers; which status it answers with can be chosen per request.
final class WebhookReceiver: Sendable {
    struct Received: Sendable {
        var head: String
        var body: String
        var at: ContinuousClock.Instant
    }

    let port: Int
    private let descriptor: Int32
    private let state: Mutex<State>

    private struct State {
        var received: [Received] = []
        var answers: [String] = []
    }

    private let text: String

    /// - Parameters:
    ///   - answers: complete status lines and headers for the first requests ("500 Oops", "429 Slow\r\nRetry-After: 1"); then 200.
    ///   - text: body of every answer.
    init(answers: [String] = [], text: String = "ok") throws {
        self.text = text
        port = try FreePort.find()
        state = Mutex(State(answers: answers))
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var one: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard bound == 0, listen(descriptor, 64) == 0 else { throw HTTPCall.Failure.noConnection }
        Thread.detachNewThread { [weak self, descriptor] in
            while true {
                let client = accept(descriptor, nil, nil)
                guard client >= 0 else { return }
                self?.serve(client)
                close(client)
            }
        }
    }

    deinit {
        shutdown(descriptor, Int32(SHUT_RDWR))
        close(descriptor)
    }

    var url: String { "http://127.0.0.1:\(port)/services/T000/B000/secret" }
    var received: [Received] { state.withLock { $0.received } }

    private func serve(_ client: Int32) {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = recv(client, &buffer, buffer.count, 0)
            guard count > 0 else { return }
            bytes += buffer[..<count]
            let request = String(decoding: bytes, as: UTF8.self)
            guard let end = request.range(of: "\r\n\r\n") else { continue }
            let length =
                request[..<end.lowerBound].lowercased().components(separatedBy: "content-length: ").dropFirst().first
                .flatMap { Int($0.prefix { $0.isNumber }) } ?? 0
            let body = request[end.upperBound...]
            guard body.utf8.count >= length else { continue }
            let answer = state.withLock { state in
                state.received.append(Received(head: String(request[..<end.lowerBound]), body: String(body), at: .now))
                return state.answers.isEmpty ? "200 OK" : state.answers.removeFirst()
            }
            try? HTTPCall.write(
                "HTTP/1.1 \(answer)\r\nContent-Length: \(text.utf8.count)\r\nConnection: close\r\n\r\n\(text)",
                to: client)
            return
        }
    }
}

import Foundation
import Glibc
import Postgres
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
        state = Mutex(State(answers: answers))
        (descriptor, port) = try Loopback.listen(backlog: 64)
        Loopback.accept(on: descriptor) { [weak self] client in
            self?.serve(client)
            close(client)
        }
    }

    deinit { Loopback.stop(descriptor) }

    /// It listens on loopback, where nothing is sent unless an administrator says so.
    static func allow(_ database: TestDatabase) throws {
        try database.session().execute("SELECT ops.set_setting('relay.allowed_networks', '\"127.0.0.1/32\"')")
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

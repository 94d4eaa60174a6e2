import Foundation
import NIOCore
import Postgres
import TestSupport
import Testing

@testable import Thin

/// What a connection does before, between and after its requests; no database is needed for that.
@Suite(.timeLimit(.minutes(3))) struct ConnectionTests {
    private func server(_ change: (inout ServerChannel.Limits) -> Void = { _ in }) async throws -> TestServer {
        var server = await TestServer()
        server.routes.replace(
            routes: [
                try TestServer.route(
                    "GET", WebSocketGate.notifications, role: "anonymous", status: 101,
                    extra: ", \"handler\": \"websocket\""),
                try TestServer.route("POST", "/things", role: "anonymous", bodyMode: "members"),
            ],
            errors: SQLStateMap([]))
        change(&server.limits)
        return server
    }

    private func live<Value: Sendable>(
        _ server: TestServer, _ body: @escaping @Sendable (Int) throws -> Value
    ) async throws -> Value {
        try await server.live { port in try await onThread { try body(port) } }
    }

    @Test func anUpgradeThatIsNotForUsIsAnsweredAsHTTP() async throws {
        try await live(server()) { port in
            for extra in [
                "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n",
                "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n",
                "Connection: Upgrade\r\nUpgrade: websocket\r\n", "Upgrade: TLS/1.0\r\n",
            ] {
                let socket = try RawSocket(port: port)
                try socket.send("GET /docs/plain HTTP/1.1\r\nHost: x\r\n\(extra)\r\n")
                let answer = try socket.response()
                #expect(answer.status == 200 && answer.head.contains("Connection: close"))
                try socket.receiveUntilClosed()
            }
        }
    }

    @Test func aRefusedTokenIsAnswered401() async throws {
        try await live(server()) { port in
            let socket = try RawSocket(port: port)
            #expect(try socket.upgrade(WebSocketGate.notifications, headers: ["Authorization: Bearer nonsense"]) == 401)
            #expect(try RawSocket(port: port).upgrade("/api/v1/elsewhere") == 404)
            for query in [
                "after=x", "after=-1", "after=", "after=1.5", "after=9223372036854775808", "after=1&after=2", "x=1",
            ] {
                let socket = try RawSocket(port: port)
                let answer = try socket.upgradeResponse("\(WebSocketGate.notifications)?\(query)")
                #expect(answer.status == 422, "\(query)")
                let member = query.prefix { $0 != "=" }
                #expect(answer.body.contains("\"field\":\"\(member)\""), "\(query): \(answer.body)")
                try socket.receiveUntilClosed()
            }
            #expect(try RawSocket(port: port).upgrade("\(WebSocketGate.notifications)?after=%zz") == 400)
            // the ticket cannot be looked up: the database is away
            #expect(try RawSocket(port: port).upgrade("\(WebSocketGate.notifications)?ticket=x") == 503)
        }
    }

    @Test func onlyTheFirstRequestUpgrades() async throws {
        try await live(server()) { port in
            let socket = try RawSocket(port: port)
            try socket.send("GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(try socket.response().status == 404)
            #expect(try socket.upgrade(WebSocketGate.notifications) == 426)
            try socket.receiveUntilClosed()
        }
    }

    @Test func aFirstRequestThatDoesNotComeInTimeIsNotWaitedFor() async throws {
        try await live(server { $0.firstRequest = .milliseconds(200) }) { port in
            let silent = try RawSocket(port: port)
            try silent.receiveUntilClosed()
            let slow = try RawSocket(port: port)
            try slow.send("GET / HTTP/1.1\r\nHost: ")
            try slow.receiveUntilClosed()
            #expect(slow.received.isEmpty)
        }
    }

    @Test func anIdleConnectionIsClosed() async throws {
        try await live(server { $0.idle = .milliseconds(200) }) { port in
            let socket = try RawSocket(port: port)
            try socket.send("GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(try socket.response().status == 404)
            try socket.receiveUntilClosed()
        }
    }

    @Test func whatIsNotHTTPIsAnswered() async throws {
        try await live(server()) { port in
            let garbage = try RawSocket(port: port)
            try garbage.send("\u{16}\u{03}\u{01} hello\r\n\r\n")
            let refused = try garbage.response()
            #expect(refused.status == 400 && refused.head.contains("application/problem+json"))
            try garbage.receiveUntilClosed()

            let large = try RawSocket(port: port)
            try large.send("GET / HTTP/1.1\r\nHost: x\r\nX-Long: \(String(repeating: "a", count: 40_000))\r\n\r\n")
            #expect(try large.response().status == 431)

            let many = try RawSocket(port: port)
            try many.send("GET / HTTP/1.1\r\n" + (0..<200).map { "X-\($0): y\r\n" }.joined() + "\r\n")
            #expect(try many.response().status == 431)

            let second = try RawSocket(port: port)
            try second.send("GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(try second.response().status == 404)
            try second.send("NONSENSE\r\n\r\n")
            let again = try second.response()
            #expect(again.status == 400 && again.body.contains("MW400"))
            try second.receiveUntilClosed()
        }
    }

    @Test func aBodyBeyondTheLimitEndsTheConnection() async throws {
        try await live(server()) { port in
            let announced = try RawSocket(port: port)
            try announced.send(
                "POST /things HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n{"
            )
            #expect(try announced.response().status == 413)
            try announced.receiveUntilClosed()
            let chunked = try RawSocket(port: port)
            try chunked.send(
                "POST /things HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
            )
            try chunked.send("c8\r\n\(String(repeating: "x", count: 200))\r\n")
            #expect(try chunked.response().status == 413)
            try chunked.receiveUntilClosed()
        }
    }

    @Test func pipelinedRequestsAreAnsweredInOrder() async throws {
        try await live(server()) { port in
            let socket = try RawSocket(port: port)
            try socket.send(
                "GET /docs/plain HTTP/1.1\r\nHost: x\r\n\r\nGET /nothing HTTP/1.1\r\nHost: x\r\n\r\nGET /docs/plain HTTP/1.1\r\nHost: x\r\n\r\n"
            )
            #expect(
                try [socket.response().status, socket.response().status, socket.response().status] == [200, 404, 200])
        }
    }

    @Test func shutdownDoesNotWaitForSilentConnections() async throws {
        let server = try await server()
        let started = ContinuousClock.now
        let socket = try await server.live { port in
            try await onThread {
                let silent = try RawSocket(port: port)
                let idle = try RawSocket(port: port)
                try idle.send("GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n")
                _ = try idle.response()
                return Held(sockets: [silent, idle])
            }
        }
        #expect(ContinuousClock.now - started < .seconds(5))
        try await onThread { for socket in socket.sockets { try socket.receiveUntilClosed() } }
    }

    /// Unchecked: handed from one thread to the next, never used by two.
    private struct Held: @unchecked Sendable {
        let sockets: [RawSocket]
    }

    // MARK: WebSocket frames, before the token

    private func withSocket(
        limits: @escaping @Sendable (inout ServerChannel.Limits) -> Void = { _ in },
        _ body: @escaping @Sendable (RawSocket) throws -> Void
    ) async throws {
        try await live(server(limits)) { port in
            let socket = try RawSocket(port: port)
            #expect(try socket.upgrade(WebSocketGate.notifications) == 101)
            try body(socket)
        }
    }

    @Test func violationsCloseWithTheirCode() async throws {
        let cases: [(code: Int, send: @Sendable (RawSocket) throws -> Void)] = [
            (1002, { try $0.sendFrame(1, [0x61], masked: false) }),
            (1007, { try $0.sendFrame(1, [0xC3, 0x28]) }),
            (1009, { try $0.sendFrame(1, Array(repeating: 0x61, count: 70_000)) }),
            (
                1009,
                { socket in
                    try socket.sendFrame(1, Array(repeating: 0x61, count: 40_000), fin: false)
                    try socket.sendFrame(0, Array(repeating: 0x61, count: 40_000))
                }
            ),
            (1003, { try $0.sendFrame(2, [1, 2, 3]) }),
            (1002, { try $0.sendFrame(0, [0x61]) }),
            (1002, { try $0.sendFrame(9, Array(repeating: 0, count: 126)) }),
            (4401, { try $0.sendFrame(1, Array("{}".utf8)) }),
            (
                4401,
                { socket in
                    try socket.sendFrame(1, Array("{\"access_token\": ".utf8), fin: false)
                    try socket.sendFrame(0, Array("\"nonsense\"}".utf8))
                }
            ),
        ]
        for (expected, send) in cases {
            try await withSocket { socket in
                try send(socket)
                #expect(try socket.frame(opcode: 8).code == expected)
                try? socket.sendFrame(8, [0x03, 0xE8])
                try socket.receiveUntilClosed()
            }
        }
    }

    /// A client need not wait for the 101 with its first frame, and whoever sends garbage there does not get further.
    @Test func framesMayComeWithTheRequest() async throws {
        let head =
            "GET \(WebSocketGate.notifications) HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        try await live(server()) { port in
            let ping = try RawSocket(port: port)
            try ping.send(Array(head.utf8) + [0x89, 0x80, 0, 0, 0, 0])
            #expect(try ping.response().status == 101)
            #expect(try ping.frame(opcode: 10).payload.isEmpty)
            for garbage in ["GET / HTTP/1.1\r\nHost: x\r\n\r\n", "\u{1}\u{0}", String(repeating: "x", count: 10_000)] {
                let socket = try RawSocket(port: port)
                try socket.send(head + garbage)
                #expect(try socket.response().status == 101)
                try socket.receiveUntilClosed()
                // and goes away before it is decided
                let gone = try RawSocket(port: port)
                try gone.send(head + garbage)
                gone.closeSending()
                try gone.receiveUntilClosed()
            }
            #expect(try RawSocket(port: port).upgrade(WebSocketGate.notifications) == 101)
        }
    }

    @Test func pingsAreAnsweredAndAskedFor() async throws {
        try await withSocket(limits: { $0.webSocket.pingInterval = .milliseconds(100) }) { socket in
            try socket.sendFrame(9, [1, 2, 3])
            #expect(try socket.frame(opcode: 10).payload == [1, 2, 3])
            _ = try socket.frame(opcode: 9)
            try socket.sendFrame(8, [0x03, 0xE8])
            #expect(try socket.frame(opcode: 8).code == 1000)
            try socket.receiveUntilClosed()
        }
    }

    @Test func aPeerThatNeverAnswersAPingIsGone() async throws {
        try await withSocket(limits: {
            $0.webSocket.pingInterval = .milliseconds(50)
            $0.webSocket.silence = .milliseconds(200)
        }) { socket in
            let close = try socket.frame(opcode: 8)
            #expect(close.code == 4408)
        }
    }

    @Test func aPeerThatDoesNotAnswerOurCloseIsCutOff() async throws {
        try await withSocket(limits: { $0.webSocket.closing = .milliseconds(100) }) { socket in
            try socket.sendFrame(2, [0])
            #expect(try socket.frame(opcode: 8).code == 1003)
            try socket.receiveUntilClosed()
        }
    }

    @Test func aTokenWithoutADatabaseIsToldToComeBack() async throws {
        let server = try await server()
        let token = try await server.token()
        try await live(server) { port in
            let socket = try RawSocket(port: port)
            #expect(try socket.upgrade(WebSocketGate.notifications) == 101)
            try socket.sendFrame(1, Array("{\"access_token\": \"\(token)\"}".utf8))
            #expect(try socket.frame(opcode: 8).code == 1013)
        }
    }

    @Test func shutdownSaysGoingAway() async throws {
        let server = try await server()
        let held = try await server.live { port in
            try await onThread {
                let socket = try RawSocket(port: port)
                #expect(try socket.upgrade(WebSocketGate.notifications) == 101)
                return Held(sockets: [socket])
            }
        }
        try await onThread {
            let code = try held.sockets[0].frame(opcode: 8).code
            #expect(code == 1001)
        }
    }
}

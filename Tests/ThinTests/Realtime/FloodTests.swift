import Foundation
import NIOCore
import Postgres
import TestSupport
import Testing

@testable import Thin

/// Sockets of people who mean it: what they can make this process keep. No database is needed for that.
@Suite(.serialized, .timeLimit(.minutes(2))) struct FloodTests {
    private func live(
        _ change: (inout ServerChannel.Limits) -> Void = { _ in }, proxies: Set<String> = [],
        _ body: @escaping @Sendable (Int) throws -> Void
    ) async throws {
        var server = await TestServer(trustedProxies: proxies)
        server.routes.replace(
            routes: [
                try TestServer.route(
                    "GET", WebSocketGate.notifications, role: "anonymous", status: 101,
                    extra:
                        ", \"handler\": \"websocket\", \"rate_limit_per_minute\": 50, \"rate_limit_scope\": \"address\""
                )
            ],
            errors: SQLStateMap([]))
        change(&server.limits)
        try await server.live { port in try await onThread { try body(port) } }
    }

    private static func anonymous(_ port: Int) throws -> RawSocket {
        let socket = try RawSocket(port: port)
        #expect(try socket.upgrade(WebSocketGate.notifications) == 101)
        return socket
    }

    /// A masked frame with an empty payload is six bytes.
    private static func frames(_ first: UInt8, _ count: Int, payload: [UInt8] = []) -> [UInt8] {
        let one: [UInt8] = [first, 0x80 | UInt8(payload.count), 0, 0, 0, 0] + payload
        return [UInt8]((0..<count).map { _ in one }.joined())
    }

    @Test func tooManyFramesEndTheConnection() async throws {
        let payload = Array(repeating: UInt8(ascii: "x"), count: 100)
        try await live { port in
            for flood in [
                Self.frames(0x89, 5000), Self.frames(0x89, 5000, payload: payload), Self.frames(0x8A, 5000),
                Self.frames(0x01, 1, payload: [0x61]) + Self.frames(0x00, 5000),
                Self.frames(0x01, 1, payload: [0x61]) + Self.frames(0x00, 5000, payload: [0x61]),
                Self.frames(0x81, 5000, payload: Array("{}".utf8)),
            ] {
                let socket = try Self.anonymous(port)
                try? socket.send(flood)
                let code = try? socket.frame(opcode: 8).code
                // the first text that is no token ends it, too
                #expect(code == 1008 || code == 4401)
                try? socket.receiveUntilClosed()
            }
        }
    }

    @Test func whoBringsNoTokenIsShownOut() async throws {
        try await live({ $0.token = .milliseconds(200) }) { port in
            let silent = try Self.anonymous(port)
            #expect(try silent.frame(opcode: 8).code == 4401)
            // pings are no token
            let alive = try Self.anonymous(port)
            try alive.sendFrame(9, [])
            #expect(try alive.frame(opcode: 8).code == 4401)
        }
    }

    @Test func pongsAreCoalesced() async throws {
        try await live({ $0.webSocket.frameBurst = 1e9 }) { port in
            let socket = try Self.anonymous(port)
            let before = ProcessMetrics.residentBytes()
            // 60 MB of pings at most; what a peer that reads nothing is owed stays one pong
            let chunk = Self.frames(0x89, 500, payload: Array(repeating: 7, count: 120))
            var sent = 0
            while sent < 500_000, (try? socket.send(chunk)) != nil { sent += 500 }
            #expect(sent > 1000)
            let growth = ProcessMetrics.residentBytes() - before
            #expect(growth < 48 << 20, "\(growth >> 20) MB more")
        }
        try await live({ $0.webSocket.frameBurst = 1e9 }) { port in
            let socket = try Self.anonymous(port)
            for number in 0..<10_000 {
                try socket.sendFrame(9, [UInt8(number & 255), UInt8(number >> 8)])
            }
            try socket.sendFrame(9, Array("last".utf8))
            // the last ping is answered, whatever was left out before it
            while try socket.frame(opcode: 10).text != "last" {}
        }
    }

    @Test func fragmentsOfAMessageAreBounded() async throws {
        try await live({ $0.webSocket.frameBurst = 1e9 }) { port in
            for flood in [
                Self.frames(0x01, 1) + Self.frames(0x00, 3000),
                Self.frames(0x01, 1) + Self.frames(0x00, 3000, payload: [0x61]),
                Self.frames(0x01, 1) + Self.frames(0x00, 300, payload: Array(repeating: 0x61, count: 100)),
            ] {
                let socket = try Self.anonymous(port)
                try? socket.send(flood)
                let code = try socket.frame(opcode: 8).code
                #expect(code == 1008 || code == 1009)
            }
        }
    }

    @Test func aTokenIsWaitedForOnlySoOften() async throws {
        try await live({ $0.anonymousSocketsPerAddress = 3 }) { port in
            let waiting = try (0..<3).map { _ in try Self.anonymous(port) }
            #expect(try Self.anonymous(port).frame(opcode: 8).code == 1013)
            try waiting[0].sendFrame(8, [0x03, 0xE8])
            try waiting[0].receiveUntilClosed()
            Thread.sleep(forTimeInterval: 0.2)
            let next = try Self.anonymous(port)
            try next.sendFrame(9, [])
            #expect(try next.frame().opcode == 10)
        }
    }

    @Test func upgradesOfAnAddressAreLimitedAndSoIsTheirNumber() async throws {
        try await live { port in
            var statuses: [Int] = []
            for _ in 0..<60 { statuses.append(try RawSocket(port: port).upgrade(WebSocketGate.notifications)) }
            #expect(statuses.prefix(50).allSatisfy { $0 == 101 } && statuses.contains(429))
        }
        // behind a proxy each client has its own
        try await live(proxies: ["127.0.0.1"]) { port in
            for number in 0..<60 {
                let socket = try RawSocket(port: port)
                let header = "X-Forwarded-For: 2001:db8:\(number)::1"
                #expect(try socket.upgrade(WebSocketGate.notifications, headers: [header]) == 101)
            }
        }
    }

    @Test func connectionsOfAnAddressAreLimited() async throws {
        try await live({ $0.connectionsPerAddress = 21 }) { port in
            let held = try (0..<20).map { _ in try RawSocket(port: port) }
            Thread.sleep(forTimeInterval: 0.2)
            let late = try RawSocket(port: port)
            try? late.send("GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
            _ = try? late.receive()
            #expect(late.received.isEmpty)
            try held[0].send("GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            #expect(try held[0].response().status == 503)
            try held[0].receiveUntilClosed()
            // it lingers for a second, so that the answer arrives
            Thread.sleep(forTimeInterval: 2)
            let next = try RawSocket(port: port)
            try next.send("GET /health HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(try next.response().status == 503)
        }
    }

    @Test func whatComesBehindAnUpgradeIsNotKept() async throws {
        try await live { port in
            let before = ProcessMetrics.residentBytes()
            let chunk = [UInt8](repeating: 0x41, count: 1 << 20)
            for head in [
                // looked up in a database that is away: as long as a decision can take
                "GET \(WebSocketGate.notifications)?ticket=mwt_x HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                    + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
                "GET /nothing HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n",
                "GET \(WebSocketGate.notifications)?after=x HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                    + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
            ] {
                let socket = try RawSocket(port: port)
                try socket.send(head)
                for _ in 0..<100 where (try? socket.send(chunk)) == nil { break }
            }
            let growth = ProcessMetrics.residentBytes() - before
            #expect(growth < 48 << 20, "\(growth >> 20) MB more")
        }
    }

    @Test func whoAsksAndDoesNotReadIsNotWaitedFor() async throws {
        try await live({ $0.stall = .seconds(1) }) { port in
            let before = ProcessMetrics.residentBytes()
            let mute = try RawSocket(port: port)
            mute.shrinkReceiveBuffer()
            // some megabytes of answers, more than the kernel's buffers take
            let requests = String(repeating: "GET /docs HTTP/1.1\r\nHost: x\r\n\r\n", count: 100)
            for _ in 0..<200 where (try? mute.send(requests)) == nil { break }
            Thread.sleep(forTimeInterval: 4)
            let failure = #expect(throws: RawSocket.Failure.self) {
                for _ in 0..<2000 { try mute.send(requests) }
            }
            #expect(failure?.what != "send: \(EAGAIN)", "the connection is gone, not only full")
            let growth = ProcessMetrics.residentBytes() - before
            #expect(growth < 48 << 20, "\(growth >> 20) MB more")

            // one that reads slowly gets all of it
            let slow = try RawSocket(port: port)
            try slow.send(String(repeating: "GET /docs HTTP/1.1\r\nHost: x\r\n\r\n", count: 100))
            var answers = 0
            while answers < 100 {
                let status = try slow.response().status
                #expect(status == 200)
                answers += 1
                if answers % 20 == 0 { Thread.sleep(forTimeInterval: 0.1) }
            }
        }
    }

    @Test func aPartIsSmallOrOneMessage() {
        func message(_ seq: Int64, _ bytes: Int) -> OutboxMessage {
            OutboxMessage(seq: seq, kind: "alarm", equipmentID: nil, json: ByteBuffer(repeating: 0x20, count: bytes))
        }
        let cases = [
            [], [1], [70_000], [30_000, 30_000, 30_000], [70_000, 1, 1, 70_000], Array(repeating: 1000, count: 64),
        ]
        for sizes in cases {
            let messages = sizes.enumerated().map { message(Int64($0.offset), $0.element) }
            let parts = NotificationSession.parts(messages)
            #expect(parts.flatMap { $0.map(\.seq) } == messages.map(\.seq))
            #expect(
                parts.allSatisfy { part in
                    !part.isEmpty && (part.count == 1 || part.reduce(0) { $0 + $1.json.readableBytes } <= 65_536)
                })
        }
    }
}

@Suite(.timeLimit(.minutes(3))) struct TurnsTests {
    @Test func soManyAtATimeInOrderAndWithoutWhoWentAway() async throws {
        let turns = Turns(2)
        let counter = Counter()
        let done = Counter()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<50 {
                group.addTask {
                    let task = Task {
                        try await turns.run {
                            counter.increment()
                            try? await Task.sleep(for: .milliseconds(1))
                        }
                        done.increment()
                    }
                    if number % 5 == 0 { task.cancel() }
                    try? await task.value
                }
            }
            try await group.waitForAll()
        }
        #expect(done.value >= 40)
        // nothing was lost: both turns are free again
        try await turns.run { try await turns.run {} }
    }
}

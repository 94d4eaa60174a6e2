import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Postgres
import TestSupport
import Testing

@testable import Thin

/// Notifications from the outbox of a real database to real sockets.
@Suite(
    .enabled(if: EngineDatabase.isAvailable, "needs MILLWRIGHT_TEST_ADMIN_URL and MILLWRIGHT_TEST_TEMPLATE"),
    .timeLimit(.minutes(2)))
struct StreamTests {
    private struct World: Sendable {
        let database: EngineDatabase
        let server: TestServer
        let port: Int
        let token: String
        let ticket: @Sendable () throws -> String

        /// Writes notifications and wakes the hub as the ingest path does.
        func publish(_ count: Int, padding: Int = 0) throws {
            let session = try Session(ConnectionConfiguration(url: database.ownURL))
            _ = try session.execute(
                """
                SELECT relay.publish_batch(array_agg('system'::text), array_agg('test'::text), array_agg('low'::text), array_agg(NULL::text),
                    array_agg(NULL::integer), array_agg(jsonb_build_object('n', n, 'pad', repeat('x', $2))))
                FROM generate_series(1, $1) AS n
                """, [.int4(Int32(count)), .int4(Int32(padding))])
            server.hub.wake()
        }

        func connect(_ query: String = "", small: Bool = false) throws -> RawSocket {
            let socket = try RawSocket(port: port)
            if small { socket.shrinkReceiveBuffer() }
            #expect(
                try socket.upgrade(WebSocketGate.notifications + query, headers: ["Authorization: Bearer \(token)"])
                    == 101)
            return socket
        }
    }

    private func withWorld(
        _ limits: ServerChannel.Limits = ServerChannel.Limits(), _ body: @escaping @Sendable (World) throws -> Void
    ) async throws {
        let database = try await onThread { try EngineDatabase() }
        var server = await TestServer(databaseURL: database.thinURL, queueDeadline: .seconds(5))
        server.limits = limits
        try await server.routes.reload(from: server.database)
        let token = try await database.login(server)
        let hub = Task { [server] in try await server.hub.run() }
        try await server.live { [server] port in
            try await onThread {
                let ticket: @Sendable () throws -> String = {
                    let socket = try RawSocket(port: port)
                    try socket.send(
                        "POST /api/v1/auth/ws-ticket HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(token)\r\nContent-Length: 0\r\n\r\n"
                    )
                    let answer =
                        try JSONSerialization.jsonObject(with: Data(try socket.response().body.utf8)) as? [String: Any]
                    return answer?["ticket"] as? String ?? ""
                }
                try body(World(database: database, server: server, port: port, token: token, ticket: ticket))
            }
        }
        hub.cancel()
        try await onThread { database.drop() }
    }

    private static func object(_ frame: RawSocket.Frame) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(frame.payload)) as? [String: Any])
    }

    /// Sequence numbers of the next notifications.
    private static func read(_ socket: RawSocket, _ count: Int) throws -> [Int] {
        try (0..<count).map { _ in
            let message = try object(try socket.frame(opcode: 1))
            #expect(
                message["type"] as? String == "notification" && message["timestamp"] is String
                    && message["data"] is [String: Any])
            return message["seq"] as? Int ?? -1
        }
    }

    private static func ready(_ socket: RawSocket) throws -> Int {
        let message = try object(try socket.frame(opcode: 1))
        #expect(message["type"] as? String == "ready")
        return message["seq"] as? Int ?? -1
    }

    @Test func aClientSeesEverythingInOrderAndResumes() async throws {
        try await withWorld { world in
            let first = try world.connect("?after=0")
            #expect(try Self.ready(first) == 0)
            try world.publish(3)
            #expect(try Self.read(first, 3) == [1, 2, 3])
            try first.sendFrame(8, [0x03, 0xE8])
            #expect(try first.frame(opcode: 8).code == 1000)
            try world.publish(5000)
            let second = try world.connect("?after=3")
            #expect(try Self.ready(second) == 3)
            #expect(try Self.read(second, 5000) == Array(4...5003))
            try world.publish(2)
            #expect(try Self.read(second, 2) == [5004, 5005])
        }
    }

    @Test func theTokenMayComeInTheFirstMessageOrAsATicket() async throws {
        try await withWorld { world in
            try world.publish(2)
            let late = try RawSocket(port: world.port)
            #expect(try late.upgrade(WebSocketGate.notifications) == 101)
            try late.sendFrame(1, Array("{\"access_token\": \"\(world.token)\", \"after\": 1}".utf8))
            #expect(try Self.ready(late) == 1)
            #expect(try Self.read(late, 1) == [2])

            let ticket = try world.ticket()
            let path = "\(WebSocketGate.notifications)?ticket=\(ticket)&after=0"
            let browser = try RawSocket(port: world.port)
            #expect(try browser.upgrade(path) == 101)
            #expect(try Self.ready(browser) == 0)
            #expect(try Self.read(browser, 2) == [1, 2])
            #expect(try RawSocket(port: world.port).upgrade(path) == 401, "a ticket works once")
        }
    }

    @Test func whatWasPurgedIsSaid() async throws {
        try await withWorld { world in
            // more than the hub keeps in memory
            try world.publish(2 * NotificationHub.retained)
            while world.server.hub.newest < Int64(2 * NotificationHub.retained) { Thread.sleep(forTimeInterval: 0.01) }
            let session = try Session(ConnectionConfiguration(url: world.database.ownURL))
            _ = try session.execute("DELETE FROM relay.outbox WHERE seq <= 10")
            let socket = try world.connect("?after=2")
            #expect(try Self.ready(socket) == 2)
            let gap = try Self.object(try socket.frame(opcode: 1))
            #expect(gap["type"] as? String == "gap" && gap["oldest"] as? Int == 11)
            #expect(try Self.read(socket, 2) == [11, 12])
        }
    }

    @Test func aSlowReaderIsDroppedAndResumesWithoutLoss() async throws {
        var limits = ServerChannel.Limits()
        limits.webSocket.stall = .milliseconds(300)
        limits.webSocket.closing = .seconds(1)
        try await withWorld(limits) { world in
            let slow = try world.connect("?after=0", small: true)
            let quick = try world.connect("?after=0")
            _ = try Self.ready(quick)
            // more than the kernel's buffers take
            for batch in 0..<40 {
                try world.publish(100, padding: 4000)
                // others do not wait for the slow one
                let seen = try Self.read(quick, 100)
                #expect(seen == Array((batch * 100 + 1)...(batch * 100 + 100)))
            }
            Thread.sleep(forTimeInterval: 2)
            _ = try Self.ready(slow)
            // whatever still lies in the buffers is in order; then the connection ends
            var last = 0
            while let frame = try? slow.frame(), frame.opcode != 8 {
                guard frame.opcode == 1 else { continue }
                let seq = try Self.object(frame)["seq"] as? Int ?? -1
                #expect(seq == last + 1)
                last = seq
            }
            #expect(last < 4000)
            var text = ""
            world.server.registry.render(into: &text)
            #expect(text.contains("thin_websocket_slow_clients_total 1"))
            let again = try world.connect("?after=\(last)")
            _ = try Self.ready(again)
            #expect(try Self.read(again, 4000 - last) == Array((last + 1)...4000))
        }
    }

    @Test func aSessionThatEndedGetsNoSocket() async throws {
        try await withWorld { world in
            let session = try Session(ConnectionConfiguration(url: world.database.ownURL))
            _ = try session.execute("UPDATE auth.session SET revoked_at = now(), revoked_reason = 'administrator'")
            let socket = try RawSocket(port: world.port)
            #expect(
                try socket.upgrade(WebSocketGate.notifications, headers: ["Authorization: Bearer \(world.token)"])
                    == 401)
            let late = try RawSocket(port: world.port)
            #expect(try late.upgrade(WebSocketGate.notifications) == 101)
            try late.sendFrame(1, Array("{\"access_token\": \"\(world.token)\"}".utf8))
            #expect(try late.frame(opcode: 8).code == 4401)
        }
    }
}

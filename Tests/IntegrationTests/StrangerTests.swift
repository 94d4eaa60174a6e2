import Foundation
import Glibc
import Postgres
import TestSupport
import Testing

/// Strangers with sockets, against the real process: its memory is measured, and others are served meanwhile.
@Suite(
    "Strangers", .serialized, .timeLimit(.minutes(5)),
    .enabled(if: TestEnvironment.hasPlant, "needs make test's servers and mosquitto"))
struct StrangerTests {
    private static let socketPath = "/api/v1/notifications/ws/notifications"
    /// What a flood may add to the memory of a debug build that has just started, in bytes.
    private static let growth = 96 << 20

    private static func upgrade(_ path: String = socketPath, token: String? = nil) -> String {
        "GET \(path) HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            + (token.map { "Authorization: Bearer \($0)\r\n" } ?? "") + "\r\n"
    }

    /// Connects, asks for a WebSocket, and reads nothing ever after.
    private static func mute(_ port: Int, _ request: String) throws -> Int32 {
        let socket = try HTTPCall.connect(to: port)
        var timeout = timeval(tv_sec: 0, tv_usec: 200_000)
        setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        try HTTPCall.write(request, to: socket)
        return socket
    }

    /// Sends until the peer takes no more, at most so many bytes.
    private static func pour(_ bytes: [UInt8], into socket: Int32, atMost limit: Int) {
        var sent = 0
        while sent < limit {
            let count = bytes.withUnsafeBytes { Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { return }
            sent += count
        }
    }

    /// Masked with zeros, so that a chunk is frames whatever comes before it.
    private static func frames(_ first: UInt8, payload: Int, count: Int) -> [UInt8] {
        let one = [first, 0x80 | UInt8(payload), 0, 0, 0, 0] + [UInt8](repeating: 0x61, count: payload)
        return [UInt8]((0..<count).map { _ in one }.joined())
    }

    /// How many of so many requests are answered while that many others of the same address never end.
    private static func answered(_ port: Int, of count: Int, behind flood: Int) -> Int {
        let held = (0..<flood).compactMap { _ in try? HTTPCall.connect(to: port) }
        defer { for socket in held { close(socket) } }
        for socket in held { try? HTTPCall.write("GET /he", to: socket) }
        var late: [Int32] = []
        defer { for socket in late { close(socket) } }
        return (0..<count).count { _ in
            guard let socket = try? HTTPCall.connect(to: port) else { return false }
            late.append(socket)
            try? HTTPCall.write("GET /health HTTP/1.1\r\nHost: x\r\n\r\n", to: socket)
            var byte: UInt8 = 0
            return recv(socket, &byte, 1, 0) == 1
        }
    }

    private static func waitsBelow(_ thin: ThinProcess, _ bytes: Int) async -> Bool {
        await eventually(within: .seconds(40)) { thin.residentBytes < bytes }
    }

    @Test("Sockets that flood and never read cost little memory, and it comes back")
    func floods() async throws {
        let plant = try await Plant()
        let (thin, port) = (plant.thin, plant.thin.httpPort)
        let token = try await plant.token(role: "viewer")
        let admin = try await plant.token()
        // warm: the first use of each path
        _ = try HTTPCall.get("\(thin.url)/api/v1/auth/me", token: token)
        let client = try NotificationClient(port: port, token: token, after: 0)
        let before = thin.residentBytes
        let database = plant.database

        let bytes = [UInt8](repeating: 0x61, count: 1 << 20)
        let begin = Self.frames(0x01, payload: 1, count: 1)
        let great: [UInt8] = [0x81, 0xFF, 0, 0, 0, 0, 0x7F, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0]
        let floods: [(name: String, request: String, head: [UInt8], bytes: [UInt8])] = [
            ("pings, no token", Self.upgrade(), [], Self.frames(0x89, payload: 120, count: 1000)),
            ("pings, a viewer", Self.upgrade(token: token), [], Self.frames(0x89, payload: 120, count: 1000)),
            ("empty pings, a viewer", Self.upgrade(token: token), [], Self.frames(0x89, payload: 0, count: 10000)),
            ("pongs", Self.upgrade(token: token), [], Self.frames(0x8A, payload: 100, count: 1000)),
            ("endless fragments", Self.upgrade(token: token), begin, Self.frames(0x00, payload: 125, count: 1000)),
            ("fragments of one byte", Self.upgrade(), begin, Self.frames(0x00, payload: 1, count: 10000)),
            ("empty fragments", Self.upgrade(), begin, Self.frames(0x00, payload: 0, count: 10000)),
            ("texts", Self.upgrade(token: token), [], Self.frames(0x81, payload: 100, count: 1000)),
            ("a great frame", Self.upgrade(), great, bytes),
            ("bytes behind an upgrade", Self.upgrade("/api/v1/nothing"), [], bytes),
            ("a great header", "GET / HTTP/1.1\r\nX: ", [], bytes),
        ]
        for flood in floods {
            try await onThread {
                let sockets = try (0..<4).map { _ in try Self.mute(port, flood.request) }
                // after the upgrade
                Thread.sleep(forTimeInterval: 0.1)
                for socket in sockets { Self.pour(flood.head, into: socket, atMost: max(1, flood.head.count)) }
                for socket in sockets { Self.pour(flood.bytes, into: socket, atMost: 32 << 20) }
                let more = thin.residentBytes - before
                #expect(more < Self.growth, "\(flood.name): \(more >> 20) MB more")
                for socket in sockets { close(socket) }
            }
            // somebody else is served, and hears of what happens
            #expect(try HTTPCall.get("\(thin.url)/api/v1/auth/me", token: token).status == 200, "\(flood.name)")
        }
        #expect(await Self.waitsBelow(thin, before + Self.growth / 2), "\((thin.residentBytes - before) >> 20) MB stay")

        // notifications flow, and nobody reads; others resume from the beginning, again and again
        try await onThread {
            let replay = Self.upgrade("\(Self.socketPath)?after=0", token: token)
            let mutes = try (0..<16).map { _ in try Self.mute(port, replay) }
            let session = try database.session()
            for _ in 0..<20 {
                _ = try session.execute(
                    """
                    SELECT relay.publish_batch(array_agg('system'::text), array_agg('test'::text),
                        array_agg('low'::text), array_agg(NULL::text), array_agg(NULL::integer),
                        array_agg(jsonb_build_object('n', n, 'pad', repeat('x', 4000))))
                    FROM generate_series(1, 200) AS n
                    """)
            }
            for _ in 0..<10 { close(try Self.mute(port, replay)) }
            for socket in mutes { Self.pour(Self.frames(0x89, payload: 0, count: 20), into: socket, atMost: 120) }
        }
        #expect(
            await eventually(within: .seconds(30)) { client.notifications.count >= 4000 }, "who reads gets everything")
        // the hub's own 4,096 newest messages are 17 MB here
        #expect(
            thin.residentBytes - before < Self.growth + (32 << 20), "\((thin.residentBytes - before) >> 20) MB more")
        let started = ContinuousClock.now
        #expect(try HTTPCall.get("\(thin.url)/api/v1/auth/me", token: admin).status == 200)
        #expect(ContinuousClock.now - started < .seconds(10))
        #expect(try HTTPCall.get("\(thin.url)/health").status == 200)
    }

    @Test("Ten thousand connections, and requests that never end, keep nobody out who has none")
    func connections() async throws {
        let plant = try await Plant(more: [
            "THIN_MAX_CONNECTIONS": "600", "THIN_MAX_CONNECTIONS_PER_ADDRESS": "300",
        ])
        let (thin, port) = (plant.thin, plant.thin.httpPort)
        let before = thin.residentBytes
        try await onThread {
            var held: [Int32] = []
            defer { for socket in held { close(socket) } }
            for number in 0..<10_000 {
                guard let socket = try? HTTPCall.connect(to: port) else { continue }
                // some begin a request, as slowly as can be
                if number % 3 == 0 { try? HTTPCall.write("GET /he", to: socket) }
                if number % 3 == 1 { try? HTTPCall.write("GET /health HTTP/1.1\r\nHost: x\r\nX-Slow: ", to: socket) }
                held.append(socket)
                // as many as one process may have open
                if held.count >= 900 { close(held.removeFirst()) }
            }
            // 127.0.0.1 has its share. A round may find it free, when many that never ended were given up at one time.
            let fewest = (0..<5).reduce(20) { fewest, _ in
                fewest < 10 ? fewest : min(fewest, Self.answered(port, of: 20, behind: 400))
            }
            #expect(fewest < 10, "\(fewest) of 20 got in beyond the share of their address")
            // … and another address still gets in
            let other = try HTTPCall.connect(to: port, from: "127.0.0.2")
            defer { close(other) }
            try HTTPCall.write("GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", to: other)
            var buffer = [UInt8](repeating: 0, count: 4096)
            let count = recv(other, &buffer, buffer.count, 0)
            #expect(String(decoding: buffer[..<max(0, count)], as: UTF8.self).hasPrefix("HTTP/1.1 200"))
            #expect(thin.residentBytes - before < Self.growth, "\((thin.residentBytes - before) >> 20) MB more")
        }
        #expect(await thin.waitForHealth(200, within: .seconds(30)), "and when they are gone, all is as it was")
    }

    @Test("Forty log-ins at once keep nobody waiting; beyond the queue they are told to come again")
    func logins() async throws {
        let plant = try await Plant(more: ["THIN_TRUSTED_PROXIES": "127.0.0.1"])
        let thin = plant.thin
        let token = try await plant.token()
        let body = "{\"username\":\"admin\",\"password\":\"\(Plant.password)\"}"
        @Sendable func login(_ number: Int, _ body: String) throws -> HTTPCall {
            try HTTPCall.post(
                "\(thin.url)/api/v1/auth/login", body, headers: ["X-Forwarded-For": "10.1.1.\(number + 1)"])
        }
        @Sendable func slowest(_ count: Int) throws -> Duration {
            try (0..<count).map { _ throws -> Duration in
                let started = ContinuousClock.now
                #expect(try HTTPCall.get("\(thin.url)/api/v1/auth/me", token: token).status == 200)
                return ContinuousClock.now - started
            }.max()!
        }
        _ = try slowest(5)
        let answers = try await withThrowingTaskGroup(of: HTTPCall.self) { group in
            for number in 0..<40 { group.addTask { try await onThread { try login(number, body) } } }
            try await Task.sleep(for: .milliseconds(200))
            let wait = try await onThread { try slowest(20) }
            // 7.9 s before there was a lane
            #expect(wait < .seconds(5), "\(wait)")
            return try await group.reduce(into: []) { $0.append($1) }
        }
        let served = answers.count { $0.status == 200 }
        #expect(served > 0 && answers.allSatisfy { $0.status == 200 || $0.status == 503 }, "\(answers.map(\.status))")
        #expect(answers.allSatisfy { $0.status == 200 || $0.headers["retry-after"] != nil })
        // one address alone: eight wait, the others are sent away, and somebody else gets in between
        let greedy = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<25 { group.addTask { try await onThread { try login(0, body).status } } }
            try await Task.sleep(for: .milliseconds(200))
            #expect(try await onThread { try login(1, body).status } == 200)
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(greedy.contains(503) && greedy.contains(200), "\(greedy)")
    }

    @Test("Strangers who guess do not lock the owner out; a key is a bearer token; a setting has a range")
    func lockOut() async throws {
        let plant = try await Plant(more: ["THIN_TRUSTED_PROXIES": "127.0.0.1"])
        let url = plant.thin.url
        let token = try await plant.token()
        @Sendable func login(
            _ address: String, _ password: String = Plant.password, _ more: String = ""
        ) throws -> HTTPCall {
            try HTTPCall.post(
                "\(url)/api/v1/auth/login", "{\"email\":\"admin@example.com\",\"password\":\"\(password)\"\(more)}",
                headers: ["X-Forwarded-For": address])
        }
        let session = try plant.database.session()
        _ = try session.execute("SELECT ops.set_setting('auth.login_free_attempts_everywhere', '12')")
        let device = try #require(try login("10.0.0.1").object["device_token"] as? String)
        #expect(try (0..<6).map { _ in try login("6.6.6.6", "wrong").status } == [401, 401, 401, 401, 401, 429])
        #expect(try login("6.6.6.6").status == 429)
        for number in 0..<10 { _ = try login("7.7.7.\(number)", "wrong") }
        #expect(try login("8.8.8.8").status == 429, "all strangers together")
        #expect(try login("10.0.0.1").status == 200, "the owner's address")
        let known = try login("9.9.9.9", Plant.password, ",\"device_token\":\"\(device)\"")
        #expect(known.status == 200, "the owner's device")
        let change = try HTTPCall.post(
            "\(url)/api/v1/auth/password",
            "{\"current_password\":\"\(Plant.password)\",\"new_password\":\"another long one\"}",
            token: token)
        #expect(change.status == 204, "\(change.body)")

        // a key as Authorization: Bearer, as documented
        let made = try HTTPCall.post(
            "\(url)/api/v1/auth/api-keys", "{\"name\":\"k\",\"role\":\"viewer\"}", token: token)
        let key = try #require(made.object["key"] as? String)
        #expect(try HTTPCall.get("\(url)/api/v1/auth/me", token: key).object["username"] as? String == "admin")
        #expect(try HTTPCall.send("GET", "\(url)/api/v1/auth/me", headers: ["X-API-Key": key]).status == 200)
        #expect(try HTTPCall.get("\(url)/api/v1/auth/me", token: "mwk_nonsense").status == 401)
        #expect(try HTTPCall.get("\(url)/api/v1/auth/me", token: key + "x").status == 401)
        let stream = try NotificationClient(port: plant.thin.httpPort, token: key, after: 0)
        _ = stream

        let patched = try HTTPCall.send(
            "PATCH", "\(url)/api/v1/settings/auth.bcrypt_cost", body: "{\"value\":31}", token: token)
        #expect(patched.status == 422 && patched.body.contains("4 to 15"), "\(patched.body)")
    }
}

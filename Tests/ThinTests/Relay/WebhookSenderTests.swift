import Foundation
import Glibc
import Postgres
import Synchronization
import Testing

@testable import Thin

@Suite("Webhooks to strangers")
struct WebhookSenderTests {
    /// The relay decides in SQL; here everything is allowed but what a test says.
    private func sender(
        resolve: (@Sendable (String) async throws -> [String])? = nil,
        permit: @escaping @Sendable ([String]) async throws -> [String] = { $0 }
    ) -> WebhookSender {
        var addresses = TargetAddresses(permit: permit)
        if let resolve { addresses.resolve = resolve }
        return WebhookSender(clients: PinnedClients(connectTimeout: .seconds(60)), addresses: addresses)
    }

    private func send(
        _ sender: WebhookSender, to url: String, headers: [(String, String)] = [], timeout: Duration = .seconds(120)
    ) async throws -> (outcome: DeliveryOutcome, took: Duration) {
        let start = ContinuousClock.now
        let outcome = try await sender.send(
            Delivery(id: 1, kind: "webhook", target: url, body: "{}", headers: headers, timeout: timeout), to: url)
        await sender.clients.shutdown()
        return (outcome, ContinuousClock.now - start)
    }

    @Test("A redirect is an answer, not a way", arguments: [301, 302, 303, 307, 308])
    func redirect(_ status: Int) async throws {
        let inner = try HostileReceiver { _ = $0("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecret") }
        let outer = try HostileReceiver { [port = inner.port] send in
            _ = send(
                "HTTP/1.1 \(status) Go\r\nLocation: http://127.0.0.1:\(port)/latest/meta-data\r\nContent-Length: 0\r\n\r\n"
            )
        }
        let (outcome, _) = try await send(sender(), to: "http://127.0.0.1:\(outer.port)/hook")
        #expect(outcome.status == status && !outcome.succeeded && outcome.error == "status \(status)")
        #expect(outer.requests.count == 1 && inner.requests.isEmpty)
    }

    @Test("An endless body is left alone; its status counts")
    func endless() async throws {
        let receiver = try HostileReceiver { send in
            _ = send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            let chunk = "10000\r\n" + String(repeating: "x", count: 65_536) + "\r\n"
            while send(chunk) {}
        }
        let (outcome, took) = try await send(sender(), to: "http://127.0.0.1:\(receiver.port)/")
        #expect(outcome.succeeded && outcome.status == 200)
        #expect((outcome.answer ?? "").utf8.count <= WebhookSender.maximumAnswerBytes)
        #expect(took < .seconds(150))
    }

    @Test("A body that dribbles holds its channel for seconds, not for ever", arguments: [200, 500])
    func dribble(_ status: Int) async throws {
        let receiver = try HostileReceiver { send in
            _ = send("HTTP/1.1 \(status) Ok\r\nContent-Length: 1000000\r\n\r\n")
            while send("x") { usleep(20_000) }
        }
        let (outcome, took) = try await send(sender(), to: "http://127.0.0.1:\(receiver.port)/")
        #expect(outcome.status == status && outcome.succeeded == (status == 200))
        #expect(took < .seconds(150))
    }

    @Test("A head that dribbles, and one that never comes, end with the timeout", arguments: [true, false])
    func slowHead(_ dribbles: Bool) async throws {
        let receiver = try HostileReceiver { send in
            guard dribbles else { return _ = sleep(5) }
            _ = send("HTTP/1.1 200 OK\r\n")
            while send("X: y\r\n") { usleep(50_000) }
        }
        let (outcome, took) = try await send(
            sender(), to: "http://127.0.0.1:\(receiver.port)/", timeout: .milliseconds(800))
        #expect(!outcome.succeeded && outcome.status == nil && outcome.error != nil)
        #expect(took < .seconds(150))
    }

    @Test("Headers without end are no answer")
    func hugeHeaders() async throws {
        let receiver = try HostileReceiver { send in
            _ = send("HTTP/1.1 200 OK\r\n")
            let line = "X-Filler: " + String(repeating: "y", count: 8000) + "\r\n"
            while send(line) {}
        }
        let (outcome, took) = try await send(sender(), to: "http://127.0.0.1:\(receiver.port)/")
        #expect(!outcome.succeeded && outcome.status == nil)
        #expect(took < .seconds(150))
    }

    @Test("What the database cannot keep does not stay in an answer")
    func zeroBytes() async throws {
        let receiver = try HostileReceiver {
            _ = $0("HTTP/1.1 500 Oops\r\nContent-Length: 3\r\n\r\na\u{0}b")
        }
        let (outcome, _) = try await send(sender(), to: "http://127.0.0.1:\(receiver.port)/")
        #expect(outcome.answer == "a b" && outcome.error == "status 500")
    }

    @Test("The connection goes to the address that was judged, under the name that was written")
    func pinned() async throws {
        let receiver = try HostileReceiver { _ = $0("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") }
        // resolved once: who answers differently the second time is not asked a second time
        let asked = Mutex(0)
        let sender = sender(
            resolve: { _ in
                asked.withLock {
                    $0 += 1
                    return $0 == 1 ? ["127.0.0.1"] : ["192.0.2.1"]
                }
            }, permit: { $0.filter { $0 == "127.0.0.1" } })
        let (outcome, _) = try await send(sender, to: "http://hooks.plant.example:\(receiver.port)/x?y=1")
        #expect(outcome.succeeded && asked.withLock { $0 } == 1, "\(outcome)")
        let head = try #require(receiver.requests.first)
        #expect(head.hasPrefix("POST /x?y=1 HTTP/1.1\r\n"))
        #expect(head.lowercased().contains("host: hooks.plant.example:\(receiver.port)\r\n"))
    }

    @Test(
        "A database that does not say what is permitted is no fault of the receiver's",
        arguments: ["57014", "55P03", "08006"])
    func undecided(_ state: String) async throws {
        let receiver = try HostileReceiver { _ = $0("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") }
        let sender = sender(permit: { _ in throw DatabaseError(sqlState: state, message: "not now") })
        let error = await #expect(throws: DatabaseError.self) {
            try await send(sender, to: "http://127.0.0.1:\(receiver.port)/")
        }
        #expect(error?.sqlState == state && receiver.requests.isEmpty)
    }

    @Test("An address that nobody answers at is passed over for the next; one that is not allowed is not")
    func several() async throws {
        let receiver = try HostileReceiver { _ = $0("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") }
        let found: @Sendable (String) async throws -> [String] = { _ in ["127.0.0.2", "127.0.0.1"] }
        let url = "http://plant.example:\(receiver.port)/"
        #expect(try await send(sender(resolve: found), to: url).outcome.succeeded)
        let strict = sender(resolve: found, permit: { $0.filter { $0 != "127.0.0.1" } })
        #expect(try await !send(strict, to: url).outcome.succeeded)
        #expect(receiver.requests.count == 1)
    }

    @Test(
        "Every spelling of loopback is judged as what it is",
        arguments: [
            "localhost", "LOCALHOST", "127.0.0.1", "127.1", "127.0.1", "0x7f.0.0.1", "0x7f000001", "2130706433",
            "017700000001", "0177.0.0.1", "%31%32%37.1", "[::1]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]",
            "[::ffff:7f00:1]", "user@127.0.0.1", "8.8.8.8:80@127.0.0.1",
        ])
    func spellings(_ host: String) async throws {
        let receiver = try HostileReceiver { _ = $0("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") }
        let judged = Mutex<[String]>([])
        let sender = sender(permit: { found in
            judged.withLock { $0 += found }
            return []
        })
        let (outcome, _) = try await send(sender, to: "http://\(host):\(receiver.port)/")
        #expect(!outcome.succeeded && receiver.requests.isEmpty)
        let loopback: Set<String> = ["127.0.0.1", "::1", "::ffff:127.0.0.1", "::ffff:7f00:1"]
        // a spelling that the system does not take for an address is unknown, which is as good
        #expect(judged.withLock { $0 }.allSatisfy(loopback.contains))
        #expect(outcome.error != nil && !(outcome.error ?? "").contains("127"))
    }

    @Test(
        "What is no plain http URL is not sent at all",
        arguments: [
            "http+unix://%2Frun%2Fdocker.sock/x", "unix:///run/x", "ftp://a.example/", "file:///etc/passwd", "http://",
            "http:///x", "http://a b.example/", "http://a.example\r\nX: y/", "http://[fe80::1%25eth0]/",
            "http://a.example:0/", "http://a.example:70000/", "//a.example/", "gopher://a.example/", "http://장비/", "",
        ])
    func noURLs(_ url: String) async throws {
        let sender = sender(resolve: { _ in
            Issue.record("resolved")
            return []
        })
        #expect(try await !send(sender, to: url).outcome.succeeded)
    }

    @Test("A header that would end its line is not sent", arguments: [("X", "a\r\nEvil: 1"), ("X\r\nEvil", "1")])
    func headers(_ name: String, _ value: String) async throws {
        let receiver = try HostileReceiver { _ = $0("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") }
        _ = try await send(sender(), to: "http://127.0.0.1:\(receiver.port)/", headers: [(name, value)])
        #expect(!receiver.requests.contains { $0.contains("\nEvil") })
    }
}

import Foundation
import NIOCore
import Postgres
import TestSupport
import Testing

@testable import Thin

/// What no client of good will sends, byte for byte: each is answered with a 4xx that says why, nothing behind it is
/// believed, and the next connection is served.
@Suite(.timeLimit(.minutes(5))) struct HostileRequestTests {
    private func server(_ change: (inout ServerChannel.Limits) -> Void = { _ in }) async throws -> TestServer {
        var server = await TestServer(handlers: ["echo": { request in "{\"bytes\":\(Self.count(request.body))}" }])
        server.routes.replace(
            routes: [
                try TestServer.route(
                    "POST", "/things", role: "anonymous", bodyMode: "members", extra: ", \"handler\": \"echo\""),
                try TestServer.route("GET", "/things", role: "anonymous", extra: ", \"handler\": \"echo\""),
                try TestServer.route("POST", "/closed", role: "viewer", bodyMode: "members"),
                try TestServer.route(
                    "GET", WebSocketGate.notifications, role: "anonymous", status: 101,
                    extra: ", \"handler\": \"websocket\""),
            ],
            errors: SQLStateMap([]))
        change(&server.limits)
        return server
    }

    private static func count(_ body: RequestBodyContent) -> Int {
        if case .json(let bytes) = body { bytes.count } else { 0 }
    }

    private func live(
        _ change: (inout ServerChannel.Limits) -> Void = { _ in }, _ body: @escaping @Sendable (Int) throws -> Void
    ) async throws {
        let server = try await server(change)
        try await server.live { port in
            try await onThread {
                try body(port)
                // whatever was sent: the next one is served
                let socket = try RawSocket(port: port)
                try socket.send(Self.post("{\"after\": 1}"))
                #expect(try socket.response().status == 200)
            }
        }
    }

    private static func post(_ body: String, path: String = "/things", more: String = "") -> String {
        "POST \(path) HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\(more)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    /// A request whose framing or head is wrong, and a request that hides behind it.
    private static func expectRefused(
        _ bytes: [UInt8], _ statuses: ClosedRange<Int> = 400...499, port: Int, _ what: String
    ) throws {
        let socket = try RawSocket(port: port)
        // the peer may close while we still send
        try? socket.send(bytes)
        let answer = try socket.response()
        #expect(statuses.contains(answer.status), "\(what): \(answer.status)")
        #expect(answer.head.lowercased().contains("connection: close"), "\(what): \(answer.head)")
        #expect(answer.head.contains("application/problem+json"), "\(what): \(answer.head)")
        #expect(
            (try? JSONSerialization.jsonObject(with: Data(answer.body.utf8)) as? [String: Any])?["code"] != nil,
            "\(what): \(answer.body)")
        try socket.receiveUntilClosed()
        #expect(
            socket.received.isEmpty, "\(what): a second answer: \(String(decoding: socket.received, as: UTF8.self))")
    }

    private static let smuggled = "GET /docs/plain HTTP/1.1\r\nHost: x\r\n\r\n"

    private static let framings = [
        "Transfer-Encoding: xchunked", "Transfer-Encoding: chunked, identity", "Transfer-Encoding: gzip, chunked",
        "Transfer-Encoding: identity", "Transfer-Encoding:", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: \u{0B}chunked", "Transfer-Encoding : chunked", " Transfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nContent-Length: 5", "Content-Length: 5\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\nContent-Length: 3",
        "Content-Length: 5\r\nContent-Length: 6", "Content-Length: 5\r\nContent-Length: 5", "Content-Length: 5, 5",
        "Content-Length: -1", "Content-Length: +5", "Content-Length: 0x5", "Content-Length: 5.0", "Content-Length: 5e0",
        "Content-Length: 18446744073709551616", "Content-Length: 9223372036854775808",
        "Content-Length: 99999999999999999999999",
        "Content-Length:", "Content-Length: 5 5", "Content-Length: five", "Content-Length: ٥",
    ]

    @Test func framingThatCanBeReadInTwoWays() async throws {
        try await live { port in
            for fields in Self.framings {
                let head = "POST /things HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\(fields)\r\n\r\n"
                try Self.expectRefused(Array("\(head)0\r\n\r\n\(Self.smuggled)".utf8), port: port, fields)
                try Self.expectRefused(Array("\(head){ }  \(Self.smuggled)".utf8), port: port, fields)
            }
        }
    }

    private static let chunks = [
        "x\r\n{}\r\n0\r\n\r\n", "-2\r\n{}\r\n0\r\n\r\n", "+2\r\n{}\r\n0\r\n\r\n", "0x2\r\n{}\r\n0\r\n\r\n",
        "\r\n{}\r\n0\r\n\r\n",
        "2 \r\n{}\r\n0\r\n\r\nx", "2\n{}\r\n0\r\n\r\n", "2\r\n{}0\r\n\r\n\r\n\r\n", "2\r\n{}x\r\n0\r\n\r\n",
        "10000000000000000\r\n{}", "2\r\n{}\r\n0\r\nX: \u{01}\r\n\r\n",
        "2\r\n{}\r\n0\r\nNo colon\r\n\r\n", "2;\0\r\n{}\r\n0\r\n\r\n",
    ]

    @Test func chunksThatAreNone() async throws {
        try await live { port in
            for body in Self.chunks {
                let head =
                    "POST /things HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
                try Self.expectRefused(Array((head + body).utf8), port: port, body)
            }
        }
    }

    @Test func floodsBehindTheHead() async throws {
        try await live { port in
            let head =
                "POST /things HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
            let trailers = (0..<5000).map { "X-\($0): y\r\n" }.joined()
            try Self.expectRefused(Array("\(head)2\r\n{}\r\n0\r\n\(trailers)\r\n".utf8), port: port, "5,000 trailers")
            let long = "X: " + String(repeating: "y", count: 100_000)
            try Self.expectRefused(Array("\(head)2\r\n{}\r\n0\r\n\(long)\r\n\r\n".utf8), port: port, "a long trailer")
            let chunks = String(repeating: "1\r\n \r\n", count: 10_000)
            try Self.expectRefused(Array("\(head)\(chunks)0\r\n\r\n".utf8), 413...413, port: port, "10,000 chunks")
            // extensions say nothing that anybody reads
            let socket = try RawSocket(port: port)
            try socket.send("\(head)2;\(String(repeating: "x", count: 50_000))=y\r\n{}\r\n0\r\n\r\n")
            #expect(try socket.response().status == 200)
        }
    }

    private static let heads = [
        // Host
        "GET /things HTTP/1.1\r\n\r\n", "GET /things HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
        "GET /things HTTP/1.1\r\nHost:\r\n\r\n",
        "GET /things HTTP/1.1\r\nHost: a b\r\n\r\n", "GET /things HTTP/1.1\r\nHost: a/b\r\n\r\n",
        "GET /things HTTP/1.1\r\nHost: u@a\r\n\r\n",
        "GET /things HTTP/1.1\r\nHost: a:99999\r\n\r\n", "GET /things HTTP/1.1\r\nHost: a:b\r\n\r\n",
        "GET /things HTTP/1.1\r\nHost: [::1\r\n\r\n", "GET /things HTTP/1.1\r\nHost: a, b\r\n\r\n",
        "GET /things HTTP/1.1\r\nHost: \u{e9}\r\n\r\n", "GET http:///things HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET http://a@b/things HTTP/1.1\r\nHost: x\r\n\r\n",
        // targets
        "GET things HTTP/1.1\r\nHost: x\r\n\r\n", "GET * HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET ftp://x/things HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET x:80 HTTP/1.1\r\nHost: x\r\n\r\n", "CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /a%00b HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n", "GET /% HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /%ff HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /%c0%af HTTP/1.1\r\nHost: x\r\n\r\n", "GET /%ed%a0%80 HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /a#b HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /a b HTTP/1.1\r\nHost: x\r\n\r\n", "GET /\u{e9} HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /a\u{01}b HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET\t/things HTTP/1.1\r\nHost: x\r\n\r\n",
        // versions and methods
        "GET /things\r\n\r\n", "GET /things HTTP/1.2\r\nHost: x\r\n\r\n", "GET /things HTTP/2.0\r\nHost: x\r\n\r\n",
        "GET /things HTTP/0.9\r\nHost: x\r\n\r\n", "GET /things HTTP/11\r\nHost: x\r\n\r\n",
        "GET /things http/1.1\r\nHost: x\r\n\r\n",
        "get /things HTTP/1.1\r\nHost: x\r\n\r\n", "FOO /things HTTP/1.1\r\nHost: x\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "G\0T /things HTTP/1.1\r\nHost: x\r\n\r\n", " GET /things HTTP/1.1\r\nHost: x\r\n\r\n",
        // fields
        "GET /things HTTP/1.1\r\nHost: x\r\nX: a\r\n b\r\n\r\n", "GET /things HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n",
        "GET /things HTTP/1.1\r\nHost: x\r\nX: a\rb\r\n\r\n", "GET /things HTTP/1.1\r\nHost: x\r\nX : a\r\n\r\n",
        "GET /things HTTP/1.1\r\nHost: x\r\n: a\r\n\r\n", "GET /things HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n",
        "GET /things HTTP/1.1\r\nHost: x\r\nX\u{e9}: a\r\n\r\n",
        "GET /things HTTP/1.1\r\nHost: x\r\nX: a\u{7f}\r\n\r\n",
        "GET /things HTTP/1.1\r\nHost: x\r\nX: \u{1b}[31m\r\n\r\n", "GET /things HTTP/1.1\r\n\r\nHost: x\r\n\r\n",
        "GET /things HTTP/1.1\r\nHost: x\r\nExpect: 200-ok\r\n\r\n", "GET /things HTTP/1.1\rHost: x\r\r",
        "POST /things HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ]

    @Test func headsThatCannotBeTrusted() async throws {
        try await live { port in
            for request in Self.heads {
                try Self.expectRefused(Array((request + Self.smuggled).utf8), port: port, request.debugDescription)
            }
        }
    }

    @Test func headsThatAreTooLarge() async throws {
        try await live { port in
            let head = "GET /things HTTP/1.1\r\nHost: x\r\n"
            for (what, text) in [
                ("a field of 100 KB", head + "X: " + String(repeating: "a", count: 100_000) + "\r\n\r\n"),
                ("a name of 100 KB", head + String(repeating: "a", count: 100_000) + ": x\r\n\r\n"),
                ("10,000 fields", head + (0..<10_000).map { "X-\($0): y\r\n" }.joined() + "\r\n"),
                ("a target of 1 MB", "GET /" + String(repeating: "a", count: 1 << 20) + " HTTP/1.1\r\nHost: x\r\n\r\n"),
                (
                    "a query of 1 MB",
                    "GET /things?" + String(repeating: "a=b&", count: 1 << 18) + " HTTP/1.1\r\nHost: x\r\n\r\n"
                ),
                ("a method of 1 MB", String(repeating: "A", count: 1 << 20) + " / HTTP/1.1\r\nHost: x\r\n\r\n"),
            ] {
                try Self.expectRefused(Array(text.utf8), port: port, what)
            }
        }
    }

    @Test func bytesThatAreNoTextInTheTarget() async throws {
        try await live { port in
            for bytes: [UInt8] in [[0xFF], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0x80], [0xF8, 0x88, 0x80, 0x80, 0x80]] {
                for place in ["/", "/things?a="] {
                    let request = Array("GET \(place)".utf8) + bytes + Array(" HTTP/1.1\r\nHost: x\r\n\r\n".utf8)
                    try Self.expectRefused(request, port: port, "\(place) \(bytes)")
                }
            }
        }
    }

    @Test func whatIsUnusualButRight() async throws {
        try await live { port in
            for request in [
                "GET http://y:80/things HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET /things HTTP/1.1\r\nhOST: [::1]:8000\r\n\r\n",
                "GET /things? HTTP/1.1\r\nHost: x:\r\n\r\n",
                "GET /things/ HTTP/1.1\r\nHost: x\r\nX:\r\nY: \t a\t \r\n\r\n",
                "\r\nGET /things HTTP/1.1\r\nHost: x\r\nRange: bytes=9-1\r\nIf-Modified-Since: never\r\nIf-None-Match: ,,,\r\n\r\n",
                "GET /%74hings HTTP/1.1\r\nHost: x\r\n\r\n".replacingOccurrences(of: "%74", with: "t"),
                "POST /things HTTP/1.1\r\nHost: x\r\nContent-Type: application/json;charset=\"UTF-8\"; x=y\r\nTransfer-Encoding: Chunked\r\n\r\n0001;a=b\r\n{\r\n1\r\n}\r\n0\r\nX: y\r\n\r\n",
            ] {
                let socket = try RawSocket(port: port)
                try socket.send(request)
                #expect(try socket.response().status == 200, "\(request.debugDescription)")
                // the connection goes on
                try socket.send(Self.post("{}"))
                #expect(try socket.response().status == 200, "\(request.debugDescription)")
            }
            let socket = try RawSocket(port: port)
            try socket.send("OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n")
            let answer = try socket.response()
            #expect(answer.status == 204 && answer.head.contains("Allow: GET"))
        }
    }

    @Test func anOldClientIsAnsweredAndClosed() async throws {
        try await live { port in
            for fields in ["", "Connection: keep-alive\r\n", "Host: x\r\n"] {
                let socket = try RawSocket(port: port)
                try socket.send("GET /things HTTP/1.0\r\n\(fields)\r\n")
                let answer = try socket.response()
                #expect(answer.status == 200 && answer.head.contains("Connection: close"))
                try socket.receiveUntilClosed()
            }
        }
    }

    // MARK: Bodies

    @Test func aBodyThatEndsTooEarlyIsNotBelieved() async throws {
        try await live { port in
            for request in [
                "POST /things HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{}",
                "POST /things HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n",
                "POST /things HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{}",
                "POST /things HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nX: y\r\n",
                "GET /things HTTP/1.1\r\nHost:",
            ] {
                let socket = try RawSocket(port: port)
                try socket.send(request)
                socket.closeSending()
                #expect(try socket.response().status == 400, "\(request.debugDescription)")
                try socket.receiveUntilClosed()
            }
        }
    }

    @Test func anAnswerBeforeTheBodyEndsTheConnection() async throws {
        try await live { port in
            for path in ["/closed", "/nowhere"] {
                let socket = try RawSocket(port: port)
                try socket.send(
                    "POST \(path) HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 90\r\n\r\n{")
                let answer = try socket.response()
                #expect([401, 404].contains(answer.status) && answer.head.contains("Connection: close"))
                try? socket.send(String(repeating: " ", count: 89) + Self.smuggled)
                try socket.receiveUntilClosed()
                #expect(socket.received.isEmpty)
            }
        }
    }

    @Test func continueIsSaidWhenTheBodyIsWanted() async throws {
        try await live { port in
            let expecting = "Expect: 100-Continue\r\n"
            let socket = try RawSocket(port: port)
            let request = Self.post("{\"a\": 1}", more: expecting)
            try socket.send(String(request.dropLast(8)))
            let first = try socket.response()
            #expect(first.status == 100)
            try socket.send("{\"a\": 1}")
            let second = try socket.response()
            #expect(second.status == 200 && second.body == "{\"bytes\":8}")
            // the body came without waiting: there is nothing to say
            try socket.send(request)
            #expect(try socket.response().status == 200)
            // nobody will read it: no 100
            for (path, status) in [("/closed", 401), ("/nowhere", 404)] {
                let refused = try RawSocket(port: port)
                try refused.send(String(Self.post("{\"a\": 1}", path: path, more: expecting).dropLast(8)))
                let answer = try refused.response()
                #expect(answer.status == status && answer.head.contains("Connection: close"))
                try refused.receiveUntilClosed()
            }
            let large = try RawSocket(port: port)
            try large.send(
                "POST /things HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: 5000\r\n\r\n"
            )
            #expect(try large.response().status == 413)
        }
    }

    @Test func onlyPlainUTF8JSONIsRead() async throws {
        try await live { port in
            let empty = Array("{}".utf8)
            let cases: [(type: String, body: [UInt8], more: String)] = [
                ("application/json", empty, "Content-Encoding: gzip\r\n"),
                ("application/json", [0x1F, 0x8B, 8, 0], "Content-Encoding: br, gzip\r\n"),
                ("multipart/form-data; boundary=x", Array("--x--".utf8), ""),
                ("application/json; charset=utf-16", empty, ""), ("application/json; charset=euc-kr", empty, ""),
                ("", empty, ""), ("application/x-www-form-urlencoded", Array("a=b".utf8), ""),
            ]
            for (type, body, more) in cases {
                let socket = try RawSocket(port: port)
                let head =
                    "POST /things HTTP/1.1\r\nHost: x\r\nContent-Type: \(type)\r\n\(more)Content-Length: \(body.count)\r\n\r\n"
                try socket.send(Array(head.utf8) + body)
                let answer = try socket.response()
                #expect(answer.status == 415 && answer.head.contains("problem+json"), "\(type) \(more)")
            }
        }
    }

    // MARK: Order

    @Test func aBadRequestInTheMiddleOfAPipeline() async throws {
        try await live { port in
            let good = "GET /docs/plain HTTP/1.1\r\nHost: x\r\n\r\n"
            for bad in ["GET /docs/plain HTTP/1.1\r\n\r\n", "NONSENSE\r\n\r\n", "GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n"]
            {
                let socket = try RawSocket(port: port)
                try socket.send(good + good + bad + good)
                #expect(
                    try [socket.response().status, socket.response().status, socket.response().status] == [
                        200, 200, 400,
                    ])
                try socket.receiveUntilClosed()
                #expect(socket.received.isEmpty)
            }
            let broken = try RawSocket(port: port)
            try broken.send(
                good
                    + "POST /things HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"
                    + good)
            #expect(try [broken.response().status, broken.response().status] == [200, 400])
            try broken.receiveUntilClosed()
            #expect(broken.received.isEmpty)
        }
    }

    @Test func nothingBehindALastRequestIsAnswered() async throws {
        try await live { port in
            for option in ["close", "Close", "keep-alive, close", "CLOSE, x"] {
                let socket = try RawSocket(port: port)
                try socket.send(
                    "GET /docs/plain HTTP/1.1\r\nHost: x\r\nConnection: \(option)\r\n\r\nGET /nowhere HTTP/1.1\r\nHost: x\r\n\r\nNONSENSE"
                )
                let answer = try socket.response()
                #expect(answer.status == 200 && answer.head.lowercased().contains("connection: close"))
                try socket.receiveUntilClosed()
                #expect(socket.received.isEmpty)
            }
        }
    }

    @Test func aSocketsRequestHasNoBody() async throws {
        try await live { port in
            let head =
                "GET \(WebSocketGate.notifications) HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
            try Self.expectRefused(Array("\(head)Content-Length: 5\r\n\r\nhello".utf8), port: port, "length")
            try Self.expectRefused(
                Array("\(head)Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n".utf8), port: port, "chunked")
        }
    }

    // MARK: Time

    @Test func aDribblingHeadIsCutOff() async throws {
        try await live({
            $0.firstRequest = .seconds(2)
            $0.idle = .seconds(2)
        }) { port in
            for first in ["", "GET /docs/plain HTTP/1.1\r\nHost: x\r\n\r\n"] {
                let socket = try RawSocket(port: port)
                try socket.send(first)
                if !first.isEmpty { #expect(try socket.response().status == 200) }
                let started = ContinuousClock.now
                var isOpen = true
                for character in "GET /docs/plain HTTP/1.1\r\nHost: x\r\nX: \(String(repeating: "a", count: 1000))"
                where isOpen {
                    do { try socket.send(String(character)) } catch { isOpen = false }
                    Thread.sleep(forTimeInterval: 0.05)
                }
                #expect(!isOpen && ContinuousClock.now - started < .seconds(60))
            }
        }
    }

    // MARK: What reaches the log

    @Test func idsOfRequestsAreHarmless() async throws {
        try await live { port in
            for id in ["a b", String(repeating: "a", count: 10_000), "a\"}", "\u{e9}", "a;b", ""] {
                let socket = try RawSocket(port: port)
                try socket.send(
                    "GET /docs/plain HTTP/1.1\r\nHost: x\r\nX-Request-Id: \(id)\r\nX-Forwarded-For: ,,;\"<x>\"\r\n\r\n")
                let answer = try socket.response()
                #expect(answer.status == 200 && (id.isEmpty || !answer.head.contains(id)))
            }
        }
    }
}

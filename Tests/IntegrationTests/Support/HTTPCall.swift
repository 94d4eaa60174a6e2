import Foundation
import Glibc
import TestSupport

/// A plain blocking HTTP/1.1 exchange: enough for tests, and with nothing of the server's own code in it.
struct HTTPCall {
    var status: Int
    var headers: [String: String]
    var body: String

    var json: Any? { try? JSONSerialization.jsonObject(with: Data(body.utf8), options: .fragmentsAllowed) }
    var object: [String: Any] { json as? [String: Any] ?? [:] }

    enum Failure: Error { case noConnection, noAnswer }

    static func get(_ url: String, token: String? = nil) throws -> HTTPCall { try send("GET", url, token: token) }

    static func post(
        _ url: String, _ json: String, token: String? = nil, headers: [String: String] = [:], patience: Int = 10
    ) throws -> HTTPCall {
        try send("POST", url, body: json, token: token, headers: headers, patience: patience)
    }

    /// - Parameter patience: seconds that may pass without a byte.
    static func send(
        _ method: String, _ url: String, body: String? = nil, token: String? = nil, headers: [String: String] = [:],
        patience: Int = 10
    ) throws -> HTTPCall {
        let components = URLComponents(string: url)!
        let socket = try Loopback.connect(to: components.port ?? 80, from: nil, patience: patience)
        defer { close(socket) }
        var path = components.percentEncodedPath
        if let query = components.percentEncodedQuery { path += "?" + query }
        var text = "\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
        if let token { text += "Authorization: Bearer \(token)\r\n" }
        for (name, value) in headers { text += "\(name): \(value)\r\n" }
        if let body {
            if headers["Content-Type"] == nil { text += "Content-Type: application/json\r\n" }
            text += "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
        } else {
            text += "\r\n"
        }
        try write(text, to: socket)
        return try parse(readAll(socket))
    }

    /// - Parameter source: the client's own address; nil lets the system choose.
    static func connect(to port: Int, from source: String? = nil) throws -> Int32 {
        try Loopback.connect(to: port, from: source, patience: 10)
    }

    static func write(_ text: String, to socket: Int32) throws {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let written = bytes.withUnsafeBytes { Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard written > 0 else { throw Failure.noConnection }
            bytes = bytes.dropFirst(written)
        }
    }

    private static func readAll(_ socket: Int32) -> [UInt8] {
        var all: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = recv(socket, &buffer, buffer.count, 0)
            guard count > 0 else { return all }
            all += buffer[..<count]
        }
    }

    private static func parse(_ bytes: [UInt8]) throws -> HTTPCall {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let end = text.range(of: "\r\n\r\n") else { throw Failure.noAnswer }
        let lines = text[..<end.lowerBound].components(separatedBy: "\r\n")
        guard let status = lines.first?.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else {
            throw Failure.noAnswer
        }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            if parts.count == 2 { headers[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces) }
        }
        var body = String(text[end.upperBound...])
        if headers["transfer-encoding"] == "chunked" { body = unchunk(body) }
        return HTTPCall(status: status, headers: headers, body: body)
    }

    private static func unchunk(_ text: String) -> String {
        var result: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let end = rest.firstIndex(of: 13),
            let size = Int(String(decoding: rest[..<end], as: UTF8.self), radix: 16), size > 0
        {
            let start = end + 2
            guard start + size <= rest.endIndex else { break }
            result += rest[start..<(start + size)]
            rest = rest[min(start + size + 2, rest.endIndex)...]
        }
        return String(decoding: result, as: UTF8.self)
    }
}

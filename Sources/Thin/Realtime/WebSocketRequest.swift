import NIOHTTP1

/// A request for a stream, as its upgrade asked for it.
struct WebSocketRequest: Sendable {
    /// nil: the first message must bring the token.
    var caller: Caller?
    /// The last sequence number that the client saw; nil begins with what comes next.
    var after: Int64?
    var requestID: String
    var address: String?

    /// Whether a request asks for a WebSocket as RFC 6455 wants it.
    static func isUpgrade(_ head: HTTPRequestHead) -> Bool {
        head.method == .GET && head.version == .http1_1
            && head.headers[canonicalForm: "Upgrade"].contains { $0.lowercased() == "websocket" }
            && head.headers[canonicalForm: "Connection"].contains { $0.lowercased() == "upgrade" }
            && head.headers["Sec-WebSocket-Key"].count == 1
            && head.headers["Sec-WebSocket-Version"] == ["13"]
    }

    static func path(_ head: HTTPRequestHead) -> String {
        String(head.uri.prefix { $0 != "?" })
    }

    /// Members of the query; nil when it is malformed or one comes twice.
    static func query(_ head: HTTPRequestHead) -> [String: String]? {
        guard let mark = head.uri.firstIndex(of: "?") else { return [:] }
        guard let pairs = PercentEncoding.pairs(head.uri[head.uri.index(after: mark)...]) else { return nil }
        var members: [String: String] = [:]
        for (name, value) in pairs where members.updateValue(value, forKey: name) != nil { return nil }
        return members
    }
}

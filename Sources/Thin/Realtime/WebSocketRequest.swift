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

    /// Reads `after` and `ticket`.
    /// - Throws: ``Problem`` 400 or 422, which names the member.
    static func members(query: some StringProtocol) throws(Problem) -> (after: Int64?, ticket: String?) {
        guard let pairs = PercentEncoding.pairs(query) else { throw .brokenQuery }
        var errors: [Problem.Member] = []
        var members: [String: String] = [:]
        for (name, value) in pairs {
            if !["after", "ticket"].contains(name) {
                errors.append(.init(field: name, message: "is not a member that this request takes"))
            } else if members.updateValue(value, forKey: name) != nil {
                errors.append(.init(field: name, message: "is given twice"))
            }
        }
        let after = members["after"].flatMap { text in
            text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ? Int64(text) : nil
        }
        if members["after"] != nil, after == nil {
            errors.append(.init(field: "after", message: "must be a whole number between 0 and \(Int64.max)"))
        }
        guard errors.isEmpty else { throw .invalid(errors) }
        return (after, members["ticket"])
    }

    static func query(_ head: HTTPRequestHead) -> Substring {
        guard let mark = head.uri.firstIndex(of: "?") else { return "" }
        return head.uri[head.uri.index(after: mark)...]
    }
}

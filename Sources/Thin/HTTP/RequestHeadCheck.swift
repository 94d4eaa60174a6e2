import HTTPTypes
import NIOHTTP1

/// What must be true of a request's head before anybody acts on it (RFC 9110, RFC 9112). The parser below is lenient
/// where a proxy in front may read the same bytes otherwise; what two readers could understand differently is refused.
enum RequestHeadCheck {
    /// A head that may be acted on, its target in origin form.
    struct Accepted: Equatable {
        var head: HTTPRequestHead
        /// The client waits for `100 Continue` before it sends the body.
        var expectsContinue: Bool
        /// Whether a body follows.
        var hasBody: Bool
    }

    static func check(_ head: HTTPRequestHead) throws(Problem) -> Accepted {
        guard head.version == .http1_1 || head.version == .http1_0 else {
            throw .malformed("the request is not HTTP/1.1")
        }
        try checkFields(head.headers)
        let hasBody = try checkFraming(head)
        try checkHost(head)
        var head = head
        head.uri = try target(head)
        return Accepted(head: head, expectsContinue: try expectsContinue(head) && hasBody, hasBody: hasBody)
    }

    /// No control characters, whatever the parser lets through: they would end up in logs and in answers.
    private static func checkFields(_ headers: HTTPHeaders) throws(Problem) {
        for field in headers {
            guard !field.name.isEmpty, field.name.utf8.allSatisfy(isTokenByte) else {
                throw .malformed("a header field's name is not a token")
            }
            guard field.value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else {
                throw .malformed(header: field.name, "has a control character")
            }
        }
    }

    /// How long the body is must be said once and in one way.
    /// - Returns: whether there is a body.
    private static func checkFraming(_ head: HTTPRequestHead) throws(Problem) -> Bool {
        let codings = head.headers["Transfer-Encoding"]
        let lengths = head.headers["Content-Length"]
        guard codings.isEmpty || lengths.isEmpty else {
            throw .malformed(header: "Transfer-Encoding", "must not come together with Content-Length")
        }
        guard codings.isEmpty || head.version == .http1_1 else {
            throw .malformed(header: "Transfer-Encoding", "is not a field of HTTP/1.0")
        }
        guard codings.isEmpty || codings.count == 1 && codings[0].lowercased() == "chunked" else {
            throw .malformed(header: "Transfer-Encoding", "must be chunked")
        }
        guard !lengths.isEmpty else { return !codings.isEmpty }
        guard lengths.count == 1, !lengths[0].isEmpty, lengths[0].utf8.allSatisfy(isDigit), let length = Int(lengths[0])
        else { throw .malformed(header: "Content-Length", "must be one whole number") }
        return length > 0
    }

    private static func checkHost(_ head: HTTPRequestHead) throws(Problem) {
        let hosts = head.headers["Host"]
        guard hosts.count <= 1 else { throw .malformed(header: "Host", "is given \(hosts.count) times") }
        guard let host = hosts.first else {
            if head.version == .http1_0 { return }
            throw .malformed(header: "Host", "is required")
        }
        guard isAuthority(host) else {
            throw .malformed(header: "Host", "must be a host's name or address, and perhaps a port")
        }
    }

    /// `name`, `name:port`, `[v6]:port`.
    static func isAuthority(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard !bytes.isEmpty, bytes.count <= 262 else { return false }
        var rest = bytes[...]
        if bytes[0] == UInt8(ascii: "[") {
            guard let end = rest.firstIndex(of: UInt8(ascii: "]")), end > 1,
                rest[1..<end].allSatisfy({ isHexDigit($0) || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".") })
            else { return false }
            rest = rest[(end + 1)...]
        } else {
            let name = rest.prefix { $0 != UInt8(ascii: ":") }
            guard !name.isEmpty,
                name.allSatisfy({ isUnreserved($0) || "!$&'()*+,;=".utf8.contains($0) })
            else { return false }
            rest = rest[name.endIndex...]
        }
        guard let colon = rest.popFirst() else { return true }
        guard colon == UInt8(ascii: ":") else { return false }
        return rest.isEmpty
            || rest.count <= 5 && rest.allSatisfy(isDigit) && Int(String(decoding: rest, as: UTF8.self))! <= 65535
    }

    // MARK: Target

    /// The target in origin form: `/path?query`. A proxy's absolute form loses its authority; `*` belongs to OPTIONS.
    private static func target(_ head: HTTPRequestHead) throws(Problem) -> String {
        guard head.method != .CONNECT else {
            throw Problem(405, "MW405", "Method not allowed", "this server is no proxy", headers: [.allow: allMethods])
        }
        var target = head.uri
        if target == "*" {
            guard head.method == .OPTIONS else { throw .malformed("the target * is for OPTIONS alone") }
            return target
        }
        if !target.hasPrefix("/") {
            let lower = target.prefix(8).lowercased()
            guard let scheme = ["http://", "https://"].first(where: { lower.hasPrefix($0) }) else {
                throw .malformed("the request's target must be a path")
            }
            let rest = target.dropFirst(scheme.utf8.count)
            let authority = rest.prefix { $0 != "/" && $0 != "?" }
            guard isAuthority(String(authority)) else { throw .malformed("the request's target names no host") }
            let path = rest[authority.endIndex...]
            target = path.hasPrefix("/") ? String(path) : "/" + path
        }
        // also what the parser could not read as UTF-8
        guard target.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "#") }) else {
            throw .malformed("the request's target has a character that must be percent-encoded")
        }
        let path = target.prefix { $0 != "?" }
        guard PercentEncoding.decode(path, plusIsSpace: false) != nil else {
            throw .malformed("the path is not percent-encoded UTF-8")
        }
        return target
    }

    static let allMethods = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"

    private static func expectsContinue(_ head: HTTPRequestHead) throws(Problem) -> Bool {
        let expectations = head.headers[canonicalForm: "Expect"]
        guard !expectations.isEmpty, head.version == .http1_1 else { return false }
        guard expectations.count == 1, expectations[0].lowercased() == "100-continue" else {
            throw Problem(
                417, "MW417", "Expectation failed", "Expect may only be 100-continue",
                errors: [.init(field: "Expect", message: "may only be 100-continue")])
        }
        return true
    }

    // MARK: Bytes

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte | 0x20)
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        isDigit(byte) || isLetter(byte) || "-._~".utf8.contains(byte)
    }

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        isDigit(byte) || isLetter(byte) || "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }
}

/// What the parser's refusal is to the peer.
enum ParserRefusal {
    static func problem(_ failure: HTTPParserError) -> Problem {
        switch failure {
        case .headerOverflow:
            Problem(
                431, "MW431", "Header too large",
                "the request's target and header fields are too large, or its header or trailer fields too many")
        case .invalidEOFState: .malformed("the request ends too early")
        case .invalidChunkSize: .malformed("a chunk's size is not a hexadecimal number")
        case .invalidContentLength, .unexpectedContentLength: .malformed("Content-Length must be one whole number")
        case .invalidMethod: .malformed("the method is not known")
        case .invalidVersion: .malformed("the request is not HTTP/1.1")
        case .invalidURL: .malformed("the request's target has a character that must be percent-encoded")
        case .invalidHeaderToken: .malformed("a header field has a character that it may not have")
        default: .malformed("the request is not HTTP/1.1")
        }
    }
}

import Glibc

/// One SQL statement with its parameters (`$1`, `$2`, …).
public struct Statement: Sendable {
    public let sql: String
    public let parameters: [Parameter]
    /// Kept as a prepared statement on the connection (for statements that have a plan; others are never prepared).
    public let isPrepared: Bool
    /// What it does to the transaction.
    let kind: Kind

    /// - Parameter prepared: the server keeps its plan per connection (bounded, least recently used goes first). It is
    ///   prepared again without notice when the server dropped it or its result columns changed, if nothing was committed meanwhile.
    public init(_ sql: String, _ parameters: [Parameter] = [], prepared: Bool = true) {
        self.sql = sql
        self.parameters = parameters
        kind = Kind(sql)
        isPrepared = prepared && kind == .plannable
    }

    /// Names what cannot be sent, before anything is sent. No byte of a parameter appears in the error.
    func validate() throws(DatabaseError) {
        try validateText()
        if parameters.count > Int(UInt16.max) {
            throw .local("54023", "more than 65535 parameters")
        }
        if kind == .copy, sql.utf8.containsWord("STDIN") || sql.utf8.containsWord("STDOUT") {
            throw .local("0A000", "COPY with the client needs Session.copyIn")
        }
        var total = 0
        for (index, parameter) in parameters.enumerated() {
            // The text format ends at the first NUL: the rest would be cut off silently.
            if case .untyped(let text) = parameter, Self.containsNUL(text) {
                throw .local("22021", "parameter $\(index + 1) contains a NUL character")
            }
            total += parameter.encodedSize
        }
        if total > Self.maximumMessage {
            throw .local("54000", "the parameters exceed 1 GB together")
        }
    }

    /// libpq takes C strings: the rest after a NUL would be cut off silently.
    func validateText() throws(DatabaseError) {
        if Self.containsNUL(sql) { throw .local("22021", "the SQL text contains a NUL character") }
    }

    /// The protocol's messages end below 1 GiB; some room for the header and the SQL text.
    private static let maximumMessage = (1 << 30) - (1 << 16)

    private static func containsNUL(_ text: String) -> Bool {
        func search(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
            guard let base = bytes.baseAddress else { return false }
            return memchr(base, 0, bytes.count) != nil
        }
        return text.utf8.withContiguousStorageIfAvailable(search) ?? text.utf8.contains(0)
    }
}

extension Statement {
    /// Told by the first keyword.
    enum Kind: Sendable {
        /// SELECT, INSERT, UPDATE, DELETE, MERGE, VALUES, TABLE, WITH: has a plan, ends no transaction.
        case plannable
        case begin
        /// COMMIT or ROLLBACK of the whole transaction, without AND CHAIN.
        case end
        case savepoint
        /// SET, RESET, SHOW, LOCK, NOTIFY, DECLARE, FETCH: undone by a rollback.
        case harmless
        case copy
        /// May begin, end or chain transactions by itself.
        case other

        init(_ sql: String) {
            var words = KeywordReader(sql.utf8)
            switch words.next() {
            case "SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "VALUES", "TABLE", "WITH": self = .plannable
            case "BEGIN", "START": self = .begin
            case "COMMIT", "END", "ROLLBACK", "ABORT": self = Self.ending(&words)
            case "SAVEPOINT", "RELEASE": self = .savepoint
            case "SET", "RESET", "SHOW", "LOCK", "NOTIFY", "DECLARE", "FETCH", "CLOSE": self = .harmless
            case "COPY": self = .copy
            default: self = .other
            }
        }

        private static func ending(_ words: inout KeywordReader) -> Kind {
            while let word = words.next() {
                switch word {
                case "TO": return .savepoint
                case "CHAIN", "PREPARED": return .other
                case "NO": return .end
                default: continue
                }
            }
            return .end
        }
    }
}

/// The leading words of a statement in upper case; comments and white space are passed over.
private struct KeywordReader {
    private var bytes: Substring.UTF8View

    init(_ bytes: String.UTF8View) {
        self.bytes = bytes[...]
    }

    mutating func next() -> String? {
        skipBlanks()
        let word = bytes.prefix { ($0 | 0x20) >= UInt8(ascii: "a") && ($0 | 0x20) <= UInt8(ascii: "z") }
        guard !word.isEmpty, word.count <= 12 else { return nil }
        bytes = bytes[word.endIndex...]
        return String(unsafeUninitializedCapacity: word.count) { buffer in
            var count = 0
            for byte in word {
                buffer[count] = byte & 0xDF
                count += 1
            }
            return count
        }
    }

    private mutating func skipBlanks() {
        while let first = bytes.first {
            if first == 0x20 || (9...13).contains(first) || first == UInt8(ascii: "(") {
                bytes = bytes.dropFirst()
            } else if bytes.starts(with: "--".utf8) {
                bytes = bytes.drop { $0 != 10 }
            } else if bytes.starts(with: "/*".utf8) {
                skipBlockComment()
            } else {
                return
            }
        }
    }

    private mutating func skipBlockComment() {
        var depth = 0
        repeat {
            if bytes.starts(with: "/*".utf8) {
                depth += 1
                bytes = bytes.dropFirst(2)
            } else if bytes.starts(with: "*/".utf8) {
                depth -= 1
                bytes = bytes.dropFirst(2)
            } else {
                bytes = bytes.dropFirst()
            }
        } while depth > 0 && !bytes.isEmpty
    }
}

extension String.UTF8View {
    /// Whether the letters of `word` (upper case) occur, in any case.
    fileprivate func containsWord(_ word: StaticString) -> Bool {
        let upper = map { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) ? $0 & 0xDF : $0 }
        return word.withUTF8Buffer { needle in
            upper.indices.contains { upper[$0...].starts(with: needle) }
        }
    }
}

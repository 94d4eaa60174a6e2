/// One statement of a SQL file.
struct SQLStatement: Equatable, Sendable {
    /// From its first word to its last character; no semicolon, no comment before it.
    var text: String
    /// Where it begins, from 1.
    var line: Int
    /// The first unquoted words, in upper case: enough to tell what it is.
    var words: [String]

    /// `CREATE MATERIALIZED VIEW … WITH (timescaledb.continuous …) AS`
    var isContinuousAggregate: Bool {
        guard words.starts(with: ["CREATE", "MATERIALIZED", "VIEW"]) else { return false }
        let head = words.prefix { $0 != "AS" }
        return zip(head, head.dropFirst()).contains { $0 == "TIMESCALEDB" && $1 == "CONTINUOUS" }
    }

    /// BEGIN, COMMIT and their kin, which would break "one file, one transaction".
    var isTransactionControl: Bool {
        switch words.first {
        case "BEGIN", "START", "COMMIT", "END", "ABORT": true
        case "ROLLBACK": !words.contains("TO")
        case "PREPARE": words.dropFirst().first == "TRANSACTION"
        default: false
        }
    }
}

/// Cuts SQL text at the semicolons that end statements, as psql does: not those in strings, quoted names, dollar quotes,
/// comments (which nest), parentheses, or in the body of a routine written as BEGIN ATOMIC … END.
struct SQLSplitter {
    enum Failure: Error, Equatable {
        case unterminated(String, line: Int)
    }

    private static let keptWords = 24

    private let bytes: [UInt8]
    private var position = 0
    private var line = 1
    private var statements: [SQLStatement] = []

    private var start: Int?
    private var startLine = 1
    /// After the last character that is neither blank nor comment.
    private var end = 0
    private var words: [String] = []
    private var parentheses = 0
    private var blocks = 0

    private init(_ text: String) {
        bytes = Array(text.utf8)
    }

    static func split(_ text: String) throws(Failure) -> [SQLStatement] {
        var splitter = SQLSplitter(text)
        try splitter.run()
        return splitter.statements
    }

    private mutating func run() throws(Failure) {
        while position < bytes.count {
            let byte = bytes[position]
            switch byte {
            case UInt8(ascii: "-") where peek(1) == UInt8(ascii: "-"): skipLine()
            case UInt8(ascii: "/") where peek(1) == UInt8(ascii: "*"): try skipComment()
            case UInt8(ascii: " "), 9...13: advance()
            case UInt8(ascii: ";") where parentheses == 0 && blocks == 0:
                finish()
                advance()
            default: try token(byte)
            }
        }
        finish()
    }

    private mutating func token(_ byte: UInt8) throws(Failure) {
        if start == nil {
            start = position
            startLine = line
        }
        switch byte {
        case UInt8(ascii: "'"): try skipString(hasEscapes: false)
        case UInt8(ascii: "\""): try skipQuoted()
        case UInt8(ascii: "$"):
            if let tag = dollarTag() { try skipDollarQuote(tag) } else { advance() }
        case UInt8(ascii: "("):
            parentheses += 1
            advance()
        case UInt8(ascii: ")"):
            parentheses = max(0, parentheses - 1)
            advance()
        case _ where Self.isNameStart(byte): try word()
        case _ where Self.isDigit(byte):
            // 1e5 and 1_000: letters of a number are no word
            while position < bytes.count, Self.isNamePart(bytes[position]) { advance() }
        default: advance()
        }
        end = position
    }

    private mutating func word() throws(Failure) {
        let first = position
        while position < bytes.count, Self.isNamePart(bytes[position]) { advance() }
        if position - first == 1, bytes[first] | 0x20 == UInt8(ascii: "e"), position < bytes.count,
            bytes[position] == UInt8(ascii: "'")
        {
            try skipString(hasEscapes: true)
            return
        }
        let word = String(decoding: bytes[first..<position], as: UTF8.self).uppercased()
        trackBlocks(word)
        if words.count < Self.keptWords { words.append(word) }
    }

    /// Only a routine's definition has statements inside it.
    private mutating func trackBlocks(_ word: String) {
        guard words.first == "CREATE", words.prefix(4).contains(where: { $0 == "FUNCTION" || $0 == "PROCEDURE" }) else {
            return
        }
        switch word {
        case "BEGIN" where blocks == 0:
            if nextWord() == "ATOMIC" { blocks = 1 }
        case "BEGIN", "CASE": if blocks > 0 { blocks += 1 }
        case "END": blocks = max(0, blocks - 1)
        default: break
        }
    }

    private func nextWord() -> String {
        let rest = bytes[position...].drop { $0 == 32 || (9...13).contains($0) }
        return String(decoding: rest.prefix { Self.isNamePart($0) }, as: UTF8.self).uppercased()
    }

    private mutating func finish() {
        if let start {
            let text = String(decoding: bytes[start..<end], as: UTF8.self)
            statements.append(SQLStatement(text: text, line: startLine, words: words))
        }
        start = nil
        words = []
        parentheses = 0
        blocks = 0
    }

    // MARK: What is passed over

    private mutating func skipLine() {
        while position < bytes.count, bytes[position] != 10 { advance() }
    }

    private mutating func skipComment() throws(Failure) {
        let first = line
        var depth = 0
        repeat {
            guard position < bytes.count else { throw .unterminated("comment", line: first) }
            if bytes[position] == UInt8(ascii: "/"), peek(1) == UInt8(ascii: "*") {
                depth += 1
                advance(2)
            } else if bytes[position] == UInt8(ascii: "*"), peek(1) == UInt8(ascii: "/") {
                depth -= 1
                advance(2)
            } else {
                advance()
            }
        } while depth > 0
    }

    /// A doubled quote ends one string and begins the next: no case of its own.
    private mutating func skipString(hasEscapes: Bool) throws(Failure) {
        let first = line
        advance()
        while position < bytes.count, bytes[position] != UInt8(ascii: "'") {
            advance(hasEscapes && bytes[position] == UInt8(ascii: "\\") ? 2 : 1)
        }
        guard position < bytes.count else { throw .unterminated("string", line: first) }
        advance()
        // in an E-string the part after a doubled quote has escapes, too
        if hasEscapes, position < bytes.count, bytes[position] == UInt8(ascii: "'") { try skipString(hasEscapes: true) }
    }

    private mutating func skipQuoted() throws(Failure) {
        let first = line
        advance()
        while position < bytes.count, bytes[position] != UInt8(ascii: "\"") { advance() }
        guard position < bytes.count else { throw .unterminated("quoted name", line: first) }
        advance()
    }

    /// `$$` or `$name$` at the position; `$1` is a parameter.
    private func dollarTag() -> ArraySlice<UInt8>? {
        var index = position + 1
        while index < bytes.count, bytes[index] != UInt8(ascii: "$") {
            let isAllowed = index == position + 1 ? Self.isNameStart(bytes[index]) : Self.isNamePart(bytes[index])
            guard isAllowed else { return nil }
            index += 1
        }
        return index < bytes.count ? bytes[position...index] : nil
    }

    private mutating func skipDollarQuote(_ tag: ArraySlice<UInt8>) throws(Failure) {
        let first = line
        advance(tag.count)
        while position < bytes.count {
            if bytes[position] == UInt8(ascii: "$"), bytes[position...].starts(with: tag) {
                advance(tag.count)
                return
            }
            advance()
        }
        throw .unterminated("dollar quote \(String(decoding: tag, as: UTF8.self))", line: first)
    }

    private func peek(_ distance: Int) -> UInt8? {
        position + distance < bytes.count ? bytes[position + distance] : nil
    }

    private mutating func advance(_ count: Int = 1) {
        for _ in 0..<count where position < bytes.count {
            if bytes[position] == 10 { line += 1 }
            position += 1
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static func isNameStart(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || byte == UInt8(ascii: "_") || byte >= 0x80
    }

    /// A dollar sign belongs to a name, except as its first character.
    private static func isNamePart(_ byte: UInt8) -> Bool {
        isNameStart(byte) || isDigit(byte) || byte == UInt8(ascii: "$")
    }
}

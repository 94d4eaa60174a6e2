/// Checks JSON text (RFC 8259) and finds the members of its top-level object or the elements of an array, without
/// decoding numbers: what PostgreSQL gets is the text that the client sent, to the last digit.
struct JSONScanner {
    /// Deeper nesting is an attack on somebody's stack.
    static let maximumDepth = 64

    enum Kind: Sendable, Equatable {
        case object, array, string, number, bool, null
    }

    /// A value's place in the text.
    struct Value: Sendable, Equatable {
        let kind: Kind
        let range: Range<Int>
    }

    struct Failure: Error, Equatable, Sendable {
        let reason: String
        /// Bytes from the beginning.
        let offset: Int
        /// The member in which it is, such as `conditions[2].limit`; nil: none.
        var member: String?

        /// A member's path is shown to this many characters; names have no other bound.
        private static let maximumPath = 200

        fileprivate func within(_ name: String) -> Failure {
            var failure = self
            let dot = member.map { $0.hasPrefix("[") ? $0 : ".\($0)" } ?? ""
            failure.member = String((name + dot).prefix(Self.maximumPath))
            return failure
        }
    }

    private let bytes: [UInt8]
    private var position = 0
    /// Whether what PostgreSQL's jsonb cannot hold is a failure, too.
    private var isForStorage = false
    /// Whether a name that comes twice is looked for: once, by ``value(of:)``; who reads a value that it found need not again.
    private var checksNames = false

    private init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The whole text is one value; white space may surround it.
    static func value(of bytes: [UInt8]) throws(Failure) -> Value {
        // PostgreSQL stores UTF-8 only, and a string that is cut in the middle of a character is malformed
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw Failure(reason: "is not valid UTF-8", offset: 0)
        }
        var scanner = JSONScanner(bytes)
        scanner.checksNames = true
        let value = try scanner.value(depth: 0)
        scanner.skipBlanks()
        guard scanner.position == bytes.count else { throw scanner.failure("has something after the value") }
        return value
    }

    /// Whether PostgreSQL can store a value that ``value(of:)`` has found, and give it back: no NUL in a string, and no
    /// number that a double cannot hold (`1e131071` in seven bytes becomes 131 KB).
    static func checkStorable(_ value: Value, in bytes: [UInt8]) throws(Failure) {
        var scanner = JSONScanner(bytes)
        scanner.position = value.range.lowerBound
        scanner.isForStorage = true
        _ = try scanner.value(depth: 0)
    }

    /// Members of an object that ``value(of:)`` has found, with names decoded. No name comes twice.
    static func members(of value: Value, in bytes: [UInt8]) throws(Failure) -> [(name: String, value: Value)] {
        var scanner = JSONScanner(bytes)
        scanner.position = value.range.lowerBound + 1
        var members: [(name: String, value: Value)] = []
        scanner.skipBlanks()
        if scanner.take(UInt8(ascii: "}")) { return members }
        while true {
            scanner.skipBlanks()
            let start = scanner.position
            try scanner.string()
            let name = try string(Value(kind: .string, range: start..<scanner.position), in: bytes)
            scanner.skipBlanks()
            _ = scanner.take(UInt8(ascii: ":"))
            members.append((name, try scanner.value(depth: 1)))
            scanner.skipBlanks()
            if !scanner.take(UInt8(ascii: ",")) { return members }
        }
    }

    /// Elements of an array that ``value(of:)`` has found.
    static func elements(of value: Value, in bytes: [UInt8]) throws(Failure) -> [Value] {
        var scanner = JSONScanner(bytes)
        scanner.position = value.range.lowerBound + 1
        var elements: [Value] = []
        scanner.skipBlanks()
        if scanner.take(UInt8(ascii: "]")) { return elements }
        while true {
            elements.append(try scanner.value(depth: 1))
            scanner.skipBlanks()
            if !scanner.take(UInt8(ascii: ",")) { return elements }
        }
    }

    /// The text of a value as it was sent.
    static func text(_ value: Value, in bytes: [UInt8]) -> String {
        String(decoding: bytes[value.range], as: UTF8.self)
    }

    /// The characters that a string stands for.
    static func string(_ value: Value, in bytes: [UInt8]) throws(Failure) -> String {
        let content = bytes[(value.range.lowerBound + 1)..<(value.range.upperBound - 1)]
        guard content.contains(UInt8(ascii: "\\")) else { return String(decoding: content, as: UTF8.self) }
        var units: [UInt8] = []
        units.reserveCapacity(content.count)
        var index = content.startIndex
        while index < content.endIndex {
            guard content[index] == UInt8(ascii: "\\") else {
                units.append(content[index])
                index += 1
                continue
            }
            switch content[index + 1] {
            case UInt8(ascii: "n"): units.append(10)
            case UInt8(ascii: "r"): units.append(13)
            case UInt8(ascii: "t"): units.append(9)
            case UInt8(ascii: "b"): units.append(8)
            case UInt8(ascii: "f"): units.append(12)
            case UInt8(ascii: "u"):
                let scalar = try escapedScalar(content, &index)
                units.append(contentsOf: Array(String(scalar).utf8))
                continue
            case let other: units.append(other)
            }
            index += 2
        }
        return String(decoding: units, as: UTF8.self)
    }

    /// Reads `\uXXXX`, and the second half of a surrogate pair; moves `index` behind it.
    private static func escapedScalar(_ content: ArraySlice<UInt8>, _ index: inout Int) throws(Failure)
        -> Unicode.Scalar
    {
        func unit(_ at: Int) -> UInt32? {
            guard at + 6 <= content.endIndex, content[at] == UInt8(ascii: "\\"), content[at + 1] == UInt8(ascii: "u")
            else {
                return nil
            }
            return UInt32(String(decoding: content[(at + 2)..<(at + 6)], as: UTF8.self), radix: 16)
        }
        let start = index
        guard let first = unit(index) else { throw Failure(reason: "has a broken escape", offset: start) }
        index += 6
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard (0xD800..<0xDC00).contains(first), let second = unit(index), (0xDC00..<0xE000).contains(second),
            let scalar = Unicode.Scalar(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00))
        else { throw Failure(reason: "has half of a surrogate pair", offset: start) }
        index += 6
        return scalar
    }

    // MARK: Grammar

    private func failure(_ reason: String) -> Failure {
        position >= bytes.count
            ? Failure(reason: "ends too early", offset: bytes.count) : Failure(reason: reason, offset: position)
    }

    private mutating func skipBlanks() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return
            }
        }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    private mutating func value(depth: Int) throws(Failure) -> Value {
        guard depth <= Self.maximumDepth else { throw failure("is nested deeper than \(Self.maximumDepth) levels") }
        skipBlanks()
        let start = position
        guard position < bytes.count else { throw failure("") }
        let kind: Kind
        switch bytes[position] {
        case UInt8(ascii: "{"):
            try container(close: UInt8(ascii: "}"), depth: depth, named: true)
            kind = .object
        case UInt8(ascii: "["):
            try container(close: UInt8(ascii: "]"), depth: depth, named: false)
            kind = .array
        case UInt8(ascii: "\""):
            try string()
            kind = .string
        case UInt8(ascii: "t"):
            try literal("true")
            kind = .bool
        case UInt8(ascii: "f"):
            try literal("false")
            kind = .bool
        case UInt8(ascii: "n"):
            try literal("null")
            kind = .null
        default:
            try number()
            kind = .number
        }
        return Value(kind: kind, range: start..<position)
    }

    private mutating func container(close: UInt8, depth: Int, named: Bool) throws(Failure) {
        position += 1
        skipBlanks()
        if take(close) { return }
        var names: [Range<Int>] = []
        var index = 0
        while true {
            if named {
                skipBlanks()
                guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
                    throw failure("expects a member's name")
                }
                let start = position
                try string()
                names.append(start..<position)
                skipBlanks()
                guard take(UInt8(ascii: ":")) else { throw failure("expects a colon") }
            }
            do throws(Failure) {
                _ = try value(depth: depth + 1)
            } catch {
                throw error.within(named ? name(names[names.count - 1]) : "[\(index)]")
            }
            index += 1
            skipBlanks()
            if take(UInt8(ascii: ",")) { continue }
            guard take(close) else { throw failure("expects a comma or the end of the \(named ? "object" : "array")") }
            if checksNames, names.count > 1 { try checkUnique(names) }
            return
        }
    }

    private func name(_ range: Range<Int>) -> String {
        (try? Self.string(Value(kind: .string, range: range), in: bytes)) ?? ""
    }

    /// A name that comes twice is a failure, however it is spelt: parsers differ in which one they take.
    private func checkUnique(_ names: [Range<Int>]) throws(Failure) {
        // 64 bits of a hash that is seeded anew in each process: no text makes two names equal that are not
        var seen = Set<Int>(minimumCapacity: names.count)
        for range in names {
            let content = bytes[(range.lowerBound + 1)..<(range.upperBound - 1)]
            var hasher = Hasher()
            if content.contains(UInt8(ascii: "\\")) {
                var decoded = try Self.string(Value(kind: .string, range: range), in: bytes)
                decoded.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
            } else {
                content.withUnsafeBytes { hasher.combine(bytes: $0) }
            }
            guard seen.insert(hasher.finalize()).inserted else {
                throw Failure(reason: "has a member twice", offset: range.lowerBound).within(name(range))
            }
        }
    }

    private mutating func string() throws(Failure) {
        position += 1
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                position += 1
                return
            case UInt8(ascii: "\\"):
                position += 1
                guard position < bytes.count else { throw failure("") }
                switch bytes[position] {
                case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
                    UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
                    position += 1
                case UInt8(ascii: "u"): try escape()
                default: throw failure("has an unknown escape")
                }
            case 0..<0x20: throw failure("has a control character in a string")
            default: position += 1
            }
        }
        throw failure("")
    }

    /// `uXXXX`, and behind the first half of a surrogate pair its second half.
    private mutating func escape() throws(Failure) {
        let start = position - 1
        let unit = try hexadecimal()
        if isForStorage, unit == 0 {
            throw Failure(reason: "contains the NUL character, which cannot be stored", offset: start)
        }
        guard (0xD800..<0xE000).contains(unit) else { return }
        guard unit < 0xDC00, take(UInt8(ascii: "\\")), position < bytes.count, bytes[position] == UInt8(ascii: "u"),
            (0xDC00..<0xE000).contains(try hexadecimal())
        else { throw Failure(reason: "has half of a surrogate pair", offset: start) }
    }

    private mutating func hexadecimal() throws(Failure) -> Int {
        position += 1
        var unit = 0
        for _ in 0..<4 {
            guard position < bytes.count, let digit = Self.hexadecimalDigit(bytes[position]) else {
                throw failure("has a broken escape")
            }
            unit = unit << 4 | digit
            position += 1
        }
        return unit
    }

    private static func hexadecimalDigit(_ byte: UInt8) -> Int? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): Int(byte - UInt8(ascii: "a")) + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): Int(byte - UInt8(ascii: "A")) + 10
        default: nil
        }
    }

    private mutating func literal(_ word: StaticString) throws(Failure) {
        for index in 0..<word.utf8CodeUnitCount {
            guard position < bytes.count, bytes[position] == word.utf8Start[index] else {
                throw failure("expects a value")
            }
            position += 1
        }
    }

    private mutating func digits() -> Int {
        let start = position
        while position < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[position]) {
            position += 1
        }
        return position - start
    }

    private mutating func number() throws(Failure) {
        let start = position
        _ = take(UInt8(ascii: "-"))
        let leading = position
        let count = digits()
        guard count > 0 else { throw failure("expects a value") }
        guard count == 1 || bytes[leading] != UInt8(ascii: "0") else {
            throw failure("has a number with leading zeros")
        }
        if take(UInt8(ascii: ".")) {
            guard digits() > 0 else { throw failure("has a number without digits after the point") }
        }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            guard digits() > 0 else { throw failure("has a number without an exponent") }
        }
        if isForStorage, let reason = Self.unstorable(String(decoding: bytes[start..<position], as: UTF8.self)) {
            throw Failure(reason: reason, offset: start)
        }
    }

    /// More digits than anybody measures: PostgreSQL keeps each of them.
    private static let maximumDigits = 1000

    /// Why a number (in JSON's grammar) cannot be stored; nil: it can.
    static func unstorable(_ number: String) -> String? {
        guard number.utf8.count <= maximumDigits else { return "has too many digits" }
        guard let value = Double(number), value.isFinite else { return "is too large for a double" }
        let mantissa = number.prefix { $0 != "e" && $0 != "E" }
        return value == 0 && mantissa.contains { ("1"..."9").contains($0) } ? "is too small for a double" : nil
    }
}

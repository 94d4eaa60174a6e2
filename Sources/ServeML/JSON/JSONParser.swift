/// What is wrong with a JSON text, and where.
struct JSONError: Error, Equatable {
    var offset: Int
    var what: String
    var text: String { "\(what) at byte \(offset)" }
}

/// A strict RFC 8259 parser with bounds on depth and on the number of values, for files that may be hostile.
///
/// Model files are tens of megabytes of numbers: packed number arrays make it several times faster and smaller than a
/// general one.
struct JSONParser {
    /// Deeper nesting than any file of ours has, and far from the end of a thread's stack.
    static let maximumDepth = 32
    /// Values of all kinds but packed numbers in one document.
    static let maximumValues = 4_000_000

    private var cursor: JSONCursor
    /// XGBoost writes `NaN`, `Infinity` and `-Infinity`, which JSON does not have.
    private let allowsNonFinite: Bool
    /// Members whose arrays of numbers are passed over: a tree model is mostly statistics that nothing here reads.
    private let skipped: Set<String>
    private var values = 0

    static func parse(
        _ bytes: [UInt8], allowingNonFinite: Bool = false, skippingArraysOf skipped: Set<String> = []
    ) throws(JSONError) -> JSONValue {
        var result: Result<JSONValue, JSONError> = .success(.null)
        bytes.withUnsafeBytes { buffer in
            var parser = JSONParser(cursor: JSONCursor(buffer), allowsNonFinite: allowingNonFinite, skipped: skipped)
            result = parser.document()
        }
        return try result.get()
    }

    private mutating func document() -> Result<JSONValue, JSONError> {
        do throws(JSONError) {
            let value = try value(depth: 0)
            cursor.skipSpace()
            guard cursor.isAtEnd else { throw cursor.error("text after the document") }
            return .success(value)
        } catch {
            return .failure(error)
        }
    }

    private mutating func value(depth: Int) throws(JSONError) -> JSONValue {
        guard depth <= Self.maximumDepth else { throw cursor.error("nesting is too deep") }
        values += 1
        guard values <= Self.maximumValues else { throw cursor.error("too many values") }
        cursor.skipSpace()
        switch cursor.peek {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try cursor.string())
        case UInt8(ascii: "t"):
            try cursor.literal("true")
            return .bool(true)
        case UInt8(ascii: "f"):
            try cursor.literal("false")
            return .bool(false)
        case UInt8(ascii: "n"):
            try cursor.literal("null")
            return .null
        case nil: throw cursor.error("unexpected end")
        default: return .number(try number())
        }
    }

    private mutating func number() throws(JSONError) -> Double {
        guard allowsNonFinite else { return try cursor.number() }
        return try cursor.numberOrNonFinite()
    }

    private func startsNumber(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "-") || (byte &- UInt8(ascii: "0")) < 10
            || allowsNonFinite && (byte == UInt8(ascii: "N") || byte == UInt8(ascii: "I"))
    }

    private mutating func array(depth: Int) throws(JSONError) -> JSONValue {
        cursor.advance()
        var numbers: [Double] = []
        var others: [JSONValue] = []
        cursor.skipSpace()
        if cursor.consume(UInt8(ascii: "]")) { return .array([]) }
        while true {
            cursor.skipSpace()
            if others.isEmpty, let byte = cursor.peek, startsNumber(byte) {
                numbers.append(try number())
            } else {
                if others.isEmpty, !numbers.isEmpty {
                    others = numbers.map { .number($0) }
                    values += numbers.count
                    numbers = []
                }
                others.append(try value(depth: depth + 1))
            }
            cursor.skipSpace()
            if cursor.consume(UInt8(ascii: ",")) { continue }
            guard cursor.consume(UInt8(ascii: "]")) else { throw cursor.error("expected ',' or ']'") }
            return others.isEmpty ? .numbers(numbers) : .array(others)
        }
    }

    private mutating func object(depth: Int) throws(JSONError) -> JSONValue {
        cursor.advance()
        var members: [JSONValue.Member] = []
        var seen: Set<String> = []
        cursor.skipSpace()
        if cursor.consume(UInt8(ascii: "}")) { return .object([]) }
        while true {
            cursor.skipSpace()
            guard cursor.peek == UInt8(ascii: "\"") else { throw cursor.error("expected a member name") }
            let name = try cursor.string()
            guard seen.insert(name).inserted else {
                throw cursor.error("the member \(BundleError.quoted(name)) occurs twice")
            }
            cursor.skipSpace()
            guard cursor.consume(UInt8(ascii: ":")) else { throw cursor.error("expected ':'") }
            cursor.skipSpace()
            if !skipped.isEmpty, cursor.peek == UInt8(ascii: "["), skipped.contains(name) {
                try cursor.skipNumbers()
            } else {
                members.append(.init(name: name, value: try value(depth: depth + 1)))
            }
            cursor.skipSpace()
            if cursor.consume(UInt8(ascii: ",")) { continue }
            guard cursor.consume(UInt8(ascii: "}")) else { throw cursor.error("expected ',' or '}'") }
            return .object(members)
        }
    }
}

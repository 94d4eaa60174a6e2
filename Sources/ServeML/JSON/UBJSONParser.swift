/// Universal Binary JSON (draft 12), with the typed arrays that XGBoost writes. Bounds as for JSON text.
struct UBJSONParser {
    private let bytes: [UInt8]
    private var position = 0
    private var values = 0

    static func parse(_ bytes: [UInt8]) throws(JSONError) -> JSONValue {
        var parser = UBJSONParser(bytes: bytes)
        let value = try parser.value(try parser.marker(), depth: 0)
        guard parser.position == bytes.count else { throw parser.error("bytes after the document") }
        return value
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private func error(_ what: String) -> JSONError { JSONError(offset: position, what: what) }

    private mutating func byte() throws(JSONError) -> UInt8 {
        guard position < bytes.count else { throw error("unexpected end") }
        defer { position += 1 }
        return bytes[position]
    }

    /// The next byte that is not a no-op.
    private mutating func marker() throws(JSONError) -> UInt8 {
        while true {
            let byte = try byte()
            if byte != UInt8(ascii: "N") { return byte }
        }
    }

    private mutating func bits(_ count: Int) throws(JSONError) -> UInt64 {
        guard count <= bytes.count - position else { throw error("unexpected end") }
        var value: UInt64 = 0
        for index in 0..<count { value = value << 8 | UInt64(bytes[position + index]) }
        position += count
        return value
    }

    /// Bytes of a fixed-size number, nil for other types.
    private static func size(_ type: UInt8) -> Int? {
        switch type {
        case UInt8(ascii: "i"), UInt8(ascii: "U"): 1
        case UInt8(ascii: "I"): 2
        case UInt8(ascii: "l"), UInt8(ascii: "d"): 4
        case UInt8(ascii: "L"), UInt8(ascii: "D"): 8
        default: nil
        }
    }

    private mutating func number(_ type: UInt8) throws(JSONError) -> Double {
        switch type {
        case UInt8(ascii: "i"): Double(Int8(truncatingIfNeeded: try bits(1)))
        case UInt8(ascii: "U"): Double(try bits(1))
        case UInt8(ascii: "I"): Double(Int16(truncatingIfNeeded: try bits(2)))
        case UInt8(ascii: "l"): Double(Int32(truncatingIfNeeded: try bits(4)))
        case UInt8(ascii: "L"): Double(Int64(bitPattern: try bits(8)))
        case UInt8(ascii: "d"): Double(Float(bitPattern: UInt32(truncatingIfNeeded: try bits(4))))
        case UInt8(ascii: "D"): Double(bitPattern: try bits(8))
        default: throw error("unknown number type \(type)")
        }
    }

    private mutating func length() throws(JSONError) -> Int {
        let type = try marker()
        guard type != UInt8(ascii: "d"), type != UInt8(ascii: "D") else { throw error("a length is not whole") }
        let value = try number(type)
        guard value >= 0, value <= Double(bytes.count) else { throw error("a length is out of range") }
        return Int(value)
    }

    private mutating func text(_ count: Int) throws(JSONError) -> String {
        guard count <= bytes.count - position else { throw error("unexpected end") }
        defer { position += count }
        guard let text = String(validating: bytes[position..<(position + count)], as: UTF8.self) else {
            throw error("a string is not UTF-8")
        }
        return text
    }

    private mutating func value(_ type: UInt8, depth: Int) throws(JSONError) -> JSONValue {
        guard depth <= JSONParser.maximumDepth else { throw error("nesting is too deep") }
        values += 1
        guard values <= JSONParser.maximumValues else { throw error("too many values") }
        switch type {
        case UInt8(ascii: "Z"): return .null
        case UInt8(ascii: "T"): return .bool(true)
        case UInt8(ascii: "F"): return .bool(false)
        case UInt8(ascii: "S"), UInt8(ascii: "H"): return .string(try text(try length()))
        case UInt8(ascii: "C"): return .string(String(UnicodeScalar(try byte() & 0x7F)))
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "{"): return try object(depth: depth)
        default: return .number(try number(type))
        }
    }

    /// `$` type and `#` count, where they stand.
    private mutating func header() throws(JSONError) -> (type: UInt8?, count: Int?) {
        var type: UInt8?
        if position < bytes.count, bytes[position] == UInt8(ascii: "$") {
            position += 1
            type = try byte()
        }
        guard position < bytes.count, bytes[position] == UInt8(ascii: "#") else {
            guard type == nil else { throw error("a type without a count") }
            return (nil, nil)
        }
        position += 1
        return (type, try length())
    }

    private mutating func array(depth: Int) throws(JSONError) -> JSONValue {
        let (type, count) = try header()
        if let type, let count, let size = Self.size(type) {
            guard count <= (bytes.count - position) / size else { throw error("unexpected end") }
            var numbers: [Double] = []
            numbers.reserveCapacity(count)
            for _ in 0..<count { numbers.append(try number(type)) }
            return .numbers(numbers)
        }
        var elements: [JSONValue] = []
        while count.map({ elements.count < $0 }) ?? true {
            let next: UInt8
            if let type { next = type } else { next = try marker() }
            if count == nil, next == UInt8(ascii: "]") { break }
            elements.append(try value(next, depth: depth + 1))
        }
        let numbers = elements.compactMap(\.number)
        return !elements.isEmpty && numbers.count == elements.count ? .numbers(numbers) : .array(elements)
    }

    private mutating func object(depth: Int) throws(JSONError) -> JSONValue {
        let (type, count) = try header()
        var members: [JSONValue.Member] = []
        var seen: Set<String> = []
        while count.map({ members.count < $0 }) ?? true {
            while position < bytes.count, bytes[position] == UInt8(ascii: "N") { position += 1 }
            if count == nil, position < bytes.count, bytes[position] == UInt8(ascii: "}") {
                position += 1
                break
            }
            let name = try text(try length())
            guard seen.insert(name).inserted else {
                throw error("the member \(BundleError.quoted(name)) occurs twice")
            }
            let next: UInt8
            if let type { next = type } else { next = try marker() }
            members.append(.init(name: name, value: try value(next, depth: depth + 1)))
        }
        return .object(members)
    }
}

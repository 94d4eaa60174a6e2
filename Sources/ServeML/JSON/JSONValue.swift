/// A parsed JSON (or UBJSON) document. Arrays that hold numbers alone are packed, because a tree model is made of
/// little else.
enum JSONValue: Sendable, Equatable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case numbers([Double])
    /// Members in file order. Parsers refuse a name that occurs twice.
    case object([Member])

    struct Member: Sendable, Equatable {
        var name: String
        var value: JSONValue
    }

    subscript(name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name == name }?.value
    }

    var string: String? { if case .string(let value) = self { value } else { nil } }
    var number: Double? { if case .number(let value) = self { value } else { nil } }
    var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
    var isNull: Bool { self == .null }
    var members: [Member]? { if case .object(let members) = self { members } else { nil } }

    /// Elements of either kind of array.
    var elements: [JSONValue]? {
        switch self {
        case .array(let values): values
        case .numbers(let values): values.map { .number($0) }
        default: nil
        }
    }

    /// An array of numbers; an empty array counts.
    var numbers: [Double]? {
        switch self {
        case .numbers(let values): values
        case .array(let values) where values.isEmpty: []
        default: nil
        }
    }

    /// An array of strings; an empty array counts.
    var strings: [String]? {
        guard case .array(let values) = self else { return numbers.flatMap { $0.isEmpty ? [] : nil } }
        var result: [String] = []
        for value in values {
            guard case .string(let text) = value else { return nil }
            result.append(text)
        }
        return result
    }

    /// A whole number in `range`.
    func integer(in range: ClosedRange<Int>) -> Int? {
        guard case .number(let value) = self, value == value.rounded(), abs(value) < 9e15, range.contains(Int(value))
        else {
            return nil
        }
        return Int(value)
    }
}

/// What a member of a request may hold for an argument's SQL type. Checked here so that the answer names the member;
/// whatever PostgreSQL alone can tell (an enum's labels, a domain's check) it refuses itself.
enum ArgumentValue {
    /// Where the text comes from: a query or form has no types, JSON has.
    enum Source: Sendable {
        case text(String)
        case json(JSONScanner.Value, [UInt8])
    }

    /// The text for `$n::type`, or nil for SQL's NULL.
    static func text(_ source: Source, type: String) throws(Refusal) -> String? {
        if case .json(let value, _) = source, value.kind == .null { return nil }
        if type == "jsonb" || type == "json" { return try json(source) }
        if type.hasSuffix("[]") { return try array([source], element: String(type.dropLast(2)), isRepeated: false) }
        return try scalar(source, type: type)
    }

    /// Repeated members of a query for an array type: `?tag=a&tag=b`.
    static func text(repeated values: [String], type: String) throws(Refusal) -> String? {
        try array(values.map(Source.text), element: String(type.dropLast(2)), isRepeated: true)
    }

    struct Refusal: Error, Equatable {
        let message: String
        /// Where in the member's value, such as `conditions[2].limit`; nil: the value itself.
        var place: String?

        init(message: String, place: String? = nil) {
            self.message = message
            self.place = place
        }

        init(_ failure: JSONScanner.Failure) {
            self.init(message: failure.reason, place: failure.member)
        }
    }

    // MARK: Kinds

    private static func scalar(_ source: Source, type: String) throws(Refusal) -> String {
        switch type {
        case "smallint": try integer(source, Int64(Int16.min)...Int64(Int16.max))
        case "integer": try integer(source, Int64(Int32.min)...Int64(Int32.max))
        case "bigint": try integer(source, Int64.min...Int64.max)
        case "double precision", "real": try number(source)
        case "boolean": try boolean(source)
        case let type where type.hasPrefix("numeric"): try number(source)
        case "uuid": try matching(source, "must be a UUID", isUUID)
        case "timestamp with time zone":
            try matching(source, "must be a time in ISO 8601, such as 2026-01-31T08:30:00Z", isTimestamp)
        case "timestamp without time zone": try matching(source, "must be a time in ISO 8601", isTimestamp)
        case "date":
            try matching(source, "must be a date such as 2026-01-31") {
                $0.utf8.count == 10 && isDate($0.utf8.prefix(10))
            }
        default: try string(source)
        }
    }

    private static func string(_ source: Source) throws(Refusal) -> String {
        switch source {
        case .text(let text): return text
        case .json(let value, let bytes):
            guard value.kind == .string else { throw Refusal(message: "must be a string") }
            let text: String
            do {
                text = try JSONScanner.string(value, in: bytes)
            } catch {
                throw Refusal(message: error.reason)
            }
            guard !text.utf8.contains(0) else {
                throw Refusal(message: "contains the NUL character, which cannot be stored")
            }
            return text
        }
    }

    private static func matching(
        _ source: Source, _ message: String, _ test: (String) -> Bool
    ) throws(Refusal) -> String {
        if case .json(let value, _) = source, value.kind != .string { throw Refusal(message: message) }
        let text = try string(source)
        guard test(text) else { throw Refusal(message: message) }
        return text
    }

    private static func integer(_ source: Source, _ range: ClosedRange<Int64>) throws(Refusal) -> String {
        let text: String
        switch source {
        case .text(let given): text = given
        case .json(let value, let bytes):
            guard value.kind == .number else { throw Refusal(message: "must be a whole number") }
            text = JSONScanner.text(value, in: bytes)
        }
        guard let digits = wholeNumber(text) else { throw Refusal(message: "must be a whole number") }
        guard let number = Int64(digits), range.contains(number) else {
            throw Refusal(message: "must be between \(range.lowerBound) and \(range.upperBound)")
        }
        return digits
    }

    /// `12`, `-3`, and `12.0`, which some clients write for 12. No sign in front of a positive number, no blanks.
    private static func wholeNumber(_ text: String) -> String? {
        var digits = text[...]
        if let point = digits.firstIndex(of: ".") {
            let fraction = digits[digits.index(after: point)...]
            guard !fraction.isEmpty, fraction.utf8.allSatisfy({ $0 == UInt8(ascii: "0") }) else { return nil }
            digits = digits[..<point]
        }
        let magnitude = digits.hasPrefix("-") ? digits.dropFirst() : digits
        guard !magnitude.isEmpty, magnitude.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else {
            return nil
        }
        return String(digits)
    }

    private static func number(_ source: Source) throws(Refusal) -> String {
        let text: String
        switch source {
        case .text(let given):
            // the grammar of JSON, so that "nan", "infinity" and "0x10" are refused
            guard let value = try? JSONScanner.value(of: Array(given.utf8)), value.kind == .number else {
                throw Refusal(message: "must be a number")
            }
            text = given
        case .json(let value, let bytes):
            guard value.kind == .number else { throw Refusal(message: "must be a number") }
            text = JSONScanner.text(value, in: bytes)
        }
        if let reason = JSONScanner.unstorable(text) { throw Refusal(message: reason) }
        return text
    }

    private static func boolean(_ source: Source) throws(Refusal) -> String {
        switch source {
        case .json(let value, let bytes):
            guard value.kind == .bool else { throw Refusal(message: "must be true or false") }
            return JSONScanner.text(value, in: bytes)
        case .text(let text):
            switch text.lowercased() {
            case "true", "1", "yes", "on": return "true"
            case "false", "0", "no", "off": return "false"
            default: throw Refusal(message: "must be true or false")
            }
        }
    }

    private static func json(_ source: Source) throws(Refusal) -> String {
        do throws(JSONScanner.Failure) {
            switch source {
            case .json(let value, let bytes):
                try JSONScanner.checkStorable(value, in: bytes)
                return JSONScanner.text(value, in: bytes)
            case .text(let text):
                let bytes = Array(text.utf8)
                try JSONScanner.checkStorable(JSONScanner.value(of: bytes), in: bytes)
                return text
            }
        } catch {
            throw Refusal(error)
        }
    }

    /// An array literal of PostgreSQL.
    private static func array(_ sources: [Source], element type: String, isRepeated: Bool) throws(Refusal) -> String {
        var elements: [Source] = sources
        if !isRepeated {
            switch sources[0] {
            case .text: break
            case .json(let value, let bytes):
                guard value.kind == .array else { throw Refusal(message: "must be an array") }
                do {
                    elements = try JSONScanner.elements(of: value, in: bytes).map { .json($0, bytes) }
                } catch {
                    throw Refusal(message: error.reason)
                }
            }
        }
        var literal = "{"
        for (index, element) in elements.enumerated() {
            if index > 0 { literal += "," }
            do {
                guard let text = try text(element, type: type) else {
                    literal += "NULL"
                    continue
                }
                literal += "\""
                for character in text.unicodeScalars {
                    if character == "\"" || character == "\\" { literal += "\\" }
                    literal.unicodeScalars.append(character)
                }
                literal += "\""
            } catch {
                throw Refusal(message: "element \(index): \(error.message)")
            }
        }
        return literal + "}"
    }

    // MARK: Shapes

    static func isUUID(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.count == 36 else { return false }
        for (index, byte) in bytes.enumerated() {
            switch index {
            case 8, 13, 18, 23: if byte != UInt8(ascii: "-") { return false }
            default:
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
                    UInt8(ascii: "A")...UInt8(ascii: "F"):
                    break
                default: return false
                }
            }
        }
        return true
    }

    private static func isDate(_ bytes: some Sequence<UInt8>) -> Bool {
        let bytes = Array(bytes)
        guard bytes.count == 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
            let year = decimal(bytes[0..<4]), year >= 1,
            let month = decimal(bytes[5..<7]), (1...12).contains(month), let day = decimal(bytes[8..<10])
        else { return false }
        let isLeap = year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
        let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        return (1...days[month - 1]).contains(day)
    }

    /// `YYYY-MM-DD`, then optionally `T` or a blank, `HH:MM`, `:SS`, `.fraction`, and `Z` or `±HH[[:]MM]`.
    /// Without an offset it is UTC, the time zone of all our sessions.
    static func isTimestamp(_ text: String) -> Bool {
        var bytes = Array(text.utf8)[...]
        guard bytes.count <= 40, isDate(bytes.prefix(10)) else { return false }
        bytes = bytes.dropFirst(10)
        guard let separator = bytes.popFirst() else { return true }
        guard separator == UInt8(ascii: "T") || separator == UInt8(ascii: "t") || separator == UInt8(ascii: " "),
            let hour = decimal(bytes.prefix(2)), hour <= 23, bytes.count >= 5,
            bytes[bytes.startIndex + 2] == UInt8(ascii: ":"),
            let minute = decimal(bytes.dropFirst(3).prefix(2)), minute <= 59
        else { return false }
        bytes = bytes.dropFirst(5)
        if bytes.first == UInt8(ascii: ":") {
            guard let second = decimal(bytes.dropFirst().prefix(2)), second <= 60 else { return false }
            bytes = bytes.dropFirst(3)
            if bytes.first == UInt8(ascii: ".") {
                let fraction = bytes.dropFirst().prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
                guard !fraction.isEmpty else { return false }
                bytes = bytes[fraction.endIndex...]
            }
        }
        return isOffset(bytes)
    }

    private static func isOffset(_ bytes: ArraySlice<UInt8>) -> Bool {
        var bytes = bytes
        switch bytes.popFirst() {
        case nil: return true
        case UInt8(ascii: "Z"), UInt8(ascii: "z"): return bytes.isEmpty
        case UInt8(ascii: "+"), UInt8(ascii: "-"):
            guard let hours = decimal(bytes.prefix(2)), hours <= 15 else { return false }
            bytes = bytes.dropFirst(2)
            if bytes.first == UInt8(ascii: ":") { bytes = bytes.dropFirst() }
            if bytes.isEmpty { return true }
            guard bytes.count == 2, let minutes = decimal(bytes) else { return false }
            return minutes <= 59
        default: return false
        }
    }

    private static func decimal(_ bytes: ArraySlice<UInt8>) -> Int? {
        guard bytes.count == 2 || bytes.count == 4 else { return nil }
        var value = 0
        for byte in bytes {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            value = value * 10 + Int(byte - UInt8(ascii: "0"))
        }
        return value
    }
}

/// Readers of PostgreSQL's text output. Results travel as text: one form for every type and every protocol, and the server's
/// settings that shape it (time zone, date style, digits) are fixed by `ConnectionConfiguration`.
enum TextDecoding {
    typealias Text = UnsafeBufferPointer<UInt8>

    static func integer(_ text: Text) -> Int64? {
        var position = 0
        let negative = text.first == UInt8(ascii: "-")
        if negative { position = 1 }
        guard position < text.count else { return nil }
        var value: Int64 = 0
        while position < text.count {
            let digit = text[position] &- 48
            guard digit < 10 else { return wholeNumber(text) }
            let (product, first) = value.multipliedReportingOverflow(by: 10)
            // Counted downwards: the least value has no positive twin.
            let (difference, second) = product.subtractingReportingOverflow(Int64(digit))
            if first || second { return nil }
            value = difference
            position += 1
        }
        if negative { return value }
        return value == .min ? nil : -value
    }

    /// `3.00` and `1e3` are whole, too (numeric and float columns).
    private static func wholeNumber(_ text: Text) -> Int64? {
        Double(String(decoding: text, as: UTF8.self)).flatMap { Int64(exactly: $0) }
    }

    static func bool(_ text: Text) -> Bool? {
        guard text.count == 1 else { return nil }
        switch text[0] {
        case UInt8(ascii: "t"): return true
        case UInt8(ascii: "f"): return false
        default: return nil
        }
    }

    /// `\x` and pairs of hexadecimal digits.
    static func bytea(_ text: Text) -> [UInt8]? {
        guard text.count >= 2, text.count % 2 == 0, text[0] == UInt8(ascii: "\\"), text[1] == UInt8(ascii: "x") else {
            return nil
        }
        var isValid = true
        let bytes = [UInt8](unsafeUninitializedCapacity: text.count / 2 - 1) { buffer, count in
            for index in 0..<(text.count / 2 - 1) {
                let high = nibble(text[2 + 2 * index])
                let low = nibble(text[3 + 2 * index])
                if high | low > 15 { isValid = false }
                buffer[index] = high << 4 | (low & 15)
            }
            count = text.count / 2 - 1
        }
        return isValid ? bytes : nil
    }

    private static func nibble(_ character: UInt8) -> UInt8 {
        switch character {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): character - UInt8(ascii: "a") + 10
        default: 0xFF
        }
    }

    /// `{a,"b,c",NULL}`; nil for arrays of more dimensions or bounds that do not start at one.
    static func array(_ text: Text) -> [String?]? {
        guard text.count >= 2, text.first == UInt8(ascii: "{"), text.last == UInt8(ascii: "}") else { return nil }
        var elements: [String?] = []
        var position = 1
        let end = text.count - 1
        while position < end {
            guard let element = arrayElement(text, &position, end) else { return nil }
            elements.append(element)
            guard position < end else { break }
            guard text[position] == UInt8(ascii: ",") else { return nil }
            position += 1
        }
        return elements
    }

    private static func arrayElement(_ text: Text, _ position: inout Int, _ end: Int) -> String?? {
        if text[position] == UInt8(ascii: "{") { return .none }
        var bytes: [UInt8] = []
        guard text[position] == UInt8(ascii: "\"") else {
            while position < end, text[position] != UInt8(ascii: ",") {
                bytes.append(text[position])
                position += 1
            }
            let element = String(decoding: bytes, as: UTF8.self)
            return .some(element == "NULL" ? nil : element)
        }
        position += 1
        while position < end, text[position] != UInt8(ascii: "\"") {
            if text[position] == UInt8(ascii: "\\") { position += 1 }
            guard position < end else { return .none }
            bytes.append(text[position])
            position += 1
        }
        guard position < end else { return .none }
        position += 1
        return .some(String(decoding: bytes, as: UTF8.self))
    }
}

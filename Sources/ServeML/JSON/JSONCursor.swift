/// A position in JSON text, with the tokens that both the document parser and the feature scanner need.
///
/// It borrows the bytes: it must not outlive the `withUnsafeBytes` call that made it.
struct JSONCursor {
    let bytes: UnsafeRawBufferPointer
    private(set) var position = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    var isAtEnd: Bool { position >= bytes.count }
    var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    func error(_ what: String) -> JSONError { JSONError(offset: position, what: what) }

    mutating func advance() { position += 1 }

    mutating func skipSpace() {
        while position < bytes.count {
            let byte = bytes[position]
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
            position += 1
        }
    }

    mutating func consume(_ byte: UInt8) -> Bool {
        guard peek == byte else { return false }
        position += 1
        return true
    }

    mutating func literal(_ text: StaticString) throws(JSONError) {
        for index in 0..<text.utf8CodeUnitCount {
            guard peek == text.utf8Start[index] else { throw error("unexpected character") }
            position += 1
        }
    }

    /// The bytes between the quotes when the string has no escape, else nil; the cursor then stands where it stood.
    mutating func plainString() throws(JSONError) -> Range<Int>? {
        let start = position
        position += 1
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") {
                position += 1
                return (start + 1)..<(position - 1)
            }
            if byte == UInt8(ascii: "\\") {
                position = start
                return nil
            }
            guard byte >= 0x20 else { throw error("control character in a string") }
            position += 1
        }
        throw error("unterminated string")
    }

    /// Reads a string from its opening quote.
    mutating func string() throws(JSONError) -> String {
        if let range = try plainString() {
            guard let text = String(validating: UnsafeRawBufferPointer(rebasing: bytes[range]), as: UTF8.self) else {
                throw error("a string is not UTF-8")
            }
            return text
        }
        return try escapedString()
    }

    private mutating func escapedString() throws(JSONError) -> String {
        position += 1
        var text: [UInt8] = []
        while let byte = peek {
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let result = String(validating: text, as: UTF8.self) else { throw error("a string is not UTF-8") }
                return result
            case UInt8(ascii: "\\"):
                text.append(contentsOf: try escape())
            case 0..<0x20:
                throw error("control character in a string")
            default:
                text.append(byte)
            }
        }
        throw error("unterminated string")
    }

    private mutating func escape() throws(JSONError) -> [UInt8] {
        guard let byte = peek else { throw error("unterminated escape") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
        case UInt8(ascii: "b"): return [8]
        case UInt8(ascii: "f"): return [12]
        case UInt8(ascii: "n"): return [10]
        case UInt8(ascii: "r"): return [13]
        case UInt8(ascii: "t"): return [9]
        case UInt8(ascii: "u"):
            var unit = UInt32(try hexadecimal())
            if (0xD800..<0xDC00).contains(unit) {
                guard consume(UInt8(ascii: "\\")), consume(UInt8(ascii: "u")) else { throw error("lone surrogate") }
                let low = UInt32(try hexadecimal())
                guard (0xDC00..<0xE000).contains(low) else { throw error("lone surrogate") }
                unit = 0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(unit) else { throw error("lone surrogate") }
            return Array(String(Character(scalar)).utf8)
        default: throw error("unknown escape")
        }
    }

    private mutating func hexadecimal() throws(JSONError) -> UInt16 {
        var value: UInt16 = 0
        for _ in 0..<4 {
            guard let byte = peek else { throw error("unterminated escape") }
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
            default: throw error("not a hexadecimal digit")
            }
            value = value << 4 | UInt16(digit)
            position += 1
        }
        return value
    }

    private static let powersOfTen: [Double] = (0...22).map { exponent in
        var value = 1.0
        for _ in 0..<exponent { value *= 10 }
        return value
    }

    /// Reads a number, correctly rounded. Values too large for a double are an error, not infinity.
    mutating func number() throws(JSONError) -> Double {
        let start = position
        let negative = consume(UInt8(ascii: "-"))
        var mantissa: UInt64 = 0
        var digits = 0
        var exponent = 0
        let integerStart = position
        while let byte = peek, byte &- UInt8(ascii: "0") < 10 {
            if digits < 19 { mantissa = mantissa &* 10 &+ UInt64(byte &- UInt8(ascii: "0")) } else { exponent += 1 }
            if mantissa > 0 { digits += 1 }
            position += 1
        }
        guard position > integerStart else {
            position = start
            throw error("unexpected character")
        }
        if bytes[integerStart] == UInt8(ascii: "0"), position - integerStart > 1 {
            throw error("leading zero in a number")
        }
        if consume(UInt8(ascii: ".")) {
            let fractionStart = position
            while let byte = peek, byte &- UInt8(ascii: "0") < 10 {
                if digits < 19 {
                    mantissa = mantissa &* 10 &+ UInt64(byte &- UInt8(ascii: "0"))
                    exponent -= 1
                }
                if mantissa > 0 { digits += 1 }
                position += 1
            }
            guard position > fractionStart else { throw error("expected a digit") }
        }
        if consume(UInt8(ascii: "e")) || consume(UInt8(ascii: "E")) { exponent += try exponentPart() }
        // Exact when the mantissa and the power of ten both are (Clinger's fast path); other spellings go the slow way.
        if mantissa < 1 << 53, digits <= 19, abs(exponent) <= 22 {
            let power = Self.powersOfTen[abs(exponent)]
            let magnitude = exponent < 0 ? Double(mantissa) / power : Double(mantissa) * power
            return negative ? -magnitude : magnitude
        }
        let text = String(decoding: UnsafeRawBufferPointer(rebasing: bytes[start..<position]), as: UTF8.self)
        guard let value = Double(text), value.isFinite else { throw error("a number is out of range") }
        return value
    }

    /// Reads a number, or one of the words that Python and XGBoost write for what is not finite.
    mutating func numberOrNonFinite() throws(JSONError) -> Double {
        let negative = peek == UInt8(ascii: "-")
        let next = position + (negative ? 1 : 0)
        switch next < bytes.count ? bytes[next] : 0 {
        case UInt8(ascii: "N"):
            position = next
            try literal("NaN")
            return .nan
        case UInt8(ascii: "I"):
            position = next
            try literal("Infinity")
            return negative ? -.infinity : .infinity
        default: return try number()
        }
    }

    /// Passes over a flat array from its opening bracket without reading the numbers in it.
    mutating func skipNumbers() throws(JSONError) {
        position += 1
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "]"):
                position += 1
                return
            case UInt8(ascii: "["), UInt8(ascii: "{"), UInt8(ascii: "\""): throw error("expected a number")
            default: position += 1
            }
        }
        throw error("unexpected end")
    }

    private mutating func exponentPart() throws(JSONError) -> Int {
        let negative = consume(UInt8(ascii: "-"))
        if !negative { _ = consume(UInt8(ascii: "+")) }
        let start = position
        var value = 0
        while let byte = peek, byte &- UInt8(ascii: "0") < 10 {
            value = min(value * 10 + Int(byte &- UInt8(ascii: "0")), 100_000)
            position += 1
        }
        guard position > start else { throw error("expected a digit") }
        return negative ? -value : value
    }
}

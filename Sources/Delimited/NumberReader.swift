import Glibc

/// Reads decimal numbers: a sign, digits, one decimal mark, an exponent. Nothing else: no thousands separators, no hexadecimal.
public struct NumberReader: Sendable {
    private let mark: UInt8

    /// - Parameter decimalMark: `.` or `,`.
    public init(decimalMark: UInt8) {
        mark = decimalMark
    }

    private static let powers: [Double] = (0...22).map { power in (0..<power).reduce(1) { value, _ in value * 10 } }
    /// Below this an integer is exact as a double.
    private static let exact: UInt64 = 1 << 53

    /// Blanks around it do not matter.
    public func read(_ bytes: UnsafeBufferPointer<UInt8>) -> Result<Double, RecordFault> {
        let text = trimmed(bytes)
        var position = 0
        var isNegative = false
        if position < text.count, text[position] == UInt8(ascii: "-") || text[position] == UInt8(ascii: "+") {
            isNegative = text[position] == UInt8(ascii: "-")
            position += 1
        }
        var mantissa: UInt64 = 0
        var (digits, scale, isLong, seenMark) = (0, 0, false, false)
        while position < text.count {
            let byte = text[position]
            if byte == mark, !seenMark {
                seenMark = true
            } else if byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") {
                digits += 1
                if mantissa < Self.exact / 10 - 1 {
                    mantissa = mantissa * 10 + UInt64(byte - UInt8(ascii: "0"))
                    if seenMark { scale -= 1 }
                } else {
                    isLong = true
                }
            } else {
                break
            }
            position += 1
        }
        guard digits > 0 else { return .failure(Self.isNonFinite(text) ? .nonFinite : .notNumeric) }
        if position < text.count {
            guard text[position] | 0x20 == UInt8(ascii: "e") else {
                return .failure(Self.isNonFinite(text) ? .nonFinite : .notNumeric)
            }
            position += 1
            var sign = 1
            if position < text.count, text[position] == UInt8(ascii: "-") || text[position] == UInt8(ascii: "+") {
                sign = text[position] == UInt8(ascii: "-") ? -1 : 1
                position += 1
            }
            guard position < text.count else { return .failure(.notNumeric) }
            var exponent = 0
            while position < text.count {
                let byte = text[position]
                guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return .failure(.notNumeric) }
                exponent = min(exponent * 10 + Int(byte - UInt8(ascii: "0")), 100_000)
                position += 1
            }
            scale += sign * exponent
        }
        // both numbers are exact then, so that one rounding remains: the result is the nearest double
        if !isLong, abs(scale) <= 22 {
            let value = scale < 0 ? Double(mantissa) / Self.powers[-scale] : Double(mantissa) * Self.powers[scale]
            return .success(isNegative ? -value : value)
        }
        return slow(text)
    }

    private func slow(_ text: UnsafeBufferPointer<UInt8>) -> Result<Double, RecordFault> {
        let spelling = String(decoding: text.map { $0 == mark ? UInt8(ascii: ".") : $0 }, as: UTF8.self)
        guard let value = Double(spelling) else { return .failure(.notNumeric) }
        return value.isFinite ? .success(value) : .failure(.nonFinite)
    }

    /// NaN and infinities, as programs write them.
    private static func isNonFinite(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        let word = String(decoding: text, as: UTF8.self).lowercased().drop { $0 == "-" || $0 == "+" }
        return ["nan", "inf", "infinity", "1.#inf", "1.#qnan", "∞"].contains(String(word))
    }

    private func trimmed(_ bytes: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
        var (first, last) = (0, bytes.count)
        while first < last, bytes[first] == UInt8(ascii: " ") || bytes[first] == UInt8(ascii: "\t") { first += 1 }
        while last > first, bytes[last - 1] == UInt8(ascii: " ") || bytes[last - 1] == UInt8(ascii: "\t") { last -= 1 }
        return UnsafeBufferPointer(rebasing: bytes[first..<last])
    }
}

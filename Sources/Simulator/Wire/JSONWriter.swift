/// Writes JSON into bytes without intermediate Strings.
struct JSONWriter {
    private(set) var bytes: [UInt8] = []

    init(capacity: Int = 128) { bytes.reserveCapacity(capacity) }

    /// Text that is JSON already.
    mutating func raw(_ text: StaticString) {
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    mutating func raw(_ text: [UInt8]) { bytes.append(contentsOf: text) }

    /// A quoted string, escaped where JSON wants it.
    mutating func string(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case 0..<0x20:
                raw("\\u00")
                bytes.append(Self.hexadecimal(byte >> 4))
                bytes.append(Self.hexadecimal(byte & 15))
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static func hexadecimal(_ digit: UInt8) -> UInt8 {
        digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
    }

    /// A number with as many decimals as say something, at most `decimals` (≤ 9); trailing zeros are left out.
    /// Numbers beyond ±1e9, where the decimals say nothing, are written by Swift; a value that is not finite as null.
    mutating func number(_ value: Double, decimals: Int = 6) {
        guard value.isFinite else { return raw("null") }
        guard abs(value) < 1e9 else { return bytes.append(contentsOf: "\(value)".utf8) }
        let scale = Self.powers[decimals]
        let scaled = (abs(value) * Double(scale)).rounded()
        var rest = UInt64(scaled)
        if value < 0, rest > 0 { bytes.append(UInt8(ascii: "-")) }
        integer(rest / scale)
        rest %= scale
        guard rest > 0 else { return }
        bytes.append(UInt8(ascii: "."))
        var divisor = scale / 10
        while rest > 0 {
            bytes.append(UInt8(ascii: "0") + UInt8(rest / divisor))
            rest %= divisor
            divisor /= 10
        }
    }

    /// A number with nine significant digits, for magnitudes that are not known.
    mutating func significant(_ value: Double) {
        guard value.isFinite else { return raw("null") }
        let magnitude = abs(value)
        guard magnitude != 0, magnitude < 1e-3 || magnitude >= 1e6 else { return number(value, decimals: 9) }
        bytes.append(contentsOf: "\(value)".utf8)
    }

    mutating func integer(_ value: UInt64) {
        if value >= 10 { integer(value / 10) }
        bytes.append(UInt8(ascii: "0") + UInt8(value % 10))
    }

    /// The last `width` digits of a number, with zeros before it.
    mutating func digits(_ value: Int64, _ width: Int) {
        var rest = value
        let end = bytes.count + width
        bytes.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: width))
        for index in 1...width {
            bytes[end - index] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        }
    }

    private static let powers: [UInt64] = (0...9).map { exponent in (0..<exponent).reduce(1) { power, _ in power * 10 }
    }
}

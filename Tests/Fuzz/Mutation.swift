/// Spoils bytes that are valid, and makes text that nearly is.
enum Mutation {
    /// One to eight changes: bits, bytes, cuts, repeats, lengths, pieces of another input.
    static func spoil(_ original: [UInt8], with other: [UInt8], _ random: inout Seeded) -> [UInt8] {
        var bytes = original
        for _ in 0...random.below(8) {
            guard !bytes.isEmpty else { return [UInt8(truncatingIfNeeded: random.next())] }
            let place = random.below(bytes.count)
            switch random.below(9) {
            case 0: bytes[place] ^= 1 << UInt8(random.below(8))
            case 1: bytes[place] = UInt8(truncatingIfNeeded: random.next())
            case 2: bytes.removeLast(bytes.count - place)
            case 3: bytes.removeSubrange(place..<min(bytes.count, place + 1 + random.below(16)))
            case 4:
                let end = min(bytes.count, place + 1 + random.below(64))
                bytes.insert(contentsOf: bytes[place..<end], at: place)
            case 5:
                overwrite(&bytes, place, random.pick([0, 1, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 0xFFFF, 0x100]), 4)
            case 6: overwrite(&bytes, place, random.pick([.max, 1 << 63, 1 << 62, 1 << 32, 0]), 8)
            case 7 where !other.isEmpty:
                let start = random.below(other.count)
                let end = min(other.count, start + 1 + random.below(64))
                bytes.insert(contentsOf: other[start..<end], at: place)
            default: bytes.insert(contentsOf: random.pick(tokens).utf8, at: place)
            }
        }
        return bytes
    }

    /// A length or an offset that means something else now, little endian.
    private static func overwrite(_ bytes: inout [UInt8], _ place: Int, _ value: UInt64, _ width: Int) {
        for index in 0..<width where place + index < bytes.count {
            bytes[place + index] = UInt8(truncatingIfNeeded: value >> UInt64(8 * index))
        }
    }

    static let tokens = [
        "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u0000", "\\ud800", "\\udc00", "\\u0061", "null", "true", "-",
        "1e308", "1e309",
        "1e-400", "-0", "NaN", "Infinity", "123456789012345678901234567890", "\u{FEFF}", "\u{0}", "é", "\u{1F980}",
        "%00", "%zz",
        "%c0%af", "%2e", "+", "&", "=", "infinity", "294277-01-01", "2026-01-01T00:00:00Z", "0x10", "\r\n", "features",
        "power",
    ]

    /// JSON, or nearly.
    static func json(_ random: inout Seeded, depth: Int = 0) -> [UInt8] {
        switch random.below(depth > 6 ? 6 : 10) {
        case 0: return Array(random.pick(["null", "true", "false", "nul", "", " "]).utf8)
        case 1: return Array(String(Int64(bitPattern: random.next()) >> Int64(random.below(64))).utf8)
        case 2: return Array(String(Double(bitPattern: random.next())).utf8)
        case 3: return Array(random.pick(tokens).utf8)
        case 4, 5: return string(&random)
        case 6, 7:
            var bytes: [UInt8] = [0x5B]
            for index in 0..<random.below(5) {
                if index > 0 { bytes.append(0x2C) }
                bytes += json(&random, depth: depth + 1)
            }
            return bytes + [0x5D]
        default:
            var bytes: [UInt8] = [0x7B]
            for index in 0..<random.below(5) {
                if index > 0 { bytes.append(0x2C) }
                bytes += string(&random) + [0x3A] + json(&random, depth: depth + 1)
            }
            return bytes + [0x7D]
        }
    }

    private static func string(_ random: inout Seeded) -> [UInt8] {
        var bytes: [UInt8] = [0x22]
        for _ in 0..<random.below(4) {
            bytes += random.pick(["a", "b", "\\n", "\\u0061", "é", "\\ud83d\\ude00", "\\\"", "/", " ", "x"]).utf8
        }
        return bytes + [0x22]
    }
}

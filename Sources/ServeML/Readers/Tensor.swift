/// A dense tensor read from a file: row-major, converted to single precision.
struct Tensor: Sendable, Equatable {
    let shape: [Int]
    let values: [Float]
}

/// Element types that weights come in, all little-endian.
enum ElementType: String, Sendable {
    case float64 = "F64"
    case float32 = "F32"
    case float16 = "F16"
    case bfloat16 = "BF16"

    var size: Int {
        switch self {
        case .float64: 8
        case .float32: 4
        case .float16, .bfloat16: 2
        }
    }

    /// Converts `count` elements from the start of `bytes`, which holds at least that many.
    func decode(_ bytes: ArraySlice<UInt8>, count: Int) -> [Float] {
        bytes.withUnsafeBytes { buffer in
            [Float](unsafeUninitializedCapacity: count) { target, filled in
                for index in 0..<count {
                    switch self {
                    case .float64:
                        let bits = UInt64(
                            littleEndian: buffer.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self))
                        target[index] = Float(Double(bitPattern: bits))
                    case .float32:
                        let bits = UInt32(
                            littleEndian: buffer.loadUnaligned(fromByteOffset: index * 4, as: UInt32.self))
                        target[index] = Float(bitPattern: bits)
                    case .float16:
                        let bits = UInt16(
                            littleEndian: buffer.loadUnaligned(fromByteOffset: index * 2, as: UInt16.self))
                        target[index] = Self.half(bits)
                    case .bfloat16:
                        let bits = UInt16(
                            littleEndian: buffer.loadUnaligned(fromByteOffset: index * 2, as: UInt16.self))
                        target[index] = Float(bitPattern: UInt32(bits) << 16)
                    }
                }
                filled = count
            }
        }
    }

    /// IEEE 754 binary16, written out because `Float16` is not to be had on every platform that Swift runs on.
    static func half(_ bits: UInt16) -> Float {
        let sign = UInt32(bits & 0x8000) << 16
        let exponent = UInt32(bits >> 10) & 0x1F
        let fraction = UInt32(bits & 0x3FF)
        switch exponent {
        case 0:
            let magnitude = Float(fraction) * 0x1p-24
            return sign == 0 ? magnitude : -magnitude
        case 31: return Float(bitPattern: sign | 0x7F80_0000 | fraction << 13)
        default: return Float(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
        }
    }
}

/// A tensor's shape from a file: checks that the product neither overflows nor exceeds what a weight file can hold.
func elementCount(_ shape: [Int]) -> Int? {
    var count = 1
    for extent in shape {
        guard extent >= 0, extent <= BundleLimits.weightBytes else { return nil }
        let (product, overflow) = count.multipliedReportingOverflow(by: extent)
        guard !overflow, product <= BundleLimits.weightBytes else { return nil }
        count = product
    }
    return count
}

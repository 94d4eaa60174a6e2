/// Exponential functions on eight floats at once, to within a few units of the last place of single precision.
enum VectorMath {
    typealias Lanes = SIMD8<Float>

    /// exp(x) for x ≤ 0. Below −87 the result is zero for every purpose here.
    @inline(__always)
    static func expNegative(_ x: Lanes) -> Lanes {
        let x = pointwiseMax(x, Lanes(repeating: -87))
        // x = n·ln 2 + r with |r| ≤ ln 2 / 2; ln 2 in two parts, so that the product with n is exact.
        // 1.5·2²³ has no room for a fraction: adding it rounds, and leaves n in the low bits. Rounding by name is a call
        // per lane on processors without SSE 4.1, which is what the compiler must expect.
        let shifted = x * Lanes(repeating: 1.442_695_04) + Lanes(repeating: 0x1.8p23)
        let n = shifted - Lanes(repeating: 0x1.8p23)
        let r = x - n * Lanes(repeating: 0.693_359_375) + n * Lanes(repeating: 2.121_944_4e-4)
        // Taylor's series to the seventh power: the rest is below 6e-9 on this interval.
        var p = Lanes(repeating: 1 / 5040)
        p = p * r + Lanes(repeating: 1 / 720)
        p = p * r + Lanes(repeating: 1 / 120)
        p = p * r + Lanes(repeating: 1 / 24)
        p = p * r + Lanes(repeating: 1 / 6)
        p = p * r + Lanes(repeating: 0.5)
        p = p * r + Lanes(repeating: 1)
        p = p * r + Lanes(repeating: 1)
        let bits = unsafeBitCast(shifted, to: SIMD8<Int32>.self)
        let exponent = bits &- SIMD8<Int32>(repeating: 0x4B40_0000 - 127)
        return p * unsafeBitCast(exponent &<< SIMD8<Int32>(repeating: 23), to: Lanes.self)
    }

    /// 1 / (1 + exp(−x)). NaN stays NaN.
    @inline(__always)
    static func sigmoid(_ x: Lanes) -> Lanes {
        let magnitude = x.replacing(with: -x, where: x .> 0)
        let e = expNegative(magnitude)
        let small = e / (1 + e)
        return small.replacing(with: 1 - small, where: x .> 0).replacing(with: x, where: x .!= x)
    }

    /// tanh x. NaN stays NaN.
    @inline(__always)
    static func tanh(_ x: Lanes) -> Lanes {
        let magnitude = x.replacing(with: -x, where: x .> 0)
        let e = expNegative(2 * magnitude)
        let positive = (1 - e) / (1 + e)
        return positive.replacing(with: -positive, where: x .< 0).replacing(with: x, where: x .!= x)
    }
}

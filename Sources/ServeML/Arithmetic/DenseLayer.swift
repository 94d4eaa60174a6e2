/// One fully connected layer, y = act(W x + b), laid out for SIMD.
///
/// The rows of W are cut into blocks of 32, 16 or 8 outputs (the last one padded with zeros); in a block the weights of
/// one input lie
/// side by side. Each step then loads one input and adds its multiples to a block of sums that stay in registers.
struct DenseLayer: Sendable {
    let inputs: Int
    let outputs: Int
    /// Outputs rounded up to eight: the room that `apply` writes.
    let paddedOutputs: Int
    let rectifies: Bool
    private let weights: FloatBuffer
    private let bias: FloatBuffer

    /// - Parameters:
    ///   - weight: row-major [outputs, inputs], as PyTorch has it.
    ///   - bias: [outputs].
    init(weight: [Float], bias: [Float], inputs: Int, outputs: Int, rectifies: Bool) {
        precondition(weight.count == inputs * outputs && bias.count == outputs)
        self.inputs = inputs
        self.outputs = outputs
        self.rectifies = rectifies
        paddedOutputs = (outputs + 7) / 8 * 8
        weights = FloatBuffer(count: inputs * paddedOutputs)
        self.bias = FloatBuffer(count: paddedOutputs)
        for index in 0..<outputs { self.bias.base[index] = bias[index] }
        var target = weights.base
        var start = 0
        while start < paddedOutputs {
            let width = Self.blockWidth(paddedOutputs - start)
            for input in 0..<inputs {
                for lane in 0..<width where start + lane < outputs {
                    target[lane] = weight[(start + lane) * inputs + input]
                }
                target += width
            }
            start += width
        }
    }

    /// Bytes of weights.
    var memoryBytes: Int { (weights.count + bias.count) * 4 }

    private static func blockWidth(_ remaining: Int) -> Int { remaining >= 32 ? 32 : remaining >= 16 ? 16 : 8 }

    /// Computes the layer for the inputs whose positions `active` lists; every other input must be zero.
    ///
    /// After a rectifier about half of the inputs are zero, and leaving them out halves the work at the cost of one
    /// pass over the inputs.
    ///
    /// - Parameter sums: `paddedOutputs` values to start from instead of the bias, aligned as `y` is.
    @inline(__always)
    func apply(
        _ x: UnsafePointer<Float>, active: UnsafePointer<Int32>, _ activeCount: Int,
        from sums: UnsafePointer<Float>? = nil, into y: UnsafeMutablePointer<Float>
    ) {
        let bias = sums ?? UnsafePointer(self.bias.base)
        var block = UnsafeRawPointer(weights.base)
        var start = 0
        while start < paddedOutputs {
            let width = Self.blockWidth(paddedOutputs - start)
            let b = UnsafeRawPointer(bias + start)
            let out = UnsafeMutableRawPointer(y + start)
            switch width {
            case 32: Self.block32(x, active, activeCount, block, b, out, rectifies)
            case 16: Self.block16(x, active, activeCount, block, b, out, rectifies)
            default: Self.block8(x, active, activeCount, block, b, out, rectifies)
            }
            block += width * inputs * 4
            start += width
        }
    }

    private typealias Lanes = SIMD8<Float>

    @inline(__always)
    private static func finish(_ sum: Lanes, _ rectifies: Bool) -> Lanes {
        // NaN stays NaN, as it does in PyTorch, so that an overflow is noticed.
        rectifies ? sum.replacing(with: 0, where: sum .< 0) : sum
    }

    @inline(__always)
    private static func block32(
        _ x: UnsafePointer<Float>, _ active: UnsafePointer<Int32>, _ count: Int, _ weights: UnsafeRawPointer,
        _ bias: UnsafeRawPointer, _ out: UnsafeMutableRawPointer, _ rectifies: Bool
    ) {
        var s0 = bias.load(as: Lanes.self)
        var s1 = bias.load(fromByteOffset: 32, as: Lanes.self)
        var s2 = bias.load(fromByteOffset: 64, as: Lanes.self)
        var s3 = bias.load(fromByteOffset: 96, as: Lanes.self)
        for index in 0..<count {
            let input = Int(active[index])
            let value = Lanes(repeating: x[input])
            let row = weights + input * 128
            s0 += value * row.load(as: Lanes.self)
            s1 += value * row.load(fromByteOffset: 32, as: Lanes.self)
            s2 += value * row.load(fromByteOffset: 64, as: Lanes.self)
            s3 += value * row.load(fromByteOffset: 96, as: Lanes.self)
        }
        out.storeBytes(of: finish(s0, rectifies), as: Lanes.self)
        out.storeBytes(of: finish(s1, rectifies), toByteOffset: 32, as: Lanes.self)
        out.storeBytes(of: finish(s2, rectifies), toByteOffset: 64, as: Lanes.self)
        out.storeBytes(of: finish(s3, rectifies), toByteOffset: 96, as: Lanes.self)
    }

    @inline(__always)
    private static func block16(
        _ x: UnsafePointer<Float>, _ active: UnsafePointer<Int32>, _ count: Int, _ weights: UnsafeRawPointer,
        _ bias: UnsafeRawPointer, _ out: UnsafeMutableRawPointer, _ rectifies: Bool
    ) {
        var s0 = bias.load(as: Lanes.self)
        var s1 = bias.load(fromByteOffset: 32, as: Lanes.self)
        for index in 0..<count {
            let input = Int(active[index])
            let value = Lanes(repeating: x[input])
            let row = weights + input * 64
            s0 += value * row.load(as: Lanes.self)
            s1 += value * row.load(fromByteOffset: 32, as: Lanes.self)
        }
        out.storeBytes(of: finish(s0, rectifies), as: Lanes.self)
        out.storeBytes(of: finish(s1, rectifies), toByteOffset: 32, as: Lanes.self)
    }

    @inline(__always)
    private static func block8(
        _ x: UnsafePointer<Float>, _ active: UnsafePointer<Int32>, _ count: Int, _ weights: UnsafeRawPointer,
        _ bias: UnsafeRawPointer, _ out: UnsafeMutableRawPointer, _ rectifies: Bool
    ) {
        var s0 = bias.load(as: Lanes.self)
        for index in 0..<count {
            let input = Int(active[index])
            s0 += Lanes(repeating: x[input]) * (weights + input * 32).load(as: Lanes.self)
        }
        out.storeBytes(of: finish(s0, rectifies), as: Lanes.self)
    }
}

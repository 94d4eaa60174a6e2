import Foundation

/// Complex discrete Fourier transform of one fixed length whose prime factors are small (2000 and 12 000 here).
///
/// Mixed radix, decimation in time, twiddles computed once. Not for concurrent use: it owns its scratch memory.
final class FourierTransform {
    let count: Int
    private let factors: [Int]
    private let cosines: [Double]
    private let sines: [Double]
    private var outReal: [Double]
    private var outImaginary: [Double]

    init(count: Int) {
        precondition(count > 0)
        self.count = count
        var rest = count
        var factors: [Int] = []
        for factor in [4, 2, 3, 5] {
            while rest % factor == 0 {
                factors.append(factor)
                rest /= factor
            }
        }
        var prime = 7
        while rest > 1 {
            while rest % prime == 0 {
                factors.append(prime)
                rest /= prime
            }
            prime += 2
        }
        self.factors = factors
        let angles = (0..<count).map { 2 * Double.pi * Double($0) / Double(count) }
        cosines = angles.map { cos($0) }
        sines = angles.map { -sin($0) }
        outReal = Array(repeating: 0, count: count)
        outImaginary = outReal
    }

    /// Replaces the signal by its transform; the inverse is scaled by 1/count.
    func transform(_ real: inout [Double], _ imaginary: inout [Double], inverse: Bool = false) {
        precondition(real.count == count && imaginary.count == count)
        // The inverse is the forward transform with the two parts exchanged.
        if inverse { swap(&real, &imaginary) }
        real.withUnsafeBufferPointer { real in
            imaginary.withUnsafeBufferPointer { imaginary in
                outReal.withUnsafeMutableBufferPointer { outReal in
                    outImaginary.withUnsafeMutableBufferPointer { outImaginary in
                        step(
                            Input(real: real.baseAddress!, imaginary: imaginary.baseAddress!),
                            Output(real: outReal.baseAddress!, imaginary: outImaginary.baseAddress!),
                            count: count, stride: 1, level: 0)
                    }
                }
            }
        }
        swap(&real, &outReal)
        swap(&imaginary, &outImaginary)
        guard inverse else { return }
        let scale = 1 / Double(count)
        for index in 0..<count {
            real[index] *= scale
            imaginary[index] *= scale
        }
        swap(&real, &imaginary)
    }

    private struct Input {
        let real: UnsafePointer<Double>
        let imaginary: UnsafePointer<Double>
    }

    private struct Output {
        let real: UnsafeMutablePointer<Double>
        let imaginary: UnsafeMutablePointer<Double>
    }

    private func step(_ input: Input, _ output: Output, count: Int, stride: Int, level: Int) {
        guard count > 1 else {
            output.real[0] = input.real[0]
            output.imaginary[0] = input.imaginary[0]
            return
        }
        let radix = factors[level]
        let part = count / radix
        for index in 0..<radix {
            step(
                Input(real: input.real + index * stride, imaginary: input.imaginary + index * stride),
                Output(real: output.real + index * part, imaginary: output.imaginary + index * part),
                count: part, stride: stride * radix, level: level + 1)
        }
        switch radix {
        case 2: combine2(output, part, stride)
        case 4: combine4(output, part, stride)
        default: combine(output, part, stride, radix)
        }
    }

    private func combine2(_ output: Output, _ part: Int, _ stride: Int) {
        for j in 0..<part {
            let (wr, wi) = (cosines[j * stride], sines[j * stride])
            let (br, bi) = (output.real[part + j], output.imaginary[part + j])
            let (tr, ti) = (br * wr - bi * wi, br * wi + bi * wr)
            let (ar, ai) = (output.real[j], output.imaginary[j])
            output.real[j] = ar + tr
            output.imaginary[j] = ai + ti
            output.real[part + j] = ar - tr
            output.imaginary[part + j] = ai - ti
        }
    }

    private func combine4(_ output: Output, _ part: Int, _ stride: Int) {
        for j in 0..<part {
            let a = (output.real[j], output.imaginary[j])
            let b = turned(output, part + j, j * stride)
            let c = turned(output, 2 * part + j, 2 * j * stride)
            let d = turned(output, 3 * part + j, 3 * j * stride)
            let sumAC = (a.0 + c.0, a.1 + c.1)
            let differenceAC = (a.0 - c.0, a.1 - c.1)
            let sumBD = (b.0 + d.0, b.1 + d.1)
            let differenceBD = (b.0 - d.0, b.1 - d.1)
            output.real[j] = sumAC.0 + sumBD.0
            output.imaginary[j] = sumAC.1 + sumBD.1
            output.real[part + j] = differenceAC.0 + differenceBD.1
            output.imaginary[part + j] = differenceAC.1 - differenceBD.0
            output.real[2 * part + j] = sumAC.0 - sumBD.0
            output.imaginary[2 * part + j] = sumAC.1 - sumBD.1
            output.real[3 * part + j] = differenceAC.0 - differenceBD.1
            output.imaginary[3 * part + j] = differenceAC.1 + differenceBD.0
        }
    }

    @inline(__always)
    private func turned(_ output: Output, _ index: Int, _ twiddle: Int) -> (Double, Double) {
        let (wr, wi) = (cosines[twiddle], sines[twiddle])
        let (r, i) = (output.real[index], output.imaginary[index])
        return (r * wr - i * wi, r * wi + i * wr)
    }

    private func combine(_ output: Output, _ part: Int, _ stride: Int, _ radix: Int) {
        withUnsafeTemporaryAllocation(of: (Double, Double).self, capacity: radix) { terms in
            for j in 0..<part {
                for q in 0..<radix { terms[q] = turned(output, q * part + j, q * j * stride) }
                for k in 0..<radix {
                    var (sumReal, sumImaginary) = terms[0]
                    for q in 1..<radix {
                        let twiddle = (k * q * part * stride) % count
                        let (wr, wi) = (cosines[twiddle], sines[twiddle])
                        sumReal += terms[q].0 * wr - terms[q].1 * wi
                        sumImaginary += terms[q].0 * wi + terms[q].1 * wr
                    }
                    output.real[k * part + j] = sumReal
                    output.imaginary[k * part + j] = sumImaginary
                }
            }
        }
    }
}

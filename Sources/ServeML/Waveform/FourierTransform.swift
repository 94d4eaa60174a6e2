import Foundation

/// A discrete Fourier transform of any length: mixed radix (Stockham), and Bluestein's way where a prime factor is
/// large.
///
/// Immutable after it is made; callers bring their own memory, so one plan serves any number of threads.
final class FourierTransform: Sendable {
    let count: Int
    private let factors: [Int]
    /// cos and −sin of 2πk/count.
    private let cosines: [Double]
    private let sines: [Double]
    private let chirp: Chirp?

    /// Factors beyond this are cheaper by Bluestein's convolution.
    private static let largestRadix = 13

    init(count: Int) {
        precondition(count > 0)
        self.count = count
        var factors: [Int] = []
        var rest = count
        // Radix 4 needs the fewest operations; what is left of a power of two is one 2.
        for radix in [4, 2, 3, 5, 7, 11, 13] {
            while rest % radix == 0 {
                factors.append(radix)
                rest /= radix
            }
        }
        self.factors = factors
        chirp = rest > 1 ? Chirp(count: count) : nil
        let step = 2 * Double.pi / Double(count)
        cosines = rest > 1 ? [] : (0..<count).map { cos(step * Double($0)) }
        sines = rest > 1 ? [] : (0..<count).map { -sin(step * Double($0)) }
    }

    /// Complex numbers in two arrays.
    struct Signal {
        var real: [Double]
        var imaginary: [Double]

        init(count: Int) {
            real = [Double](repeating: 0, count: count)
            imaginary = real
        }
    }

    /// Σ x[k]·exp(−2πijk/n), in place. `work` is scratch of the same length.
    func forward(_ signal: inout Signal, _ work: inout Signal) {
        if let chirp {
            chirp.transform(&signal)
            return
        }
        var length = count
        var stride = 1
        cosines.withUnsafeBufferPointer { cosines in
            sines.withUnsafeBufferPointer { sines in
                for radix in factors {
                    signal.real.withUnsafeBufferPointer { xr in
                        signal.imaginary.withUnsafeBufferPointer { xi in
                            work.real.withUnsafeMutableBufferPointer { yr in
                                work.imaginary.withUnsafeMutableBufferPointer { yi in
                                    let pass = Pass(
                                        xr: xr.baseAddress!, xi: xi.baseAddress!, yr: yr.baseAddress!,
                                        yi: yi.baseAddress!,
                                        cosines: cosines.baseAddress!, sines: sines.baseAddress!, count: count,
                                        length: length,
                                        stride: stride)
                                    pass.run(radix)
                                }
                            }
                        }
                    }
                    swap(&signal, &work)
                    length /= radix
                    stride *= radix
                }
            }
        }
    }

    /// The inverse, divided by n, in place.
    func inverse(_ signal: inout Signal, _ work: inout Signal) {
        // Swapping the parts turns the forward transform into the inverse.
        swap(&signal.real, &signal.imaginary)
        swap(&work.real, &work.imaginary)
        forward(&signal, &work)
        swap(&signal.real, &signal.imaginary)
        let scale = 1 / Double(count)
        for index in 0..<count {
            signal.real[index] *= scale
            signal.imaginary[index] *= scale
        }
    }

    /// Bluestein: a transform of any length as a convolution of a power-of-two length.
    private struct Chirp: Sendable {
        let count: Int
        let inner: FourierTransform
        let real: [Double]
        let imaginary: [Double]
        /// Transform of the conjugate chirp.
        let kernelReal: [Double]
        let kernelImaginary: [Double]

        init(count: Int) {
            self.count = count
            var size = 1
            while size < 2 * count - 1 { size *= 2 }
            inner = FourierTransform(count: size)
            // k² modulo 2n keeps the angle small and so exact.
            let angles = (0..<count).map { Double.pi * Double(($0 * $0) % (2 * count)) / Double(count) }
            real = angles.map { cos($0) }
            imaginary = angles.map { -sin($0) }
            var kernel = Signal(count: size)
            var work = Signal(count: size)
            for index in 0..<count {
                kernel.real[index] = real[index]
                kernel.imaginary[index] = -imaginary[index]
                if index > 0 {
                    kernel.real[size - index] = real[index]
                    kernel.imaginary[size - index] = -imaginary[index]
                }
            }
            inner.forward(&kernel, &work)
            kernelReal = kernel.real
            kernelImaginary = kernel.imaginary
        }

        func transform(_ signal: inout Signal) {
            let size = inner.count
            var padded = Signal(count: size)
            var work = Signal(count: size)
            for k in 0..<count {
                padded.real[k] = signal.real[k] * real[k] - signal.imaginary[k] * imaginary[k]
                padded.imaginary[k] = signal.real[k] * imaginary[k] + signal.imaginary[k] * real[k]
            }
            inner.forward(&padded, &work)
            for k in 0..<size {
                let r = padded.real[k] * kernelReal[k] - padded.imaginary[k] * kernelImaginary[k]
                padded.imaginary[k] = padded.real[k] * kernelImaginary[k] + padded.imaginary[k] * kernelReal[k]
                padded.real[k] = r
            }
            inner.inverse(&padded, &work)
            for k in 0..<count {
                signal.real[k] = padded.real[k] * real[k] - padded.imaginary[k] * imaginary[k]
                signal.imaginary[k] = padded.real[k] * imaginary[k] + padded.imaginary[k] * real[k]
            }
        }
    }
}

import Foundation

/// The 21 features of one axis, in the order of the field's names.
///
/// Bands are sums of |rfft| within [lo, hi) Hz over the sum of all bins; kurtosis is not excess; std has 1e-9 added.
/// The envelope is |analytic signal| less its mean; dominant frequencies leave the constant bin out.
enum AxisFeature {
    static let bands: [(name: String, low: Double, high: Double)] = [
        ("0_100", 0, 100), ("100_500", 100, 500), ("500_1000", 500, 1000), ("1000_2000", 1000, 2000),
        ("2000_4000", 2000, 4000),
    ]
    static let suffixes: [String] =
        ["mean", "std", "min", "max", "p2p", "rms", "skew", "kurt", "crest"]
        + bands.map { "band_\($0.name)" } + ["dom_freq"] + bands.map { "env_band_\($0.name)" } + ["env_dom_freq"]
}

/// Computes features of signals of one length and rate. Not for concurrent use: it owns its scratch memory.
final class FeatureExtractor {
    private let transform: FourierTransform
    private let sampleRate: Double
    private var real: [Double] = []
    private var imaginary: [Double] = []

    /// - Parameters:
    ///   - count: samples of a signal, even.
    ///   - sampleRate: in Hz.
    init(count: Int, sampleRate: Double) {
        transform = FourierTransform(count: count)
        self.sampleRate = sampleRate
    }

    /// Appends the 21 features of a signal in the order of ``AxisFeature/suffixes``.
    func append(_ signal: [Double], to features: inout [Double]) {
        appendMoments(signal, &features)
        real = signal
        imaginary = Array(repeating: 0, count: signal.count)
        transform.transform(&real, &imaginary)
        appendSpectrum(&features)
        makeEnvelope()
        transform.transform(&real, &imaginary)
        appendSpectrum(&features)
    }

    private func appendMoments(_ signal: [Double], _ features: inout [Double]) {
        let count = Double(signal.count)
        let mean = signal.reduce(0, +) / count
        var (m2, m3, m4, squares) = (0.0, 0.0, 0.0, 0.0)
        var (low, high) = (Double.infinity, -Double.infinity)
        for value in signal {
            let d = value - mean
            let d2 = d * d
            m2 += d2
            m3 += d2 * d
            m4 += d2 * d2
            squares += value * value
            low = min(low, value)
            high = max(high, value)
        }
        let std = (m2 / count).squareRoot() + 1e-9
        let rms = (squares / count).squareRoot()
        let variance = std * std
        features += [
            mean, std, low, high, high - low, rms, m3 / count / (variance * std), m4 / count / (variance * variance),
            max(abs(low), abs(high)) / (rms + 1e-9),
        ]
    }

    /// Band shares and the dominant frequency of the transform in the scratch memory.
    private func appendSpectrum(_ features: inout [Double]) {
        let half = transform.count / 2
        let resolution = sampleRate / Double(transform.count)
        var sums = [Double](repeating: 0, count: AxisFeature.bands.count)
        var total = 0.0
        var (largest, dominant) = (-1.0, 0)
        var band = 0
        for bin in 0...half {
            let magnitude = (real[bin] * real[bin] + imaginary[bin] * imaginary[bin]).squareRoot()
            let frequency = Double(bin) * resolution
            while band < sums.count, frequency >= AxisFeature.bands[band].high { band += 1 }
            if band < sums.count { sums[band] += magnitude }
            total += magnitude
            if bin > 0, magnitude > largest { (largest, dominant) = (magnitude, bin) }
        }
        for sum in sums { features.append(total > 0 ? sum / total : 0) }
        features.append(Double(dominant) * resolution)
    }

    /// From the spectrum to the envelope, in place: negative frequencies away, positive doubled, back, absolute, less mean.
    private func makeEnvelope() {
        let half = transform.count / 2
        for bin in 1..<half {
            real[bin] *= 2
            imaginary[bin] *= 2
        }
        for bin in (half + 1)..<transform.count {
            real[bin] = 0
            imaginary[bin] = 0
        }
        transform.transform(&real, &imaginary, inverse: true)
        var sum = 0.0
        for index in real.indices {
            real[index] = (real[index] * real[index] + imaginary[index] * imaginary[index]).squareRoot()
            imaginary[index] = 0
            sum += real[index]
        }
        let mean = sum / Double(real.count)
        for index in real.indices { real[index] -= mean }
    }
}

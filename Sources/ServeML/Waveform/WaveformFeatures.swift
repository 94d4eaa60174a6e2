import Synchronization

/// Why features cannot be computed from a waveform.
public enum WaveformError: Error, Sendable, Equatable, CustomStringConvertible {
    case malformed(String)
    case unknownModality(String)
    /// The axes that the modality needs are not those that came.
    case wrongAxes(expected: [String], found: [String])
    case wrongLength(axis: String, samples: Int)
    case unequalLengths
    case badSampleRate
    case notFinite(axis: String)

    /// A stable snake_case name.
    public var code: String {
        switch self {
        case .malformed: "malformed_waveform"
        case .unknownModality: "unknown_modality"
        case .wrongAxes: "wrong_axes"
        case .wrongLength: "wrong_length"
        case .unequalLengths: "unequal_lengths"
        case .badSampleRate: "bad_sample_rate"
        case .notFinite: "sample_not_finite"
        }
    }

    /// One sentence for people.
    public var description: String {
        switch self {
        case .malformed(let what): "the waveform message is malformed: \(what)"
        case .unknownModality(let name): "\(BundleError.quoted(name)) is neither 'current' nor 'vibration'"
        case .wrongAxes(let expected, let found):
            "axes \(found.prefix(8).map(BundleError.quoted).joined(separator: ", ")) came; "
                + "needed: \(expected.joined(separator: ", "))"
        case .wrongLength(let axis, let samples):
            "axis \(BundleError.quoted(axis)) has \(samples) samples, not \(WaveformFeatures.sampleRange)"
        case .unequalLengths: "the axes differ in length"
        case .badSampleRate: "sample_rate_hz is not a positive number of at most 10 MHz"
        case .notFinite(let axis): "axis \(BundleError.quoted(axis)) holds a sample that is not finite"
        }
    }
}

/// The field's 84 features from raw signals: 21 for each phase current (`cur_x_…`, `cur_y_…`, `cur_z_…`) and 21 for
/// vibration (`vib_…`).
///
/// Of each signal: mean, std (with 1e-9 added), min, max, peak to peak, rms, skewness and kurtosis (not excess) about
/// that std, crest factor; the
/// share of |rfft| in each band [lo, hi) Hz, constant bin included, and the frequency of the largest bin; the last two
/// again for the envelope
/// |x + i·H(x)|. A signal with a mean other than zero, as every envelope is, therefore has its dominant frequency at 0:
/// so the models of the field
/// were trained, and so it stays.
public enum WaveformFeatures {
    /// Samples per axis.
    public static let sampleRange = 16...1_048_576

    static let bandEdges: [(name: String, low: Double, high: Double)] = [
        ("0_100", 0, 100), ("100_500", 100, 500), ("500_1000", 500, 1000), ("1000_2000", 1000, 2000),
        ("2000_4000", 2000, 4000),
    ]

    /// The 21 suffixes in the field's order.
    public static let suffixes: [String] =
        ["mean", "std", "min", "max", "p2p", "rms", "skew", "kurt", "crest"]
        + bandEdges.map { "band_\($0.name)" } + ["dom_freq"]
        + bandEdges.map { "env_band_\($0.name)" } + ["env_dom_freq"]

    /// Features of one modality.
    ///
    /// - Parameters:
    ///   - modality: `current` (axes x, y, z) or `vibration` (one axis of any name).
    ///   - axes: samples in the unit that the models were trained with (A, mm/s), all of one length.
    ///   - sampleRateHz: samples per second.
    public static func compute(
        modality: String, axes: [String: [Double]], sampleRateHz: Double
    ) throws(WaveformError) -> FeatureValues {
        guard sampleRateHz > 0, sampleRateHz <= 10_000_000 else { throw .badSampleRate }
        let found = axes.keys.sorted()
        let parts: [(prefix: String, axis: String)]
        switch modality {
        case "current":
            guard found == ["x", "y", "z"] else { throw .wrongAxes(expected: ["x", "y", "z"], found: found) }
            parts = found.map { ("cur_\($0)_", $0) }
        case "vibration":
            guard found.count == 1 else { throw .wrongAxes(expected: ["one axis"], found: found) }
            parts = [("vib_", found[0])]
        default: throw .unknownModality(modality)
        }
        var features = FeatureValues()
        var count: Int?
        for (prefix, axis) in parts {
            let samples = axes[axis] ?? []
            guard sampleRange.contains(samples.count) else { throw .wrongLength(axis: axis, samples: samples.count) }
            guard count == nil || count == samples.count else { throw .unequalLengths }
            count = samples.count
            guard samples.allSatisfy(\.isFinite) else { throw .notFinite(axis: axis) }
            for (suffix, value) in zip(suffixes, signal(samples, sampleRateHz)) {
                features.append(prefix + suffix, value)
            }
        }
        return features
    }

    /// The 21 features of one signal, in the order of `suffixes`.
    static func signal(_ x: [Double], _ rate: Double) -> [Double] {
        let transform = plan(x.count)
        var features: [Double] = []
        features.reserveCapacity(suffixes.count)
        appendMoments(x, &features)
        var spectrum = FourierTransform.Signal(count: x.count)
        var work = FourierTransform.Signal(count: x.count)
        spectrum.real = x
        transform.forward(&spectrum, &work)
        appendSpectrum(spectrum, rate, &features)
        makeAnalytic(&spectrum)
        transform.inverse(&spectrum, &work)
        for index in x.indices {
            let (r, i) = (spectrum.real[index], spectrum.imaginary[index])
            spectrum.real[index] = (r * r + i * i).squareRoot()
            spectrum.imaginary[index] = 0
        }
        transform.forward(&spectrum, &work)
        appendSpectrum(spectrum, rate, &features)
        return features
    }

    private static func appendMoments(_ x: [Double], _ features: inout [Double]) {
        let count = Double(x.count)
        let mean = x.reduce(0, +) / count
        var (second, third, fourth, squares) = (0.0, 0.0, 0.0, 0.0)
        var (low, high) = (x[0], x[0])
        for value in x {
            let d = value - mean
            let d2 = d * d
            second += d2
            third += d2 * d
            fourth += d2 * d2
            squares += value * value
            low = min(low, value)
            high = max(high, value)
        }
        let std = (second / count).squareRoot() + 1e-9
        let rms = (squares / count).squareRoot()
        let s2 = std * std
        features += [
            mean, std, low, high, high - low, rms, third / count / (s2 * std), fourth / count / (s2 * s2),
            max(abs(low), abs(high)) / (rms + 1e-9),
        ]
    }

    private static func appendSpectrum(_ spectrum: FourierTransform.Signal, _ rate: Double, _ features: inout [Double])
    {
        let count = spectrum.real.count
        var sums = [Double](repeating: 0, count: bandEdges.count)
        var total = 0.0
        var (largest, dominant) = (-1.0, 0)
        var band = 0
        let resolution = rate / Double(count)
        for bin in 0...(count / 2) {
            let (r, i) = (spectrum.real[bin], spectrum.imaginary[bin])
            let magnitude = (r * r + i * i).squareRoot()
            let frequency = Double(bin) * resolution
            while band < sums.count, frequency >= bandEdges[band].high { band += 1 }
            if band < sums.count { sums[band] += magnitude }
            total += magnitude
            if magnitude > largest { (largest, dominant) = (magnitude, bin) }
        }
        for sum in sums { features.append(sum / (total + 1e-9)) }
        features.append(Double(dominant) * resolution)
    }

    /// Spectrum of x + i·H(x): positive frequencies doubled, negative ones away.
    private static func makeAnalytic(_ spectrum: inout FourierTransform.Signal) {
        let count = spectrum.real.count
        let positive = (count + 1) / 2
        for bin in 1..<positive {
            spectrum.real[bin] *= 2
            spectrum.imaginary[bin] *= 2
        }
        // With an even length the bin in the middle is its own mirror image and stays.
        for bin in (count / 2 + 1)..<count {
            spectrum.real[bin] = 0
            spectrum.imaginary[bin] = 0
        }
    }

    private static let plans = Mutex<[Int: FourierTransform]>([:])
    private static let maximumPlans = 16

    private static func plan(_ count: Int) -> FourierTransform {
        if let plan = plans.withLock({ $0[count] }) { return plan }
        let plan = FourierTransform(count: count)
        plans.withLock { plans in
            // Sensors use a few lengths; a sender that varies them must not fill the memory.
            if plans.count >= maximumPlans { plans.removeAll() }
            plans[count] = plan
        }
        return plan
    }
}

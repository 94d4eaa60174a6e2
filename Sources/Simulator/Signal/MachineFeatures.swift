/// The 84 features of a machine: 63 of its currents, 21 of its vibration.
final class MachineFeatures {
    /// `cur_x_mean` … `vib_env_dom_freq`, in the field's order.
    static let names: [String] =
        ["x", "y", "z"].flatMap { axis in AxisFeature.suffixes.map { "cur_\(axis)_\($0)" } }
        + AxisFeature.suffixes.map { "vib_\($0)" }

    private let currents = FeatureExtractor(
        count: WaveformSynthesizer.currentCount, sampleRate: WaveformSynthesizer.currentRate)
    private let vibration = FeatureExtractor(
        count: WaveformSynthesizer.vibrationCount, sampleRate: WaveformSynthesizer.vibrationRate)

    /// Measures the machine once: waveforms are made and their features computed.
    /// - Returns: 84 values in the order of ``names``.
    func measure(
        _ machine: Machine, at time: Double, _ condition: Condition, _ random: inout SplitMix
    ) -> [Double] {
        var values: [Double] = []
        values.reserveCapacity(Self.names.count)
        let load = machine.load(at: time)
        for axis in WaveformSynthesizer.currents(machine, load: load, condition, &random) {
            currents.append(axis, to: &values)
        }
        vibration.append(WaveformSynthesizer.vibration(machine, load: load, condition, &random), to: &values)
        return values
    }
}

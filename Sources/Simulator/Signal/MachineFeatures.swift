import ServeML

/// One measurement of a machine: three phase currents (A) and vibration (mm/s), as the field records them.
struct MachineWaveforms {
    /// x, y, z
    let currents: [[Double]]
    let vibration: [Double]

    init(_ machine: Machine, at time: Double, _ condition: Condition, _ random: inout SplitMix) {
        let load = machine.load(at: time)
        currents = WaveformSynthesizer.currents(machine, load: load, condition, &random)
        vibration = WaveformSynthesizer.vibration(machine, load: load, condition, &random)
    }
}

/// The 84 features of a machine, 63 of its currents and 21 of its vibration, computed as `thin` computes them.
enum MachineFeatures {
    /// `cur_x_mean` … `vib_env_dom_freq`, in the field's order.
    static let names: [String] =
        ["cur_x", "cur_y", "cur_z", "vib"].flatMap { signal in WaveformFeatures.suffixes.map { "\(signal)_\($0)" } }

    /// Measures the machine once: waveforms are made and their features computed.
    /// - Returns: 84 values in the order of ``names``.
    static func measure(
        _ machine: Machine, at time: Double, _ condition: Condition, _ random: inout SplitMix
    ) -> [Double] {
        let waveforms = MachineWaveforms(machine, at: time, condition, &random)
        let axes = Dictionary(uniqueKeysWithValues: zip(["x", "y", "z"], waveforms.currents))
        return values("current", axes, WaveformSynthesizer.currentRate)
            + values("vibration", ["v": waveforms.vibration], WaveformSynthesizer.vibrationRate)
    }

    private static func values(_ modality: String, _ axes: [String: [Double]], _ rate: Double) -> [Double] {
        do {
            let features = try WaveformFeatures.compute(modality: modality, axes: axes, sampleRateHz: rate)
            return (0..<features.count).map(features.value)
        } catch {
            // what the synthesizer makes is a waveform
            preconditionFailure("\(error)")
        }
    }
}

import Foundation

/// Makes the waveforms that the field measures: three phase currents at 2 kHz × 1 s (A), vibration at 4 kHz × 3 s (mm/s).
enum WaveformSynthesizer {
    static let currentRate = 2000.0
    static let currentCount = 2000
    static let vibrationRate = 4000.0
    static let vibrationCount = 12_000

    private struct Tone {
        var frequency: Double
        var amplitude: Double
        var phase: Double
    }

    /// Phase currents x, y, z.
    static func currents(
        _ machine: Machine, load: Double, _ condition: Condition, _ random: inout SplitMix
    ) -> [[Double]] {
        let line = Machine.lineFrequency * (1 + 0.0005 * random.normal())
        let shaft = machine.shaftFrequency(load: load)
        let belt = shaft * Vibration.beltRatio
        let start = random.uniform(0, 2 * .pi)
        let rms = machine.current(load: load, condition)
        // Amplitudes relative to the fundamental: saturation and supply, eccentricity, then what each fault brings.
        var tones: [Tone] = [Tone(frequency: line, amplitude: 1, phase: 0)]
        func add(_ frequency: Double, _ amplitude: Double) {
            let spread = 1 + 0.08 * random.normal()
            tones.append(Tone(frequency: frequency, amplitude: amplitude * spread, phase: random.uniform(0, 2 * .pi)))
        }
        add(5 * line, 0.025)
        add(7 * line, 0.014)
        add(2 * line, 0.004 + 0.03 * condition.amount(.misalignment))
        for side in [-1.0, 1.0] {
            add(line + side * shaft, 0.004 + 0.03 * condition.amount(.unbalance))
            add(abs(line + side * 2 * shaft), 0.001 + 0.035 * condition.amount(.misalignment))
            add(line + side * belt, 0.001 + 0.05 * condition.amount(.belt))
            add(abs(line + side * shaft * Vibration.outerRace), 0.0005 + 0.012 * condition.amount(.bearing))
        }
        let noise = 0.006 * (1 + condition.amount(.bearing))
        return (0..<3).map { (phase: Int) -> [Double] in
            let spread: Double = 1 + 0.003 * random.normal()
            let amplitude: Double = 2.0.squareRoot() * rms * machine.imbalance[phase] * spread
            let lag: Double = start - 2 * Double.pi / 3 * Double(phase)
            var signal = [Double](repeating: 0, count: currentCount)
            for tone in tones {
                // Harmonics turn with their order, sidebands with the fundamental.
                let order = max(1, (tone.frequency / line).rounded())
                let angle: Double = tone.phase + lag * order
                Self.add(tone.frequency / currentRate, amplitude * tone.amplitude, angle, to: &signal)
            }
            for index in signal.indices { signal[index] += amplitude * noise * random.normal() }
            return signal
        }
    }

    static func vibration(
        _ machine: Machine, load: Double, _ condition: Condition, _ random: inout SplitMix
    ) -> [Double] {
        let sizes = Vibration(machine, load: load, condition)
        let shaft = machine.shaftFrequency(load: load) * (1 + 0.001 * random.normal())
        var signal = [Double](repeating: 0, count: vibrationCount)
        func tone(_ frequency: Double, _ amplitude: Double) {
            let spread = 1 + 0.04 * random.normal()
            Self.add(frequency / vibrationRate, amplitude * spread, random.uniform(0, 2 * .pi), to: &signal)
        }
        tone(shaft, sizes.once)
        tone(2 * shaft, sizes.twice)
        tone(3 * shaft, 0.1 * sizes.once)
        tone(shaft * machine.blades, sizes.gear)
        let belt = shaft * Vibration.beltRatio
        var modulation = [Double](repeating: 1, count: vibrationCount)
        add(belt / vibrationRate, sizes.modulation, random.uniform(0, 2 * .pi), to: &modulation)
        for index in signal.indices { signal[index] *= modulation[index] }
        tone(belt, sizes.belt)
        tone(2 * belt, 0.3 * sizes.belt)
        for index in signal.indices { signal[index] += sizes.noise * random.normal() }
        if sizes.impact > 0 { addImpacts(sizes.impact, shaft, &signal, &random) }
        return signal
    }

    /// A ball passes the pit: the housing rings. Balls slip a little, so the period wanders by 1 %.
    private static func addImpacts(
        _ amplitude: Double, _ shaft: Double, _ signal: inout [Double], _ random: inout SplitMix
    ) {
        let period = vibrationRate / (shaft * Vibration.outerRace)
        let decay = 1 / (Vibration.ringing * vibrationRate)
        let turn = 2 * Double.pi * Vibration.resonance / vibrationRate
        let length = Int(7 / decay)
        var at = random.uniform(0, period)
        while at < Double(signal.count) {
            let strength = amplitude * (1 + 0.15 * random.normal())
            let first = Int(at)
            for index in first..<min(first + length, signal.count) {
                let age = Double(index) - at
                guard age >= 0 else { continue }
                signal[index] += strength * exp(-age * decay) * sin(turn * age)
            }
            at += period * (1 + 0.01 * random.normal())
        }
    }

    /// Adds amplitude · sin(2π · turns · n + phase); by rotation, which is many times quicker than a sine a sample.
    private static func add(_ turns: Double, _ amplitude: Double, _ phase: Double, to signal: inout [Double]) {
        guard amplitude != 0 else { return }
        let (stepCos, stepSin) = (cos(2 * .pi * turns), sin(2 * .pi * turns))
        var (c, s) = (amplitude * cos(phase), amplitude * sin(phase))
        for index in signal.indices {
            signal[index] += s
            (c, s) = (c * stepCos - s * stepSin, s * stepCos + c * stepSin)
        }
    }
}

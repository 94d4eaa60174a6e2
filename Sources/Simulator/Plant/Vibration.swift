import Foundation

/// Sizes of a machine's vibration under a load and a condition, in mm/s; amplitudes are peaks.
struct Vibration {
    var once: Double
    var twice: Double
    var gear: Double
    var noise: Double
    /// Amplitude at the belt's frequency and depth to which it modulates the rest (0…1).
    var belt: Double
    var modulation: Double
    /// First peak of the ringing after an impact in the bearing.
    var impact: Double

    /// Ball-pass frequency of the outer race and belt frequency, relative to the shaft's.
    static let outerRace = 3.58
    static let beltRatio = 0.31
    /// The housing rings at this frequency (Hz) and forgets with this time constant (s).
    static let resonance = 1450.0
    static let ringing = 0.0012

    init(_ machine: Machine, load: Double, _ condition: Condition) {
        let effort = 0.85 + 0.3 * load
        once =
            machine.unbalance * effort * (1 + 5 * condition.amount(.unbalance) + 0.4 * condition.amount(.misalignment))
        twice = machine.twice * effort * (1 + 14 * condition.amount(.misalignment))
        gear = machine.gear * effort * (1 + 0.6 * condition.amount(.misalignment))
        noise = machine.noise * effort * (1 + 0.8 * condition.amount(.bearing))
        belt = machine.unbalance * (0.05 + 2.2 * condition.amount(.belt))
        modulation = 0.02 + 0.45 * condition.amount(.belt)
        impact = machine.unbalance * 14 * condition.amount(.bearing)
    }

    /// RMS in mm/s of what ``WaveformSynthesizer`` makes of this, without its noise of one draw.
    func rms(shaft: Double) -> Double {
        let tones = once * once + twice * twice + gear * gear + 0.01 * once * once
        // Energy of one decaying ringing, times their number a second.
        let impacts = impact * impact * Self.ringing / 4 * shaft * Self.outerRace
        return (tones / 2 * (1 + modulation * modulation / 2) + belt * belt / 2 * 1.09 + noise * noise + impacts)
            .squareRoot()
    }
}

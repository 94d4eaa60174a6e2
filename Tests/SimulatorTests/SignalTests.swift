import Foundation
import Testing

@testable import Simulator

@Suite("Signals and features")
struct SignalTests {
    @Test(
        "The transform equals the definition, for lengths of every radix",
        arguments: [1, 2, 8, 12, 30, 49, 60, 125, 240])
    func transform(count: Int) {
        var random = SplitMix(seed: 5)
        let real = (0..<count).map { _ in random.normal() }
        let imaginary = (0..<count).map { _ in random.normal() }
        var (a, b) = (real, imaginary)
        let transform = FourierTransform(count: count)
        transform.transform(&a, &b)
        for bin in 0..<count {
            var (sumReal, sumImaginary) = (0.0, 0.0)
            for n in 0..<count {
                let angle = -2 * .pi * Double(bin * n % count) / Double(count)
                sumReal += real[n] * cos(angle) - imaginary[n] * sin(angle)
                sumImaginary += real[n] * sin(angle) + imaginary[n] * cos(angle)
            }
            #expect(abs(a[bin] - sumReal) < 1e-9 && abs(b[bin] - sumImaginary) < 1e-9)
        }
        transform.transform(&a, &b, inverse: true)
        #expect(zip(a, real).allSatisfy { abs($0 - $1) < 1e-12 })
        #expect(zip(b, imaginary).allSatisfy { abs($0 - $1) < 1e-12 })
    }

    /// Computed with numpy 2.4 from the same formulas (rfft, analytic signal by fft).
    @Test("Features equal numpy's")
    func reference() {
        func saw(_ k: Int) -> Double { Double((k * 7919) % 1000) / 1000 - 0.5 }
        let vibration = (0..<12_000).map { k -> Double in
            let t = Double(k) / 4000
            return sin(2 * .pi * 29.3 * t) * (1 + 0.3 * sin(2 * .pi * 9 * t)) + 0.2 * saw(k) + 0.1
        }
        let current = (0..<2000).map { k -> Double in
            let t = Double(k) / 2000
            return 5 * sin(2 * .pi * 60 * t + 0.3) + 0.2 * cos(2 * .pi * 300 * t) + 0.05 * saw(k)
        }
        check(
            vibration, 4000,
            [
                0.1001619239, 0.7254568549, -1.289045767, 1.485839612, 2.774885379, 0.7323387589, -0.001482836596,
                1.761732795, 2.028896589, 0.7293905268, 0.1127851811, 0.06772071813, 0.09006219226, 4.138170139e-05,
                29.33333333, 0.3851124711, 0.2359297243, 0.1606205411, 0.2183200707, 1.719286267e-05, 9.0,
            ])
        check(
            current, 2000,
            [
                -2.5e-05, 3.538364185, -5.223998796, 5.222498796, 10.44649759, 3.538364184, 2.579915617e-05,
                1.504889836,
                1.476388106, 0.9425529732, 0.04863197338, 0.008805640306, 9.413067367e-06, 0.0, 60.0, 0.03219011628,
                0.8326544997, 0.1351527492, 2.63480847e-06, 0.0, 240.0,
            ])
    }

    private func check(_ signal: [Double], _ rate: Double, _ expected: [Double]) {
        var features: [Double] = []
        FeatureExtractor(count: signal.count, sampleRate: rate).append(signal, to: &features)
        #expect(features.count == expected.count)
        for (name, (value, reference)) in zip(AxisFeature.suffixes, zip(features, expected)) {
            #expect(abs(value - reference) <= 1e-6 * max(1, abs(reference)), "\(name)")
        }
    }

    @Test("84 names, as the field has them")
    func names() {
        #expect(MachineFeatures.names.count == 84)
        #expect(Set(MachineFeatures.names).count == 84)
        #expect(MachineFeatures.names.count { $0.hasPrefix("cur_") } == 63)
        for name in ["cur_x_mean", "cur_z_env_dom_freq", "vib_band_0_100", "vib_env_band_2000_4000", "vib_p2p"] {
            #expect(MachineFeatures.names.contains(name))
        }
    }

    /// Mean of a feature over some measurements.
    private func mean(_ name: String, _ machine: Machine, _ condition: Condition) -> Double {
        let features = MachineFeatures()
        let index = MachineFeatures.names.firstIndex(of: name)!
        let values = (0..<3).map { number in
            var random = SplitMix(9, UInt64(number))
            return features.measure(machine, at: Double(number) * 60, condition, &random)[index]
        }
        return values.reduce(0, +) / Double(values.count)
    }

    @Test(
        "Each fault moves the features that it moves in a real machine",
        arguments: [
            (Fault.bearing, "vib_kurt", 2.0), (.bearing, "vib_crest", 1.6), (.bearing, "vib_env_band_100_500", 1.3),
            (.unbalance, "vib_rms", 2.0), (.misalignment, "vib_rms", 1.5), (.misalignment, "cur_x_band_100_500", 1.1),
            (.belt, "vib_env_band_0_100", 1.8), (.belt, "cur_y_env_band_0_100", 1.3),
        ])
    func faults(fault: Fault, feature: String, factor: Double) {
        let machine = Machine(number: 4)
        let healthy = mean(feature, machine, .healthy)
        #expect(mean(feature, machine, Condition(fault: fault, severity: 1)) > factor * healthy)
    }

    @Test("Unbalance is once, misalignment twice per revolution; a bearing rings its outer race")
    func dominantFrequencies() {
        let machine = Machine(number: 0)
        let shaft = 29.4
        #expect(abs(mean("vib_dom_freq", machine, Condition(fault: .unbalance, severity: 1)) - shaft) < 1)
        #expect(abs(mean("vib_dom_freq", machine, Condition(fault: .misalignment, severity: 1)) - 2 * shaft) < 1.5)
        let race = mean("vib_env_dom_freq", machine, Condition(fault: .bearing, severity: 1))
        #expect(abs(race - Vibration.outerRace * shaft) < 4)
    }

    @Test("Readings agree with waveforms: current and vibration RMS", arguments: [nil] + Fault.allCases)
    func readings(fault: Fault?) {
        let machine = Machine(number: 3)
        let condition = Condition(fault: fault, severity: fault == nil ? 0 : 0.7)
        let load = machine.load(at: 0)
        var random = SplitMix(seed: 3)
        func rms(_ signal: [Double]) -> Double {
            (signal.reduce(0) { $0 + $1 * $1 } / Double(signal.count)).squareRoot()
        }
        let vibration = rms(WaveformSynthesizer.vibration(machine, load: load, condition, &random))
        let expected = Vibration(machine, load: load, condition).rms(shaft: machine.shaftFrequency(load: load))
        #expect(abs(vibration / expected - 1) < 0.2)
        let currents = WaveformSynthesizer.currents(machine, load: load, condition, &random).map(rms)
        #expect(currents.allSatisfy { abs($0 / machine.current(load: load, condition) - 1) < 0.05 })
    }

    @Test("A machine draws what its power needs")
    func powers() {
        for number in 0..<16 {
            let machine = Machine(number: number)
            #expect((1.7...2.4).contains(machine.ratedCurrent / machine.power))
            #expect(machine.powerName.hasSuffix("kW") && !machine.powerName.contains(".0"))
        }
        #expect(Machine(number: 0).name == "press-01")
        #expect(Machine(number: 1).name == "pump-02")
        #expect(Machine(number: 2).name == "conveyor-03")
        #expect(Machine(number: 0).powerName == "2.2kW")
        #expect(Machine(number: 6).powerName == "11kW")
        #expect(Machine(number: 123).name.hasSuffix("-124"))
    }
}

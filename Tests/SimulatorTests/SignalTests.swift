import Foundation
import Logging
import MQTT
import ServeML
import Testing

@testable import Simulator

@Suite("Signals and features")
struct SignalTests {
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
        let index = MachineFeatures.names.firstIndex(of: name)!
        let values = (0..<3).map { number in
            var random = SplitMix(9, UInt64(number))
            return MachineFeatures.measure(machine, at: Double(number) * 60, condition, &random)[index]
        }
        return values.reduce(0, +) / Double(values.count)
    }

    @Test(
        "Each fault moves the features that it moves in a real machine",
        arguments: [
            (Fault.bearing, "vib_kurt", 2.0), (.bearing, "vib_crest", 1.6), (.bearing, "vib_env_band_100_500", 1.3),
            (.unbalance, "vib_rms", 2.0), (.misalignment, "vib_rms", 1.5), (.misalignment, "cur_x_band_100_500", 1.1),
            (.belt, "vib_env_band_0_100", 1.8),
        ])
    func faults(fault: Fault, feature: String, factor: Double) {
        let machine = Machine(number: 4)
        let healthy = mean(feature, machine, .healthy)
        #expect(mean(feature, machine, Condition(fault: fault, severity: 1)) > factor * healthy)
    }

    @Test("Unbalance is once, misalignment twice per revolution")
    func dominantFrequencies() {
        let machine = Machine(number: 0)
        let shaft = 29.4
        #expect(abs(mean("vib_dom_freq", machine, Condition(fault: .unbalance, severity: 1)) - shaft) < 1)
        #expect(abs(mean("vib_dom_freq", machine, Condition(fault: .misalignment, severity: 1)) - 2 * shaft) < 1.5)
    }

    @Test("Waveforms on the wire have the features that are published beside them, both with their time")
    func waveforms() throws {
        let plant = Plant(PlantSettings(machines: 3, seed: 7, faults: [.bearing]))
        let publisher = Publisher(
            configuration: MQTTConfiguration(url: "mqtt://127.0.0.1:1", clientID: "never-connected"),
            logger: Logger(label: "test"))
        func messages(_ content: MeasurementSender.Content) -> [(topic: String, payload: [UInt8])] {
            MeasurementSender(plant, publisher, content, interval: 1)
                .messages(0, at: 400, microseconds: 1_700_000_000_123_456)
        }
        let features = try #require(messages(.features(topic: "serve-ml/{equipment}/features")).first)
        let published = try FeatureMessageScanner.scan(features.payload)
        #expect(published.time == "2023-11-14T22:13:20.123456Z" && published.power == "2.2kW")
        let waveforms = messages(.waveforms(topic: "waveform/{equipment}/{modality}"))
        #expect(waveforms.map(\.topic) == ["waveform/press-01/current", "waveform/press-01/vibration"])
        for waveform in waveforms {
            let message = try WaveformMessage(waveform.payload)
            #expect(message.timeJSON == "\"2023-11-14T22:13:20.123456Z\"" && message.power == "2.2kW")
            let computed = try WaveformFeatures.compute(
                modality: String(waveform.topic.split(separator: "/")[2]), axes: message.axes,
                sampleRateHz: message.sampleRateHz)
            for index in 0..<computed.count {
                // samples are rounded on the wire
                let value = try #require(published.features[computed.name(index)])
                #expect(abs(computed.value(index) - value) <= 1e-3 * max(1, abs(value)), "\(computed.name(index))")
            }
        }
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

import Foundation
import Glibc
import MQTT
import Synchronization

/// Measures machines in turn and publishes what was measured, at its own pace on its own thread: a measurement takes
/// milliseconds, and nothing else may wait for it.
final class MeasurementSender: Sendable {
    enum Content: Sendable {
        /// The 84 features; the topic has `{equipment}`.
        case features(topic: String)
        /// The waveforms themselves, one message for each modality; the topic has `{equipment}` and `{modality}`.
        case waveforms(topic: String)
    }

    private let plant: Plant
    private let publisher: Publisher
    private let content: Content
    /// Seconds between two measurements of one machine.
    private let interval: Double
    private let isStopped = Atomic<Bool>(false)
    private let count = Atomic<Int>(0)
    private let failure = Mutex<MQTTError?>(nil)
    private let done = DispatchSemaphore(value: 0)

    init(_ plant: Plant, _ publisher: Publisher, _ content: Content, interval: Double) {
        self.plant = plant
        self.publisher = publisher
        self.content = content
        self.interval = interval
    }

    /// Messages.
    var sent: Int { count.load(ordering: .relaxed) }

    func start() { Thread.detachNewThread { self.run() } }

    /// Returns when the thread has ended.
    /// - Throws: why it had ended before.
    func stop() throws {
        isStopped.store(true, ordering: .relaxed)
        done.wait()
        if let error = failure.withLock({ $0 }) { throw error }
    }

    private func run() {
        defer { done.signal() }
        var pacer = Pacer(rate: Double(plant.machines.count) / interval)
        let start = ContinuousClock.now
        var number = 0
        while !isStopped.load(ordering: .relaxed) {
            let elapsed = (ContinuousClock.now - start) / .seconds(1)
            guard number < pacer.due(at: elapsed, sent: number) else {
                usleep(5_000)
                continue
            }
            let now = Int64(Date().timeIntervalSince1970 * 1_000_000)
            for message in messages(number, at: Double(number) / pacer.rate, microseconds: now) {
                do throws(MQTTError) {
                    try publisher.publish(topic: message.topic, payload: message.payload)
                } catch {
                    failure.withLock { $0 = error }
                    return
                }
                count.add(1, ordering: .relaxed)
            }
            number += 1
        }
    }

    /// What one measurement is published as.
    /// - Parameters:
    ///   - number: counted from 0; its machine is `number % machines`.
    ///   - time: seconds since the start of the run.
    ///   - microseconds: time stamp since the Unix epoch.
    func messages(
        _ number: Int, at time: Double, microseconds: Int64
    ) -> [(topic: String, payload: [UInt8])] {
        let index = number % plant.machines.count
        let machine = plant.machines[index]
        var random = SplitMix(plant.settings.seed, 0x6665_6174, UInt64(number))
        let condition = plant.condition(ofMachine: index, at: time)
        switch content {
        case .features(let topic):
            let values = MachineFeatures.measure(machine, at: time, condition, &random)
            let named = topic.replacingOccurrences(of: "{equipment}", with: machine.name)
            return [(named, Self.json(power: machine.powerName, microseconds, values))]
        case .waveforms(let topic):
            let waveforms = MachineWaveforms(machine, at: time, condition, &random)
            let named = topic.replacingOccurrences(of: "{equipment}", with: machine.name)
            let axes: [(String, Double, [(StaticString, [Double])])] = [
                (
                    "current", WaveformSynthesizer.currentRate,
                    Array(zip(["x", "y", "z"] as [StaticString], waveforms.currents))
                ),
                ("vibration", WaveformSynthesizer.vibrationRate, [("v", waveforms.vibration)]),
            ]
            return axes.map { modality, rate, axes in
                (
                    named.replacingOccurrences(of: "{modality}", with: modality),
                    Self.json(power: machine.powerName, microseconds, rate: rate, axes)
                )
            }
        }
    }

    /// `{"power":"2.2kW","time":"…","features":{…}}`
    static func json(power: String, _ microseconds: Int64, _ values: [Double]) -> [UInt8] {
        var json = begin(power, microseconds, capacity: 3072)
        json.raw(",\"features\":{")
        for (index, name) in MachineFeatures.names.enumerated() {
            if index > 0 { json.raw(",") }
            json.string(name)
            json.raw(":")
            json.significant(values[index])
        }
        json.raw("}}")
        return json.bytes
    }

    /// `{"power":"2.2kW","time":"…","sample_rate_hz":2000,"axes":{"x":[…],…}}`, samples with the digits of a 24-bit converter.
    private static func json(
        power: String, _ microseconds: Int64, rate: Double, _ axes: [(StaticString, [Double])]
    ) -> [UInt8] {
        var json = begin(power, microseconds, capacity: 128 << 10)
        json.raw(",\"sample_rate_hz\":")
        json.number(rate)
        json.raw(",\"axes\":{")
        for (index, (name, samples)) in axes.enumerated() {
            if index > 0 { json.raw(",") }
            json.raw("\"")
            json.raw(name)
            json.raw("\":[")
            for (position, sample) in samples.enumerated() {
                if position > 0 { json.raw(",") }
                json.number(sample, decimals: 5)
            }
            json.raw("]")
        }
        json.raw("}}")
        return json.bytes
    }

    private static func begin(_ power: String, _ microseconds: Int64, capacity: Int) -> JSONWriter {
        var json = JSONWriter(capacity: capacity)
        json.raw("{\"power\":")
        json.string(power)
        // with its time a message that is sent again is stored once
        json.raw(",\"time\":")
        var writer = TimeWriter()
        writer.append(microseconds, to: &json)
        return json
    }
}

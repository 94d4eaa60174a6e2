import Foundation
import Glibc
import MQTT
import Synchronization

/// Measures machines in turn and publishes their 84 features, at its own pace on its own thread: a measurement takes
/// milliseconds, and nothing else may wait for it.
final class FeatureSender: Sendable {
    private let plant: Plant
    private let publisher: Publisher
    private let topics: [String]
    /// Seconds between two measurements of one machine.
    private let interval: Double
    private let isStopped = Atomic<Bool>(false)
    private let count = Atomic<Int>(0)
    private let failure = Mutex<MQTTError?>(nil)
    private let done = DispatchSemaphore(value: 0)

    /// - Parameter topic: with `{equipment}`.
    init(_ plant: Plant, _ publisher: Publisher, topic: String, interval: Double) {
        self.plant = plant
        self.publisher = publisher
        self.interval = interval
        topics = plant.machines.map { topic.replacingOccurrences(of: "{equipment}", with: $0.name) }
    }

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
        let features = MachineFeatures()
        var pacer = Pacer(rate: Double(topics.count) / interval)
        let start = ContinuousClock.now
        var number = 0
        while !isStopped.load(ordering: .relaxed) {
            let elapsed = (ContinuousClock.now - start) / .seconds(1)
            guard number < pacer.due(at: elapsed, sent: number) else {
                usleep(5_000)
                continue
            }
            let payload = payload(number, at: Double(number) / pacer.rate, features)
            do throws(MQTTError) {
                try publisher.publish(topic: topics[number % topics.count], payload: payload)
            } catch {
                failure.withLock { $0 = error }
                return
            }
            number += 1
            count.store(number, ordering: .relaxed)
        }
    }

    private func payload(_ number: Int, at time: Double, _ features: MachineFeatures) -> [UInt8] {
        let index = number % plant.machines.count
        let machine = plant.machines[index]
        var random = SplitMix(plant.settings.seed, 0x6665_6174, UInt64(number))
        let condition = plant.condition(ofMachine: index, at: time)
        let values = features.measure(machine, at: time, condition, &random)
        return Self.json(power: machine.powerName, values)
    }

    /// `{"power":"2.2kW","features":{…}}`
    static func json(power: String, _ values: [Double]) -> [UInt8] {
        var json = JSONWriter(capacity: 3072)
        json.raw("{\"power\":")
        json.string(power)
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
}

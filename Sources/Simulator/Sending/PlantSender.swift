import Foundation
import Glibc
import MQTT
import Synchronization

/// Sends a plant's messages over one or more connections, each paced by a thread of its own.
///
/// Message `n` goes over connection `n % connections`: a machine's messages may arrive out of order between connections.
final class PlantSender: Sendable {
    private struct Pace {
        var sent = 0
        var behind = 0.0
        var slipped = 0.0
    }

    private let plant: Plant
    private let publishers: [Publisher]
    /// Messages in all; `nil` without end.
    private let count: Int?
    private let start: ContinuousClock.Instant
    private let startMicroseconds: Int64
    private let isStopped = Atomic<Bool>(false)
    private let running: Atomic<Int>
    private let paces: Mutex<[Pace]>
    private let failure = Mutex<MQTTError?>(nil)

    /// - Parameter startMicroseconds: time stamp of message 0, since the Unix epoch.
    init(_ plant: Plant, _ publishers: [Publisher], count: Int?, startMicroseconds: Int64) {
        self.plant = plant
        self.publishers = publishers
        self.count = count
        self.startMicroseconds = startMicroseconds
        start = .now
        running = Atomic(publishers.count)
        paces = Mutex(Array(repeating: Pace(), count: publishers.count))
    }

    var isRunning: Bool { running.load(ordering: .acquiring) > 0 }
    var behind: Double { paces.withLock { $0.map(\.behind).max() ?? 0 } }
    var slipped: Double { paces.withLock { $0.map(\.slipped).max() ?? 0 } }
    var error: MQTTError? { failure.withLock { $0 } }

    func run() {
        for lane in publishers.indices { Thread.detachNewThread { self.run(lane) } }
    }

    func stop() { isStopped.store(true, ordering: .relaxed) }

    private func run(_ lane: Int) {
        defer { running.subtract(1, ordering: .releasing) }
        let publisher = publishers[lane]
        let lanes = publishers.count
        let total = count.map { ($0 - lane + lanes - 1) / lanes } ?? .max
        var pacer = Pacer(rate: plant.settings.rate / Double(lanes))
        var timeWriter = TimeWriter()
        var sent = 0
        while sent < total, !isStopped.load(ordering: .relaxed) {
            let elapsed = (ContinuousClock.now - start) / .seconds(1)
            let due = min(pacer.due(at: elapsed, sent: sent), total)
            // A slice, so that a stop and the numbers are seen while catching up.
            let end = min(due, sent + 1000)
            while sent < end {
                let number = sent * lanes + lane
                let offset = (pacer.slipped + plant.time(ofMessage: number)) * 1_000_000
                let (topic, payload) = plant.message(number, at: startMicroseconds + Int64(offset), &timeWriter)
                do throws(MQTTError) {
                    try publisher.publish(topic: topic, payload: payload)
                } catch {
                    failure.withLock { $0 = error }
                    return
                }
                sent += 1
            }
            let now = (ContinuousClock.now - start) / .seconds(1)
            let pace = Pace(sent: sent, behind: pacer.behind(at: now, sent: sent), slipped: pacer.slipped)
            paces.withLock { $0[lane] = pace }
            guard sent >= due, sent < total else { continue }
            // At most some milliseconds at a time: a stop is seen soon, and at high rates a burst stays small.
            let pause = min(0.02, max(0.001, pacer.time(of: sent) - now))
            usleep(UInt32(pause * 1_000_000))
        }
    }
}

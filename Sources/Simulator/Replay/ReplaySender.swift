import Foundation
import Glibc
import MQTT
import Synchronization

/// Sends a recording's rows when they are due, on a thread of its own.
final class ReplaySender: Sendable {
    private let recording: Recording
    private let publisher: Publisher
    /// One topic, or one for each column.
    private let topics: [String]
    private let isWide: Bool
    private let keys: [[UInt8]]
    private let isStopped = Atomic<Bool>(false)
    private let isFinished = Atomic<Bool>(false)
    private let failure = Mutex<MQTTError?>(nil)
    private let done = DispatchSemaphore(value: 0)

    /// - Parameter topic: with `{equipment}` and perhaps `{sensor}`.
    init(_ recording: Recording, _ publisher: Publisher, topic: String, equipment: String) {
        self.recording = recording
        self.publisher = publisher
        isWide = !topic.contains("{sensor}")
        let base = topic.replacingOccurrences(of: "{equipment}", with: equipment)
        topics =
            isWide
            ? [base]
            : recording.columns.map { column in
                // A column's name is one level of a topic.
                let level = String(column.map { "/+#\0".contains($0) ? "_" : $0 })
                return base.replacingOccurrences(of: "{sensor}", with: level)
            }
        keys = recording.columns.map { column in
            var key = JSONWriter(capacity: column.utf8.count + 3)
            key.string(column)
            key.raw(":")
            return key.bytes
        }
    }

    var isDone: Bool { isFinished.load(ordering: .acquiring) }

    func start(_ plan: ReplayPlan) { Thread.detachNewThread { self.run(plan) } }

    func stop() { isStopped.store(true, ordering: .relaxed) }

    /// Waits for the thread.
    /// - Returns: why it ended early.
    func wait() -> MQTTError? {
        done.wait()
        return failure.withLock { $0 }
    }

    private func run(_ plan: ReplayPlan) {
        defer {
            isFinished.store(true, ordering: .releasing)
            done.signal()
        }
        let start = ContinuousClock.now
        var timeWriter = TimeWriter()
        for (index, row) in recording.rows.enumerated() {
            let due = Double(plan.due(row, index)) / 1_000_000
            while !isStopped.load(ordering: .relaxed) {
                let early = due - (ContinuousClock.now - start) / .seconds(1)
                guard early > 0 else { break }
                usleep(UInt32(min(0.02, early) * 1_000_000) + 1)
            }
            guard !isStopped.load(ordering: .relaxed) else { return }
            do throws(MQTTError) {
                for (topic, payload) in messages(row, at: plan.stamp(row, index), &timeWriter) {
                    try publisher.publish(topic: topic, payload: payload)
                }
            } catch {
                failure.withLock { $0 = error }
                return
            }
        }
    }

    /// The messages of one row; none for a row without numbers.
    func messages(
        _ row: Recording.Row, at microseconds: Int64, _ timeWriter: inout TimeWriter
    ) -> [(topic: String, payload: [UInt8])] {
        let present = row.values.indices.filter { row.values[$0] != nil }
        guard !present.isEmpty else { return [] }
        func begin() -> JSONWriter {
            var json = JSONWriter(capacity: 64 + 32 * (isWide ? present.count : 1))
            json.raw("{\"time\":")
            timeWriter.append(microseconds, to: &json)
            return json
        }
        guard isWide else {
            return present.map { column in
                var json = begin()
                json.raw(",\"value\":")
                json.raw(Array(row.values[column]!.utf8))
                json.raw("}")
                return (topics[column], json.bytes)
            }
        }
        var json = begin()
        json.raw(",\"values\":{")
        for (position, column) in present.enumerated() {
            if position > 0 { json.raw(",") }
            json.raw(keys[column])
            json.raw(Array(row.values[column]!.utf8))
        }
        json.raw("}}")
        return [(topics[0], json.bytes)]
    }
}

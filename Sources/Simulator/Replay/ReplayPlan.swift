/// When a row is sent and which time it carries.
struct ReplayPlan: Sendable {
    enum Stamp: String, CaseIterable, Sendable {
        /// The recording's own times: replayed twice, nothing is stored twice.
        case original
        /// As if it happened now.
        case now
    }

    /// How many times faster than it happened; infinite for as fast as possible.
    let speed: Double
    let stamp: Stamp
    /// µs since the Unix epoch.
    let start: Int64
    private let first: Int64
    private let last: Int64

    /// Rows without a time follow each other by a second.
    static let defaultSpacing: Int64 = 1_000_000

    init(_ recording: Recording, speed: Double, stamp: Stamp, start: Int64) {
        self.speed = speed
        self.stamp = stamp
        self.start = start
        first = recording.rows.first.map { Self.time($0, 0) } ?? 0
        last = recording.rows.last.map { Self.time($0, recording.rows.count - 1) } ?? 0
    }

    private static func time(_ row: Recording.Row, _ index: Int) -> Int64 {
        row.microseconds ?? Int64(index) * defaultSpacing
    }

    /// µs after the start at which a row is sent.
    func due(_ row: Recording.Row, _ index: Int) -> Int64 {
        guard speed.isFinite else { return 0 }
        return Int64(Double(max(0, Self.time(row, index) - first)) / speed)
    }

    /// Time of a row in its message. With `now` and no limit to the speed, the recording's last row is at the start.
    func stamp(_ row: Recording.Row, _ index: Int) -> Int64 {
        switch stamp {
        case .original:
            return row.microseconds ?? start - last + Int64(index) * Self.defaultSpacing
        case .now:
            guard speed.isFinite else { return start - last + Self.time(row, index) }
            return start + Int64(Double(Self.time(row, index) - first) / speed)
        }
    }
}

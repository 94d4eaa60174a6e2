import Foundation
import Synchronization

/// The time of inputs that carry none. No two get the same, because a prediction's key is its machine, model and time.
final class ArrivalClock: Sendable {
    private let last = Mutex<Int64>(0)

    /// - Parameter microseconds: when it arrived.
    /// - Returns: that, or the next microsecond that nobody has; ISO 8601.
    func stamp(_ microseconds: Int64) -> String {
        let unique = last.withLock { last in
            // an input that waited in a batch may be older than one over HTTP: only equal neighbours must differ
            last = max(microseconds, last + 1)
            return last
        }
        return ISO8601.string(microseconds: unique)
    }

    func now() -> String {
        stamp(Int64((Date.now.timeIntervalSince1970 * 1_000_000).rounded(.down)))
    }
}

/// Delays between attempts that grow by a factor up to a maximum and are shortened at random, so that processes which
/// lost the same server do not come back in step. Pure: no clock, no sleeping.
public struct Backoff: Sendable {
    private let initial: Duration
    private let maximum: Duration
    private let multiplier: Double
    private let jitter: Double
    private var base: Duration

    /// - Parameters:
    ///   - initial: the first delay before jitter.
    ///   - maximum: no delay is longer than this.
    ///   - multiplier: growth per attempt; values below 1 count as 1.
    ///   - jitter: the share of each delay that is random, 0…1: a delay lies in `(1 - jitter) * base … base`.
    public init(
        initial: Duration = .milliseconds(50), maximum: Duration = .seconds(5), multiplier: Double = 2,
        jitter: Double = 0.5
    ) {
        self.initial = max(.zero, min(initial, maximum))
        self.maximum = max(.zero, maximum)
        self.multiplier = max(1, multiplier)
        self.jitter = min(1, max(0, jitter))
        self.base = self.initial
    }

    /// The delay before the next attempt; the one after it will be longer.
    public mutating func next() -> Duration {
        var generator = SystemRandomNumberGenerator()
        return next(using: &generator)
    }

    /// As `next()`, with the randomness given by the caller (tests).
    public mutating func next(using generator: inout some RandomNumberGenerator) -> Duration {
        let current = base
        base = min(maximum, base * multiplier)
        guard jitter > 0 else { return current }
        return current * (1 - Double.random(in: 0...jitter, using: &generator))
    }

    /// Call after a success: the next delay is the initial one again.
    public mutating func reset() {
        base = initial
    }
}

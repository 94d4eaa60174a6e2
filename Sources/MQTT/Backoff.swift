/// Exponential pauses with full-range jitter, so that many clients do not return at the same moment.
struct JitteredBackoff {
    let initial: Duration
    let maximum: Duration
    private var ceiling: Duration

    init(initial: Duration, maximum: Duration) {
        self.initial = initial
        self.maximum = maximum
        ceiling = initial
    }

    /// Between half the current ceiling and the ceiling; the ceiling doubles up to the maximum.
    mutating func next() -> Duration {
        let pause = ceiling * Double.random(in: 0.5...1)
        ceiling = min(ceiling * 2, maximum)
        return pause
    }

    mutating func reset() { ceiling = initial }
}

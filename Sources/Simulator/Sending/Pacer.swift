/// Tells how many messages are due. Pure: time is handed in.
///
/// Deadlines are counted from the start, so a late wake-up is made up for by the next and the rate holds on average.
/// A sender that cannot keep up does not collect an endless debt: beyond `tolerance` the schedule slips.
struct Pacer {
    let rate: Double
    /// Seconds.
    let tolerance: Double
    private(set) var slipped = 0.0

    init(rate: Double, tolerance: Double = 2) {
        self.rate = rate
        self.tolerance = tolerance
    }

    /// Messages that should have been sent at so many seconds after the start, given how many were.
    mutating func due(at elapsed: Double, sent: Int) -> Int {
        let behind = elapsed - slipped - Double(sent) / rate
        if behind > tolerance { slipped += behind - tolerance }
        return Int((elapsed - slipped) * rate) + 1
    }

    /// Seconds by which the next message is late (0 when it is not).
    func behind(at elapsed: Double, sent: Int) -> Double { max(0, elapsed - slipped - Double(sent) / rate) }

    /// When the message of this number is due, in seconds after the start.
    func time(of number: Int) -> Double { slipped + Double(number) / rate }
}

import CivilCalendar
import Glibc

/// A point in time as `timestamptz` holds it: microseconds since 1970-01-01 00:00:00 UTC.
public struct Timestamp: Sendable, Hashable, Comparable {
    /// Microseconds since the Unix epoch. `Int64.max` and `Int64.min` stand for `infinity` and `-infinity`.
    public var microseconds: Int64

    public init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    /// Rounds to whole microseconds. A value that 64 bits do not hold (or NaN) becomes the nearest infinity (NaN: +).
    public init(secondsSinceEpoch seconds: Double) {
        let scaled = (seconds * 1_000_000).rounded()
        if let exact = Int64(exactly: scaled) {
            microseconds = exact
        } else {
            microseconds = scaled < 0 ? .min : .max
        }
    }

    /// The system's clock.
    public static var now: Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
    }

    /// Seconds since the Unix epoch, precise to about a microsecond for present dates.
    public var secondsSinceEpoch: Double {
        Double(microseconds) / 1_000_000
    }

    public static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.microseconds < right.microseconds
    }

    /// PostgreSQL counts from 2000-01-01; this is the distance in microseconds.
    static let postgresEpoch: Int64 = 946_684_800_000_000

    /// The eight bytes' value of the binary protocol. What the type cannot hold becomes a value that the server refuses.
    var postgresMicroseconds: Int64 {
        if microseconds == .max || microseconds == .min { return microseconds }
        let (shifted, overflow) = microseconds.subtractingReportingOverflow(Self.postgresEpoch)
        return overflow ? .min + 1 : shifted
    }

    /// Reads PostgreSQL's ISO output: `2026-11-23 04:52:24.123456+00`, also dates, `infinity`, offsets with minutes or seconds.
    /// Years before Christ and anything else give nil.
    init?(iso text: UnsafeBufferPointer<UInt8>) {
        var reader = ISOReader(text: text)
        guard let value = reader.read() else { return nil }
        microseconds = value
    }
}

/// A hand-written reader, because the C library's needs a locale and a time zone and knows no fractions.
private struct ISOReader {
    let text: UnsafeBufferPointer<UInt8>
    var position = 0

    init(text: UnsafeBufferPointer<UInt8>) {
        self.text = text
    }

    mutating func read() -> Int64? {
        if matches("infinity") { return .max }
        if matches("-infinity") { return .min }
        guard let year = number(4...6), skip("-"), let month = number(2...2), skip("-"), let day = number(2...2),
            (1...12).contains(month), (1...31).contains(day)
        else { return nil }
        var seconds = CivilDate.days(year: year, month: month, day: day) * 86_400
        var micros: Int64 = 0
        if skip(" ") || skip("T") {
            guard let hour = number(2...2), skip(":"), let minute = number(2...2), skip(":"), let second = number(2...2)
            else { return nil }
            seconds += hour * 3600 + minute * 60 + second
            if skip(".") {
                guard let fraction = fraction() else { return nil }
                micros = fraction
            }
            guard let offset = zone() else { return nil }
            seconds -= offset
        }
        guard position == text.count else { return nil }
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
        return overflow ? nil : product &+ micros
    }

    private func matches(_ word: StaticString) -> Bool {
        word.utf8CodeUnitCount == text.count && word.withUTF8Buffer { $0.elementsEqual(text) }
    }

    private mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard position < text.count, text[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func number(_ digits: ClosedRange<Int>) -> Int64? {
        var value: Int64 = 0
        var count = 0
        while position < text.count, count < digits.upperBound, case let digit = text[position] &- 48, digit < 10 {
            value = value * 10 + Int64(digit)
            position += 1
            count += 1
        }
        return count >= digits.lowerBound ? value : nil
    }

    private mutating func fraction() -> Int64? {
        let start = position
        guard var value = number(1...6) else { return nil }
        for _ in (position - start)..<6 { value *= 10 }
        return value
    }

    /// Seconds east of UTC; none written counts as UTC.
    private mutating func zone() -> Int64? {
        if position == text.count || skip("Z") { return 0 }
        let sign: Int64
        if skip("+") { sign = 1 } else if skip("-") { sign = -1 } else { return nil }
        guard let hours = number(2...2) else { return nil }
        var offset = hours * 3600
        if skip(":") {
            guard let minutes = number(2...2) else { return nil }
            offset += minutes * 60
            if skip(":") {
                guard let seconds = number(2...2) else { return nil }
                offset += seconds
            }
        }
        return sign * offset
    }
}

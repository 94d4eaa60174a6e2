/// Writes moments as ISO 8601 in UTC with microseconds; remembers the second, which many messages share.
struct TimeWriter {
    private var second = Int64.min
    private var text: [UInt8] = []

    /// Appends `"2026-11-23T05:00:00.123456Z"`, quoted.
    /// - Parameter microseconds: since the Unix epoch.
    mutating func append(_ microseconds: Int64, to json: inout JSONWriter) {
        let fraction = ((microseconds % 1_000_000) + 1_000_000) % 1_000_000
        let second = (microseconds - fraction) / 1_000_000
        if second != self.second {
            self.second = second
            text = Self.format(second)
        }
        json.raw(text)
        json.digits(fraction, 6)
        json.raw("Z\"")
    }

    private static func format(_ second: Int64) -> [UInt8] {
        let day = second >= 0 ? second / 86_400 : (second - 86_399) / 86_400
        let time = second - day * 86_400
        let (year, month, date) = civil(day)
        var text = JSONWriter(capacity: 24)
        text.raw("\"")
        text.digits(year, 4)
        text.raw("-")
        text.digits(month, 2)
        text.raw("-")
        text.digits(date, 2)
        text.raw("T")
        text.digits(time / 3600, 2)
        text.raw(":")
        text.digits(time / 60 % 60, 2)
        text.raw(":")
        text.digits(time % 60, 2)
        text.raw(".")
        return text.bytes
    }

    /// Year, month and day of a count of days since 1970-01-01 (H. Hinnant's algorithm for the Gregorian calendar).
    static func civil(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    /// Days since 1970-01-01 of a date; the inverse of ``civil(_:)``.
    static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}

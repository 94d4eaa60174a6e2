import CivilCalendar

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
        let (year, month, date) = CivilDate.civil(day)
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
}

import CivilCalendar

/// A time as a file has it.
public enum ReadTime: Equatable, Sendable {
    /// µs since the Unix epoch.
    case universal(Int64)
    /// A clock's face without zone: µs since 1970-01-01 00:00:00 on that clock.
    case naive(Int64)
}

/// How times are written.
public enum TimeFormat: Equatable, Sendable {
    /// ISO 8601, epoch seconds, or epoch milliseconds (more than 11 digits), told apart by their looks.
    case auto
    case seconds, milliseconds, microseconds
    /// As `strptime` has it: `%Y %y %m %d %H %I %M %S %f %p %z %%`; everything else is itself.
    case pattern([UInt8])
}

/// Reads times.
public struct TimeReader: Sendable {
    private let format: TimeFormat
    private let numbers: NumberReader

    public init(_ format: TimeFormat = .auto, decimalMark: UInt8 = UInt8(ascii: ".")) {
        self.format = format
        numbers = NumberReader(decimalMark: decimalMark)
    }

    /// - Returns: nil when it is no time of the format.
    public func read(_ bytes: UnsafeBufferPointer<UInt8>) -> ReadTime? {
        var (first, last) = (0, bytes.count)
        while first < last, bytes[first] == UInt8(ascii: " ") { first += 1 }
        while last > first, bytes[last - 1] == UInt8(ascii: " ") { last -= 1 }
        let text = UnsafeBufferPointer(rebasing: bytes[first..<last])
        return switch format {
        case .auto: Self.iso(text) ?? epoch(text, nil)
        case .seconds: epoch(text, 1e6)
        case .milliseconds: epoch(text, 1e3)
        case .microseconds: epoch(text, 1)
        case .pattern(let pattern): Self.match(text, pattern)
        }
    }

    /// A text that says its zone, or is meant in UTC.
    /// - Returns: µs since the Unix epoch.
    public static func universal(_ text: String) -> Int64? {
        let time = Array(text.utf8).withUnsafeBufferPointer { TimeReader().read($0) }
        return switch time {
        case .universal(let time), .naive(let time): time
        case nil: nil
        }
    }

    // MARK: Numbers

    /// What has more digits than this before the mark counts milliseconds: 1e11 s is the year 5138.
    private static let milliseconds = 1e11

    private func epoch(_ text: UnsafeBufferPointer<UInt8>, _ scale: Double?) -> ReadTime? {
        guard case .success(let number) = numbers.read(text) else { return nil }
        let value = number * (scale ?? (abs(number) >= Self.milliseconds ? 1e3 : 1e6))
        return abs(value) < 9e18 ? .universal(Int64(value.rounded())) : nil
    }

    // MARK: ISO 8601

    /// `2020-03-09T10:14:33.5Z`; a space for the T, `/` or `.` for `-`; without seconds, without time; a comma for the fraction.
    private static func iso(_ text: UnsafeBufferPointer<UInt8>) -> ReadTime? {
        guard text.count >= 10, let year = digits(text, 0, 4), let month = digits(text, 5, 2),
            let day = digits(text, 8, 2)
        else { return nil }
        let mark = text[4]
        guard mark == UInt8(ascii: "-") || mark == UInt8(ascii: "/") || mark == UInt8(ascii: "."), text[7] == mark
        else {
            return nil
        }
        var (clock, position) = (Clock(), 10)
        if text.count > 10 {
            guard text.count >= 16, text[10] | 0x20 == UInt8(ascii: "t") || text[10] == UInt8(ascii: " "),
                let hour = digits(text, 11, 2), text[13] == UInt8(ascii: ":"), let minute = digits(text, 14, 2)
            else { return nil }
            (clock.hour, clock.minute, position) = (hour, minute, 16)
            if text.count > 16, text[16] == UInt8(ascii: ":") {
                guard let second = digits(text, 17, 2) else { return nil }
                (clock.second, position) = (second, 19)
                if position < text.count, text[position] == UInt8(ascii: ".") || text[position] == UInt8(ascii: ",") {
                    guard let fraction = fraction(text, &position) else { return nil }
                    clock.fraction = fraction
                }
            }
        }
        guard let local = local(year, month, day, clock) else { return nil }
        if position == text.count { return .naive(local) }
        guard let offset = offset(text, &position), position == text.count else { return nil }
        return .universal(local - offset * 1_000_000)
    }

    private struct Clock {
        var hour: Int64 = 0
        var minute: Int64 = 0
        var second: Int64 = 0
        var fraction: Int64 = 0
    }

    private static func local(_ year: Int64, _ month: Int64, _ day: Int64, _ clock: Clock) -> Int64? {
        // a leap second is the first of the next minute, as PostgreSQL has it
        guard (1...12).contains(month), (1...31).contains(day), clock.hour < 24, clock.minute < 60, clock.second < 61
        else {
            return nil
        }
        let days = CivilDate.days(year: year, month: month, day: day)
        guard CivilDate.civil(days).day == day else { return nil }
        return (days * 86_400 + clock.hour * 3600 + clock.minute * 60 + clock.second) * 1_000_000 + clock.fraction
    }

    /// After the mark at `position`; more than six digits are cut off.
    private static func fraction(_ text: UnsafeBufferPointer<UInt8>, _ position: inout Int) -> Int64? {
        position += 1
        let begin = position
        var value: Int64 = 0
        while position < text.count, let digit = digits(text, position, 1) {
            if position - begin < 6 { value = value * 10 + digit }
            position += 1
        }
        guard position > begin else { return nil }
        for _ in 0..<max(0, 6 - (position - begin)) { value *= 10 }
        return value
    }

    /// Seconds east of UTC: `Z`, `+09`, `+0900`, `+09:00`, perhaps after a space.
    private static func offset(_ text: UnsafeBufferPointer<UInt8>, _ position: inout Int) -> Int64? {
        if position < text.count, text[position] == UInt8(ascii: " ") { position += 1 }
        guard position < text.count else { return nil }
        let sign = text[position]
        position += 1
        if sign | 0x20 == UInt8(ascii: "z") { return 0 }
        guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"), let hours = digits(text, position, 2), hours < 24
        else {
            return nil
        }
        position += 2
        var minutes: Int64 = 0
        if position < text.count {
            if text[position] == UInt8(ascii: ":") { position += 1 }
            guard let given = digits(text, position, 2), given < 60 else { return nil }
            minutes = given
            position += 2
        }
        let seconds = hours * 3600 + minutes * 60
        return sign == UInt8(ascii: "-") ? -seconds : seconds
    }

    private static func digits(_ text: UnsafeBufferPointer<UInt8>, _ start: Int, _ count: Int) -> Int64? {
        guard start + count <= text.count else { return nil }
        var value: Int64 = 0
        for index in start..<(start + count) {
            let digit = text[index] &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            value = value * 10 + Int64(digit)
        }
        return value
    }

    // MARK: Patterns

    /// Whether a pattern is one: known letters, and a date in it.
    public static func isPattern(_ text: String) -> Bool {
        let letters = text.split(separator: "%", omittingEmptySubsequences: false).dropFirst().compactMap(\.first)
        return letters.contains { "Yy".contains($0) } && letters.contains("m") && letters.contains("d")
            && letters.allSatisfy { "YymdHIMSfpz".contains($0) }
    }

    private static func match(_ text: UnsafeBufferPointer<UInt8>, _ pattern: [UInt8]) -> ReadTime? {
        var (position, index) = (0, 0)
        var (year, month, day, clock) = (Int64(0), Int64(0), Int64(0), Clock())
        var afternoon: Bool?
        var zone: Int64?
        // as many digits as there are, at most so many
        func number(_ most: Int) -> Int64? {
            let begin = position
            while position < text.count, position - begin < most, digits(text, position, 1) != nil { position += 1 }
            return position > begin ? digits(text, begin, position - begin) : nil
        }
        while index < pattern.count {
            guard pattern[index] == UInt8(ascii: "%"), index + 1 < pattern.count else {
                guard position < text.count, text[position] == pattern[index] else { return nil }
                position += 1
                index += 1
                continue
            }
            let letter = pattern[index + 1]
            index += 2
            var value: Int64? = 0
            switch letter {
            case UInt8(ascii: "Y"):
                value = digits(text, position, 4)
                position += 4
                year = value ?? 0
            case UInt8(ascii: "y"):
                value = number(2)
                // as POSIX has it
                year = (value ?? 0) + ((value ?? 0) < 69 ? 2000 : 1900)
            case UInt8(ascii: "m"):
                value = number(2)
                month = value ?? 0
            case UInt8(ascii: "d"):
                value = number(2)
                day = value ?? 0
            case UInt8(ascii: "H"), UInt8(ascii: "I"):
                value = number(2)
                if letter == UInt8(ascii: "I"), !(1...12).contains(value ?? 0) { return nil }
                clock.hour = value ?? 0
            case UInt8(ascii: "M"):
                value = number(2)
                clock.minute = value ?? 0
            case UInt8(ascii: "S"):
                value = number(2)
                clock.second = value ?? 0
            case UInt8(ascii: "f"):
                position -= 1
                value = fraction(text, &position)
                clock.fraction = value ?? 0
            case UInt8(ascii: "p"):
                guard position + 1 < text.count, text[position + 1] | 0x20 == UInt8(ascii: "m") else { return nil }
                let half = text[position] | 0x20
                guard half == UInt8(ascii: "a") || half == UInt8(ascii: "p") else { return nil }
                afternoon = half == UInt8(ascii: "p")
                position += 2
            case UInt8(ascii: "z"):
                value = offset(text, &position)
                zone = value
            default: return nil
            }
            if value == nil { return nil }
        }
        if let afternoon {
            guard (1...12).contains(clock.hour) else { return nil }
            clock.hour = clock.hour % 12 + (afternoon ? 12 : 0)
        }
        guard position == text.count, let local = local(year, month, day, clock) else { return nil }
        return zone.map { .universal(local - $0 * 1_000_000) } ?? .naive(local)
    }
}

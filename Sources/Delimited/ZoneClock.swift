import Foundation

/// What moments the face of a zone's clock may mean.
public enum ZoneTime: Equatable, Sendable {
    case once(Int64)
    /// The hour that an autumn night has twice. `night` names the night: when the clock was set back, µs since the epoch.
    case twice(earlier: Int64, later: Int64, night: Int64)
    /// The hour that a spring night leaves out.
    case never
}

/// The clock of a time zone: from its face to moments, quickly for times that are near each other.
public struct ZoneClock {
    private static let second: Int64 = 1_000_000
    /// No zone was ever further from UTC, nor was a clock ever set by more.
    private static let margin: Int64 = 86_400 * second

    private static let letters = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/".utf8)

    private let zone: TimeZone
    /// Faces in this range mean exactly one moment each: the face less the offset.
    private var plain: Range<Int64> = 0..<0
    private var offset: Int64 = 0

    /// - Parameter name: as in the IANA database, `Asia/Seoul`; nil when it is not known.
    public init?(_ name: String) {
        // Foundation would take GMT+1 and the like, whose sign people read either way
        guard name == "UTC" || name.contains("/"), name.utf8.allSatisfy({ Self.letters.contains($0) }),
            let zone = TimeZone(identifier: name)
        else { return nil }
        self.zone = zone
    }

    /// - Parameter face: µs since 1970-01-01 00:00:00 on that clock.
    public mutating func moments(_ face: Int64) -> ZoneTime {
        if plain.contains(face) { return .once(face - offset) }
        let (before, after) = (offset(at: face - Self.margin), offset(at: face + Self.margin))
        let found = Set([before, after].filter { offset(at: face - $0) == $0 }.map { face - $0 }).sorted()
        switch found.count {
        case 0: return .never
        case 1:
            remember(found[0], face)
            return .once(found[0])
        default:
            return .twice(earlier: found[0], later: found[1], night: change(between: found[0], and: found[1]))
        }
    }

    private func offset(at moment: Int64) -> Int64 {
        Int64(zone.secondsFromGMT(for: date(moment))) * Self.second
    }

    private func date(_ moment: Int64) -> Date {
        Date(timeIntervalSince1970: (Double(moment) / Double(Self.second)).rounded(.down))
    }

    /// The second in which the offset changes.
    private func change(between first: Int64, and last: Int64) -> Int64 {
        var (low, high) = (first / Self.second, last / Self.second)
        let before = offset(at: first)
        while high - low > 1 {
            let middle = (low + high) / 2
            if offset(at: middle * Self.second) == before { low = middle } else { high = middle }
        }
        return high * Self.second
    }

    /// How many days ahead are looked at, at once.
    private static let lookahead = 30

    /// Faces from a day before up to the day before the next change; no zone changes its clock twice in a day.
    private mutating func remember(_ moment: Int64, _ face: Int64) {
        let offset = face - moment
        guard self.offset(at: moment - 2 * Self.margin) == offset, self.offset(at: moment - Self.margin) == offset
        else { return }
        var days = 0
        while days < Self.lookahead, self.offset(at: moment + Int64(days + 1) * Self.margin) == offset { days += 1 }
        guard days > 1 else { return }
        self.offset = offset
        plain = (face - Self.margin)..<(face + Int64(days - 1) * Self.margin)
    }
}

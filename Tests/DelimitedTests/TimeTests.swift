import CivilCalendar
import Foundation
import Testing

@testable import Delimited

@Suite struct TimeTests {
    private func read(_ text: String, _ format: TimeFormat = .auto, mark: Character = ".") -> ReadTime? {
        Array(text.utf8).withUnsafeBufferPointer { TimeReader(format, decimalMark: mark.asciiValue!).read($0) }
    }

    private static let morning: Int64 = 1_583_748_873_000_000

    @Test(
        arguments: [
            ("2020-03-09 10:14:33", .naive(morning)), ("2020/03/09 10:14:33", .naive(morning)),
            ("2020.03.09T10:14:33,25", .naive(morning + 250_000)),
            (" 2020-03-09T10:14:33.1234567Z ", .universal(morning + 123_456)),
            ("2020-03-09T19:14:33+09", .universal(morning)),
            ("2020-03-09 19:14:33 +0900", .universal(morning)), ("2020-03-09", .naive(morning - 36_873_000_000)),
            ("2020-03-09 10:14", .naive(morning - 33_000_000)), ("1583748873", .universal(morning)),
            ("1583748873250", .universal(morning + 250_000)),
            ("1583748873.25", .universal(morning + 250_000)), ("0", .universal(0)), ("-1", .universal(-1_000_000)),
        ] as [(String, ReadTime)])
    func times(text: String, expected: ReadTime) { #expect(read(text) == expected) }

    @Test(
        arguments: [
            "2020-03-09 24:00:00", "2020-02-30", "2020-13-01", "2020-03/09", "2020-03-09 10", "2020-03-09 10:14:33.",
            "2020-03-09 10:14:33 CET", "09.03.2020",
            "2020-03-09T10:14:33+25:00", "20-03-09", "nan", "1e300", "", "now", "2020-03-09 10:14:33 +",
        ])
    func noTimes(text: String) { #expect(read(text) == nil) }

    @Test(
        arguments: [
            ("09.03.2020 10:14:33", "%d.%m.%Y %H:%M:%S", .naive(morning)),
            ("9.3.20 10:14:33.5", "%d.%m.%y %H:%M:%S.%f", .naive(morning + 500_000)),
            ("3/9/2020 10:14:33 AM", "%m/%d/%Y %I:%M:%S %p", .naive(morning)),
            ("3/9/2020 12:00:00 am", "%m/%d/%Y %I:%M:%S %p", .naive(morning - 36_873_000_000)),
            ("20200309T101433+0000", "%Y%m%dT%H%M%S%z", .universal(morning)),
            ("09.03.2020 10:14", "%d.%m.%Y %H:%M:%S", nil),
            ("09.03.2020 10:14:33x", "%d.%m.%Y %H:%M:%S", nil), ("31.02.2020 10:14:33", "%d.%m.%Y %H:%M:%S", nil),
        ] as [(String, String, ReadTime?)])
    func patterns(text: String, pattern: String, expected: ReadTime?) {
        #expect(TimeReader.isPattern(pattern))
        #expect(read(text, .pattern(Array(pattern.utf8))) == expected)
    }

    @Test func patternsAreJudged() {
        for pattern in ["", "%H:%M", "%Y-%m", "%Y-%m-%d %Q", "iso"] {
            #expect(!TimeReader.isPattern(pattern), "\(pattern)")
        }
    }

    @Test func numbersOfUnits() {
        #expect(read("1,5", .seconds, mark: ",") == .universal(1_500_000))
        #expect(read("1500", .milliseconds) == .universal(1_500_000))
        #expect(read("1500000", .microseconds) == .universal(1_500_000))
        #expect(read("99999999999999999999", .seconds) == nil)
    }

    /// Minute by minute around each night in which a clock was set, beside a walk through time that notes what the clock shows.
    @Test(
        arguments: [
            ("Asia/Seoul", 1988, 5, 8), ("Asia/Seoul", 1988, 10, 9), ("Asia/Seoul", 2026, 3, 29),
            ("Europe/Berlin", 2026, 3, 29),
            ("Europe/Berlin", 2026, 10, 25), ("America/New_York", 2026, 3, 8), ("America/New_York", 2026, 11, 1),
            ("Australia/Lord_Howe", 2026, 4, 5), ("Australia/Lord_Howe", 2026, 10, 4), ("Pacific/Apia", 2011, 12, 30),
            ("Africa/Casablanca", 2026, 3, 22), ("Asia/Kolkata", 2026, 6, 1), ("Europe/London", 1968, 2, 18),
            ("Asia/Pyongyang", 2018, 5, 5),
            ("America/Caracas", 2007, 12, 9), ("UTC", 2026, 3, 29),
        ])
    func nights(name: String, year: Int64, month: Int64, day: Int64) throws {
        let zone = try #require(TimeZone(identifier: name))
        let noon = (CivilDate.days(year: year, month: month, day: day) * 86_400 + 43_200) * 1_000_000
        let minute: Int64 = 60_000_000
        var moments: [Int64: [Int64]] = [:]
        for step in -4320...4320 {
            let moment = noon + Int64(step) * minute
            let offset = zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(moment / 1_000_000)))
            moments[moment + Int64(offset) * 1_000_000, default: []].append(moment)
        }
        var clock = try #require(ZoneClock(name))
        var nights: Set<Int64> = []
        // in order, and then in none: what is remembered must not matter
        let faces = (-2160...2160).map { noon + Int64($0) * minute }
        for face in faces + faces.shuffled() {
            switch clock.moments(face) {
            case .once(let moment): #expect(moments[face] == [moment])
            case .never: #expect(moments[face] == nil)
            case .twice(let earlier, let later, let night):
                #expect(moments[face] == [earlier, later])
                #expect(earlier < night && night <= later)
                nights.insert(night)
            }
        }
        #expect(nights.count <= 1)
    }

    @Test func namesOfZones() {
        for name in ["", "CET+1", "Mars/Base", "Europe/Berlin ", "../etc/passwd"] {
            #expect(ZoneClock(name) == nil, "\(name)")
        }
    }
}

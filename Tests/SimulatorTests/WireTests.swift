import Delimited
import Foundation
import Testing

@testable import Simulator

@Suite("Bytes on the wire")
struct WireTests {
    private func number(_ value: Double, decimals: Int = 6) -> String {
        var json = JSONWriter()
        json.number(value, decimals: decimals)
        return String(decoding: json.bytes, as: UTF8.self)
    }

    @Test(
        "Numbers",
        arguments: [
            (0, "0"), (-0.0, "0"), (1, "1"), (-1.5, "-1.5"), (0.000001, "0.000001"), (0.0000001, "0"),
            (-0.0000001, "0"), (12.3456789, "12.345679"), (0.999_999_9, "1"), (100, "100"), (1.05, "1.05"),
            (999_999_999.5, "999999999.5"), (.nan, "null"), (-.infinity, "null"),
        ])
    func numbers(value: Double, expected: String) {
        #expect(number(value) == expected)
    }

    @Test("Numbers come back within half of the last decimal, and are JSON")
    func roundTrip() throws {
        var random = SplitMix(seed: 1)
        for _ in 0..<2000 {
            let value = random.normal() * pow(10, random.uniform(-8, 14))
            let text = number(value)
            let back = try #require(JSONSerialization.jsonObject(with: Data("[\(text)]".utf8)) as? [Double]).first!
            #expect(abs(back - value) <= max(0.500001e-6, abs(value) * 1e-12))
            var json = JSONWriter()
            json.significant(value)
            let significant = try #require(Double(String(decoding: json.bytes, as: UTF8.self)))
            #expect(abs(significant - value) <= max(0.500001e-9, abs(value) * 1e-6))
        }
    }

    @Test("Strings are escaped")
    func strings() throws {
        let text = "a\"b\\c\nd\u{1}é장비 Volume Flow RateRMS"
        var json = JSONWriter()
        json.raw("[")
        json.string(text)
        json.raw("]")
        #expect(try JSONSerialization.jsonObject(with: Data(json.bytes)) as? [String] == [text])
    }

    @Test(
        "Times are written and read",
        arguments: [
            (0, "1970-01-01T00:00:00.000000Z"), (1_709_164_800_000_001, "2024-02-29T00:00:00.000001Z"),
            (-1, "1969-12-31T23:59:59.999999Z"), (1_795_412_096_123_456, "2026-11-23T05:34:56.123456Z"),
            (951_782_399_999_999, "2000-02-28T23:59:59.999999Z"),
        ] as [(Int64, String)])
    func times(microseconds: Int64, expected: String) {
        var writer = TimeWriter()
        for _ in 0..<2 {
            var json = JSONWriter()
            writer.append(microseconds, to: &json)
            #expect(String(decoding: json.bytes, as: UTF8.self) == "\"\(expected)\"")
        }
        #expect(TimeReader.universal(expected) == microseconds)
    }

    @Test(
        "Times of recordings",
        arguments: [
            ("2020-03-09 10:14:33", 1_583_748_873_000_000), ("2020-03-09T10:14:33", 1_583_748_873_000_000),
            ("2020-03-09T10:14:33.25Z", 1_583_748_873_250_000), ("2020-03-09T19:14:33+09:00", 1_583_748_873_000_000),
            ("2020-03-09T05:14:33-0500", 1_583_748_873_000_000), ("1583748873", 1_583_748_873_000_000),
            ("1583748873.5", 1_583_748_873_500_000), ("1583748873250", 1_583_748_873_250_000),
        ] as [(String, Int64)])
    func recordedTimes(text: String, expected: Int64) {
        #expect(TimeReader.universal(text) == expected)
    }

    @Test(
        "What is no time",
        arguments: [
            "", "yesterday", "2020-13-01T00:00:00", "2020-02-30T00:00:00", "2020-03-09T10:14:33.", "nan", "1e300",
            "2020-03-09T10:14:33X", "2020-03-09T10:14:33+9", "2020-03-09T25:00:00",
        ])
    func noTimes(text: String) {
        #expect(TimeReader.universal(text) == nil)
    }

    @Test(
        "Numbers of a recording keep their spelling where JSON allows",
        arguments: [
            ("32.0", "32.0"), ("-0.5", "-0.5"), (" 7 ", "7"), ("0", "0"), (".5", "0.5"), ("5.", "5.0"),
            ("1e3", "1000.0"),
            ("+4", "4.0"), ("007", "7.0"), ("nan", nil), ("inf", nil), ("", nil), ("x", nil), ("1,5", nil),
        ] as [(String, String?)])
    func jsonNumbers(field: String, expected: String?) {
        #expect(Recording.jsonNumber(field) == expected)
    }

    @Test("Lengths of time on the command line")
    func seconds() {
        for (text, value) in [("30", 30.0), ("30s", 30), ("500ms", 0.5), ("5m", 300), ("1.5h", 5400)] {
            #expect(Seconds(argument: text)?.value == value)
        }
        for text in ["", "s", "-1", "1d", "inf", "nan"] { #expect(Seconds(argument: text) == nil) }
    }
}

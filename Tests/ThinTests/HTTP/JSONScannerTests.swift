import TestSupport
import Testing

@testable import Thin

@Suite struct JSONScannerTests {
    private func kind(_ text: String) throws -> JSONScanner.Kind { try JSONScanner.value(of: Array(text.utf8)).kind }

    @Test(arguments: [
        ("{}", JSONScanner.Kind.object), (" [1, 2.5e-3, -0] ", .array), ("\"\\u00e9\\n\"", .string),
        ("-12.5E+10", .number),
        ("true", .bool), ("null", .null), ("{\"a\":{\"b\":[{}]}}", .object),
    ])
    func accepts(_ text: String, _ expected: JSONScanner.Kind) throws {
        #expect(try kind(text) == expected)
    }

    @Test(arguments: [
        "", "{", "[1,]", "{\"a\" 1}", "{a:1}", "01", "1.", "1e", "+1", "NaN", "Infinity", "'a'", "\"a", "\"\\x\"",
        "\"\\u12g4\"",
        "\"\u{01}\"", "{} {}", "nul", "[1 2]", "{\"a\":1,}", "\u{FEFF}{}", "--1", "-",
    ])
    func refuses(_ text: String) {
        #expect(throws: JSONScanner.Failure.self) { try kind(text) }
    }

    @Test func refusesBytesThatAreNotUTF8() {
        #expect(throws: JSONScanner.Failure.self) { try JSONScanner.value(of: [0x22, 0xC3, 0x22]) }
    }

    @Test func refusesDeepNesting() throws {
        let depth = JSONScanner.maximumDepth
        #expect(try kind(String(repeating: "[", count: depth) + String(repeating: "]", count: depth)) == .array)
        #expect(throws: JSONScanner.Failure.self) { try kind(String(repeating: "[", count: 100_000)) }
    }

    @Test func findsMembersAsTheyWereSent() throws {
        let bytes = Array(
            "{\"n\": 12345678901234567890.10, \"t\\u0065xt\": \"\\ud83d\\ude00\\\"\", \"o\": {\"x\": [1]}}".utf8)
        let members = try JSONScanner.members(of: JSONScanner.value(of: bytes), in: bytes)
        #expect(members.map(\.name) == ["n", "text", "o"])
        #expect(JSONScanner.text(members[0].value, in: bytes) == "12345678901234567890.10")
        #expect(try JSONScanner.string(members[1].value, in: bytes) == "😀\"")
        #expect(JSONScanner.text(members[2].value, in: bytes) == "{\"x\": [1]}")
    }

    /// At every depth, and however the name is spelt.
    @Test(arguments: [
        ("{\"a\": 1, \"a\": 2}", "a"), ("{\"a\": 1, \"\\u0061\": 2}", "a"),
        ("[{\"x\": {\"b\\/\": 1, \"b/\": 2}}]", "[0].x.b/"),
        ("{\"o\": {\"l\": [1, {\"\\u00e9\": 1, \"é\": 1}]}}", "o.l[1].é"), ("{\"\": 1, \"\": 2}", ""),
        ("{\"\\ud83d\\ude00\": 1, \"😀\": 2}", "😀"),
    ])
    func refusesAMemberThatComesTwice(_ text: String, _ member: String) {
        #expect { try kind(text) } throws: { ($0 as? JSONScanner.Failure)?.member == member }
    }

    @Test func namesThatDifferAreNotTheSame() throws {
        // PostgreSQL compares bytes, Swift would compare characters
        #expect(
            try kind("{\"\u{e9}\": 1, \"e\u{301}\": 2, \"a\": {\"a\": 1}, \"A\": [{\"a\": 1}, {\"a\": 2}]}") == .object)
    }

    @Test(arguments: [
        "\"\\ud83d\"", "\"\\ude00\"", "\"\\ud83dx\"", "\"\\ud83d\\n\"", "\"\\ud83d\\ud83d\"", "[[\"\\udfff\"]]",
    ])
    func refusesHalfASurrogatePair(_ text: String) {
        #expect(throws: JSONScanner.Failure.self) { try kind(text) }
    }

    @Test func whatCannotBeStoredIsNamed() throws {
        func place(_ text: String) throws -> String? {
            let bytes = Array(text.utf8)
            let value = try JSONScanner.value(of: bytes)
            do throws(JSONScanner.Failure) {
                try JSONScanner.checkStorable(value, in: bytes)
                return nil
            } catch {
                return error.member ?? ""
            }
        }
        #expect(
            try place("{\"a\": [0, 1e308, -0, 5e-324, 0e999999, 12345678901234567890.5], \"b\": \"\\\\u0000\"}") == nil)
        #expect(try place("{\"a\": [0, {\"b\": 1e309}]}") == "a[1].b")
        #expect(try place("{\"a\": 1e131071}") == "a")
        #expect(try place("{\"a\": -1e999999999999}") == "a")
        #expect(try place("[1e-400]") == "[0]")
        #expect(try place("[\"\\\\\\u0000\"]") == "[0]")
        #expect(try place("{\"\\u0000\": 1}") == "")
        #expect(try place("[\(String(repeating: "1", count: 1001))]") == "[0]")
    }

    @Test func randomBytesNeverCrash() {
        var generator = SplitMix(seed: 7)
        let alphabet = Array("{}[]\",:\\u0019.eE+-truefalsn \u{7f}é".utf8)
        for _ in 0..<20_000 {
            let bytes = (0..<Int.random(in: 0...24, using: &generator)).map { _ in
                alphabet.randomElement(using: &generator)!
            }
            guard let value = try? JSONScanner.value(of: bytes) else { continue }
            if value.kind == .object { _ = try? JSONScanner.members(of: value, in: bytes) }
            if value.kind == .array { _ = try? JSONScanner.elements(of: value, in: bytes) }
            if value.kind == .string { _ = try? JSONScanner.string(value, in: bytes) }
        }
    }
}

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

    @Test func refusesAMemberThatComesTwice() throws {
        let bytes = Array("{\"a\": 1, \"\\u0061\": 2}".utf8)
        let value = try JSONScanner.value(of: bytes)
        #expect(throws: JSONScanner.Failure.self) { try JSONScanner.members(of: value, in: bytes) }
    }

    @Test func refusesHalfASurrogatePair() throws {
        let bytes = Array("\"\\ud83d\"".utf8)
        let value = try JSONScanner.value(of: bytes)
        #expect(throws: JSONScanner.Failure.self) { try JSONScanner.string(value, in: bytes) }
    }

    @Test func randomBytesNeverCrash() {
        var generator = SplitMix(state: 7)
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

/// Repeatable randomness.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

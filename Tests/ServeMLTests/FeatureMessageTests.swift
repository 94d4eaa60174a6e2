import Foundation
import TestSupport
import Testing

@testable import ServeML

@Suite("Feature messages")
struct FeatureMessageTests {
    private func scan(_ text: String) throws(FeatureMessageError) -> FeatureMessage {
        try FeatureMessageScanner.scan(Array(text.utf8))
    }

    private func code(_ text: String) -> String {
        do {
            _ = try scan(text)
            return "none"
        } catch {
            return error.code
        }
    }

    @Test func readsTheWholeMessage() throws {
        let text =
            #" {"power": "11kW", "extra": [1, {"a": null}], "model_version":"v2", "#
            + #""features": {"vib_rms": 1.5, "cur_x_\u0072ms": -2e-3, "n": null}} "#
        let message = try scan(text)
        #expect(message.power == "11kW" && message.modelVersion == "v2" && message.otherMembers == ["extra"])
        #expect(
            message.features["vib_rms"] == 1.5 && message.features["cur_x_rms"] == -0.002
                && message.features["n"]?.isNaN == true)
        #expect(message.features["absent"] == nil)
        let range = message.featuresRange
        #expect(String(decoding: Array(text.utf8)[range], as: UTF8.self).hasPrefix("{\"vib_rms\""))
        #expect(try scan(#"{"power": 15, "features": {}}"#).power == "15")
        #expect(try scan(#"{"power": null, "features": {}}"#).power == nil)
    }

    @Test(arguments: [
        ("", "not_an_object"), ("[]", "not_an_object"), ("{", "malformed_json"), ("{}", "no_features"),
        (#"{"features": 1}"#, "wrong_type"),
        (#"{"features": {"a": "1"}}"#, "feature_not_a_number"), (#"{"features": {"a": NaN}}"#, "feature_not_a_number"),
        (#"{"features": {"a": 1, "a": 2}}"#, "duplicate_member"),
        (#"{"features": {}, "features": {}}"#, "duplicate_member"),
        (#"{"features": {"a": 01}}"#, "malformed_json"), (#"{"features": {"a": 1e999}}"#, "malformed_json"),
        (#"{"features": {"a": 1}} x"#, "malformed_json"), (#"{"features": {"a": 1,}}"#, "malformed_json"),
        (#"{"features": {"a": -}}"#, "malformed_json"), (#"{"power": {}, "features": {}}"#, "wrong_type"),
        ("{\"features\": {\"a\u{1}\": 1}}", "malformed_json"),
    ])
    func refusesByName(_ text: String, _ expected: String) {
        #expect(code(text) == expected)
    }

    @Test func boundsNestingSizeAndCount() {
        #expect(code("{\"x\":" + String(repeating: "[", count: 100_000)) == "malformed_json")
        #expect(
            code("{\"features\":{" + (0..<5000).map { "\"f\($0)\":1" }.joined(separator: ",") + "}}")
                == "too_many_features")
        #expect(throws: FeatureMessageError.self) {
            try FeatureMessageScanner.scan([UInt8](repeating: 32, count: FeatureMessageScanner.maximumBytes + 1))
        }
        // Many features, all different: the duplicate check's table has to grow.
        #expect(code("{\"features\":{" + (0..<4000).map { "\"f\($0)\":1" }.joined(separator: ",") + "}}") == "none")
    }

    @Test func invalidUTF8IsMalformed() {
        let bytes = Array("{\"features\":{\"".utf8) + [0xFF, 0xFE] + Array("\":1}}".utf8)
        #expect(throws: FeatureMessageError.self) { try FeatureMessageScanner.scan(bytes) }
    }

    @Test func numbersAreCorrectlyRounded() throws {
        var generator = SplitMix(seed: 5)
        for _ in 0..<5000 {
            let value = Double(bitPattern: generator.next())
            guard value.isFinite else { continue }
            for text in [
                value.description, "\(Float.random(in: -1000...1000, using: &generator))",
                "\(Int64.random(in: -999_999...999_999, using: &generator))."
                    + "\(Int.random(in: 0...99999, using: &generator))e\(Int.random(in: -30...30, using: &generator))",
            ] {
                let read = try scan("{\"features\":{\"a\":\(text)}}").features["a"]
                #expect(read == Double(text), "\(text)")
            }
        }
    }

    @Test func bareFeatures() throws {
        #expect(try FeatureMessageScanner.scanFeatures(Array(#"{"a": 1}"#.utf8))["a"] == 1)
        #expect(throws: FeatureMessageError.self) { try FeatureMessageScanner.scanFeatures(Array("[1]".utf8)) }
    }
}

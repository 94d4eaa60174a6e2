import Foundation
import TestSupport

/// A message that nobody would send on purpose, or somebody on purpose.
struct HostileMessage: Sendable {
    let name: String
    let topic: String
    let payload: [UInt8]

    init(_ name: String, _ topic: String, _ payload: [UInt8]) {
        self.name = name
        self.topic = topic
        self.payload = payload
    }

    init(_ name: String, _ topic: String, _ payload: String) { self.init(name, topic, Array(payload.utf8)) }

    /// Digits that compress badly: an index row must hold them as they are.
    static func hex(_ count: Int, _ generator: inout some RandomNumberGenerator) -> String {
        String((0..<count).map { _ in "0123456789abcdef".randomElement(using: &generator)! })
    }

    /// What is published, what is wrong with it.
    static var table: [HostileMessage] {
        var random = SplitMix(seed: 7)
        let topics: [HostileMessage] = [
            HostileMessage("long topic", "factory/\(hex(8_000, &random))", "1"),
            HostileMessage("long topic, two levels", "factory/\(hex(4_000, &random))/\(hex(4_000, &random))", "1"),
            HostileMessage("longest topic", "factory/m/" + hex(65_525, &random), "1"),
            HostileMessage(
                "longest topic without a decoder's sense", "factory/" + hex(65_527, &random), "{\"values\":{\"a\":1}}"),
            HostileMessage("long features' topic", "serve-ml/\(hex(6_000, &random))/features", "{"),
            HostileMessage(
                "long features' topic, good payload", "serve-ml/\(hex(6_000, &random))/features",
                "{\"features\":{\"vib_rms\":1}}"),
            HostileMessage("long waveform's topic", "waveform/\(hex(6_000, &random))/vibration", "{"),
            HostileMessage("long modality", "waveform/m/\(hex(6_000, &random))", waveform),
            HostileMessage("every plane", "factory/🏭\u{202E}\u{FEFF}한글\u{E0041}\u{10FFFD}/\u{0301}é", "1"),
            HostileMessage("quotes", "factory/'; DROP TABLE ingest.quarantine; --/\\", "1"),
            HostileMessage("empty levels", "factory//", "1"),
            HostileMessage("wildcards of LIKE", "factory/%_%/_", "1"),
            HostileMessage("sensor of 129 characters", "factory/m/" + String(repeating: "s", count: 129), "1"),
            HostileMessage(
                "sensor of 128 characters of four bytes", "factory/m/" + String(repeating: "🏭", count: 128), "1"),
        ]
        let deep = String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000)
        let payloads: [(String, String)] = [
            ("nothing", ""), ("a NUL escaped", "{\"value\":\"\\u0000\"}"),
            ("a NUL in a key", "{\"a\\u0000b\":1,\"value\":1}"),
            ("half a pair", "{\"value\":\"\\ud800\"}"), ("the other half", "{\"value\":\"\\udc00\"}"),
            ("deep", deep), ("deep objects", String(repeating: "{\"a\":", count: 50_000) + "1"),
            ("1e400", "{\"value\":1e400}"), ("-1e400", "-1e400"), ("1e-400", "1e-400"), ("1e400000000", "1e400000000"),
            ("a million digits", String(repeating: "9", count: 1_000_000)),
            ("year 294277", "{\"time\":\"294277-01-01T00:00:00Z\",\"value\":1}"),
            ("hour 99", "{\"time\":\"2026-01-01T99:99:99Z\",\"value\":1}"),
            ("no zone there is", "{\"time\":\"2026-01-01 00:00:00 Mars/Olympus\",\"value\":1}"),
            ("two million elements", "[" + String(repeating: "1,", count: 2_000_000) + "1]"),
            ("a unit of a megabyte", "{\"value\":1,\"unit\":\"\(String(repeating: "u", count: 1 << 20))\"}"),
            ("a quality of 2^70", "{\"value\":1,\"quality\":\"1180591620717411303424\"}"),
        ]
        let wide = (0..<300_000).map { "\"k\($0)\":1" }.joined(separator: ",")
        let rows: [HostileMessage] = [
            HostileMessage("300,000 sensors", "factory/m", "{\"values\":{\(wide)}}"),
            HostileMessage("a wide NUL", "factory/m", "{\"values\":{\"\\u0000\":1}}"),
            HostileMessage("a wide half pair", "factory/m", "{\"values\":{\"\\ud800\":1}}"),
            HostileMessage("a wide nothing", "factory/m", "{\"values\":{\"\":1}}"),
            HostileMessage("three phases of NUL", "unity/sensors/m/data", "{\"x\":\"\\u0000\",\"y\":1,\"z\":1}"),
            HostileMessage("vibration of half a pair", "unity/sensors/m/vibration", "{\"vibe\":\"\\udfff\"}"),
            HostileMessage("five megabytes", "factory/m/v", [UInt8](repeating: 0x20, count: 5 << 20)),
            HostileMessage("every byte", "factory/m/v", Array(UInt8.min...UInt8.max)),
        ]
        return topics + payloads.map { HostileMessage($0.0, "factory/m/v", $0.1) } + rows + features
    }

    static let waveform =
        "{\"sample_rate_hz\":2000,\"axes\":{\"v\":[\((0..<64).map(String.init).joined(separator: ","))]}}"

    /// Messages that `thin` reads itself; `press_1` has a bundle.
    static var features: [HostileMessage] {
        let good = (try? Examples("dual").json(0)) ?? "{}"
        let open = good.dropLast()
        let many = (0..<5_000).map { "\"extra_\($0)\":\($0)" }.joined(separator: ",")
        let topic = "serve-ml/press_1/features"
        let list: [(String, String)] = [
            ("5,000 more features", "{\"features\":\(open),\(many)}}"),
            ("a NUL in a feature's name", "{\"features\":\(open),\"a\\u0000\":1}}"),
            ("half a pair in a feature's name", "{\"features\":\(open),\"\\ud800\":1}}"),
            ("a feature of 1e400", "{\"features\":\(open),\"more\":1e400}}"),
            ("a feature of 1e999999", "{\"features\":\(open),\"more\":1e999999}}"),
            (
                "a feature's name of 100,000 characters",
                "{\"features\":\(open),\"\(String(repeating: "n", count: 100_000))\":1}}"
            ),
            ("a NUL in power", "{\"power\":\"\\u0000\",\"features\":\(good)}"),
            ("half a pair in power", "{\"power\":\"\\ud800\",\"features\":\(good)}"),
            ("a long power", "{\"power\":\"\(String(repeating: "k", count: 100_000))\",\"features\":\(good)}"),
            ("a NUL in time", "{\"time\":\"2026-01-01\\u0000\",\"features\":\(good)}"),
            (
                "a long version",
                "{\"model_version\":\"\(String(repeating: "v", count: 100_000))\",\"features\":\(good)}"
            ),
            ("deep features", "{\"features\":" + String(repeating: "[", count: 50_000)),
            (
                "deep and more",
                "{\"features\":\(good),\"more\":\(String(repeating: "[", count: 5_000))\(String(repeating: "]", count: 5_000))}"
            ),
        ]
        let axes = waveform.dropFirst()
        let forms: [(String, String)] = [
            ("a NUL in a waveform's power", "{\"power\":\"\\u0000\",\(axes)"),
            ("half a pair in a waveform's time", "{\"time\":\"\\ud800\",\(axes)"),
            ("a NUL in a waveform's version", "{\"model_version\":\"\\u0000\",\(axes)"),
            ("a waveform of the year 9999", "{\"time\":\"9999-12-31T23:59:59Z\",\(axes)"),
        ]
        return list.map { HostileMessage($0.0, topic, $0.1) }
            + forms.map { HostileMessage($0.0, "waveform/press_1/vibration", $0.1) }
    }
}

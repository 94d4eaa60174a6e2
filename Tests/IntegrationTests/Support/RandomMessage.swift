import Foundation
import TestSupport

/// Topics and payloads that nobody would send on purpose.
enum RandomMessage {
    private static let scraps = [
        "{", "}", "[", "]", "\"", ":", ",", "1", "-", "1e400", "1e-400", "null", "true", "\\u0000", "\\ud800",
        "\\udfff", "\\",
        "\"time\":", "\"value\":", "\"values\":{", "\"x\":1", "\"2026-01-01T00:00:00Z\"", "99999999999999",
        "\"features\":{",
        "\"axes\":{\"v\":[", "\"sample_rate_hz\":1,", "NaN", "Infinity", "é", "🏭", "\u{202E}", " ", "\n",
    ]

    static func next(_ random: inout SplitMix) -> HostileMessage {
        HostileMessage("random", topic(&random), payload(&random))
    }

    private static func level(_ random: inout SplitMix) -> String {
        switch Int.random(in: 0..<6, using: &random) {
        case 0: "m\(Int.random(in: 0..<5, using: &random))"
        case 1: HostileMessage.hex(Int.random(in: 1..<9_000, using: &random), &random)
        case 2: ""
        case 3:
            String(
                String.UnicodeScalarView(
                    (0..<Int.random(in: 1..<40, using: &random)).map { _ in
                        // MQTT forbids wildcards, NUL and surrogates in a topic, and brokers refuse control characters
                        Unicode.Scalar(UInt32.random(in: 0x80..<0x2FFFF, using: &random)).flatMap {
                            $0.properties.isNoncharacterCodePoint || $0.value < 0xA0 ? nil : $0
                        } ?? "x"
                    }))
        case 4: "%_\\"
        default: "features"
        }
    }

    private static func topic(_ random: inout SplitMix) -> String {
        let root = ["factory", "unity/sensors", "serve-ml", "waveform"].randomElement(using: &random)!
        let levels = (0..<Int.random(in: 1..<3, using: &random)).map { _ in level(&random) }
        let end = root == "unity/sensors" ? "/data" : root == "serve-ml" ? "/features" : ""
        return root + "/" + levels.joined(separator: "/") + end
    }

    private static func payload(_ random: inout SplitMix) -> [UInt8] {
        if Int.random(in: 0..<8, using: &random) == 0 {
            return (0..<Int.random(in: 0..<200, using: &random)).map { _ in
                UInt8.random(in: .min ... .max, using: &random)
            }
        }
        let good = [
            "{\"time\":\"2026-01-01T00:00:00Z\",\"value\":1}", "{\"values\":{\"a\":1,\"b\":2}}",
            "{\"x\":1,\"y\":2,\"z\":3}",
        ]
        var text = good.randomElement(using: &random)!
        for _ in 0..<Int.random(in: 0..<6, using: &random) {
            let place = text.index(text.startIndex, offsetBy: Int.random(in: 0...text.count, using: &random))
            text.insert(contentsOf: scraps.randomElement(using: &random)!, at: place)
        }
        if Int.random(in: 0..<20, using: &random) == 0 { text = String(repeating: "[", count: 20_000) + text }
        return Array(text.utf8)
    }
}

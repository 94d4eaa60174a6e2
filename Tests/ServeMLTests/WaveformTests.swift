import Foundation
import TestSupport
import Testing

@testable import ServeML

@Suite("Features of waveforms")
struct WaveformTests {
    @Test func equalNumpyAndScipy() throws {
        let cases = try #require(try JSONParser.parse(try Fixture.bytes("waveforms.json")).elements)
        #expect(cases.count == 8)
        for item in cases {
            let samples = try #require(item["samples"]?.numbers)
            let rate = try #require(item["rate"]?.number)
            let truth = try #require(item["features"]?.numbers)
            let actual = WaveformFeatures.signal(samples, rate)
            #expect(actual.count == truth.count && truth.count == WaveformFeatures.suffixes.count)
            for (name, (a, b)) in zip(WaveformFeatures.suffixes, zip(actual, truth)) {
                #expect(abs(a - b) <= 1e-9 + 1e-7 * abs(b), "\(samples.count) samples, \(name): \(a) and \(b)")
            }
        }
    }

    @Test(arguments: [1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 17, 30, 64, 77, 97, 120, 143, 169, 202])
    func transformEqualsItsDefinition(_ count: Int) {
        var generator = SplitMix(seed: UInt64(count))
        var signal = FourierTransform.Signal(count: count)
        for index in 0..<count {
            signal.real[index] = Double(generator.float())
            signal.imaginary[index] = Double(generator.float())
        }
        let original = signal
        let transform = FourierTransform(count: count)
        var work = FourierTransform.Signal(count: count)
        transform.forward(&signal, &work)
        for j in 0..<count {
            var (real, imaginary) = (0.0, 0.0)
            for k in 0..<count {
                let angle = -2 * Double.pi * Double(j * k % count) / Double(count)
                real += original.real[k] * cos(angle) - original.imaginary[k] * sin(angle)
                imaginary += original.real[k] * sin(angle) + original.imaginary[k] * cos(angle)
            }
            #expect(abs(signal.real[j] - real) < 1e-10 && abs(signal.imaginary[j] - imaginary) < 1e-10)
        }
        transform.inverse(&signal, &work)
        for k in 0..<count {
            #expect(abs(signal.real[k] - original.real[k]) < 1e-12)
            #expect(abs(signal.imaginary[k] - original.imaginary[k]) < 1e-12)
        }
    }

    @Test func namesAreTheFields() throws {
        let samples = (0..<64).map { sin(Double($0)) }
        let current = try WaveformFeatures.compute(
            modality: "current", axes: ["x": samples, "y": samples, "z": samples], sampleRateHz: 2000)
        let vibration = try WaveformFeatures.compute(modality: "vibration", axes: ["v": samples], sampleRateHz: 4000)
        let names = (0..<current.count).map(current.name) + (0..<vibration.count).map(vibration.name)
        let bundle = try Fixture.load("dual")
        #expect(names == bundle.featureNames)
    }

    @Test func silenceAndConstantsAreFinite() {
        for value in [0.0, 3.0] {
            let features = WaveformFeatures.signal([Double](repeating: value, count: 100), 1000)
            let isFinite = features.allSatisfy { $0.isFinite }
            #expect(isFinite)
        }
    }

    @Test func refusesByName() {
        func code(_ modality: String, _ axes: [String: [Double]], _ rate: Double = 1000) -> String {
            do {
                _ = try WaveformFeatures.compute(modality: modality, axes: axes, sampleRateHz: rate)
                return "none"
            } catch {
                return error.code
            }
        }
        let x = [Double](repeating: 1, count: 32)
        #expect(code("sound", ["x": x]) == "unknown_modality")
        #expect(code("current", ["x": x]) == "wrong_axes")
        #expect(code("vibration", ["x": x, "y": x]) == "wrong_axes")
        #expect(code("vibration", ["x": [1, 2]]) == "wrong_length")
        #expect(code("current", ["x": x, "y": x, "z": x + x]) == "unequal_lengths")
        #expect(code("vibration", ["x": x], 0) == "bad_sample_rate")
        #expect(code("vibration", ["x": x], .nan) == "bad_sample_rate")
        #expect(code("vibration", ["x": x + [.infinity]]) == "sample_not_finite")
    }

    @Test func readsMessages() throws {
        let message = try WaveformMessage(
            Array(#"{"time":"2026-01-01T00:00:00Z","sample_rate_hz":2000,"axes":{"x":[1,2.5,-3e-1]},"power":11}"#.utf8))
        #expect(message.axes == ["x": [1, 2.5, -0.3]] && message.sampleRateHz == 2000)
        #expect(message.timeJSON == "\"2026-01-01T00:00:00Z\"" && message.power == "11")
        for text in ["", "[]", "{}", #"{"sample_rate_hz":1,"axes":{"x":["a"]}}"#, #"{"sample_rate_hz":1,"axes":[]}"#] {
            #expect(throws: WaveformError.self) { try WaveformMessage(Array(text.utf8)) }
        }
    }
}

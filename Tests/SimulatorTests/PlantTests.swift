import ArgumentParser
import Foundation
import Testing

@testable import Simulator

@Suite("Plant")
struct PlantTests {
    private func messages(_ settings: PlantSettings, _ range: Range<Int>) -> [(topic: String, payload: String)] {
        let plant = Plant(settings)
        var timeWriter = TimeWriter()
        return range.map {
            let at = 1_700_000_000_000_000 + Int64(plant.time(ofMessage: $0) * 1_000_000)
            let (topic, payload) = plant.message($0, at: at, &timeWriter)
            return (topic, String(decoding: payload, as: UTF8.self))
        }
    }

    @Test("The same seed gives the same bytes, whatever came before; another seed gives others")
    func deterministic() {
        let all = messages(PlantSettings(), 0..<500).map(\.payload)
        #expect(messages(PlantSettings(), 300..<500).map(\.payload) == Array(all[300...]))
        let other = messages(PlantSettings(seed: 2), 0..<500).map(\.payload)
        #expect(zip(all, other).allSatisfy { $0 != $1 })
    }

    @Test("Topics and payloads have the field's shapes, and every number is finite")
    func shapes() throws {
        var settings = PlantSettings(machines: 12, rate: 1000)
        settings.faults = Fault.allCases
        settings.faultAfter = 0
        settings.faultGrowth = 1
        var kinds: [String: Int] = [:]
        for (topic, payload) in messages(settings, 0..<5000) {
            let object = try #require(
                try JSONSerialization.jsonObject(with: Data(payload.utf8)) as? [String: Any], "\(payload)")
            let levels = topic.split(separator: "/").map(String.init)
            switch levels.last {
            case "data":
                #expect(Set(object.keys) == ["device", "timestamp", "x", "y", "z"])
                #expect(object["device"] as? String == levels[2])
                #expect(object["x"] as? Double ?? -1 > 0)
                kinds["current", default: 0] += 1
            case "vibration":
                #expect(Set(object.keys) == ["device", "timestamp", "vibe"])
                #expect(object["vibe"] as? Double ?? -1 > 0)
                kinds["vibration", default: 0] += 1
            default:
                #expect(levels.first == "factory" && levels.count == 3)
                #expect(Set(object.keys) == ["time", "value", "unit"])
                #expect(object["value"] is Double)
                kinds["sensors", default: 0] += 1
            }
        }
        #expect(kinds["current"]! > kinds["vibration"]! && kinds["vibration"]! >= kinds["sensors"]!)
    }

    @Test("No sensor has two values at one time")
    func distinctTimes() {
        var seen: Set<String> = []
        for (topic, payload) in messages(PlantSettings(machines: 3, rate: 50_000), 0..<20_000) {
            let time = payload.range(of: "20[0-9T:.-]+Z", options: .regularExpression).map { payload[$0] } ?? ""
            #expect(seen.insert("\(topic) \(time)").inserted)
        }
    }

    @Test("Streams choose what is published")
    func streams() {
        let topics = Set(messages(PlantSettings(streams: [.current]), 0..<100).map(\.topic))
        #expect(topics.count == 8)
        #expect(topics.allSatisfy { $0.hasSuffix("/data") })
    }

    @Test("A fault starts, grows, stays and is repaired")
    func faultPlan() {
        let plan = FaultPlan(fault: .bearing, after: 10, growth: 20, hold: 30)
        #expect(plan.severity(at: 0) == 0)
        #expect(plan.severity(at: 10) == 0)
        #expect(plan.severity(at: 20) == 0.25)
        #expect(plan.severity(at: 30) == 1)
        #expect(plan.severity(at: 59) == 1)
        #expect(plan.severity(at: 61) == 0)
        #expect(plan.severity(at: 80) == 0.25)
        #expect(FaultPlan(fault: .belt, after: 1, growth: 0, hold: .infinity).severity(at: 1e9) == 1)
        #expect(Fault.list("bearing,belt") == [.bearing, .belt])
        #expect(Fault.list("none") == [])
        #expect(Fault.list("all") == Fault.allCases)
        #expect(Fault.list("rust") == nil)
    }

    @Test("Deadlines hold the rate, lateness is caught up, a debt that is too large is not")
    func pacer() {
        var pacer = Pacer(rate: 1000, tolerance: 2)
        #expect(pacer.due(at: 0, sent: 0) == 1)
        #expect(pacer.due(at: 0.5, sent: 100) == 501)
        #expect(abs(pacer.behind(at: 0.5, sent: 100) - 0.4) < 1e-9)
        #expect(pacer.slipped == 0)
        #expect(pacer.due(at: 10, sent: 1000) == 3001)
        #expect(abs(pacer.slipped - 7) < 1e-9)
        #expect(abs(pacer.time(of: 3000) - 10) < 1e-9)
    }

    @Test("The same arguments give the same data set, and its columns are the trainer's")
    func dataset() throws {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("dataset-\(UUID().uuidString).csv")
        defer { try? FileManager.default.removeItem(at: file) }
        func make(_ seed: Int) throws -> String {
            let arguments = ["--out", file.path, "--machines", "2", "--samples", "3", "--fault-samples", "2"]
            let command = try DatasetCommand.parse(arguments + ["--seed", "\(seed)"])
            try command.run()
            return try String(contentsOf: file, encoding: .utf8)
        }
        let text = try make(1)
        #expect(try make(1) == text)
        #expect(try make(2) != text)
        let lines = text.split(separator: "\n").map { $0.split(separator: ",") }
        #expect(lines.count == 1 + 2 * (3 + 4 * 2))
        #expect(lines[0].count == 88)
        #expect(lines[0].suffix(4) == ["label", "equipment", "power", "severity"])
        #expect(
            lines.dropFirst().allSatisfy { line in line.count == 88 && line.prefix(84).allSatisfy { Double($0) != nil }
            })
        #expect(
            Set(lines.dropFirst().map { String($0[84]) }) == ["normal", "bearing", "misalignment", "unbalance", "belt"])
        #expect(throws: (any Error).self) { try DatasetCommand.parse(["--out", "x", "--label", "rust"]) }
    }
}

import Foundation
import Testing

@testable import ServeML

@Suite("Finding, loading and swapping bundles")
struct BundleStoreTests {
    @Test func reloadReportsWhatChanged() throws {
        try Fixture.withCopy("dual") { root, directory in
            let store = BundleStore(root: root)
            #expect(refusal { _ = try store.bundle(Fixture.key) } == "unknown_bundle")
            #expect(store.reload().upserts == [Fixture.key])
            let first = try store.bundle(Fixture.key)
            #expect(store.reload().unchanged == [Fixture.key])
            #expect(store.equipmentIDs == ["press_1"])
            #expect(store.powers(equipmentID: "press_1") == ["11kW"])
            #expect(store.versions(equipmentID: "press_1", power: "11kW") == ["v1"])

            // A bad change: the previous state stays in service, the reason is listed.
            try Fixture.edit(directory.appendingPathComponent("feature_spec.yaml")) { $0 + "#" }
            let bad = store.reload()
            #expect(bad.rejected.map(\.code) == ["hash_mismatch"] && bad.removed.isEmpty)
            #expect(try store.bundle(Fixture.key).sha256 == first.sha256)
            #expect(store.reload().rejected.map(\.code) == ["hash_mismatch"])

            // A good change replaces it.
            try Fixture.forgetHashes(directory)
            #expect(store.reload().upserts == [Fixture.key])
            #expect(try store.bundle(Fixture.key).sha256 != first.sha256)

            try FileManager.default.removeItem(at: directory)
            #expect(store.reload().removed == [Fixture.key])
            #expect(refusal { _ = try store.bundle(Fixture.key) } == "unknown_bundle")
        }
    }

    @Test func memoryIsBoundedAndBundlesComeBack() throws {
        try Fixture.withTemporaryDirectory { root in
            var keys: [BundleKey] = []
            for number in 0..<12 {
                let key = BundleKey(equipmentID: "m\(number)", power: "1", version: "v1")
                let target = root.appendingPathComponent(key.description)
                try FileManager.default.createDirectory(
                    at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
                try FileManager.default.copyItem(at: Fixture.directory("dual"), to: target)
                keys.append(key)
            }
            let one = try Fixture.load("dual").memoryBytes
            let store = BundleStore(root: root, memoryLimitBytes: one * 4)
            #expect(store.reload().upserts.count == 12)
            for key in keys + keys {
                #expect(try store.bundle(key).key == key)
                #expect(store.residentBytes <= one * 4)
            }
            #expect(store.residentCount == 4)
        }
    }

    /// Two bundles where only one fits, asked for by turns from several threads: each call evicts what another one uses.
    @Test func evictionDuringUseIsSafe() async throws {
        let root = FileManager.default.temporaryDirectory.appendingPathComponent("serveml-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: root) }
        let keys = (0..<2).map { BundleKey(equipmentID: "m\($0)", power: "1", version: "v1") }
        for key in keys {
            let target = root.appendingPathComponent(key.description)
            try FileManager.default.createDirectory(
                at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
            try FileManager.default.copyItem(at: Fixture.directory("single"), to: target)
        }
        let store = BundleStore(root: root, memoryLimitBytes: try Fixture.load("single").memoryBytes)
        #expect(store.reload().upserts == keys)
        let values = try #require(try Fixture.expected("single")["inputs"]?.elements?[0].numbers)
        let truth = try Predictor(bundle: try Fixture.load("single")).evaluate(values: values).scores
        try await withThrowingTaskGroup(of: Void.self) { group in
            for thread in 0..<4 {
                group.addTask {
                    for round in 0..<50 {
                        let held = try store.bundle(keys[(thread + round) % 2])
                        _ = try store.bundle(keys[(thread + round + 1) % 2])
                        #expect(try Predictor(bundle: held).evaluate(values: values).scores == truth)
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(store.residentCount == 1)
    }

    @Test func filesChangedSinceTheScanAreNotServed() throws {
        try Fixture.withCopy("dual") { root, directory in
            let store = BundleStore(root: root, memoryLimitBytes: 0)
            _ = store.reload()
            _ = try store.bundle(Fixture.key)
            let other = BundleStore(root: root, memoryLimitBytes: 0)
            _ = other.reload()
            try Fixture.forgetHashes(directory)
            #expect(refusal { _ = try other.bundle(Fixture.key) } == "changed_since_sync")
        }
    }

    @Test func scannerNamesWhatItCannotUse() throws {
        try Fixture.withCopy("dual") { root, directory in
            try FileManager.default.createDirectory(
                at: root.appendingPathComponent("press_1/11kW/empty"), withIntermediateDirectories: true)
            try FileManager.default.createDirectory(
                at: root.appendingPathComponent("press_1/11kW/.hidden"), withIntermediateDirectories: true)
            try Fixture.withTemporaryDirectory { elsewhere in
                try FileManager.default.createSymbolicLink(
                    at: root.appendingPathComponent("press_1/11kW/link"), withDestinationURL: elsewhere)
                let (found, rejected) = BundleScanner.scan(root: root)
                #expect(Array(found.keys) == [Fixture.key])
                #expect(rejected.map(\.path) == ["press_1/11kW/empty", "press_1/11kW/link"])
                #expect(rejected.map(\.code) == ["missing_file", "unsafe_path"])
            }
        }
        let (found, rejected) = BundleScanner.scan(root: URL(fileURLWithPath: "/nonexistent/root"))
        #expect(found.isEmpty && rejected.isEmpty)
    }

    @Test func registryJSONIsCompleteAndValid() throws {
        let json = try JSONParser.parse(Array(try Fixture.load("null_threshold").registryJSON().utf8))
        #expect(json["equipment_id"]?.string == "press_1" && json["case"]?.string == "A")
        #expect(json["thresholds"]?["vibration"]?.isNull == true)
        #expect(json["features"]?.elements?.count == 84)
        #expect(json["sha256"]?.string?.count == 64)
        let rejected = RejectedBundle(path: "a/b/c", error: .missingFile("x"))
        let parsed = try JSONParser.parse(Array(rejected.json().utf8))
        #expect(parsed["model_version"]?.string == "c" && parsed["code"]?.string == "missing_file")
    }

    @Test func reloadWhilePredicting() async throws {
        let root = FileManager.default.temporaryDirectory.appendingPathComponent("serveml-\(UUID().uuidString)")
        let directory = root.appendingPathComponent(Fixture.key.description)
        try FileManager.default.createDirectory(
            at: directory.deletingLastPathComponent(), withIntermediateDirectories: true)
        try FileManager.default.copyItem(at: Fixture.directory("dual"), to: directory)
        defer { try? FileManager.default.removeItem(at: root) }
        let store = BundleStore(root: root)
        _ = store.reload()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for round in 0..<20 {
                    try Fixture.edit(directory.appendingPathComponent("metadata.json")) {
                        $0.replacingOccurrences(of: "\"faults\": []", with: "\"round\": \(round), \"faults\": []")
                            .replacingOccurrences(of: "\"round\": \(round - 1), ", with: "")
                    }
                    _ = store.reload()
                }
            }
            for _ in 0..<2 {
                group.addTask {
                    // Every request finds a whole bundle, before, during and after the swap.
                    for _ in 0..<500 {
                        let bundle = try store.bundle(Fixture.key)
                        #expect(bundle.featureNames.count == 84)
                    }
                }
            }
            try await group.waitForAll()
        }
    }
}

import Foundation

/// A folder of bundles of one test, filled from those that the ServeML tests are proven with.
final class BundleRoot: Sendable {
    let folder: URL
    private static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("ServeMLTests/Fixtures", isDirectory: true)

    init() throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "millwright-bundles-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    var environment: [String: String] {
        ["SERVE_ML_ROOT": folder.path, "SERVE_ML_ENABLE_XGB": "true", "SERVE_ML_POLL_SECONDS": "1"]
    }

    func directory(_ equipment: String, _ version: String = "v1") -> URL {
        folder.appendingPathComponent("\(equipment)/11kW/\(version)", isDirectory: true)
    }

    /// Lays a copy of a fixture under a machine's name, as somebody would who copies a folder.
    func install(_ fixture: String, _ equipment: String, _ version: String = "v1") throws {
        let target = directory(equipment, version)
        try FileManager.default.createDirectory(
            at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
        try FileManager.default.copyItem(
            at: Self.fixtures.appendingPathComponent("\(fixture)/press_1/11kW/v1"), to: target)
    }

    func remove(_ equipment: String, _ version: String) throws {
        try FileManager.default.removeItem(at: directory(equipment, version))
    }

    /// Replaces text in one file of a bundle.
    func edit(_ equipment: String, _ version: String, _ file: String, _ change: (String) -> String) throws {
        let path = directory(equipment, version).appendingPathComponent(file)
        try Data(change(String(contentsOf: path, encoding: .utf8)).utf8).write(to: path)
    }

    static func json(_ file: String) throws -> Any {
        try JSONSerialization.jsonObject(with: Data(contentsOf: fixtures.appendingPathComponent(file)))
    }
}

/// Inputs of a fixture with what numpy computed for them.
struct Examples {
    let features: [String]
    let inputs: [[Double]]
    /// Modality → score for each input.
    let scores: [String: [Double]]
    /// Class → probability for each input; empty without a fault model.
    let probabilities: [[String: Double]]

    init(_ fixture: String) throws {
        let object = try BundleRoot.json("\(fixture).expected.json") as? [String: Any] ?? [:]
        features = object["features"] as? [String] ?? []
        inputs = object["inputs"] as? [[Double]] ?? []
        scores = object["numpy"] as? [String: [Double]] ?? [:]
        probabilities = object["probabilities"] as? [[String: Double]] ?? []
    }

    /// The features of one input as a JSON object.
    func json(_ index: Int, without left: String? = nil) -> String {
        "{"
            + zip(features, inputs[index]).filter { $0.0 != left }.map { "\"\($0)\":\($1)" }.joined(separator: ",")
            + "}"
    }
}

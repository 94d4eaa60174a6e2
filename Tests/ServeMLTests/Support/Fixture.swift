import Foundation
import Testing

@testable import ServeML

/// The committed bundles beside the tests, and copies of them that a test may spoil.
enum Fixture {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fixtures", isDirectory: true)
    static let key = BundleKey(equipmentID: "press_1", power: "11kW", version: "v1")

    static func directory(_ name: String) -> URL { root.appendingPathComponent("\(name)/\(key)", isDirectory: true) }

    static func load(_ name: String) throws -> ServeML.Bundle {
        try ServeML.Bundle.load(directory: directory(name), key: key)
    }

    static func bytes(_ path: String) throws -> [UInt8] {
        Array(try Data(contentsOf: root.appendingPathComponent(path)))
    }

    /// What PyTorch and numpy computed for the bundle's inputs.
    static func expected(_ name: String) throws -> JSONValue {
        try JSONParser.parse(try bytes("\(name).expected.json"))
    }

    /// Files of the committed folder that end so, and those of a wider run in the folder that the environment variable
    /// names.
    static func files(_ folder: String?, wider variable: String, _ isWanted: (String) -> Bool) -> [URL] {
        var folders = folder.map { [root.appendingPathComponent($0, isDirectory: true)] } ?? []
        if let wider = ProcessInfo.processInfo.environment[variable] {
            folders.append(URL(fileURLWithPath: wider, isDirectory: true))
        }
        return folders.flatMap { folder in
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
            return names.filter(isWanted).sorted().map(folder.appendingPathComponent)
        }
    }

    /// Runs `body` with a temporary root that holds a copy of the bundle.
    static func withCopy<T>(_ name: String, _ body: (_ root: URL, _ bundle: URL) throws -> T) throws -> T {
        try withTemporaryDirectory { root in
            let target = root.appendingPathComponent(key.description, isDirectory: true)
            try FileManager.default.createDirectory(
                at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
            try FileManager.default.copyItem(at: directory(name), to: target)
            return try body(root, target)
        }
    }

    static func withTemporaryDirectory<T>(_ body: (URL) throws -> T) throws -> T {
        let root = FileManager.default.temporaryDirectory.appendingPathComponent(
            "serveml-\(UUID().uuidString)", isDirectory: true)
        try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: root) }
        return try body(root.resolvingSymlinksInPath())
    }

    /// Replaces text in one file.
    static func edit(_ file: URL, _ change: (String) -> String) throws {
        let text = String(decoding: try Data(contentsOf: file), as: UTF8.self)
        try Data(change(text).utf8).write(to: file)
    }

    /// Takes the hashes out of metadata.json, so that a spoilt file gets past them to its reader.
    static func forgetHashes(_ bundle: URL) throws {
        try edit(bundle.appendingPathComponent("metadata.json")) {
            $0.replacingOccurrences(of: "\"files_sha256\"", with: "\"was\"")
        }
    }
}

/// The code of the error that `body` throws, or "none".
func refusal(_ body: () throws -> Void) -> String {
    do {
        try body()
        return "none"
    } catch let error as BundleError {
        return error.code
    } catch {
        return "other: \(error)"
    }
}

/// The bytes of a number, little-endian.
func littleEndian<T: FixedWidthInteger>(_ value: T) -> [UInt8] { withUnsafeBytes(of: value.littleEndian) { Array($0) } }

public import Foundation

/// A bundle that is not served, and why.
public struct RejectedBundle: Sendable, Equatable {
    /// `equipment/power/version`, or as much of it as there is.
    public var path: String
    /// ``BundleError/code``
    public var code: String
    /// ``BundleError/reason``
    public var reason: String

    public init(path: String, error: BundleError) {
        self.path = path
        code = error.code
        reason = error.reason
    }

    /// `{"path", "equipment_id", "power", "model_version", "code", "reason"}`; parts of the path that are missing are
    /// null.
    public func json() -> String {
        var writer = JSONWriter()
        writer.beginObject()
        writer.name("path")
        writer.string(path)
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        writer.name("equipment_id")
        parts.count > 0 ? writer.string(parts[0]) : writer.null()
        writer.name("power")
        parts.count > 1 ? writer.string(parts[1]) : writer.null()
        writer.name("model_version")
        parts.count > 2 ? writer.string(parts[2]) : writer.null()
        writer.name("code")
        writer.string(code)
        writer.name("reason")
        writer.string(reason)
        writer.endObject()
        return writer.text
    }
}

/// Finds bundles below a root: `equipment/power/version/metadata.json`.
public struct BundleScanner {
    /// Directories at each level of one parent; more than any plant has.
    static let maximumEntries = 20_000

    /// Looks at names only; nothing is opened. Hidden directories are passed over.
    ///
    /// - Returns: directories that hold a `metadata.json`, and those that should and do not, or whose name cannot be
    ///   used.
    public static func scan(root: URL) -> (found: [BundleKey: URL], rejected: [RejectedBundle]) {
        var found: [BundleKey: URL] = [:]
        var rejected: [RejectedBundle] = []
        let base = root.resolvingSymlinksInPath().path
        for equipment in directories(base) {
            for power in directories(base + "/" + equipment) {
                for version in directories(base + "/" + equipment + "/" + power) {
                    let key = BundleKey(equipmentID: equipment, power: power, version: version)
                    let directory = URL(fileURLWithPath: "\(base)/\(key)", isDirectory: true)
                    do throws(BundleError) {
                        try key.validate()
                        // A link to a directory elsewhere could lead anywhere: bundles live below the root.
                        guard directory.resolvingSymlinksInPath().path.hasPrefix(base + "/") else {
                            throw .unsafePath(key.description)
                        }
                        guard FileManager.default.fileExists(atPath: directory.path + "/metadata.json") else {
                            throw .missingFile("metadata.json")
                        }
                        found[key] = directory
                    } catch {
                        rejected.append(RejectedBundle(path: key.description, error: error))
                    }
                }
            }
        }
        return (found, rejected)
    }

    private static func directories(_ path: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        var result: [String] = []
        for name in names.sorted() where !name.hasPrefix(".") && result.count < maximumEntries {
            var isDirectory: ObjCBool = false
            if FileManager.default.fileExists(atPath: path + "/" + name, isDirectory: &isDirectory),
                isDirectory.boolValue
            {
                result.append(name)
            }
        }
        return result
    }
}

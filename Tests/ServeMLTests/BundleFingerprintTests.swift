import Foundation
import Testing

@testable import ServeML

@Suite("The fingerprint of a bundles' folder")
struct BundleFingerprintTests {
    @Test func changesWithWhateverABundleIsMadeOf() throws {
        try Fixture.withCopy("dual") { root, bundle in
            let files = FileManager.default
            let file = bundle.appendingPathComponent("golden.json")
            let renamed = bundle.appendingPathComponent("silver.json")
            let version = bundle.deletingLastPathComponent().appendingPathComponent("v2")
            let changes: [(String, () throws -> Void)] = [
                ("nothing yet", {}),
                ("a longer file", { try Fixture.edit(file) { $0 + " " } }),
                ("the same content, written again", { try Data(contentsOf: file).write(to: file, options: .atomic) }),
                ("a new name", { try files.moveItem(at: file, to: renamed) }),
                ("a file less", { try files.removeItem(at: renamed) }),
                ("a version more", { try files.copyItem(at: bundle, to: version) }),
                ("a version less", { try files.removeItem(at: bundle) }),
                ("no root", { try files.removeItem(at: root) }),
                ("an empty root", { try files.createDirectory(at: root, withIntermediateDirectories: false) }),
            ]
            var seen: Set<UInt64> = []
            for (name, change) in changes {
                try change()
                let now = BundleFingerprint.of(root: root.path)
                #expect(seen.insert(now).inserted, "\(name)")
                #expect(
                    BundleFingerprint.of(root: root.path) == now, "\(name): the same when nothing happened in between")
            }
        }
    }

    @Test func hiddenFilesAndDeepFoldersDoNotCount() throws {
        try Fixture.withCopy("dual") { root, bundle in
            let before = BundleFingerprint.of(root: root.path)
            try Data("x".utf8).write(to: bundle.appendingPathComponent(".metadata.json.swp"))
            #expect(BundleFingerprint.of(root: root.path) == before)
            let inner = bundle.appendingPathComponent("a/b")
            try FileManager.default.createDirectory(at: inner, withIntermediateDirectories: true)
            let withFolder = BundleFingerprint.of(root: root.path)
            try Data("x".utf8).write(to: inner.appendingPathComponent("c"))
            #expect(BundleFingerprint.of(root: root.path) == withFolder)
        }
    }
}

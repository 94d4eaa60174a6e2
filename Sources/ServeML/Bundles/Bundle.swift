public import Foundation

/// A loaded, verified model bundle. A value that shares its contents: copying it is cheap, and it never changes.
///
/// In a file that imports Foundation too, write `ServeML.Bundle`: Foundation has a class of that name.
public struct Bundle: Sendable {
    final class Content: Sendable {
        let key: BundleKey
        let path: String
        let metadata: BundleMetadata
        let index: FeatureIndex
        let steps: Int
        /// Current first, then vibration, then others as metadata.json lists them: the order of the concatenated
        /// latents.
        let modalities: [Modality]
        let modalityNames: [String]
        let faultModel: FaultModel?
        let golden: GoldenVectors?
        let sha256: String
        let files: [(name: String, sha256: String)]
        let notes: [String]
        let warnings: [String]
        let scratch: ScratchPool

        init(
            key: BundleKey, path: String, metadata: BundleMetadata, index: FeatureIndex, steps: Int,
            modalities: [Modality], faultModel: FaultModel?, golden: GoldenVectors?,
            sha256: String, files: [(name: String, sha256: String)], notes: [String], warnings: [String]
        ) {
            self.key = key
            self.path = path
            self.metadata = metadata
            self.index = index
            self.steps = steps
            self.modalities = modalities
            modalityNames = modalities.map(\.name)
            self.faultModel = faultModel
            self.golden = golden
            self.sha256 = sha256
            self.files = files
            self.notes = notes
            self.warnings = warnings
            scratch = ScratchPool(
                ScratchSize(
                    features: index.names.count, steps: steps, modalities: modalities,
                    margins: faultModel?.ensemble.outputs ?? 0))
        }
    }

    let content: Content

    public var key: BundleKey { content.key }
    public var metadata: BundleMetadata { content.metadata }
    /// In the specification's order.
    public var featureNames: [String] { content.index.names }
    /// Values of each feature in one input, oldest first: 1, or the length of the window that the bundle looks at.
    public var steps: Int { content.steps }
    /// Whether predictions carry a `value` (the bundle has a regressor).
    public var givesValue: Bool { content.modalities.contains(where: \.isRegressor) }
    /// In the order in which they are scored and their latents are concatenated.
    public var modalities: [String] { content.modalityNames }
    /// Lower-case hexadecimal SHA-256 over the sorted names and hashes of the bundle's files.
    public var sha256: String { content.sha256 }
    /// Things an operator should know that do not keep the bundle from being served, such as files without a hash.
    public var notes: [String] { content.notes }
    /// Warnings that every prediction of this bundle carries.
    public var warnings: [String] { content.warnings }
    /// Whether the bundle can name faults (`xgb.json` or `xgb.ubj`).
    public var hasFaultModel: Bool { content.faultModel != nil }
    /// Modalities without a scaler: their thresholds mean little, and their alarms never rise above "low".
    public var unscaledModalities: [String] { content.modalities.filter(\.isUnscaled).map(\.name) }
    /// About what the bundle holds in memory.
    public var memoryBytes: Int {
        content.modalities.reduce(16 << 10) { $0 + $1.memoryBytes } + (content.faultModel?.ensemble.memoryBytes ?? 0)
    }

    /// Reads and verifies the bundle in `directory`: hashes, shapes, finite weights. Does not replay golden vectors.
    ///
    /// - Throws: the first reason for which it must not be served.
    public static func load(directory: URL, key: BundleKey) throws(BundleError) -> Bundle {
        try key.validate()
        var loader = try BundleLoader(path: directory.path, key: key)
        return Bundle(content: try loader.load())
    }

    /// Replays the trainer's own inputs. A bundle without golden vectors passes.
    ///
    /// - Throws: ``BundleError/goldenMismatch(vector:output:expected:actual:)`` for the first output that differs.
    public func runGoldenSelfTest() throws(BundleError) {
        try content.golden?.replay(on: self)
    }

    /// Whether the bundle carries golden vectors.
    public var hasGoldenVectors: Bool { content.golden != nil }
}

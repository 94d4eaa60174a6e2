import Yams

/// `feature_spec.yaml`: the features in order, which of them each modality sees, and how many steps of them.
struct FeatureSpec: Sendable {
    /// In the specification's order.
    let features: [String]
    /// Modality → indices into `features`, in the order in which its autoencoder takes them.
    let modalities: [String: [Int]]
    let scaling: String?
    /// `sequence: {steps: n}`: an input is a window of n values of each feature. Nil without the member.
    let steps: Int?

    init(_ bytes: [UInt8]) throws(BundleError) {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .malformedSpec("not UTF-8") }
        try Self.refuseTraps(bytes)
        let root: Node?
        do { root = try Yams.compose(yaml: text) } catch {
            throw .malformedSpec("not YAML")
        }
        guard let mapping = root?.mapping else { throw .malformedSpec("not a mapping") }
        features = try Self.names(mapping["features"], "features")
        guard !features.isEmpty else { throw .malformedSpec("no features") }
        var index: [String: Int] = [:]
        for (position, name) in features.enumerated() {
            guard index.updateValue(position, forKey: name) == nil else {
                throw .malformedSpec("feature \(BundleError.quoted(name)) occurs twice")
            }
        }
        guard let map = mapping["modal_map"]?.mapping else { throw .malformedSpec("modal_map is missing") }
        var modalities: [String: [Int]] = [:]
        for (key, value) in map {
            guard let modality = key.string else { throw .malformedSpec("modal_map: a key is not a string") }
            if value.null != nil { continue }
            var positions: [Int] = []
            for name in try Self.names(value, "modal_map.\(modality)") {
                guard let position = index[name] else {
                    throw .malformedSpec(
                        "modal_map.\(modality) names \(BundleError.quoted(name)), which is not in features")
                }
                positions.append(position)
            }
            guard Set(positions).count == positions.count else {
                throw .malformedSpec("modal_map.\(modality): a feature occurs twice")
            }
            modalities[modality] = positions
        }
        self.modalities = modalities
        scaling = mapping["scaling"]?.string
        steps = try Self.steps(mapping["sequence"], features: features.count)
    }

    private static func steps(_ node: Node?, features: Int) throws(BundleError) -> Int? {
        guard let node, node.null == nil else { return nil }
        guard let mapping = node.mapping, mapping.count == 1, let steps = mapping["steps"]?.int,
            (1...BundleLimits.steps).contains(steps), steps * features <= BundleLimits.windowValues
        else {
            throw .malformedSpec(
                "sequence is not {steps: 1 to \(BundleLimits.steps)} with at most \(BundleLimits.windowValues) values")
        }
        return steps
    }

    private static func names(_ node: Node?, _ what: String) throws(BundleError) -> [String] {
        guard let sequence = node?.sequence else { throw .malformedSpec("\(what) is not a list") }
        guard sequence.count <= BundleLimits.features else {
            throw .malformedSpec("\(what) has more than \(BundleLimits.features) entries")
        }
        var names: [String] = []
        for element in sequence {
            guard let scalar = element.scalar, !scalar.string.isEmpty,
                scalar.string.utf8.count <= BundleLimits.nameBytes
            else {
                throw .malformedSpec("\(what): an entry is not a feature name")
            }
            names.append(scalar.string)
        }
        return names
    }

    /// Refuses what a feature list never has and a YAML reader suffers from: aliases (which multiply) and nesting
    /// (which recurses).
    private static func refuseTraps(_ bytes: [UInt8]) throws(BundleError) {
        var flowDepth = 0
        var isIndent = true
        var indent = 0
        var previous = UInt8(ascii: "\n")
        for byte in bytes {
            let startsToken = previous <= 0x20 || previous == UInt8(ascii: "[") || previous == UInt8(ascii: ",")
            switch byte {
            case UInt8(ascii: "&"), UInt8(ascii: "*"):
                if startsToken { throw .malformedSpec("anchors and aliases are not read") }
            case UInt8(ascii: "["), UInt8(ascii: "{"): flowDepth += 1
            case UInt8(ascii: "]"), UInt8(ascii: "}"): flowDepth = max(0, flowDepth - 1)
            default: break
            }
            guard flowDepth <= 4 else { throw .malformedSpec("nesting is too deep") }
            if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") {
                isIndent = true
                indent = 0
            } else if isIndent {
                if byte == 0x20 || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "?") || byte == UInt8(ascii: ":") {
                    indent += 1
                    // "- - - -" nests as deeply as blanks do, so the structural prefix as a whole is bounded.
                    guard indent <= 32 || byte == 0x20 else { throw .malformedSpec("nesting is too deep") }
                } else {
                    guard indent <= 64 else { throw .malformedSpec("nesting is too deep") }
                    isIndent = false
                }
            }
            previous = byte
        }
    }
}

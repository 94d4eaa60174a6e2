/// Reads one bundle's directory. Every file is hashed as it is read.
struct BundleLoader {
    private let directory: BundleDirectory
    private let key: BundleKey
    private var hashes: [String: String] = [:]
    private var listed: [String: String] = [:]
    private var notes: [String] = []
    private var warnings: [String] = []

    init(path: String, key: BundleKey) throws(BundleError) {
        directory = try BundleDirectory(path: path)
        self.key = key
    }

    mutating func load() throws(BundleError) -> Bundle.Content {
        let metadata = try BundleMetadata(read("metadata.json", limit: BundleLimits.metadataBytes))
        listed = metadata.hashes
        if listed.isEmpty { notes.append("unverified: metadata.json lists no hashes") }
        noteIdentity(metadata)
        let spec = try FeatureSpec(read("feature_spec.yaml", limit: BundleLimits.specBytes))

        var modalities: [Modality] = []
        for name in Self.canonicalOrder(metadata.modalities) { modalities.append(try modality(name, metadata, spec)) }
        try Self.check(modalities)
        let faultModel = try faultModel(metadata, latents: modalities.reduce(0) { $0 + $1.latents })
        var golden: GoldenVectors?
        if directory.contains("golden.json") {
            golden = try GoldenVectors(
                read("golden.json", limit: BundleLimits.goldenBytes), features: spec.features, steps: spec.steps ?? 1,
                modalities: modalities, labels: faultModel?.labels ?? [])
        }
        try hashTheRest()

        let files = hashes.sorted { $0.key < $1.key }.map { (name: $0.key, sha256: $0.value) }
        let manifest = files.map { "\($0.sha256)  \($0.name)\n" }.joined()
        return Bundle.Content(
            key: key, path: directory.path, metadata: metadata, index: FeatureIndex(spec.features),
            steps: spec.steps ?? 1, modalities: modalities, faultModel: faultModel, golden: golden,
            sha256: BundleDirectory.sha256(Array(manifest.utf8)), files: files, notes: notes,
            warnings: warnings)
    }

    /// The order in which trainers concatenate latents.
    private static func canonicalOrder(_ modalities: [String]) -> [String] {
        let first = ["current", "vibration"].filter(modalities.contains)
        return first + modalities.filter { !first.contains($0) }
    }

    private mutating func read(_ name: String, limit: Int) throws(BundleError) -> [UInt8] {
        let bytes = try directory.read(name, limit: limit)
        let hash = BundleDirectory.sha256(bytes)
        if let expected = listed[name] {
            guard hash == expected else { throw .hashMismatch(file: name, expected: expected, actual: hash) }
        } else if !listed.isEmpty, name != "metadata.json" {
            notes.append("unverified: files_sha256 does not list \(name)")
        }
        hashes[name] = hash
        return bytes
    }

    /// Files that metadata.json vouches for but nothing here reads must still be what they were.
    private mutating func hashTheRest() throws(BundleError) {
        for name in listed.keys.sorted() where hashes[name] == nil {
            // Scalers were lost on the way in many factories; their absence is a warning, not a refusal.
            if !directory.contains(name), name.hasSuffix(".joblib") {
                notes.append("missing: \(name) is listed but absent")
                continue
            }
            _ = try read(name, limit: BundleLimits.otherBytes)
        }
    }

    private mutating func noteIdentity(_ metadata: BundleMetadata) {
        for (member, stated, actual) in [
            ("equipment_id", metadata.equipmentID, key.equipmentID), ("power", metadata.power, key.power),
            ("model_version", metadata.modelVersion, key.version),
        ] {
            guard let stated, stated != actual else { continue }
            notes.append(
                "identity: metadata.json says \(member) \(BundleError.quoted(stated)), "
                    + "the directory \(BundleError.quoted(actual))"
            )
        }
    }

    private mutating func modality(_ name: String, _ metadata: BundleMetadata, _ spec: FeatureSpec) throws(BundleError)
        -> Modality
    {
        guard let positions = spec.modalities[name], !positions.isEmpty else {
            throw .malformedSpec("modal_map has no features for \(BundleError.quoted(name))")
        }
        let model = try model(name, metadata, features: positions.count, steps: spec.steps)
        var needsScaler = true
        if case .regressor(let regressor) = model { needsScaler = regressor.needsScaler }
        var scaler: Scaler?
        let scalerFile = "standard_scaler_\(name).json"
        if directory.contains(scalerFile) {
            scaler = try Scaler(
                read(scalerFile, limit: BundleLimits.scalerBytes), file: scalerFile, count: positions.count)
        } else if needsScaler {
            warnings.append("unscaled:\(name)")
            if directory.contains("standard_scaler_\(name).joblib") {
                notes.append("unscaled: convert standard_scaler_\(name).joblib with tools/convert_scaler.py")
            }
        }
        let threshold = metadata.thresholds[name]
        let modality = Modality(
            name: name, positions: positions, steps: spec.steps ?? 1, model: model, scaler: scaler,
            threshold: threshold, scoresLastStep: metadata.scoresLastStep)
        if threshold == nil, !modality.isRegressor { warnings.append("no_threshold:\(name)") }
        return modality
    }

    /// What makes a bundle unusable as a whole: two numbers where one is promised, or more work than a request may ask.
    private static func check(_ modalities: [Modality]) throws(BundleError) {
        guard modalities.count(where: \.isRegressor) <= 1 else {
            throw .malformedMetadata("more than one modality has a regressor")
        }
        let work = modalities.reduce(0) { $0 + $1.multiplications }
        guard work <= BundleLimits.multiplications else {
            throw .shapeMismatch(
                file: "feature_spec.yaml",
                detail: "a prediction takes \(work) multiplications, more than \(BundleLimits.multiplications)")
        }
    }

    /// The tensors decide which form an autoencoder has; a regressor has a file name of its own.
    private mutating func model(
        _ modality: String, _ metadata: BundleMetadata, features: Int, steps: Int?
    ) throws(BundleError) -> Modality.Model {
        let values = features * (steps ?? 1)
        let stem =
            ["ae_\(modality)", "regressor_\(modality)"].first(where: hasWeights) ?? "ae_\(modality)"
        if let file = treeFile(modality), stem.hasPrefix("ae_"), !hasWeights(stem) {
            let summary = WindowSummary(statistics: metadata.regressorSummary)
            return .regressor(
                try .trees(
                    read(file, limit: BundleLimits.treeBytes), file: file, summary: summary, features: features,
                    steps: steps ?? 1))
        }
        let (file, tensors) = try weights(stem)
        let isRegressor = stem.hasPrefix("regressor_")
        guard !LSTMStack.prefixes(tensors).isEmpty else {
            return isRegressor
                ? .regressor(try .dense(tensors, file: file, inputs: values))
                : .dense(try Autoencoder(tensors, file: file, inputs: values))
        }
        guard steps != nil else {
            throw .malformedSpec("\(file) is a sequence model, and sequence.steps is missing")
        }
        return isRegressor
            ? .regressor(.lstm(try LSTMRegressor(tensors, file: file, inputs: features)))
            : .recurrent(try LSTMAutoencoder(tensors, file: file, inputs: features))
    }

    private func hasWeights(_ stem: String) -> Bool {
        directory.contains(stem + ".safetensors") || directory.contains(stem + ".pt")
    }

    /// Trees that give a number. Of two forms the one that is vouched for.
    private func treeFile(_ modality: String) -> String? {
        let candidates = ["regressor_\(modality).ubj", "regressor_\(modality).json"].filter(directory.contains)
        return candidates.first { listed[$0] != nil } ?? candidates.first
    }

    /// A bundle of case A has none; without one, B and C serve the gate alone and say so.
    private mutating func faultModel(_ metadata: BundleMetadata, latents: Int) throws(BundleError) -> FaultModel? {
        let candidates = ["xgb.ubj", "xgb.json"].filter(directory.contains)
        guard let file = candidates.first(where: { listed[$0] != nil }) ?? candidates.first else {
            if metadata.case != .gateOnly { notes.append("fault_model:missing") }
            return nil
        }
        guard metadata.case != .gateOnly else {
            notes.append("unused: \(file) in a bundle of case A")
            return nil
        }
        return try FaultModel(read(file, limit: BundleLimits.treeBytes), metadata: metadata, latents: latents)
    }

    /// Prefers safetensors, unless only the other form is vouched for: a file laid beside a hashed one must not replace
    /// it.
    private mutating func weights(_ stem: String) throws(BundleError) -> (file: String, tensors: [String: Tensor]) {
        let candidates = ["\(stem).safetensors", "\(stem).pt"].filter(directory.contains)
        guard let file = candidates.first(where: { listed[$0] != nil }) ?? candidates.first else {
            throw .missingFile("\(stem).pt")
        }
        let bytes = try read(file, limit: BundleLimits.weightBytes)
        let tensors =
            file.hasSuffix(".pt") ? try TorchStateDict.read(bytes, file: file) : try SafeTensors.read(bytes, file: file)
        return (file, tensors)
    }
}

extension Bundle {
    /// The bundle as the registry (`ml.sync_models`) takes it: a JSON object.
    ///
    /// Members: equipment_id, power, model_version, modalities[], case, faults[], thresholds{modality: number|null},
    /// class_map{index: label},
    /// metrics (object|null), sha256, bundle_path, features[], files{name: sha256}, unscaled[], notes[], has_golden,
    /// steps, schema_version, memory_bytes,
    /// and `extra` with whatever else metadata.json holds (training statistics, units).
    public func registryJSON() -> String {
        var writer = JSONWriter(capacity: 8192)
        writer.beginObject()
        writer.name("equipment_id")
        writer.string(key.equipmentID)
        writer.name("power")
        writer.string(key.power)
        writer.name("model_version")
        writer.string(key.version)
        writer.name("modalities")
        writer.strings(modalities)
        writer.name("case")
        writer.string(metadata.case.rawValue)
        writer.name("faults")
        writer.strings(metadata.faults)
        writer.name("thresholds")
        writer.beginObject()
        for modality in modalities {
            writer.name(modality)
            writer.number(metadata.thresholds[modality])
        }
        writer.endObject()
        writer.name("class_map")
        writer.beginObject()
        for (index, label) in metadata.classMap.sorted(by: { $0.key < $1.key }) {
            writer.name(String(index))
            writer.string(label)
        }
        writer.endObject()
        writer.name("metrics")
        writer.raw(metadata.metricsJSON ?? "null")
        writer.name("sha256")
        writer.string(sha256)
        writer.name("bundle_path")
        writer.string(content.path)
        writer.name("features")
        writer.strings(featureNames)
        writer.name("files")
        writer.beginObject()
        for file in content.files {
            writer.name(file.name)
            writer.string(file.sha256)
        }
        writer.endObject()
        writer.name("unscaled")
        writer.strings(unscaledModalities)
        writer.name("notes")
        writer.strings(notes)
        writer.name("has_golden")
        writer.bool(hasGoldenVectors)
        writer.name("steps")
        writer.integer(steps)
        writer.name("schema_version")
        writer.integer(metadata.schemaVersion)
        writer.name("memory_bytes")
        writer.integer(memoryBytes)
        writer.name("extra")
        writer.value(.object(metadata.extra))
        writer.endObject()
        return writer.text
    }
}

extension Prediction {
    /// Identity and circumstances of a prediction, which the result itself does not know.
    public struct Context: Sendable {
        public var equipmentID: String
        public var power: String
        public var modelVersion: String
        /// `champion` or `challenger`; nil leaves the member out.
        public var stage: String?
        /// ISO 8601 UTC; nil leaves the member out.
        public var time: String?
        /// `mqtt` or `http`; nil leaves the member out.
        public var source: String?
        /// The features as JSON text (an object); nil leaves the member out.
        public var featuresJSON: [UInt8]?

        public init(
            equipmentID: String, power: String, modelVersion: String, stage: String? = nil, time: String? = nil,
            source: String? = nil, featuresJSON: [UInt8]? = nil
        ) {
            self.equipmentID = equipmentID
            self.power = power
            self.modelVersion = modelVersion
            self.stage = stage
            self.time = time
            self.source = source
            self.featuresJSON = featuresJSON
        }
    }

    /// The result as a JSON object with the members of SERVE_ML's step 5.
    public func json(_ context: Context? = nil) -> [UInt8] {
        var writer = JSONWriter(capacity: 4096)
        write(context, to: &writer)
        return writer.bytes
    }

    /// Appends the object to `bytes`, for batches.
    public func appendJSON(_ context: Context? = nil, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: json(context))
    }

    func write(_ context: Context?, to writer: inout JSONWriter) {
        writer.beginObject()
        if let context { write(context, to: &writer) }
        writer.name("used_features")
        writer.strings(usedFeatures)
        writer.name("scores")
        writer.beginObject()
        for part in modalityScores {
            writer.name(part.modality)
            writer.number(part.score)
        }
        writer.endObject()
        writer.name("thresholds")
        writer.beginObject()
        for part in modalityScores {
            writer.name(part.modality)
            writer.number(part.threshold)
        }
        writer.endObject()
        writer.name("ratio")
        writer.beginObject()
        for part in modalityScores where part.ratio != nil {
            writer.name(part.modality)
            writer.number(part.ratio)
        }
        writer.endObject()
        writer.name("modalities")
        writer.strings(modalities)
        writer.name("case")
        writer.string(self.case.rawValue)
        writer.name("is_anomaly")
        writer.bool(isAnomaly)
        writer.name("confidence")
        writer.number(confidence)
        writer.name("fault")
        if let fault { write(fault, to: &writer) } else { writer.null() }
        if let value {
            writer.name("value")
            writer.number(value)
        }
        writer.name("contributions")
        writer.beginArray()
        for contribution in contributions {
            writer.beginObject()
            writer.name("feature")
            writer.string(contribution.feature)
            writer.name("modality")
            writer.string(contribution.modality)
            writer.name("squared_error")
            writer.number(contribution.squaredError)
            writer.name("share")
            writer.number(contribution.share)
            writer.endObject()
        }
        writer.endArray()
        writer.name("warnings")
        writer.strings(warnings)
        writer.name("unknown_features")
        writer.strings(unknownFeatures)
        writer.name("latency_us")
        writer.number((latencyMicroseconds * 1000).rounded() / 1000)
        writer.endObject()
    }

    private func write(_ context: Context, to writer: inout JSONWriter) {
        writer.name("equipment_id")
        writer.string(context.equipmentID)
        writer.name("power")
        writer.string(context.power)
        writer.name("model_version")
        writer.string(context.modelVersion)
        if let stage = context.stage {
            writer.name("stage")
            writer.string(stage)
        }
        if let time = context.time {
            writer.name("time")
            writer.string(time)
        }
        if let source = context.source {
            writer.name("source")
            writer.string(source)
        }
        if let features = context.featuresJSON {
            writer.name("features")
            writer.raw(features)
        }
    }

    private func write(_ fault: FaultVerdict, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.name("label")
        writer.string(fault.label)
        writer.name("probability")
        writer.number(fault.probability)
        writer.name("probabilities")
        writer.beginObject()
        for entry in fault.probabilities {
            writer.name(entry.label)
            writer.number(entry.probability)
        }
        writer.endObject()
        writer.endObject()
    }
}

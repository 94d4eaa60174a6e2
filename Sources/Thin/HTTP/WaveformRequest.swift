import ServeML

/// A request for features of waveforms: `{waveforms: {modality: {sample_rate_hz, axes{}}}, score?, equipment_id?, power?,
/// model_version?, time?, force_xgb?}`.
struct WaveformRequest: Sendable {
    struct Waveform: Sendable {
        var modality: String
        /// The JSON of one message, as `waveform/{equipment}/{modality}` carries it.
        var json: [UInt8]
    }

    static let maximumWaveforms = 2

    var waveforms: [Waveform] = []
    /// Whether the features are scored and stored, too.
    var isScored = false
    var equipmentID: String?
    var power: String?
    var modelVersion: String?
    var time: String?
    var forceClassifier = false

    init(_ body: RequestBodyContent) throws(Problem) {
        guard case .json(let bytes) = body else { throw .invalid([.init(field: "body", message: "is required")]) }
        var errors: [Problem.Member] = []
        do {
            let value = try JSONScanner.value(of: bytes)
            guard value.kind == .object else {
                throw Problem.invalid([.init(field: "body", message: "must be a JSON object")])
            }
            for (name, member) in try JSONScanner.members(of: value, in: bytes) {
                try read(name, member, bytes, &errors)
            }
        } catch let failure as JSONScanner.Failure {
            throw .notJSON(failure)
        } catch let problem as Problem {
            throw problem
        } catch {
            throw .internalError
        }
        if waveforms.isEmpty, errors.isEmpty { errors.append(.init(field: "waveforms", message: "is required")) }
        if isScored, (equipmentID ?? "").isEmpty {
            errors.append(.init(field: "equipment_id", message: "is required to score"))
        }
        guard errors.isEmpty else { throw .invalid(errors) }
        // current first, as everywhere
        waveforms.sort { $0.modality < $1.modality }
    }

    private mutating func read(
        _ name: String, _ value: JSONScanner.Value, _ bytes: [UInt8], _ errors: inout [Problem.Member]
    ) throws {
        switch (name, value.kind) {
        case ("waveforms", .object):
            for (modality, member) in try JSONScanner.members(of: value, in: bytes) {
                guard member.kind == .object, waveforms.count < Self.maximumWaveforms,
                    !waveforms.contains(where: { $0.modality == modality })
                else {
                    errors.append(
                        .init(field: "waveforms.\(modality)", message: "must be an object, one for each modality"))
                    continue
                }
                waveforms.append(Waveform(modality: modality, json: Array(bytes[member.range])))
            }
        case ("score", .bool): isScored = JSONScanner.text(value, in: bytes) == "true"
        case ("force_xgb", .bool): forceClassifier = JSONScanner.text(value, in: bytes) == "true"
        case ("score", .null), ("force_xgb", .null): return
        case ("equipment_id", .string), ("power", .string), ("model_version", .string), ("time", .string):
            set(name, try JSONScanner.string(value, in: bytes))
        case ("power", .number), ("time", .number): set(name, JSONScanner.text(value, in: bytes))
        case ("equipment_id", .null), ("power", .null), ("model_version", .null), ("time", .null): return
        case ("waveforms", _): errors.append(.init(field: name, message: "must be an object of waveforms by modality"))
        case ("score", _), ("force_xgb", _): errors.append(.init(field: name, message: "must be true or false"))
        case ("equipment_id", _), ("power", _), ("model_version", _), ("time", _):
            errors.append(.init(field: name, message: "must be a string"))
        default: errors.append(.init(field: name, message: "is not a member that this request takes"))
        }
    }

    private mutating func set(_ name: String, _ value: String) {
        switch name {
        case "equipment_id": equipmentID = value
        case "power": power = value
        case "model_version": modelVersion = value
        default: time = value
        }
    }

    /// Computes them. Takes milliseconds for each waveform.
    /// - Throws: 422 that names the waveform and says why (``WaveformError``).
    func features() throws(Problem) -> FeatureValues {
        var all = FeatureValues()
        for waveform in waveforms {
            do throws(WaveformError) {
                let message = try WaveformMessage(waveform.json)
                let features = try WaveformFeatures.compute(
                    modality: waveform.modality, axes: message.axes, sampleRateHz: message.sampleRateHz)
                if let name = features.firstNotFinite {
                    throw WaveformError.malformed("its samples are so large that \(name) is not a finite number")
                }
                for index in 0..<features.count { all.append(features.name(index), features.value(index)) }
            } catch {
                throw .invalid([
                    .init(field: "waveforms.\(waveform.modality)", message: "\(error.code): \(error.description)")
                ])
            }
        }
        return all
    }
}

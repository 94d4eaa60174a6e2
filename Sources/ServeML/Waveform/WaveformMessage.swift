/// `{time?, sample_rate_hz, axes: {x: […], …}}`, as `waveform/{equipment}/{modality}` carries it.
public struct WaveformMessage: Sendable {
    /// The member `time` as JSON text (a quoted string or a number), nil when absent.
    public var timeJSON: String?
    public var sampleRateHz: Double
    public var axes: [String: [Double]]
    /// Optional; a number is taken as its text.
    public var power: String?
    public var modelVersion: String?

    public static let maximumBytes = 32 << 20

    /// Reads a whole message.
    public init(_ payload: [UInt8]) throws(WaveformError) {
        guard payload.count <= Self.maximumBytes else { throw .malformed("more than \(Self.maximumBytes) bytes") }
        let json: JSONValue
        do { json = try JSONParser.parse(payload) } catch { throw .malformed(error.text) }
        guard json.members != nil else { throw .malformed("not an object") }
        guard let rate = json["sample_rate_hz"]?.number else { throw .badSampleRate }
        guard let members = json["axes"]?.members, members.count <= 16 else {
            throw .malformed("axes is not an object")
        }
        var axes: [String: [Double]] = [:]
        for member in members {
            guard let samples = member.value.numbers else {
                throw .malformed("axis \(BundleError.quoted(member.name)) is not a list of numbers")
            }
            axes[member.name] = samples
        }
        sampleRateHz = rate
        self.axes = axes
        if let time = json["time"], !time.isNull {
            guard time.string != nil || time.number != nil else {
                throw .malformed("time is neither text nor a number")
            }
            var writer = JSONWriter(capacity: 40)
            writer.value(time)
            timeJSON = writer.text
        }
        power = try Self.text(json["power"], "power")
        modelVersion = try Self.text(json["model_version"], "model_version")
    }

    private static func text(_ value: JSONValue?, _ name: String) throws(WaveformError) -> String? {
        switch value {
        case nil, .null: return nil
        case .string(let text): return text
        case .number(let number):
            return number == number.rounded() && abs(number) < 1e15 ? String(Int(number)) : number.description
        default: throw .malformed("\(name) is not text")
        }
    }
}

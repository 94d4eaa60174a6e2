/// Why a feature message cannot be read. The whole message goes to quarantine with this reason.
public enum FeatureMessageError: Error, Sendable, Equatable, CustomStringConvertible {
    case tooLarge(bytes: Int, limit: Int)
    /// Not JSON, with the byte where it stops being it.
    case malformed(String)
    case notAnObject
    /// No member `features`.
    case noFeatures
    /// `power`, `model_version` or `features` has a value of the wrong type.
    case wrongType(member: String)
    /// A feature's value is neither a number, nor null, nor an array of those.
    case notANumber(feature: String)
    /// More values under one name than a window can have.
    case windowTooLong(feature: String, limit: Int)
    case duplicate(member: String)
    case tooManyFeatures(limit: Int)

    /// A stable snake_case name.
    public var code: String {
        switch self {
        case .tooLarge: "payload_too_large"
        case .malformed: "malformed_json"
        case .notAnObject: "not_an_object"
        case .noFeatures: "no_features"
        case .wrongType: "wrong_type"
        case .notANumber: "feature_not_a_number"
        case .windowTooLong: "window_too_long"
        case .duplicate: "duplicate_member"
        case .tooManyFeatures: "too_many_features"
        }
    }

    /// One sentence for people.
    public var description: String {
        switch self {
        case .tooLarge(let bytes, let limit): "the message has \(bytes) bytes, more than \(limit)"
        case .malformed(let what): "not JSON: \(what)"
        case .notAnObject: "the message is not a JSON object"
        case .noFeatures: "the message has no member 'features'"
        case .wrongType(let member): "member \(BundleError.quoted(member)) has the wrong type"
        case .notANumber(let feature): "feature \(BundleError.quoted(feature)) is not a number"
        case .windowTooLong(let feature, let limit):
            "feature \(BundleError.quoted(feature)) has more than \(limit) values"
        case .duplicate(let member): "\(BundleError.quoted(member)) occurs twice"
        case .tooManyFeatures(let limit): "more than \(limit) features"
        }
    }
}

/// `{power?, model_version?, time?, equipment_id?, features{name: number|[number, …]}}`, as it came.
public struct FeatureMessage: Sendable {
    /// The requested power bucket; a number is taken as its text.
    public var power: String?
    public var modelVersion: String?
    /// When it was measured: the text of `time` or `timestamp`, not interpreted.
    public var time: String?
    /// For topics that do not name the equipment.
    public var equipmentID: String?
    public var features = FeatureValues()
    /// Where the text of the `features` object stands in the payload: it can be stored without being written anew.
    public var featuresRange: Range<Int> = 0..<0
    /// Members that mean nothing here.
    public var otherMembers: [String] = []
}

/// Reads feature messages in one pass over the bytes, without a tree.
public enum FeatureMessageScanner {
    public static let maximumBytes = 1 << 20
    private static let maximumFeatures = BundleLimits.features

    /// Reads a whole message.
    public static func scan(_ payload: [UInt8]) throws(FeatureMessageError) -> FeatureMessage {
        guard payload.count <= maximumBytes else { throw .tooLarge(bytes: payload.count, limit: maximumBytes) }
        var result: Result<FeatureMessage, FeatureMessageError> = .failure(.notAnObject)
        payload.withUnsafeBytes { bytes in
            do throws(FeatureMessageError) {
                result = .success(try message(bytes))
            } catch {
                result = .failure(error)
            }
        }
        return try result.get()
    }

    /// Reads a bare object of features, as `POST sensors/serve-ml/predict` has it in its body.
    public static func scanFeatures(_ payload: [UInt8]) throws(FeatureMessageError) -> FeatureValues {
        guard payload.count <= maximumBytes else { throw .tooLarge(bytes: payload.count, limit: maximumBytes) }
        var result: Result<FeatureValues, FeatureMessageError> = .failure(.notAnObject)
        payload.withUnsafeBytes { bytes in
            do throws(FeatureMessageError) {
                var cursor = JSONCursor(bytes)
                cursor.skipSpace()
                guard cursor.peek == UInt8(ascii: "{") else { throw .notAnObject }
                let features = try features(&cursor)
                try end(&cursor)
                result = .success(features)
            } catch {
                result = .failure(error)
            }
        }
        return try result.get()
    }

    private static func json<T>(_ body: () throws(JSONError) -> T) throws(FeatureMessageError) -> T {
        do { return try body() } catch { throw .malformed(error.text) }
    }

    private static func end(_ cursor: inout JSONCursor) throws(FeatureMessageError) {
        cursor.skipSpace()
        guard cursor.isAtEnd else { throw .malformed(cursor.error("text after the document").text) }
    }

    private static func message(_ bytes: UnsafeRawBufferPointer) throws(FeatureMessageError) -> FeatureMessage {
        var cursor = JSONCursor(bytes)
        cursor.skipSpace()
        guard cursor.peek == UInt8(ascii: "{") else { throw .notAnObject }
        cursor.advance()
        var message = FeatureMessage()
        var seen: Set<String> = []
        cursor.skipSpace()
        var isFirst = true
        while !(isFirst && cursor.consume(UInt8(ascii: "}"))) {
            isFirst = false
            cursor.skipSpace()
            guard cursor.peek == UInt8(ascii: "\"") else {
                throw .malformed(cursor.error("expected a member name").text)
            }
            let name = try json { () throws(JSONError) in try cursor.string() }
            guard seen.insert(name).inserted else { throw .duplicate(member: name) }
            cursor.skipSpace()
            guard cursor.consume(UInt8(ascii: ":")) else { throw .malformed(cursor.error("expected ':'").text) }
            cursor.skipSpace()
            switch name {
            case "power": message.power = try text(&cursor, name)
            case "model_version": message.modelVersion = try text(&cursor, name)
            case "time", "timestamp": message.time = try text(&cursor, name)
            case "equipment_id": message.equipmentID = try text(&cursor, name)
            case "features":
                guard cursor.peek == UInt8(ascii: "{") else { throw .wrongType(member: name) }
                let start = cursor.position
                message.features = try features(&cursor)
                message.featuresRange = start..<cursor.position
            default:
                guard message.otherMembers.count < 64 else { throw .malformed("too many members") }
                message.otherMembers.append(name)
                try skip(&cursor, depth: 0)
            }
            cursor.skipSpace()
            if cursor.consume(UInt8(ascii: ",")) { continue }
            guard cursor.consume(UInt8(ascii: "}")) else { throw .malformed(cursor.error("expected ',' or '}'").text) }
            break
        }
        try end(&cursor)
        guard seen.contains("features") else { throw .noFeatures }
        return message
    }

    /// A string, a number taken as its text, or nil for null.
    private static func text(_ cursor: inout JSONCursor, _ member: String) throws(FeatureMessageError) -> String? {
        switch cursor.peek {
        case UInt8(ascii: "\""): return try json { () throws(JSONError) in try cursor.string() }
        case UInt8(ascii: "n"):
            try json { () throws(JSONError) in try cursor.literal("null") }
            return nil
        case let byte? where byte == UInt8(ascii: "-") || byte &- UInt8(ascii: "0") < 10:
            let start = cursor.position
            _ = try json { () throws(JSONError) in try cursor.number() }
            return String(decoding: cursor.bytes[start..<cursor.position], as: UTF8.self)
        default: throw .wrongType(member: member)
        }
    }

    private static func features(_ cursor: inout JSONCursor) throws(FeatureMessageError) -> FeatureValues {
        cursor.advance()
        var features = FeatureValues()
        var seen = NameSet()
        cursor.skipSpace()
        if cursor.consume(UInt8(ascii: "}")) { return features }
        while true {
            cursor.skipSpace()
            guard cursor.peek == UInt8(ascii: "\"") else {
                throw .malformed(cursor.error("expected a feature name").text)
            }
            guard features.count < maximumFeatures else { throw .tooManyFeatures(limit: maximumFeatures) }
            // Names are plain in practice; one with an escape takes the slow way to the same result.
            let plain = try json { () throws(JSONError) in try cursor.plainString() }
            var name: UnsafeRawBufferPointer?
            var escaped: String?
            if let plain {
                let bytes = UnsafeRawBufferPointer(rebasing: cursor.bytes[plain])
                if !isASCII(bytes) {
                    guard String(validating: bytes, as: UTF8.self) != nil else {
                        throw .malformed(cursor.error("a string is not UTF-8").text)
                    }
                }
                name = bytes
            } else {
                escaped = try json { () throws(JSONError) in try cursor.string() }
            }
            cursor.skipSpace()
            guard cursor.consume(UInt8(ascii: ":")) else { throw .malformed(cursor.error("expected ':'").text) }
            cursor.skipSpace()
            if let name { features.append(name: name) } else { features.append(name: escaped ?? "") }
            try values(&cursor, &features)
            features.endValues()
            guard seen.insert(features, features.count - 1) else {
                throw .duplicate(member: features.name(features.count - 1))
            }
            cursor.skipSpace()
            if cursor.consume(UInt8(ascii: ",")) { continue }
            guard cursor.consume(UInt8(ascii: "}")) else { throw .malformed(cursor.error("expected ',' or '}'").text) }
            return features
        }
    }

    /// A number, null, or a window of them.
    private static func values(
        _ cursor: inout JSONCursor, _ features: inout FeatureValues
    ) throws(FeatureMessageError) {
        guard cursor.peek == UInt8(ascii: "[") else { return features.append(value: try value(&cursor, features)) }
        cursor.advance()
        cursor.skipSpace()
        if cursor.consume(UInt8(ascii: "]")) { return }
        var count = 0
        while true {
            guard count < BundleLimits.steps else {
                throw .windowTooLong(feature: features.name(features.count - 1), limit: BundleLimits.steps)
            }
            cursor.skipSpace()
            features.append(value: try value(&cursor, features))
            count += 1
            cursor.skipSpace()
            if cursor.consume(UInt8(ascii: ",")) { continue }
            guard cursor.consume(UInt8(ascii: "]")) else { throw .malformed(cursor.error("expected ',' or ']'").text) }
            return
        }
    }

    /// A number; NaN for null. `features` is for the name of the one at fault.
    private static func value(
        _ cursor: inout JSONCursor, _ features: FeatureValues
    ) throws(FeatureMessageError) -> Double {
        switch cursor.peek {
        case let byte? where byte == UInt8(ascii: "-") || byte &- UInt8(ascii: "0") < 10:
            return try json { () throws(JSONError) in try cursor.number() }
        case UInt8(ascii: "n"):
            try json { () throws(JSONError) in try cursor.literal("null") }
            return .nan
        case nil: throw .malformed(cursor.error("unexpected end").text)
        default: throw .notANumber(feature: features.name(features.count - 1))
        }
    }

    private static func isASCII(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var all: UInt8 = 0
        for byte in bytes { all |= byte }
        return all < 0x80
    }

    /// Passes over any value, with bounded nesting.
    private static func skip(_ cursor: inout JSONCursor, depth: Int) throws(FeatureMessageError) {
        guard depth <= JSONParser.maximumDepth else { throw .malformed(cursor.error("nesting is too deep").text) }
        cursor.skipSpace()
        switch cursor.peek {
        case UInt8(ascii: "\""): _ = try json { () throws(JSONError) in try cursor.string() }
        case UInt8(ascii: "t"): try json { () throws(JSONError) in try cursor.literal("true") }
        case UInt8(ascii: "f"): try json { () throws(JSONError) in try cursor.literal("false") }
        case UInt8(ascii: "n"): try json { () throws(JSONError) in try cursor.literal("null") }
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            let isObject = cursor.peek == UInt8(ascii: "{")
            let close = isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")
            cursor.advance()
            cursor.skipSpace()
            if cursor.consume(close) { return }
            while true {
                if isObject {
                    cursor.skipSpace()
                    guard cursor.peek == UInt8(ascii: "\"") else {
                        throw .malformed(cursor.error("expected a member name").text)
                    }
                    _ = try json { () throws(JSONError) in try cursor.string() }
                    cursor.skipSpace()
                    guard cursor.consume(UInt8(ascii: ":")) else { throw .malformed(cursor.error("expected ':'").text) }
                }
                try skip(&cursor, depth: depth + 1)
                cursor.skipSpace()
                if cursor.consume(UInt8(ascii: ",")) { continue }
                guard cursor.consume(close) else { throw .malformed(cursor.error("expected ',' or the end").text) }
                return
            }
        default: _ = try json { () throws(JSONError) in try cursor.number() }
        }
    }
}

/// Notices a name that occurs twice, without making strings: a table of hashes that grows by doubling.
private struct NameSet {
    private var slots = [Int32](repeating: -1, count: 256)
    private var count = 0

    mutating func insert(_ features: FeatureValues, _ index: Int) -> Bool {
        if count * 2 >= slots.count {
            slots = [Int32](repeating: -1, count: slots.count * 2)
            for earlier in 0..<index { place(features, earlier) }
        }
        count += 1
        let range = features.range(index)
        var slot = Self.hash(features.names[range]) & (slots.count - 1)
        while slots[slot] >= 0 {
            let other = features.range(Int(slots[slot]))
            if other.count == range.count, features.names[other] == features.names[range] { return false }
            slot = (slot + 1) & (slots.count - 1)
        }
        slots[slot] = Int32(index)
        return true
    }

    private mutating func place(_ features: FeatureValues, _ index: Int) {
        var slot = Self.hash(features.names[features.range(index)]) & (slots.count - 1)
        while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
        slots[slot] = Int32(index)
    }

    private static func hash(_ name: ArraySlice<UInt8>) -> Int {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in name { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return Int(truncatingIfNeeded: hash ^ hash >> 31)
    }
}

import Foundation

/// How much a bundle can say about a fault.
public enum BundleCase: String, Sendable, Hashable {
    /// No labelled fault: the autoencoder gate alone.
    case gateOnly = "A"
    /// One fault against normal: a binary fault model.
    case oneFault = "B"
    /// Two or more faults.
    case manyFaults = "C"
}

/// `metadata.json`, checked.
public struct BundleMetadata: Sendable {
    /// As the file states it; the directory's names are what the bundle is served under.
    public let equipmentID: String?
    public let power: String?
    public let modelVersion: String?
    /// In the file's order; each has an entry in the feature specification.
    public let modalities: [String]
    public let `case`: BundleCase
    public let faults: [String]
    /// Largest mean squared reconstruction error that counts as normal, per modality. A modality without one is absent.
    public let thresholds: [String: Double]
    /// Class index → label, in index order.
    public let classMap: [Int: String]
    /// Label → the probability that a verdict should reach; below it the prediction carries a warning.
    public let classThresholds: [String: Double]
    /// The trainer's metrics as JSON text, nil when absent.
    public let metricsJSON: String?
    /// Whether a missing or non-finite feature is taken as 0 (in its own unit, before scaling).
    public let imputesZero: Bool
    /// Whether the score of a window is the error of its newest step alone, not the mean of all.
    public let scoresLastStep: Bool
    /// What a regressor of trees gets of each feature's window; empty: its values.
    let regressorSummary: [WindowSummary.Statistic]
    /// 1 for what the field has, higher for what Millwright writes.
    public let schemaVersion: Int
    /// File name → lower-case SHA-256, without the entry for `metadata.json` itself.
    let hashes: [String: String]
    /// Training statistics and whatever else is passed on to the registry unread.
    let extra: [JSONValue.Member]

    private static let known: Set<String> = [
        "equipment_id", "power", "model_version", "modalities", "case", "faults", "th_ae", "class_map", "metrics",
        "class_thresholds", "impute", "sequence_score", "regressor_summary", "schema_version", "files_sha256",
    ]

    init(_ bytes: [UInt8]) throws(BundleError) {
        let json: JSONValue
        do { json = try JSONParser.parse(bytes) } catch { throw .malformedMetadata(error.text) }
        guard let members = json.members else { throw .malformedMetadata("not an object") }

        equipmentID = Self.text(json["equipment_id"])
        power = Self.text(json["power"])
        modelVersion = Self.text(json["model_version"])
        modalities = try Self.modalities(json["modalities"])
        guard let letter = json["case"]?.string, let kind = BundleCase(rawValue: letter) else {
            throw .malformedMetadata("case is not \"A\", \"B\" or \"C\"")
        }
        self.case = kind
        guard let faults = (json["faults"] ?? .array([])).strings, faults.count <= 1024 else {
            throw .malformedMetadata("faults is not a list of strings")
        }
        self.faults = faults
        thresholds = try Self.thresholds(json["th_ae"], modalities)
        classMap = try Self.classMap(json["class_map"])
        classThresholds = try Self.classThresholds(json["class_thresholds"])
        if let metrics = json["metrics"], !metrics.isNull {
            var writer = JSONWriter()
            writer.value(metrics)
            metricsJSON = writer.text
        } else {
            metricsJSON = nil
        }
        switch json["impute"] ?? .null {
        case .null: imputesZero = false
        case .string("zero"): imputesZero = true
        case .string("none"): imputesZero = false
        default: throw .malformedMetadata("impute is neither \"zero\" nor \"none\"")
        }
        switch json["sequence_score"] ?? .null {
        case .null, .string("window"): scoresLastStep = false
        case .string("last"): scoresLastStep = true
        default: throw .malformedMetadata("sequence_score is neither \"window\" nor \"last\"")
        }
        var summary: [WindowSummary.Statistic] = []
        if let names = json["regressor_summary"], !names.isNull {
            for name in names.strings ?? [""] {
                guard let statistic = WindowSummary.Statistic(rawValue: name), !summary.contains(statistic) else {
                    let known = WindowSummary.Statistic.allCases.map(\.rawValue).joined(separator: ", ")
                    throw .malformedMetadata("regressor_summary is not a list of some of \(known)")
                }
                summary.append(statistic)
            }
        }
        regressorSummary = summary
        schemaVersion = json["schema_version"]?.integer(in: 1...1_000_000) ?? 1
        hashes = try Self.hashes(json["files_sha256"])
        extra = members.filter { !Self.known.contains($0.name) }
    }

    /// A string, or a number as it would be written in a directory name.
    private static func text(_ value: JSONValue?) -> String? {
        switch value {
        case .string(let text): text
        case .number(let number):
            number == number.rounded() && abs(number) < 1e15 ? String(Int(number)) : number.description
        default: nil
        }
    }

    private static func modalities(_ value: JSONValue?) throws(BundleError) -> [String] {
        guard let names = value?.strings, !names.isEmpty, names.count <= BundleLimits.modalities else {
            throw .malformedMetadata("modalities is not a list of one to \(BundleLimits.modalities) names")
        }
        guard Set(names).count == names.count else { throw .malformedMetadata("a modality occurs twice") }
        for name in names {
            // It becomes part of file names.
            let plain = name.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || byte == UInt8(ascii: "_")
            }
            guard plain, !name.isEmpty, name.utf8.count <= 32 else { throw .invalidKey(component: name) }
        }
        return names
    }

    private static func thresholds(_ value: JSONValue?, _ modalities: [String]) throws(BundleError) -> [String: Double]
    {
        guard let value, !value.isNull else { return [:] }
        guard value.members != nil else { throw .malformedMetadata("th_ae is not an object") }
        var result: [String: Double] = [:]
        for modality in modalities {
            guard let threshold = value[modality], !threshold.isNull else { continue }
            guard let number = threshold.number, number > 0, number.isFinite else {
                throw .badThreshold(modality: modality)
            }
            result[modality] = number
        }
        return result
    }

    private static func classMap(_ value: JSONValue?) throws(BundleError) -> [Int: String] {
        guard let value, !value.isNull else { return [:] }
        guard let members = value.members, members.count <= 1024 else {
            throw .malformedMetadata("class_map is not an object")
        }
        var result: [Int: String] = [:]
        for member in members {
            guard let index = Int(member.name), (0..<1024).contains(index), let label = member.value.string else {
                throw .malformedMetadata("class_map: \(BundleError.quoted(member.name)) is not an index with a label")
            }
            result[index] = label
        }
        guard Set(result.values).count == result.count else {
            throw .malformedMetadata("class_map: a label occurs twice")
        }
        return result
    }

    private static func classThresholds(_ value: JSONValue?) throws(BundleError) -> [String: Double] {
        guard let value, !value.isNull else { return [:] }
        guard let members = value.members else { throw .malformedMetadata("class_thresholds is not an object") }
        var result: [String: Double] = [:]
        for member in members {
            guard let threshold = member.value.number, (0...1).contains(threshold) else {
                throw .malformedMetadata("class_thresholds: \(BundleError.quoted(member.name)) is not a probability")
            }
            result[member.name] = threshold
        }
        return result
    }

    private static func hashes(_ value: JSONValue?) throws(BundleError) -> [String: String] {
        guard let value, !value.isNull else { return [:] }
        guard let members = value.members, members.count <= BundleLimits.files else {
            throw .malformedMetadata("files_sha256 is not an object")
        }
        var result: [String: String] = [:]
        // The field hashes metadata.json before its last write: that one entry is always wrong.
        for member in members where member.name != "metadata.json" {
            guard BundleDirectory.isPlainName(member.name) else { throw .unsafePath(member.name) }
            guard let hash = member.value.string?.lowercased(), hash.utf8.count == 64 else {
                throw .malformedMetadata("files_sha256: \(BundleError.quoted(member.name)) has no SHA-256")
            }
            result[member.name] = hash
        }
        return result
    }
}

/// Why a bundle was refused. `code` is stable and meant for the registry's `rejected` list and for tests; `reason` is
/// for people.
///
/// File names in it are names inside the bundle's directory, never absolute paths.
public enum BundleError: Error, Sendable, Equatable {
    /// A path component (equipment, power, version, modality) that could leave the root or that is empty or too long.
    case invalidKey(component: String)
    /// No bundle under this key; `available` lists what the root does hold for the equipment.
    case unknownBundle(key: String, available: [String])
    /// The files differ from those that the last scan verified: run a sync first.
    case changedSinceSync(key: String)
    case missingFile(String)
    case unreadableFile(String, detail: String)
    case tooLarge(file: String, bytes: Int, limit: Int)
    /// A name with a separator, `..`, or a link that leaves the bundle's directory.
    case unsafePath(String)
    case hashMismatch(file: String, expected: String, actual: String)
    case malformedMetadata(String)
    case malformedSpec(String)
    case malformedScaler(file: String, detail: String)
    case badThreshold(modality: String)
    case malformedArchive(file: String, detail: String)
    /// A weights archive must be stored: a deflated entry could be a compression bomb, and PyTorch never writes one.
    case compressedEntry(file: String, entry: String)
    case malformedPickle(file: String, detail: String)
    /// A pickle that asks for any other callable or class than a `state_dict` needs.
    case forbiddenGlobal(file: String, name: String)
    case forbiddenOpcode(file: String, opcode: UInt8)
    case malformedSafetensors(file: String, detail: String)
    case unsupportedType(file: String, tensor: String, type: String)
    case nonContiguous(file: String, tensor: String)
    case nonFiniteWeight(file: String, tensor: String)
    case missingTensor(file: String, tensor: String)
    case unexpectedTensor(file: String, tensor: String)
    case shapeMismatch(file: String, detail: String)
    case malformedTrees(String)
    case unsupportedTrees(String)
    case malformedGolden(String)
    /// The bundle computes something else here than it did for its trainer.
    case goldenMismatch(vector: Int, output: String, expected: Double, actual: Double)

    /// A stable snake_case name of the kind of refusal.
    public var code: String {
        switch self {
        case .invalidKey: "invalid_key"
        case .unknownBundle: "unknown_bundle"
        case .changedSinceSync: "changed_since_sync"
        case .missingFile: "missing_file"
        case .unreadableFile: "unreadable_file"
        case .tooLarge: "too_large"
        case .unsafePath: "unsafe_path"
        case .hashMismatch: "hash_mismatch"
        case .malformedMetadata: "malformed_metadata"
        case .malformedSpec: "malformed_spec"
        case .malformedScaler: "malformed_scaler"
        case .badThreshold: "bad_threshold"
        case .malformedArchive: "malformed_archive"
        case .compressedEntry: "compressed_entry"
        case .malformedPickle: "malformed_pickle"
        case .forbiddenGlobal: "forbidden_global"
        case .forbiddenOpcode: "forbidden_opcode"
        case .malformedSafetensors: "malformed_safetensors"
        case .unsupportedType: "unsupported_type"
        case .nonContiguous: "non_contiguous"
        case .nonFiniteWeight: "non_finite_weight"
        case .missingTensor: "missing_tensor"
        case .unexpectedTensor: "unexpected_tensor"
        case .shapeMismatch: "shape_mismatch"
        case .malformedTrees: "malformed_trees"
        case .unsupportedTrees: "unsupported_trees"
        case .malformedGolden: "malformed_golden"
        case .goldenMismatch: "golden_mismatch"
        }
    }

    /// One sentence that names the file, tensor or value at fault.
    public var reason: String {
        switch self {
        case .invalidKey(let component): "\(Self.quoted(component)) is not a usable name for a bundle's directory"
        case .unknownBundle(let key, let available):
            available.isEmpty
                ? "no bundle \(Self.quoted(key))"
                : "no bundle \(Self.quoted(key)); there are: \(available.joined(separator: ", "))"
        case .changedSinceSync(let key): "the files of \(key) have changed since they were verified; sync first"
        case .missingFile(let file): "\(Self.quoted(file)) is missing"
        case .unreadableFile(let file, let detail): "\(Self.quoted(file)) cannot be read: \(detail)"
        case .tooLarge(let file, let bytes, let limit): "\(Self.quoted(file)) has \(bytes) bytes, more than \(limit)"
        case .unsafePath(let path): "\(Self.quoted(path)) is not a plain file inside the bundle's directory"
        case .hashMismatch(let file, let expected, let actual):
            "SHA-256 of \(Self.quoted(file)) is \(actual), metadata.json says \(Self.quoted(expected))"
        case .malformedMetadata(let detail): "metadata.json: \(detail)"
        case .malformedSpec(let detail): "feature_spec.yaml: \(detail)"
        case .malformedScaler(let file, let detail): "\(file): \(detail)"
        case .badThreshold(let modality): "the threshold of \(Self.quoted(modality)) is not a positive finite number"
        case .malformedArchive(let file, let detail): "\(file): not a readable zip archive: \(detail)"
        case .compressedEntry(let file, let entry):
            "\(file): entry \(Self.quoted(entry)) is compressed; only stored entries are read"
        case .malformedPickle(let file, let detail): "\(file): the pickle is malformed: \(detail)"
        case .forbiddenGlobal(let file, let name):
            "\(file): the pickle asks for \(Self.quoted(name)), which a state_dict does not need"
        case .forbiddenOpcode(let file, let opcode):
            "\(file): pickle opcode \(opcode) is not one that a state_dict needs"
        case .malformedSafetensors(let file, let detail): "\(file): \(detail)"
        case .unsupportedType(let file, let tensor, let type):
            "\(file): tensor \(Self.quoted(tensor)) has the unsupported element type \(Self.quoted(type))"
        case .nonContiguous(let file, let tensor): "\(file): tensor \(Self.quoted(tensor)) is not contiguous"
        case .nonFiniteWeight(let file, let tensor):
            "\(file): tensor \(Self.quoted(tensor)) holds a value that is not finite"
        case .missingTensor(let file, let tensor): "\(file): tensor \(Self.quoted(tensor)) is missing"
        case .unexpectedTensor(let file, let tensor):
            "\(file): tensor \(Self.quoted(tensor)) belongs to no known architecture"
        case .shapeMismatch(let file, let detail): "\(file): \(detail)"
        case .malformedTrees(let detail): "the XGBoost model is malformed: \(detail)"
        case .unsupportedTrees(let detail): "the XGBoost model is not supported: \(detail)"
        case .malformedGolden(let detail): "golden.json: \(detail)"
        case .goldenMismatch(let vector, let output, let expected, let actual):
            "golden vector \(vector): \(output) should be \(expected) and is \(actual)"
        }
    }

    /// Text from a file, shortened and without control characters, so that a hostile name cannot garble a log.
    static func quoted(_ text: String) -> String {
        var shown = String(
            String.UnicodeScalarView(
                text.unicodeScalars.prefix(120).map { $0.value < 32 || $0.value == 127 ? "?" : $0 }))
        if text.unicodeScalars.count > 120 { shown += "…" }
        return "'\(shown)'"
    }
}

extension BundleError: CustomStringConvertible {
    public var description: String { "\(code): \(reason)" }
}

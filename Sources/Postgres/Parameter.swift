/// A parameter's value. Typed cases travel in the binary format with their type; the server refuses a NUL character in text.
public enum Parameter: Sendable, Equatable {
    case null
    /// Text format; the server infers the type from the place where it stands.
    case untyped(String)
    case text(String)
    case bool(Bool)
    case int4(Int32)
    case int8(Int64)
    case float8(Double)
    case bytea([UInt8])
    case timestamptz(Timestamp)
    case json(String)
    case jsonb(String)
    case textArray([String?])
    case byteaArray([[UInt8]?])
    case int4Array([Int32?])
    case int8Array([Int64?])
    case float8Array([Double?])
    case timestamptzArray([Timestamp?])

    /// PostgreSQL's type identifier; 0 leaves it to the server.
    var typeOID: UInt32 {
        switch self {
        case .null, .untyped: 0
        case .text: OID.text
        case .bool: OID.bool
        case .int4: OID.int4
        case .int8: OID.int8
        case .float8: OID.float8
        case .bytea: OID.bytea
        case .timestamptz: OID.timestamptz
        case .json: OID.json
        case .jsonb: OID.jsonb
        case .textArray: OID.textArray
        case .byteaArray: OID.byteaArray
        case .int4Array: OID.int4Array
        case .int8Array: OID.int8Array
        case .float8Array: OID.float8Array
        case .timestamptzArray: OID.timestamptzArray
        }
    }

    var isNull: Bool {
        if case .null = self { true } else { false }
    }

    /// Bytes that the value takes in the buffer.
    var encodedSize: Int {
        switch self {
        case .null: 0
        case .untyped(let text): text.utf8.count + 1
        case .text(let text), .json(let text): text.utf8.count
        case .jsonb(let text): text.utf8.count + 1
        case .bool: 1
        case .int4: 4
        case .int8, .float8, .timestamptz: 8
        case .bytea(let bytes): bytes.count
        case .textArray(let array): array.reduce(ParameterEncoder.arrayHeader) { $0 + 4 + ($1?.utf8.count ?? 0) }
        case .byteaArray(let array): array.reduce(ParameterEncoder.arrayHeader) { $0 + 4 + ($1?.count ?? 0) }
        case .int4Array(let array): ParameterEncoder.arrayHeader + 8 * array.count
        case .int8Array(let array): ParameterEncoder.arrayHeader + 12 * array.count
        case .float8Array(let array): ParameterEncoder.arrayHeader + 12 * array.count
        case .timestamptzArray(let array): ParameterEncoder.arrayHeader + 12 * array.count
        }
    }
}

/// Identifiers of built-in types; they never change (pg_type.dat).
enum OID {
    static let bool: UInt32 = 16
    static let bytea: UInt32 = 17
    static let int8: UInt32 = 20
    static let int2: UInt32 = 21
    static let int4: UInt32 = 23
    static let text: UInt32 = 25
    static let json: UInt32 = 114
    static let float8: UInt32 = 701
    static let byteaArray: UInt32 = 1001
    static let int4Array: UInt32 = 1007
    static let textArray: UInt32 = 1009
    static let int8Array: UInt32 = 1016
    static let float8Array: UInt32 = 1022
    static let timestamptz: UInt32 = 1184
    static let timestamptzArray: UInt32 = 1185
    static let jsonb: UInt32 = 3802
}

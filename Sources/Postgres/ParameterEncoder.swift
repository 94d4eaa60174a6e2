import Glibc

/// Writes all parameters of a statement into one buffer, which is used again for the next statement. An array of thousands
/// of strings costs one copy of its bytes and no allocation.
struct ParameterEncoder: ~Copyable {
    /// Dimensions, null flag, element type, length, lower bound: five 32-bit words before an array's elements.
    static let arrayHeader = 20
    /// A buffer that one large batch blew up beyond this is given back.
    private static let keptCapacity = 64 << 20

    private var base: UnsafeMutableRawPointer
    private var capacity: Int
    private var count = 0
    private var offsets: [Int] = []
    private var values: [UnsafePointer<CChar>?] = []
    private var lengths: [Int32] = []
    private var formats: [Int32] = []

    init(capacity: Int = 4096) {
        self.capacity = max(64, capacity)
        base = .allocate(byteCount: self.capacity, alignment: 8)
    }

    deinit {
        base.deallocate()
    }

    /// Encodes and lends the arrays that libpq wants; they are valid during the call only.
    mutating func withEncoded<Result>(
        _ parameters: [Parameter],
        _ body: (
            _ count: Int32, _ values: UnsafePointer<UnsafePointer<CChar>?>?, _ lengths: UnsafePointer<Int32>?,
            _ formats: UnsafePointer<Int32>?
        ) -> Result
    ) -> Result {
        if parameters.isEmpty { return body(0, nil, nil, nil) }
        encode(parameters)
        defer { if capacity > Self.keptCapacity { resize(4096) } }
        return values.withUnsafeBufferPointer { values in
            lengths.withUnsafeBufferPointer { lengths in
                formats.withUnsafeBufferPointer { formats in
                    body(Int32(parameters.count), values.baseAddress, lengths.baseAddress, formats.baseAddress)
                }
            }
        }
    }

    /// The bytes of one value in the binary format, nil for NULL (COPY's binary rows).
    mutating func withBinary(_ parameter: Parameter, _ body: (UnsafeRawBufferPointer?) throws -> Void) rethrows {
        if parameter.isNull { return try body(nil) }
        count = 0
        reserve(parameter.encodedSize)
        append(parameter)
        try body(UnsafeRawBufferPointer(start: base, count: count))
    }

    private mutating func encode(_ parameters: [Parameter]) {
        count = 0
        offsets.removeAll(keepingCapacity: true)
        values.removeAll(keepingCapacity: true)
        lengths.removeAll(keepingCapacity: true)
        formats.removeAll(keepingCapacity: true)
        reserve(parameters.reduce(0) { $0 + $1.encodedSize })
        for parameter in parameters {
            offsets.append(parameter.isNull ? -1 : count)
            let start = count
            append(parameter)
            lengths.append(Int32(count - start))
            if case .untyped = parameter { formats.append(0) } else { formats.append(1) }
        }
        // Only now: the buffer has its final place.
        for offset in offsets {
            values.append(offset < 0 ? nil : UnsafePointer((base + offset).assumingMemoryBound(to: CChar.self)))
        }
    }

    private mutating func append(_ parameter: Parameter) {
        switch parameter {
        case .null: break
        case .untyped(let text):
            append(utf8: text)
            append(UInt8(0))
        case .text(let text), .json(let text): append(utf8: text)
        case .jsonb(let text):
            append(UInt8(1))  // the format's version
            append(utf8: text)
        case .bool(let value): append(UInt8(value ? 1 : 0))
        case .int4(let value): append(value)
        case .int8(let value): append(value)
        case .float8(let value): append(value.bitPattern)
        case .timestamptz(let value): append(value.postgresMicroseconds)
        case .bytea(let bytes): append(bytes: bytes)
        case .textArray(let array):
            appendArray(array, OID.text, size: { $0.utf8.count }, { $0.append(utf8: $1) })
        case .byteaArray(let array):
            appendArray(array, OID.bytea, size: { $0.count }, { $0.append(bytes: $1) })
        case .int4Array(let array): appendArray(array, OID.int4, size: { _ in 4 }, { $0.append($1) })
        case .int8Array(let array): appendArray(array, OID.int8, size: { _ in 8 }, { $0.append($1) })
        case .float8Array(let array): appendArray(array, OID.float8, size: { _ in 8 }, { $0.append($1.bitPattern) })
        case .timestamptzArray(let array):
            appendArray(array, OID.timestamptz, size: { _ in 8 }, { $0.append($1.postgresMicroseconds) })
        }
    }

    @inline(__always)
    private mutating func appendArray<Element>(
        _ array: [Element?], _ type: UInt32, size: (Element) -> Int, _ write: (inout Self, Element) -> Void
    ) {
        append(Int32(array.isEmpty ? 0 : 1))
        let flag = count
        append(Int32(0))
        append(type)
        if array.isEmpty { return }
        append(Int32(array.count))
        append(Int32(1))
        var hasNull = false
        for element in array {
            if let element {
                append(Int32(size(element)))
                write(&self, element)
            } else {
                hasNull = true
                append(Int32(-1))
            }
        }
        if hasNull { base.storeBytes(of: Int32(1).bigEndian, toByteOffset: flag, as: Int32.self) }
    }

    @inline(__always)
    private mutating func append(_ value: some FixedWidthInteger) {
        let size = value.bitWidth / 8
        reserve(size)
        base.storeBytes(of: value.bigEndian, toByteOffset: count, as: type(of: value))
        count += size
    }

    @inline(__always)
    private mutating func append(utf8 text: String) {
        let size = text.utf8.count
        reserve(size)
        let target = base + count
        let copied: Void? = text.utf8.withContiguousStorageIfAvailable { bytes in
            if let source = bytes.baseAddress { target.copyMemory(from: source, byteCount: size) }
        }
        if copied == nil {
            var copy = text
            copy.withUTF8 { if let source = $0.baseAddress { target.copyMemory(from: source, byteCount: size) } }
        }
        count += size
    }

    @inline(__always)
    private mutating func append(bytes: [UInt8]) {
        reserve(bytes.count)
        bytes.withUnsafeBytes {
            if let source = $0.baseAddress { (base + count).copyMemory(from: source, byteCount: $0.count) }
        }
        count += bytes.count
    }

    @inline(__always)
    private mutating func reserve(_ more: Int) {
        if count + more > capacity { resize(max(capacity * 2, count + more)) }
    }

    private mutating func resize(_ size: Int) {
        let kept = min(count, size)
        let new = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 8)
        new.copyMemory(from: base, byteCount: kept)
        base.deallocate()
        base = new
        capacity = size
        count = kept
    }
}

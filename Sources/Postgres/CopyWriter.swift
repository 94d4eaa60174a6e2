import CLibPQ

/// Sends the data of one COPY. Use either `append` and `textRow`, or `binaryRow` (with `FORMAT binary`), not both.
public struct CopyWriter: ~Copyable {
    private static let pieceSize = 64 << 10

    private let wire: Wire
    private var buffer: [UInt8] = []
    private var encoder = ParameterEncoder()
    private var isBinary = false

    init(_ wire: Wire) {
        self.wire = wire
        buffer.reserveCapacity(Self.pieceSize + 4096)
    }

    /// Bytes in the format that the COPY statement names.
    public mutating func append(_ bytes: some Sequence<UInt8>) throws(DatabaseError) {
        buffer.append(contentsOf: bytes)
        try flushIfFull()
    }

    /// Text in the format that the COPY statement names.
    public mutating func append(_ text: String) throws(DatabaseError) {
        buffer.append(contentsOf: text.utf8)
        try flushIfFull()
    }

    /// One row in COPY's text format with its default delimiter; nil is NULL.
    public mutating func textRow(_ columns: [String?]) throws(DatabaseError) {
        for (index, column) in columns.enumerated() {
            if index > 0 { buffer.append(UInt8(ascii: "\t")) }
            guard let column else {
                buffer.append(contentsOf: "\\N".utf8)
                continue
            }
            for byte in column.utf8 {
                switch byte {
                case UInt8(ascii: "\t"): buffer.append(contentsOf: "\\t".utf8)
                case UInt8(ascii: "\n"): buffer.append(contentsOf: "\\n".utf8)
                case UInt8(ascii: "\r"): buffer.append(contentsOf: "\\r".utf8)
                case UInt8(ascii: "\\"): buffer.append(contentsOf: "\\\\".utf8)
                default: buffer.append(byte)
                }
            }
        }
        buffer.append(UInt8(ascii: "\n"))
        try flushIfFull()
    }

    /// One row for `FORMAT binary`. Each value's case must be exactly its column's type.
    public mutating func binaryRow(_ columns: [Parameter]) throws(DatabaseError) {
        if !isBinary {
            isBinary = true
            buffer.append(contentsOf: [0x50, 0x47, 0x43, 0x4F, 0x50, 0x59, 0x0A, 0xFF, 0x0D, 0x0A, 0x00])
            buffer.append(contentsOf: [UInt8](repeating: 0, count: 8))
        }
        Self.append(Int16(columns.count), to: &buffer)
        for column in columns {
            if case .untyped = column { throw .local("22P03", "a binary row needs typed values") }
            encoder.withBinary(column) { bytes in
                Self.append(Int32(bytes?.count ?? -1), to: &buffer)
                if let bytes { buffer.append(contentsOf: bytes) }
            }
        }
        try flushIfFull()
    }

    mutating func finish() throws(DatabaseError) {
        if isBinary { Self.append(Int16(-1), to: &buffer) }
        try flush()
    }

    private static func append(_ value: some FixedWidthInteger, to buffer: inout [UInt8]) {
        withUnsafeBytes(of: value.bigEndian) { buffer.append(contentsOf: $0) }
    }

    private mutating func flushIfFull() throws(DatabaseError) {
        if buffer.count >= Self.pieceSize { try flush() }
    }

    private mutating func flush() throws(DatabaseError) {
        var start = 0
        while start < buffer.count {
            let size = min(Self.pieceSize, buffer.count - start)
            let status = buffer.withUnsafeBytes {
                PQputCopyData(wire.connection, $0.baseAddress!.assumingMemoryBound(to: CChar.self) + start, Int32(size))
            }
            guard status >= 0 else { throw .lost(wire.connection) }
            // 0: no room; what is queued goes out first. Flushing each piece bounds libpq's own buffer.
            if status == 1 { start += size }
            try wire.flushAll()
        }
        buffer.removeAll(keepingCapacity: true)
    }
}

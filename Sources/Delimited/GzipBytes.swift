import CZlib

/// The content of a gzip file (RFC 1952), of one member or several after each other; zeros after the last are padding.
public final class GzipBytes: ByteSource {
    private static let pieceSize = 256 << 10

    private let source: any ByteSource
    private let stream: UnsafeMutablePointer<z_stream>
    private var input: [UInt8] = []
    private var used = 0
    private var isInMember = false
    private var isFinished = false
    /// The last piece was filled: there may be more without further input.
    private var isFull = false

    /// The first bytes of such a file.
    public static let magic: [UInt8] = [0x1f, 0x8b]

    public init(_ source: any ByteSource) throws {
        self.source = source
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        guard millwright_inflate_gzip_init(stream) == Z_OK else { throw TableError("gzip: no memory") }
        isInMember = true
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    public func read(into buffer: inout [UInt8]) throws -> Bool {
        let before = buffer.count
        while !isFinished, buffer.count == before {
            if used == input.count, !isFull {
                input.removeAll(keepingCapacity: true)
                used = 0
                if try !source.read(into: &input) {
                    guard !isInMember else { throw TableError("gzip: the file is cut off in the middle") }
                    isFinished = true
                    break
                }
            }
            if !isInMember, try !nextMember() { continue }
            try inflateOnce(&buffer)
        }
        return buffer.count > before
    }

    /// - Returns: whether there is a further member, at `used`.
    private func nextMember() throws -> Bool {
        while used < input.count, input[used] == 0 { used += 1 }
        guard used < input.count else { return false }
        guard inflateReset(stream) == Z_OK else { throw TableError("gzip: cannot go on") }
        isInMember = true
        return true
    }

    private func inflateOnce(_ buffer: inout [UInt8]) throws {
        var status = Z_OK
        let piece = [UInt8](unsafeUninitializedCapacity: Self.pieceSize) { space, count in
            input.withUnsafeMutableBufferPointer { bytes in
                stream.pointee.next_in = bytes.baseAddress.map { $0 + used }
                stream.pointee.avail_in = UInt32(bytes.count - used)
                stream.pointee.next_out = space.baseAddress!
                stream.pointee.avail_out = UInt32(Self.pieceSize)
                status = inflate(stream, Z_NO_FLUSH)
                used = bytes.count - Int(stream.pointee.avail_in)
            }
            count = Self.pieceSize - Int(stream.pointee.avail_out)
        }
        isFull = piece.count == Self.pieceSize
        buffer.append(contentsOf: piece)
        switch status {
        case Z_OK, Z_BUF_ERROR: break
        case Z_STREAM_END:
            isInMember = false
            isFull = false
        default:
            throw TableError("gzip: damaged (\(stream.pointee.msg.map { String(cString: $0) } ?? "code \(status)"))")
        }
    }
}

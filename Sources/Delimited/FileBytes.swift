import Crypto
import Foundation
import Glibc
import Hexadecimal

/// A source of bytes, piece by piece.
public protocol ByteSource: AnyObject {
    /// Appends the next piece.
    /// - Returns: false at the end, with nothing appended.
    func read(into buffer: inout [UInt8]) throws -> Bool
}

/// The bytes of a regular file and their SHA-256.
public final class FileBytes: ByteSource {
    static let pieceSize = 256 << 10

    private let descriptor: Int32
    private let path: String
    private var hash = SHA256()
    /// Size when it was opened, in bytes.
    public let size: Int64
    /// Bytes read so far.
    public private(set) var position: Int64 = 0

    public init(path: String) throws {
        self.path = path
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw TableError("\(path): \(String(cString: strerror(errno)))") }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw TableError("\(path) is no regular file")
        }
        size = Int64(status.st_size)
    }

    deinit { close(descriptor) }

    public func read(into buffer: inout [UInt8]) throws -> Bool {
        let piece = try [UInt8](unsafeUninitializedCapacity: Self.pieceSize) { space, count in
            var got: Int
            repeat { got = Glibc.read(descriptor, space.baseAddress, Self.pieceSize) } while got < 0 && errno == EINTR
            guard got >= 0 else { throw TableError("\(path): \(String(cString: strerror(errno)))") }
            count = got
        }
        if piece.isEmpty { return false }
        hash.update(data: piece)
        position += Int64(piece.count)
        buffer.append(contentsOf: piece)
        return true
    }

    /// Of everything read so far, hexadecimal; after the end: of the file.
    public var sha256: String {
        hash.finalize().hexadecimal
    }
}

/// Bytes at hand.
public final class MemoryBytes: ByteSource {
    private var bytes: [UInt8]
    private let pieceSize: Int

    public init(_ bytes: [UInt8], pieceSize: Int = .max) {
        self.bytes = bytes
        self.pieceSize = pieceSize
    }

    public func read(into buffer: inout [UInt8]) throws -> Bool {
        if bytes.isEmpty { return false }
        let count = min(pieceSize, bytes.count)
        buffer.append(contentsOf: bytes.prefix(count))
        bytes.removeFirst(count)
        return true
    }
}

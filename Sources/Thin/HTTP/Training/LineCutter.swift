/// Cuts what arrives of a text file into pieces that end where a line does.
struct LineCutter {
    /// Bytes of a piece, about; also how long a line may be.
    static let pieceBytes = 128 << 10
    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    enum Failure: Error, Equatable {
        /// No end of a line within ``pieceBytes``.
        case lineTooLong
        /// A zero byte: no text, or one in UTF-16.
        case notText
    }

    private var pending: [UInt8] = []
    private var isFirst = true

    /// Whole lines, once there are enough of them; their last ends with a line's end.
    mutating func feed(_ bytes: [UInt8]) throws(Failure) -> [String] {
        guard !bytes.contains(0) else { throw .notText }
        pending.append(contentsOf: bytes)
        var pieces: [String] = []
        while pending.count >= Self.pieceBytes {
            guard let end = pending[..<Self.pieceBytes].lastIndex(of: 0x0A) else { throw .lineTooLong }
            pieces.append(text(pending[...end]))
            pending.removeFirst(end + 1)
        }
        return pieces
    }

    /// What is left when the file is over.
    mutating func finish() -> String {
        defer { pending = [] }
        return text(pending[...])
    }

    /// Descriptions come in any encoding; what matters are numbers.
    private mutating func text(_ bytes: ArraySlice<UInt8>) -> String {
        defer { isFirst = false }
        return String(
            decoding: isFirst && bytes.starts(with: Self.byteOrderMark) ? bytes.dropFirst(3) : bytes, as: UTF8.self)
    }
}

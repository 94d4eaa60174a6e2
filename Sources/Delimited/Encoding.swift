import CIconv
import Glibc

/// How a file's characters are written.
public enum Encoding: String, CaseIterable, Sendable {
    /// By its byte order mark, else UTF-8.
    case auto
    case utf8 = "utf-8"
    case utf16 = "utf-16"
    case utf16le = "utf-16le"
    case utf16be = "utf-16be"
    /// Read as its superset CP949, as Korean programs write it.
    case euckr = "euc-kr"
    case cp949
    case latin1 = "iso-8859-1"
    case windows1252 = "windows-1252"

    /// The name for iconv; nil where the bytes are UTF-8 already.
    fileprivate var iconv: String? {
        switch self {
        case .auto, .utf8: nil
        case .utf16, .utf16le: "UTF-16LE"
        case .utf16be: "UTF-16BE"
        case .euckr, .cp949: "CP949"
        case .latin1: "ISO-8859-1"
        case .windows1252: "CP1252"
        }
    }
}

/// A source's characters as UTF-8, without a byte order mark. Bytes that are no characters end the reading.
public final class TextBytes: ByteSource {
    private let source: any ByteSource
    private var encoding: Encoding
    private var isOpen = false
    private var converter: iconv_t?
    private var input: [UInt8] = []
    private var isAtEnd = false
    private var consumed = 0

    public init(_ source: any ByteSource, _ encoding: Encoding) {
        self.source = source
        self.encoding = encoding
    }

    deinit { if let converter { iconv_close(converter) } }

    public func read(into buffer: inout [UInt8]) throws -> Bool {
        if !isOpen { try begin() }
        guard converter != nil else {
            if !input.isEmpty {
                buffer.append(contentsOf: input)
                input = []
                return true
            }
            return try source.read(into: &buffer)
        }
        let before = buffer.count
        while buffer.count == before {
            if !isAtEnd { isAtEnd = try !source.read(into: &input) }
            if input.isEmpty, isAtEnd { return false }
            try convert(&buffer)
        }
        return true
    }

    private func begin() throws {
        isOpen = true
        while input.count < 4, try source.read(into: &input) {}
        if input.starts(with: [0xef, 0xbb, 0xbf]) {
            if encoding == .auto || encoding == .utf8 { input.removeFirst(3) }
        } else if input.starts(with: [0xff, 0xfe]), [.auto, .utf16, .utf16le].contains(encoding) {
            encoding = .utf16le
            input.removeFirst(2)
        } else if input.starts(with: [0xfe, 0xff]), [.auto, .utf16, .utf16be].contains(encoding) {
            encoding = .utf16be
            input.removeFirst(2)
        } else if encoding == .utf16 {
            throw TableError("UTF-16 without a byte order mark: say utf-16le or utf-16be")
        }
        guard let name = encoding.iconv else { return }
        let opened = iconv_open("UTF-8", name)
        guard millwright_iconv_failed(opened) == 0 else {
            throw TableError("this system's iconv does not know \(name)")
        }
        converter = opened
    }

    private func convert(_ buffer: inout [UInt8]) throws {
        var failure: Int32 = 0
        var left = input.count
        let count = input.count
        // no character of these encodings takes more than three times its bytes
        let piece = [UInt8](unsafeUninitializedCapacity: count * 3 + 8) { space, written in
            let capacity = space.count
            var room = capacity
            input.withUnsafeMutableBytes { bytes in
                var from: UnsafeMutablePointer<CChar>? = bytes.baseAddress!.assumingMemoryBound(to: CChar.self)
                space.withMemoryRebound(to: CChar.self) { target in
                    var to: UnsafeMutablePointer<CChar>? = target.baseAddress!
                    if iconv(converter, &from, &left, &to, &room) == -1 { failure = errno }
                }
            }
            written = capacity - room
        }
        buffer.append(contentsOf: piece)
        consumed += count - left
        input.removeFirst(count - left)
        // EINVAL: the piece ends within a character
        if failure == EILSEQ || (failure == EINVAL && isAtEnd) {
            throw TableError("byte \(consumed + 1) of the text is no character in \(encoding.rawValue)")
        }
    }
}

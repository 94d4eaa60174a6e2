/// Takes a `multipart/form-data` body (RFC 7578) apart as it arrives, without keeping it: what it holds back at any time is
/// a delimiter or a part's header lines.
struct MultipartReader {
    enum Event: Equatable {
        /// A part begins; its content follows.
        case part(name: String, fileName: String?)
        case data([UInt8])
        case partEnd
    }

    static let maximumBoundary = 200
    /// Of one part, bytes.
    static let maximumHeaders = 8192
    /// Bytes before the first part, which mean nothing.
    static let maximumPreamble = 8192
    /// Blanks that may follow a delimiter.
    private static let maximumPadding = 256

    private enum State {
        case preamble, afterDelimiter, headers, content, epilogue
    }

    private static let lineEnd: [UInt8] = [0x0D, 0x0A]
    private static let blankLine: [UInt8] = [0x0D, 0x0A, 0x0D, 0x0A]
    private static let dashes: [UInt8] = [0x2D, 0x2D]

    private let delimiter: [UInt8]
    private var state = State.preamble
    /// What came and is not decided yet. It begins as if a line had ended: the first delimiter may stand at the very
    /// start.
    private var pending: [UInt8] = [0x0D, 0x0A]
    private var skipped = 0

    /// The last delimiter has come.
    var isComplete: Bool { state == .epilogue }

    /// - Parameter contentType: of the request.
    /// - Throws: 415 where it is not `multipart/form-data` with a boundary.
    init(contentType: String?) throws(Problem) {
        let parts = HeaderValue.split(contentType ?? "")
        guard parts.value.lowercased() == "multipart/form-data" else {
            throw .unsupportedMediaType("multipart/form-data")
        }
        guard let boundary = parts.parameters["boundary"], !boundary.isEmpty,
            boundary.utf8.count <= Self.maximumBoundary
        else {
            throw .unsupportedMediaType(
                "multipart/form-data with a boundary of 1 to \(Self.maximumBoundary) characters")
        }
        delimiter = Self.lineEnd + Self.dashes + Array(boundary.utf8)
    }

    /// What the next bytes of the body tell.
    /// - Throws: 400 where they are not what they should be.
    mutating func feed(_ bytes: some Sequence<UInt8>) throws(Problem) -> [Event] {
        if state == .epilogue { return [] }
        pending.append(contentsOf: bytes)
        var events: [Event] = []
        var position = 0
        scan: while true {
            switch state {
            case .preamble:
                guard let found = Self.find(delimiter, in: pending, from: position) else {
                    let kept = min(delimiter.count - 1, pending.count - position)
                    skipped += pending.count - position - kept
                    position = pending.count - kept
                    guard skipped <= Self.maximumPreamble else { throw Self.broken("its first part does not begin") }
                    break scan
                }
                position = found + delimiter.count
                state = .afterDelimiter
            case .content:
                guard let found = Self.find(delimiter, in: pending, from: position) else {
                    let kept = min(delimiter.count - 1, pending.count - position)
                    if pending.count - position > kept {
                        events.append(.data(Array(pending[position..<(pending.count - kept)])))
                        position = pending.count - kept
                    }
                    break scan
                }
                if found > position { events.append(.data(Array(pending[position..<found]))) }
                events.append(.partEnd)
                position = found + delimiter.count
                state = .afterDelimiter
            case .afterDelimiter:
                guard pending.count - position >= 2 else { break scan }
                if pending[position...].starts(with: Self.dashes) {
                    state = .epilogue
                    position = pending.count
                    break scan
                }
                guard let end = Self.find(Self.lineEnd, in: pending, from: position) else {
                    guard pending.count - position <= Self.maximumPadding else {
                        throw Self.broken("a delimiter is followed by something else than a line's end")
                    }
                    break scan
                }
                guard pending[position..<end].allSatisfy({ $0 == 0x20 || $0 == 0x09 }) else {
                    throw Self.broken("a delimiter is followed by something else than a line's end")
                }
                // the line's end before the header lines also ends their absence
                position = end
                state = .headers
            case .headers:
                guard let end = Self.find(Self.blankLine, in: pending, from: position) else {
                    guard pending.count - position <= Self.maximumHeaders else {
                        throw Self.broken("the header lines of a part have more than \(Self.maximumHeaders) bytes")
                    }
                    break scan
                }
                guard end - position <= Self.maximumHeaders else {
                    throw Self.broken("the header lines of a part have more than \(Self.maximumHeaders) bytes")
                }
                events.append(try Self.part(pending[position..<end]))
                position = end + Self.blankLine.count
                state = .content
            case .epilogue: break scan
            }
        }
        pending.removeFirst(position)
        return events
    }

    private static func find(_ what: [UInt8], in bytes: [UInt8], from start: Int) -> Int? {
        guard bytes.count - start >= what.count else { return nil }
        return bytes.withUnsafeBufferPointer { bytes in
            what.withUnsafeBufferPointer { what in
                var index = start
                let last = bytes.count - what.count
                let first = what[0]
                while index <= last {
                    if bytes[index] == first {
                        var place = 1
                        while place < what.count, bytes[index + place] == what[place] { place += 1 }
                        if place == what.count { return index }
                    }
                    index += 1
                }
                return nil
            }
        }
    }

    private static func part(_ bytes: ArraySlice<UInt8>) throws(Problem) -> Event {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw broken("the header lines of a part are not UTF-8")
        }
        var name: String?
        var fileName: String?
        for line in text.split(separator: "\r\n", omittingEmptySubsequences: true) {
            let pieces = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard pieces.count == 2 else { throw broken("a header line of a part has no colon") }
            let value = HeaderValue.split(String(pieces[1]))
            switch pieces[0].lowercased() {
            case "content-disposition":
                guard value.value.lowercased() == "form-data" else { throw broken("a part is no form-data") }
                name = value.parameters["name"]
                fileName = value.parameters["filename"]
            case "content-transfer-encoding":
                guard ["binary", "8bit", "7bit"].contains(value.value.lowercased()) else {
                    throw broken("a part has a transfer encoding; it must be sent as it is")
                }
            default: continue
            }
        }
        guard let name, !name.isEmpty else { throw broken("a part has no name") }
        return .part(name: name, fileName: fileName)
    }

    private static func broken(_ reason: String) -> Problem {
        var problem = Problem.malformed("the body is not multipart/form-data: \(reason)")
        problem.errors = [.init(field: "body", message: reason)]
        return problem
    }
}

/// A header field's value with its parameters: `form-data; name="a"; filename="b.csv"`.
enum HeaderValue {
    static func split(_ text: String) -> (value: String, parameters: [String: String]) {
        var pieces: [String] = [""]
        var isQuoted = false
        var isEscaped = false
        for character in text {
            if isQuoted, isEscaped {
                // some escape what they must, others send a path of Windows as it is
                if character != "\"", character != "\\" { pieces[pieces.count - 1].append("\\") }
                pieces[pieces.count - 1].append(character)
                isEscaped = false
            } else if isQuoted, character == "\\" {
                isEscaped = true
            } else if character == "\"" {
                isQuoted.toggle()
            } else if character == ";", !isQuoted {
                pieces.append("")
            } else {
                pieces[pieces.count - 1].append(character)
            }
        }
        var parameters: [String: String] = [:]
        for piece in pieces.dropFirst() {
            let pair = piece.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard pair.count == 2 else { continue }
            let name = trimmed(pair[0]).lowercased()
            if parameters[name] == nil { parameters[name] = trimmed(pair[1]) }
        }
        return (trimmed(pieces[0]), parameters)
    }

    private static func trimmed(_ text: some StringProtocol) -> String {
        String(text.drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
    }
}

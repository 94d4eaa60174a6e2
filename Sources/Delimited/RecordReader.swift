/// Separated values after RFC 4180, read as a stream: quotes, doubled quotes, delimiters and line ends within quotes; lines end with
/// LF, CR LF or CR. Empty lines are passed over.
///
/// What is wrong with one record (`fault`) does not stop the next; memory is bounded by `longestRecord`.
public struct RecordReader: ~Copyable {
    /// Bytes of a record, quotes and line ends included; a longer one is a fault and is passed over up to its next line end.
    public static let longestRecord = 1 << 20

    private struct Field {
        var start: Int
        var end: Int
        /// Doubled quotes are still in it.
        var isDoubled: Bool
    }

    private let source: any ByteSource
    private let delimiter: UInt8
    private var buffer: [UInt8] = []
    private var start = 0
    private var isAtEnd = false
    private var nextLine = 1
    private var fields: [Field] = []

    /// The line on which the present record begins, from 1.
    public private(set) var line = 0
    /// How many records were read, this one included.
    public private(set) var count = 0
    /// What is wrong with the present record; its fields then mean nothing.
    public private(set) var fault: RecordFault?

    public init(_ source: any ByteSource, delimiter: UInt8) {
        self.source = source
        self.delimiter = delimiter
    }

    public var fieldCount: Int { fields.count }

    /// Passes over lines, whatever they hold.
    public mutating func skip(lines: Int) throws {
        for _ in 0..<lines { if try !skipLine() { return } }
    }

    /// Reads the next record.
    /// - Returns: false at the end.
    public mutating func next() throws -> Bool {
        while true {
            line = nextLine
            fault = nil
            switch scan() {
            case .record(let end, let lines):
                start = end
                nextLine += lines
                if fault == nil, fields.count == 1, fields[0].start == fields[0].end, !isQuotedEmpty { continue }
                count += 1
                return true
            case .needsMore:
                if buffer.count - start > Self.longestRecord {
                    fault = .recordTooLong
                    fields.removeAll(keepingCapacity: true)
                    _ = try skipLine()
                    count += 1
                    return true
                }
                try fill()
            case .end: return false
            }
        }
    }

    /// The bytes of a field, without its quotes.
    public borrowing func withField<Value>(_ index: Int, _ body: (UnsafeBufferPointer<UInt8>) -> Value) -> Value {
        let field = fields[index]
        if field.isDoubled {
            let bytes = undoubled(field)
            return bytes.withUnsafeBufferPointer(body)
        }
        return buffer.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[field.start..<field.end])) }
    }

    /// A field's text; nil where its bytes are no UTF-8.
    public borrowing func text(_ index: Int) -> String? {
        withField(index) { String(validating: $0, as: UTF8.self) }
    }

    /// The present record's fields as text, what is no UTF-8 replaced; for messages.
    public borrowing func texts() -> [String] {
        fields.indices.map { index in withField(index) { String(decoding: $0, as: UTF8.self) } }
    }

    private borrowing func undoubled(_ field: Field) -> [UInt8] {
        var bytes: [UInt8] = []
        var isSecond = false
        for byte in buffer[field.start..<field.end] {
            isSecond = byte == UInt8(ascii: "\"") && !isSecond
            if byte != UInt8(ascii: "\"") || isSecond { bytes.append(byte) }
        }
        return bytes
    }

    private var isQuotedEmpty: Bool { fields[0].start > 0 && buffer[fields[0].start - 1] == UInt8(ascii: "\"") }

    // MARK: Scanning

    private enum Scan {
        case record(end: Int, lines: Int)
        case needsMore
        case end
    }

    /// Finds the fields of the record that begins at `start`.
    private mutating func scan() -> Scan {
        if start == buffer.count { return isAtEnd ? .end : .needsMore }
        fields.removeAll(keepingCapacity: true)
        let (delimiter, isAtEnd) = (self.delimiter, self.isAtEnd)
        var fields = self.fields
        self.fields = []
        var fault: RecordFault?
        let outcome = buffer.withUnsafeBufferPointer { bytes -> Scan in
            let count = bytes.count
            var position = start
            var lines = 0
            while true {
                // a field
                var field = Field(start: position, end: position, isDoubled: false)
                if position < count, bytes[position] == UInt8(ascii: "\"") {
                    position += 1
                    field.start = position
                    quoted: while true {
                        guard position < count else {
                            if !isAtEnd { return .needsMore }
                            fault = .badQuote
                            field.end = position
                            break quoted
                        }
                        switch bytes[position] {
                        case UInt8(ascii: "\""):
                            guard position + 1 < count else {
                                if !isAtEnd { return .needsMore }
                                field.end = position
                                position += 1
                                break quoted
                            }
                            if bytes[position + 1] == UInt8(ascii: "\"") {
                                field.isDoubled = true
                                position += 2
                            } else {
                                field.end = position
                                position += 1
                                break quoted
                            }
                        case UInt8(ascii: "\n"):
                            lines += 1
                            position += 1
                        case UInt8(ascii: "\r"):
                            if position + 1 == count, !isAtEnd { return .needsMore }
                            if position + 1 == count || bytes[position + 1] != UInt8(ascii: "\n") { lines += 1 }
                            position += 1
                        case 0:
                            fault = fault ?? .nulByte
                            position += 1
                        default: position += 1
                        }
                    }
                    // up to the delimiter nothing but blanks may follow
                    while position < count {
                        let byte = bytes[position]
                        if byte == delimiter || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") { break }
                        if byte != UInt8(ascii: " ") { fault = fault ?? .badQuote }
                        position += 1
                    }
                } else {
                    while position < count {
                        let byte = bytes[position]
                        if byte == delimiter || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") { break }
                        if byte == 0 { fault = fault ?? .nulByte }
                        position += 1
                    }
                    field.end = position
                }
                if position == count, !isAtEnd { return .needsMore }
                fields.append(field)
                if position == count { return .record(end: position, lines: lines + 1) }
                if bytes[position] == delimiter {
                    position += 1
                    continue
                }
                if bytes[position] == UInt8(ascii: "\r") {
                    if position + 1 == count, !isAtEnd { return .needsMore }
                    position += position + 1 < count && bytes[position + 1] == UInt8(ascii: "\n") ? 2 : 1
                } else {
                    position += 1
                }
                return .record(end: position, lines: lines + 1)
            }
        }
        self.fields = fields
        self.fault = fault
        if case .record(let end, _) = outcome, end - start > Self.longestRecord { self.fault = .recordTooLong }
        return outcome
    }

    private mutating func fill() throws {
        if start > 0 {
            buffer.removeFirst(start)
            start = 0
        }
        isAtEnd = try !source.read(into: &buffer)
    }

    /// - Returns: false at the end.
    private mutating func skipLine() throws -> Bool {
        while true {
            if let end = buffer[start...].firstIndex(where: { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }) {
                if buffer[end] == UInt8(ascii: "\r"), end + 1 == buffer.count, !isAtEnd {
                    start = end
                    try fill()
                    continue
                }
                let isPair =
                    buffer[end] == UInt8(ascii: "\r") && end + 1 < buffer.count && buffer[end + 1] == UInt8(ascii: "\n")
                start = end + (isPair ? 2 : 1)
                nextLine += 1
                return true
            }
            start = buffer.count
            if isAtEnd { return false }
            try fill()
        }
    }
}

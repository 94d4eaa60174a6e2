/// Separated values after RFC 4180: quotes, doubled quotes, separators and line ends within quotes, CR LF or LF.
struct CSVReader: IteratorProtocol {
    private let bytes: [UInt8]
    private let separator: UInt8
    private var position = 0
    private(set) var line = 0

    init(_ bytes: [UInt8], separator: UInt8) {
        self.bytes = bytes
        self.separator = separator
        // A byte order mark is no part of the first name.
        if bytes.starts(with: [0xef, 0xbb, 0xbf]) { position = 3 }
    }

    /// The next record, or `nil` at the end. Empty lines are passed over. An open quote ends with the file.
    mutating func next() -> [String]? {
        while position < bytes.count {
            line += 1
            let record = record()
            if record != [""] { return record }
        }
        return nil
    }

    private mutating func record() -> [String] {
        var fields: [String] = []
        var field: [UInt8] = []
        var isQuoted = false
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if isQuoted {
                guard byte == UInt8(ascii: "\"") else {
                    field.append(byte)
                    continue
                }
                if position < bytes.count, bytes[position] == UInt8(ascii: "\"") {
                    field.append(byte)
                    position += 1
                } else {
                    isQuoted = false
                }
            } else if byte == UInt8(ascii: "\""), field.isEmpty {
                isQuoted = true
            } else if byte == separator {
                fields.append(String(decoding: field, as: UTF8.self))
                field.removeAll(keepingCapacity: true)
            } else if byte == UInt8(ascii: "\n") {
                break
            } else {
                field.append(byte)
            }
        }
        if field.last == UInt8(ascii: "\r") { field.removeLast() }
        fields.append(String(decoding: field, as: UTF8.self))
        return fields
    }
}

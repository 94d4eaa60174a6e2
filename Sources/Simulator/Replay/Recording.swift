import Delimited
import Foundation

/// A recording: rows of values with a time, or without.
struct Recording: Sendable {
    struct Row: Sendable {
        /// µs since the Unix epoch; `nil` when the recording has no time column.
        var microseconds: Int64?
        /// One for each of the recording's columns: the number as the file has it, or `nil` where it has none.
        var values: [String?]
    }

    enum Failure: Error, CustomStringConvertible {
        case empty
        case noColumn(String)
        case noColumns
        case time(line: Int, text: String)
        case fieldCount(line: Int, expected: Int, found: Int)
        case fault(line: Int, RecordFault)

        var description: String {
            switch self {
            case .empty: "the file has no header"
            case .noColumn(let name): "there is no column \"\(name)\""
            case .noColumns: "no column is left to publish"
            case .time(let line, let text): "line \(line): \"\(text)\" is not a time"
            case .fieldCount(let line, let expected, let found): "line \(line): \(found) fields instead of \(expected)"
            case .fault(let line, let fault): "line \(line): \(fault.rawValue)"
            }
        }
    }

    /// Names of the published columns, in the file's order.
    var columns: [String]
    var rows: [Row]
    /// Fields that are not numbers.
    var omitted: Int

    /// - Parameters:
    ///   - timeColumn: name of the column with the time; `nil` when there is none.
    ///   - excluded: names of columns that are not published. A name that the file lacks is an error: it would be a typo.
    init(_ bytes: [UInt8], separator: UInt8, timeColumn: String?, excluded: [String]) throws {
        var reader = RecordReader(TextBytes(MemoryBytes(bytes), .auto), delimiter: separator)
        guard try reader.next() else { throw Failure.empty }
        let header = reader.texts()
        for name in excluded + (timeColumn.map { [$0] } ?? []) where !header.contains(name) {
            throw Failure.noColumn(name)
        }
        let timeIndex = timeColumn.flatMap { header.firstIndex(of: $0) }
        let indices = header.indices.filter { $0 != timeIndex && !excluded.contains(header[$0]) }
        guard !indices.isEmpty else { throw Failure.noColumns }
        columns = indices.map { header[$0] }
        rows = []
        omitted = 0
        while try reader.next() {
            if let fault = reader.fault { throw Failure.fault(line: reader.line, fault) }
            let fields = reader.texts()
            guard fields.count == header.count else {
                throw Failure.fieldCount(line: reader.line, expected: header.count, found: fields.count)
            }
            var microseconds: Int64?
            if let timeIndex {
                guard let time = TimeReader.universal(fields[timeIndex]) else {
                    throw Failure.time(line: reader.line, text: fields[timeIndex])
                }
                microseconds = time
            }
            let values = indices.map { Self.jsonNumber(fields[$0]) }
            omitted += values.count { $0 == nil }
            rows.append(Row(microseconds: microseconds, values: values))
        }
    }

    /// The text itself when JSON takes it as a number; otherwise the same number in JSON's spelling; `nil` for no number.
    static func jsonNumber(_ field: String) -> String? {
        let text = field.trimmingCharacters(in: .whitespaces)
        guard let value = Double(text), value.isFinite else { return nil }
        let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
        let isPlain =
            digits.allSatisfy { $0.isASCII && ($0.isNumber || $0 == ".") } && digits.first != "."
            && digits.last != "." && (!digits.hasPrefix("0") || digits.count == 1 || digits.hasPrefix("0."))
        return isPlain ? text : "\(value)"
    }
}

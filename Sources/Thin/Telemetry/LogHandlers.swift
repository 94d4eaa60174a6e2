import Foundation
import Logging
import Synchronization

/// Log lines on standard error: one JSON object each, or one readable line each.
struct LineLogHandler: LogHandler {
    let label: String
    let format: Configuration.LogFormat
    let output: LogOutput
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?
    var logLevel: Logger.Level = .info

    init(label: String, format: Configuration.LogFormat, level: Logger.Level, output: LogOutput = .standardError) {
        self.label = label
        self.format = format
        self.output = output
        logLevel = level
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var fields = metadata
        if let provided = metadataProvider?.get() { fields.merge(provided) { _, new in new } }
        if let own = event.metadata { fields.merge(own) { _, new in new } }
        // Hummingbird numbers requests for itself; the line carries the id that the caller sees
        fields["hb.request.id"] = nil
        if let error = event.error { fields["error"] = "\(error)" }
        var line: String
        switch format {
        case .json: line = jsonLine(event, fields)
        case .text: line = textLine(event, fields)
        }
        line += "\n"
        output.write(line)
    }

    private func jsonLine(_ event: LogEvent, _ fields: Logger.Metadata) -> String {
        var line = "{\"time\":\"\(Self.timestamp())\",\"level\":\"\(event.level.rawValue)\",\"logger\":"
        line.appendJSONString(label)
        line += ",\"message\":"
        line.appendJSONString(event.message.description)
        for (key, value) in fields.sorted(by: { $0.key < $1.key }) {
            line += ","
            line.appendJSONString(key)
            line += ":"
            Self.append(value, to: &line)
        }
        return line + "}"
    }

    private func textLine(_ event: LogEvent, _ fields: Logger.Metadata) -> String {
        var line = "\(Self.timestamp()) \(event.level.rawValue.uppercased()) \(label): "
        line += Self.oneLine(event.message.description)
        for (key, value) in fields.sorted(by: { $0.key < $1.key }) {
            line += " \(key)=\(Self.oneLine(value.description))"
        }
        return line
    }

    /// Control characters could forge lines or move a terminal's cursor.
    private static func oneLine(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7f }) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": result += "\\n"
            case _ where scalar.value < 0x20 || scalar.value == 0x7f:
                result += "\\u{\(String(scalar.value, radix: 16))}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static func append(_ value: Logger.Metadata.Value, to line: inout String) {
        switch value {
        case .string(let text): line.appendJSONString(text)
        case .stringConvertible(let convertible):
            switch convertible {
            case let number as Int: line += String(number)
            case let number as Int64: line += String(number)
            case let number as Double where number.isFinite: line += "\(number)"
            case let flag as Bool: line += flag ? "true" : "false"
            default: line.appendJSONString(convertible.description)
            }
        case .array(let values):
            line += "["
            for (index, element) in values.enumerated() {
                if index > 0 { line += "," }
                append(element, to: &line)
            }
            line += "]"
        case .dictionary(let values):
            line += "{"
            for (index, element) in values.sorted(by: { $0.key < $1.key }).enumerated() {
                if index > 0 { line += "," }
                line.appendJSONString(element.key)
                line += ":"
                append(element.value, to: &line)
            }
            line += "}"
        }
    }

    private static func timestamp() -> String { ISO8601.string(from: .now) }
}

/// Where lines go. One `write` a line, so that lines of several threads do not mix.
struct LogOutput: Sendable {
    let write: @Sendable (String) -> Void

    static let standardError = LogOutput { line in
        var line = line
        line.withUTF8 { bytes in
            var offset = 0
            while offset < bytes.count {
                let written = Foundation.write(STDERR_FILENO, bytes.baseAddress! + offset, bytes.count - offset)
                if written > 0 {
                    offset += written
                } else if errno != EINTR {
                    return  // nobody reads our log; the process goes on
                }
            }
        }
    }
}

/// UTC with microseconds and `Z`, as every time that leaves the house.
enum ISO8601 {
    static func string(from date: Date) -> String {
        let microseconds = Int64((date.timeIntervalSince1970 * 1_000_000).rounded(.down))
        return string(microseconds: microseconds)
    }

    static func string(microseconds: Int64) -> String {
        let (seconds, fraction) = microseconds.quotientAndRemainder(floored: 1_000_000)
        var time = time_t(seconds)
        var parts = tm()
        gmtime_r(&time, &parts)
        func two(_ value: Int32) -> String { value < 10 ? "0\(value)" : "\(value)" }
        let micro = String(fraction)
        let padding = String(repeating: "0", count: 6 - micro.count)
        let year = Int(parts.tm_year) + 1900
        return "\(year)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))T\(two(parts.tm_hour)):\(two(parts.tm_min)):"
            + "\(two(parts.tm_sec)).\(padding)\(micro)Z"
    }
}

extension Int64 {
    /// Quotient rounded towards minus infinity, remainder never negative.
    fileprivate func quotientAndRemainder(floored divisor: Int64) -> (Int64, Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}

extension String {
    /// Appends `text` as a JSON string, quotes included.
    mutating func appendJSONString(_ text: String) {
        self += "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": self += "\\\""
            case "\\": self += "\\\\"
            case "\n": self += "\\n"
            case "\r": self += "\\r"
            case "\t": self += "\\t"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                self += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: unicodeScalars.append(scalar)
            }
        }
        self += "\""
    }

    /// `text` as a JSON string, quotes included.
    static func json(_ text: String) -> String {
        var result = ""
        result.reserveCapacity(text.utf8.count + 2)
        result.appendJSONString(text)
        return result
    }
}

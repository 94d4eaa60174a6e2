import Delimited
import Foundation

/// How a file is to be read: everything that changes what its rows mean. Kept, as JSON, with the file's progress.
struct ImportReading: Codable, Equatable {
    /// What a column becomes, where it is not what its name says.
    struct Target: Codable, Equatable {
        var sensor: String
        var unit: String?
    }

    enum RepeatedHour: String, Codable, CaseIterable {
        /// By the order of the rows: from where the clock goes back, it is the second time.
        case order
        case earlier, later, refuse
    }

    /// The machine of all rows.
    var equipment: String?
    var timeColumn: String?
    /// With a value column the file is long: a row a point. Without it is wide: a row a moment, a column a sensor.
    var valueColumn: String?
    var equipmentColumn: String?
    var sensorColumn: String?
    var qualityColumn: String?
    var columns: [String: Target] = [:]
    var skipped: [String] = []
    var delimiter: UInt8 = UInt8(ascii: ",")
    var decimalMark: UInt8 = UInt8(ascii: ".")
    var encoding = Encoding.auto.rawValue
    var hasHeader = true
    var skippedLines = 0
    var zone: String?
    var repeatedHour = RepeatedHour.order
    var timeFormat = "auto"
    /// Times are counted from here: µs since the Unix epoch.
    var start: Int64?
    /// What stands for no value, besides nothing.
    var missing: [String] = []

    /// The same for the same reading, whatever the order of the options.
    var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }

    var format: TimeFormat? {
        switch timeFormat {
        case "auto", "iso": .auto
        case "seconds": .seconds
        case "milliseconds": .milliseconds
        case "microseconds": .microseconds
        default: TimeReader.isPattern(timeFormat) ? .pattern(Array(timeFormat.utf8)) : nil
        }
    }
}

/// Why a file is not imported: exit code 2 is for what the options or the file's head are at fault for, 1 for the rest.
struct ImportError: Error, CustomStringConvertible {
    let description: String
    var exitCode: Int32 = 2
}

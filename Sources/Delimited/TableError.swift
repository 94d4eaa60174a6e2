/// Why a file cannot be read on: nothing of what follows can be trusted. What is wrong with one record only is a `RecordFault`.
public struct TableError: Error, Equatable, CustomStringConvertible {
    public let description: String

    public init(_ description: String) {
        self.description = description
    }
}

/// What is wrong with a record or one of its fields; the raw value is the reason in the file of rejected lines.
public enum RecordFault: String, Error, Sendable, CaseIterable {
    /// Longer than `RecordReader.longestRecord` bytes.
    case recordTooLong = "record_too_long"
    case nulByte = "nul_byte"
    /// Text between a closing quote and the next delimiter, or a quote that is never closed.
    case badQuote = "bad_quote"
    case fieldCount = "field_count"
    case notText = "not_utf8"
    case missingTime = "missing_time"
    case badTime = "bad_timestamp"
    /// A time that the zone's clock skipped in a spring night.
    case skippedTime = "skipped_time"
    /// A time that the zone's clock showed twice, and nothing in the file says which is meant.
    case repeatedTime = "repeated_time"
    /// A time without zone or offset, and none was given.
    case noZone = "no_zone"
    case notNumeric = "not_numeric"
    case nonFinite = "non_finite"
    case badQuality = "bad_quality"
    case missingName = "missing_name"
}

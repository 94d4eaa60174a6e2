import Delimited
import Foundation

/// What `thin import` prints: for people, on standard output.
enum ImportReport {
    /// Of a long file's sensors.
    private static let shownSeries = 50

    /// What each column becomes.
    /// - Parameter known: `equipment sensor` of those that are there; nil without a database.
    static func columns(_ path: String, _ found: Examination, _ reading: ImportReading, known: Set<String>?) -> String {
        var lines = ["\(path): \(found.records) records, \(found.points) values, \(found.bytes) bytes"]
        if found.points > 0 { lines.append("  from \(time(found.first)) to \(time(found.last))") }
        for (column, role) in found.layout.roles.enumerated() {
            let name = "  column \"\(found.layout.names[column])\""
            switch role {
            case .time:
                lines.append("\(name): time" + (reading.zone.map { ", where it says no zone in \($0)" } ?? ""))
            case .equipment: lines.append("\(name): machine")
            case .sensor: lines.append("\(name): sensor")
            case .value: lines.append("\(name): value")
            case .quality: lines.append("\(name): quality")
            case .ignored: lines.append("\(name): left out")
            case .series(let number): lines.append("\(name): \(series(number, found, known))")
            }
        }
        if found.layout.isLong {
            for number in found.series.indices.prefix(shownSeries) { lines.append("  \(series(number, found, known))") }
            if found.series.count > shownSeries {
                lines.append("  and \(found.series.count - shownSeries) sensors more")
            }
        }
        for (reason, fault) in found.faults.sorted(by: { $0.key < $1.key }) {
            lines.append("  refused: \(fault.count) \(reason), first in line \(fault.line)")
        }
        return lines.joined(separator: "\n")
    }

    private static func series(_ number: Int, _ found: Examination, _ known: Set<String>?) -> String {
        let series = found.series[number]
        let name = "\(series.equipment) \(series.sensor)"
        var text = "sensor \(name)" + (series.unit.map { " [\($0)]" } ?? "")
        if let known { text += known.contains(name) ? "" : " (new)" }
        guard number < found.seen.count, found.seen[number].count > 0 else { return text + ": no values" }
        let seen = found.seen[number]
        return text + ": \(seen.count) values from \(seen.least) to \(seen.greatest)"
    }

    static func outcome(_ path: String, _ outcome: Importer.Outcome, _ rejects: String) -> String {
        let counts =
            "\(outcome.stored) stored, \(outcome.duplicates) there already, \(outcome.rejected) refused"
            + (outcome.rejected > 0 ? " (\(rejects))" : "")
        return outcome.wasFinished ? "\(path): was imported before: \(counts)" : "\(path): \(counts)"
    }

    private static func time(_ microseconds: Int64) -> String {
        let formatter = ISO8601DateFormatter()
        return formatter.string(from: Date(timeIntervalSince1970: Double(microseconds) / 1_000_000))
    }
}

/// Progress on standard error, a line every few seconds.
final class ImportProgress {
    private static let pause = Duration.seconds(2)

    private let path: String
    private let isQuiet: Bool
    private var told = ContinuousClock.now
    private let began = ContinuousClock.now

    init(path: String, isQuiet: Bool) {
        self.path = path
        self.isQuiet = isQuiet
    }

    func examined(_ bytes: Int64) {
        tell("read \(bytes >> 20) MiB")
    }

    func stored(_ outcome: Importer.Outcome, of examination: Examination) {
        let percent = examination.records == 0 ? 100 : 100 * outcome.records / examination.records
        tell("\(percent) %: \(outcome.stored) stored, \(outcome.duplicates) there already, \(outcome.rejected) refused")
    }

    private func tell(_ text: String) {
        guard !isQuiet, ContinuousClock.now - told > Self.pause else { return }
        told = ContinuousClock.now
        let seconds = (told - began).components.seconds
        FileHandle.standardError.write(Data("\(path): \(text) after \(seconds) s\n".utf8))
    }
}

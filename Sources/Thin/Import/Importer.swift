import Delimited
import Postgres

/// Stores a file's points, block by block, each block with its progress in one transaction.
final class Importer {
    /// Large enough that a commit costs little beside it, small enough that nobody waits for it.
    static let blockPoints = 100_000

    struct Outcome: Equatable {
        var records = 0
        var stored = 0
        var duplicates = 0
        var rejected = 0
        var wasFinished = false
    }

    private let session: Session
    private let path: String
    private let reading: ImportReading
    private let examination: Examination
    /// Told of the outcome so far.
    private let report: (Outcome) -> Void
    /// Of the file's series and qualities, as far as they were asked for.
    private var series: [ImportLayout.Series] = []
    private var sensors: [Int32?] = []
    /// Of the series whose values are not in their sensor's unit: the unit.
    private var units: [String?] = []
    private var qualities: [Int32] = []

    init(
        _ session: Session, path: String, _ reading: ImportReading, _ examination: Examination,
        report: @escaping (Outcome) -> Void
    ) {
        self.session = session
        self.path = path
        self.reading = reading
        self.examination = examination
        self.report = report
    }

    func run(rejectsPath: String) throws -> Outcome {
        let begun = try session.execute(
            "SELECT id, records_done, stored, duplicates, rejected, rejects_bytes, finished_at IS NOT NULL FROM ingest.begin_import($1, $2, $3, $4, $5)",
            [
                .text(examination.sha256), .text(reading.json), .text(String(path.suffix(1024))),
                .int8(examination.bytes),
                .int8(Int64(examination.records)),
            ]
        ).one()
        let id = begun.int64(0) ?? 0
        var outcome = Outcome(
            records: begun.int(1) ?? 0, stored: begun.int(2) ?? 0, duplicates: begun.int(3) ?? 0,
            rejected: begun.int(4) ?? 0)
        if begun.bool(6) == true {
            outcome.wasFinished = true
            return outcome
        }
        let rejects = try RejectFile(path: rejectsPath, length: begun.int64(5) ?? 0)
        let file = try ImportFile(path: path, reading, hours: examination.hours)
        let reader = BlockReader(file, after: outcome.records, blockPoints: Self.blockPoints)
        defer { reader.stop() }
        while true {
            let item = try reader.next()
            guard item.record <= examination.records, item.sha256 == nil || item.sha256 == examination.sha256 else {
                throw ImportError(
                    description:
                        "\(path) changed while it was read: its last rows are not stored; run again when it is complete",
                    exitCode: 1)
            }
            try store(item, id: id, rejects, &outcome)
            report(outcome)
            if item.sha256 != nil { return outcome }
        }
    }

    // MARK: A block

    private func store(
        _ item: BlockReader.Item, id: Int64, _ rejects: RejectFile, _ outcome: inout Outcome
    ) throws {
        try askForSensors(item)
        let block = refusingUnknown(item.block)
        var refused = block.rejects
        try session.transaction {
            if !block.values.isEmpty { try copy(block) }
            let points = block.times.isEmpty ? 0 : examination.points(from: block.times.min()!, to: block.times.max()!)
            refused += try session.execute(
                "SELECT line, reason, detail FROM ingest.import_block($1, $2, $3, $4)",
                [.int8(id), .int8(Int64(outcome.records)), .int8(Int64(item.record)), .int8(Int64(points))]
            ).map { .init(line: $0.int(0) ?? 0, column: "", reason: $0.string(1) ?? "", text: $0.string(2) ?? "") }
            refused.sort { $0.line < $1.line }
            // before the commit: what was refused is on disk, and a run that goes on cuts off what was not committed
            try rejects.append(refused)
            try session.execute(
                "SELECT ingest.import_rejects($1, $2, $3)",
                [.int8(id), .int8(Int64(refused.count)), .int8(rejects.length)])
        }
        let now = try session.execute(
            "SELECT records_done, stored, duplicates, rejected FROM ingest.import WHERE id = $1", [.int8(id)]
        ).one()
        outcome.records = now.int(0) ?? 0
        outcome.stored = now.int(1) ?? 0
        outcome.duplicates = now.int(2) ?? 0
        outcome.rejected = now.int(3) ?? 0
    }

    private func askForSensors(_ item: BlockReader.Item) throws {
        series += item.newSeries
        // plant.discover registers so many at a time at most
        let most = 5_000
        while sensors.count < series.count {
            let new = series[sensors.count..<min(series.count, sensors.count + most)]
            let answer = try session.execute(
                "SELECT unnest(ingest.import_sensors($1, $2, $3))",
                [.textArray(new.map(\.equipment)), .textArray(new.map(\.sensor)), .textArray(new.map(\.unit))])
            let ids = answer.map { $0.int(0).map { Int32($0) } }
            units += try foreignUnits(ids, new.map(\.unit))
            sensors += ids
        }
        if qualities.count < item.qualities.count {
            qualities = try session.execute(
                "SELECT unnest(ingest.import_qualities($1))", [.textArray(item.qualities)]
            ).map { Int32($0.int(0) ?? 0) }
        }
    }

    private func foreignUnits(_ sensors: [Int32?], _ units: [String?]) throws -> [String?] {
        guard units.contains(where: { $0 != nil }) else { return units }
        return try session.execute(
            "SELECT unnest(ingest.import_units($1, $2))",
            [.int4Array(sensors), .textArray(units)]
        ).map { $0.string(0) }
    }

    private func refusingUnknown(_ block: ImportBlock) -> ImportBlock {
        guard sensors.contains(nil) else { return block }
        var kept = ImportBlock()
        kept.rejects = block.rejects
        for index in block.values.indices {
            let number = Int(block.series[index])
            guard sensors[number] != nil else {
                kept.rejects.append(
                    .init(
                        line: Int(block.lines[index]), column: "", reason: "unknown_sensor",
                        text: "\(series[number].equipment) \(series[number].sensor)"))
                continue
            }
            kept.series.append(block.series[index])
            kept.times.append(block.times[index])
            kept.values.append(block.values[index])
            kept.qualities.append(block.qualities[index])
            kept.lines.append(block.lines[index])
        }
        return kept
    }

    /// n, line, sensor_id, time, value, quality, unit in PostgreSQL's binary format.
    private func copy(_ block: ImportBlock) throws {
        _ = try session.copyIn(
            "COPY pg_temp.import_staging (n, line, sensor_id, \"time\", value, quality, unit) FROM STDIN (FORMAT binary)"
        ) {
            writer in
            var row = CopyRow(capacity: 64 * 1024)
            row.begin()
            for index in block.values.indices {
                row.fields(7)
                row.int4(Int32(index + 1))
                row.int8(block.lines[index])
                row.int4(sensors[Int(block.series[index])]!)
                row.timestamp(block.times[index])
                row.int8(Int64(bitPattern: block.values[index].bitPattern))
                row.int4(qualities.isEmpty ? 0 : qualities[Int(block.qualities[index])])
                row.text(units[Int(block.series[index])])
                if row.bytes.count > 60 * 1024 {
                    try writer.append(row.bytes)
                    row.bytes.removeAll(keepingCapacity: true)
                }
            }
            row.end()
            try writer.append(row.bytes)
        }
    }
}

/// Rows of COPY's binary format, as bytes.
private struct CopyRow {
    private static let signature: [UInt8] = [0x50, 0x47, 0x43, 0x4F, 0x50, 0x59, 0x0A, 0xFF, 0x0D, 0x0A, 0x00]
    /// From 1970-01-01 to 2000-01-01, from where PostgreSQL counts; in µs.
    private static let epoch: Int64 = 946_684_800_000_000

    var bytes: [UInt8] = []

    init(capacity: Int) { bytes.reserveCapacity(capacity) }

    mutating func begin() { bytes += Self.signature + [UInt8](repeating: 0, count: 8) }
    mutating func fields(_ count: Int16) { put(count) }
    mutating func end() { put(Int16(-1)) }

    mutating func int4(_ value: Int32) {
        put(Int32(4))
        put(value)
    }

    mutating func int8(_ value: Int64) {
        put(Int32(8))
        put(value)
    }

    /// - Parameter microseconds: since the Unix epoch; far beyond any calendar they are infinite, and so refused.
    mutating func timestamp(_ microseconds: Int64) {
        let (value, overflow) = microseconds.subtractingReportingOverflow(Self.epoch)
        int8(overflow || value < -200_000_000_000_000_000 ? .min : value > 9_000_000_000_000_000_000 ? .max : value)
    }

    mutating func text(_ value: String?) {
        guard let value else { return put(Int32(-1)) }
        put(Int32(value.utf8.count))
        bytes.append(contentsOf: value.utf8)
    }

    private mutating func put(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
    }
}

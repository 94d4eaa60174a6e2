import Delimited

/// Points of some records of a file, and what was refused of them.
struct ImportBlock {
    struct Reject: Equatable {
        var line: Int
        var column: String
        var reason: String
        var text: String
    }

    /// Of equal length: number of the series, µs since the Unix epoch, value, number of the quality's spelling, line.
    var series: [Int32] = []
    var times: [Int64] = []
    var values: [Double] = []
    var qualities: [Int32] = []
    var lines: [Int64] = []
    var rejects: [Reject] = []
    var records = 0

    mutating func removeAll() {
        series.removeAll(keepingCapacity: true)
        times.removeAll(keepingCapacity: true)
        values.removeAll(keepingCapacity: true)
        qualities.removeAll(keepingCapacity: true)
        lines.removeAll(keepingCapacity: true)
        rejects.removeAll(keepingCapacity: true)
        records = 0
    }
}

/// Which of the two times the clock showed a repeated hour is meant: what the order of a series' rows says of one night.
struct RepeatedHours {
    struct Night: Hashable {
        var series: Int32
        var night: Int64
    }

    private struct Seen {
        var face: Int64
        var steps = 0
        var second = 0
    }

    private var seen: [Night: Seen] = [:]

    /// A row of the repeated hour, in the order of the file.
    mutating func note(_ night: Night, face: Int64, record: Int) {
        guard var known = seen[night] else {
            seen[night] = Seen(face: face)
            return
        }
        if face <= known.face {
            known.steps += 1
            known.second = record
        }
        known.face = face
        seen[night] = known
    }

    /// The record from which on it is the second time; nil where the rows do not tell: the clock never went back, or more than once.
    func second(_ night: Night) -> Int? {
        seen[night].flatMap { $0.steps == 1 ? $0.second : nil }
    }
}

/// A file's records as points, in order. Opened anew for each pass.
final class ImportFile {
    /// Of a field or record that a message shows, in characters.
    private static let shown = 200
    /// Of sensors, and of spellings of qualities, in one file.
    static let mostSeries = 1_000_000
    static let mostQualities = 1_000

    let layout: ImportLayout
    private(set) var series: [ImportLayout.Series]
    private(set) var qualities: [String] = []

    private let reading: ImportReading
    private let file: FileBytes
    private var reader: RecordReader
    private let times: TimeReader
    private let numbers: NumberReader
    private var zone: ZoneClock?
    private let missing: Set<[UInt8]>
    private var hours = RepeatedHours()
    private let isExamining: Bool
    private var seriesByName: [[UInt8]: Int32] = [:]
    private var qualityByName: [[UInt8]: Int32] = [:]
    /// A first record that is data, because there is no header.
    private var isFirstPending = false
    private let headerRecords: Int

    /// - Parameter hours: what the first pass found out; nil: this is the first.
    init(path: String, _ reading: ImportReading, hours: RepeatedHours?) throws {
        self.reading = reading
        self.hours = hours ?? RepeatedHours()
        isExamining = hours == nil
        guard let format = reading.format else {
            throw ImportError(
                description:
                    "--time-format \(reading.timeFormat): iso, seconds, milliseconds, microseconds, or a pattern with %Y, %m and %d"
            )
        }
        times = TimeReader(format, decimalMark: reading.decimalMark)
        numbers = NumberReader(decimalMark: reading.decimalMark)
        if let name = reading.zone {
            guard let clock = ZoneClock(name) else {
                throw ImportError(description: "--zone \(name): no such time zone; they are named as Asia/Seoul or UTC")
            }
            zone = clock
        }
        missing = Set(reading.missing.map { Array($0.utf8) })
        file = try FileBytes(path: path)
        let content: any ByteSource = try Self.isGzip(path) ? try GzipBytes(file) : file
        let encoding = Encoding(rawValue: reading.encoding) ?? .auto
        reader = RecordReader(TextBytes(content, encoding), delimiter: reading.delimiter)
        try reader.skip(lines: reading.skippedLines)
        guard try reader.next() else { throw ImportError(description: "the file is empty") }
        if let fault = reader.fault {
            let hint = fault == .nulByte ? ": is it UTF-16 without a byte order mark? say --encoding" : ""
            throw ImportError(description: "line \(reader.line): \(fault.rawValue)\(hint)")
        }
        var names: [String] = []
        for index in 0..<reader.fieldCount {
            guard reading.hasHeader else {
                names.append("\(index + 1)")
                continue
            }
            guard let name = reader.text(index) else {
                throw ImportError(description: "line \(reader.line): a column's name is not UTF-8: say --encoding")
            }
            names.append(name)
        }
        layout = try ImportLayout(names: names, reading)
        series = layout.series
        isFirstPending = !reading.hasHeader
        headerRecords = reading.hasHeader ? 1 : 0
    }

    private static func isGzip(_ path: String) throws -> Bool {
        var head: [UInt8] = []
        _ = try FileBytes(path: path).read(into: &head)
        return head.starts(with: GzipBytes.magic)
    }

    var bytes: Int64 { file.size }
    var position: Int64 { file.position }
    /// After the last record: of the whole file.
    var sha256: String { file.sha256 }
    /// Records read, the header not counted.
    var record: Int { reader.count - headerRecords }
    var repeatedHours: RepeatedHours { hours }

    /// Reads a record and appends its points.
    /// - Returns: false at the end.
    func next(into block: inout ImportBlock) throws -> Bool {
        if isFirstPending {
            isFirstPending = false
        } else if try !reader.next() {
            return false
        }
        block.records += 1
        if let fault = reader.fault {
            reject(&block, nil, fault.rawValue)
            return true
        }
        guard reader.fieldCount == layout.names.count else {
            reject(
                &block, nil, RecordFault.fieldCount.rawValue,
                "\(reader.fieldCount) fields instead of \(layout.names.count)")
            return true
        }
        if layout.isLong { try long(&block) } else { try wide(&block) }
        return true
    }

    /// Reads on without making points: what an earlier run did.
    func skip(toRecord last: Int) throws {
        var block = ImportBlock()
        // the series are numbered as they come, and these were seen
        while record < last, try next(into: &block) { block.removeAll() }
    }

    private func wide(_ block: inout ImportBlock) throws {
        guard let time = time(0, &block), let quality = try quality(&block) else { return }
        for (column, role) in layout.roles.enumerated() {
            guard case .series(let series) = role, let value = value(column, &block) else { continue }
            append(Int32(series), time, value, quality, &block)
        }
    }

    private func long(_ block: inout ImportBlock) throws {
        guard let series = try series(&block), let time = time(series, &block), let quality = try quality(&block),
            let value = value(layout.value!, &block)
        else { return }
        append(series, time, value, quality, &block)
    }

    private func append(
        _ series: Int32, _ time: Int64, _ value: Double, _ quality: Int32, _ block: inout ImportBlock
    ) {
        block.series.append(series)
        block.times.append(time)
        block.values.append(value)
        block.qualities.append(quality)
        block.lines.append(Int64(reader.line))
    }

    // MARK: Fields

    private func time(_ series: Int32, _ block: inout ImportBlock) -> Int64? {
        let column = layout.time
        let read: (time: ReadTime?, isEmpty: Bool) = reader.withField(column) { bytes in
            (times.read(bytes), bytes.allSatisfy { $0 == UInt8(ascii: " ") })
        }
        guard let time = read.time else {
            reject(&block, column, (read.isEmpty ? RecordFault.missingTime : .badTime).rawValue)
            return nil
        }
        switch time {
        case .universal(let moment):
            guard let start = reading.start else { return moment }
            let (sum, overflow) = start.addingReportingOverflow(moment)
            return overflow ? nil : sum
        case .naive(let face):
            guard zone != nil else {
                reject(&block, column, RecordFault.noZone.rawValue)
                return nil
            }
            switch zone!.moments(face) {
            case .once(let moment): return moment
            case .never:
                reject(&block, column, RecordFault.skippedTime.rawValue)
                return nil
            case .twice(let earlier, let later, let night):
                let key = RepeatedHours.Night(series: series, night: night)
                if isExamining { hours.note(key, face: face, record: record) }
                switch reading.repeatedHour {
                case .earlier: return earlier
                case .later: return later
                case .order where isExamining: return earlier
                case .order: if let second = hours.second(key) { return record < second ? earlier : later }
                case .refuse: break
                }
                reject(&block, column, RecordFault.repeatedTime.rawValue)
                return nil
            }
        }
    }

    private func value(_ column: Int, _ block: inout ImportBlock) -> Double? {
        let read: Result<Double, RecordFault>? = reader.withField(column) { bytes in
            if bytes.allSatisfy({ $0 == UInt8(ascii: " ") }) { return nil }
            if !missing.isEmpty, missing.contains(Array(bytes)) { return nil }
            return numbers.read(bytes)
        }
        switch read {
        case .success(let value): return value
        case .failure(let fault): reject(&block, column, fault.rawValue)
        case nil: break
        }
        return nil
    }

    /// The series of a row of a long file.
    private func series(_ block: inout ImportBlock) throws -> Int32? {
        var key: [UInt8] = []
        for column in [layout.equipment, layout.sensor] {
            if let column { reader.withField(column) { key.append(contentsOf: $0) } }
            key.append(0)
        }
        if let known = seriesByName[key] { return known }
        var names: [String] = []
        for (column, fixed) in [
            (layout.equipment, reading.equipment),
            (layout.sensor, reading.columns[layout.names[layout.value!]]?.sensor),
        ] {
            guard let column else {
                names.append(fixed ?? "")
                continue
            }
            guard let name = reader.text(column) else {
                reject(&block, column, RecordFault.notText.rawValue)
                return nil
            }
            guard !name.isEmpty else {
                reject(&block, column, RecordFault.missingName.rawValue)
                return nil
            }
            names.append(name)
        }
        guard series.count < Self.mostSeries else {
            throw ImportError(description: "more than \(Self.mostSeries) sensors: is --sensor-column right?")
        }
        let number = Int32(series.count)
        let target = reading.columns[names[1]]
        series.append(.init(equipment: names[0], sensor: target?.sensor ?? names[1], unit: target?.unit))
        seriesByName[key] = number
        return number
    }

    /// The number of a quality's spelling; 0 where the file has no such column.
    private func quality(_ block: inout ImportBlock) throws -> Int32? {
        guard let column = layout.quality else { return 0 }
        let key = reader.withField(column) { Array($0) }
        if let known = qualityByName[key] { return known }
        guard let name = reader.text(column) else {
            reject(&block, column, RecordFault.badQuality.rawValue)
            return nil
        }
        guard qualities.count < Self.mostQualities else {
            throw ImportError(description: "more than \(Self.mostQualities) qualities: is --quality-column right?")
        }
        qualities.append(name)
        qualityByName[key] = Int32(qualities.count - 1)
        return Int32(qualities.count - 1)
    }

    private func reject(_ block: inout ImportBlock, _ column: Int?, _ reason: String, _ text: String? = nil) {
        let shown =
            text
            ?? column.map { column in
                reader.withField(column) { String(decoding: $0.prefix(Self.shown), as: UTF8.self) }
            }
        block.rejects.append(
            .init(line: reader.line, column: column.map { layout.names[$0] } ?? "", reason: reason, text: shown ?? ""))
    }
}

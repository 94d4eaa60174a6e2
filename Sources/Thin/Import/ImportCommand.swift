import ArgumentParser
import Delimited
import Foundation
import Postgres

/// `thin import FILE…`: recordings and other systems' exports, as history.
struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Store the points of CSV files (also gzip) as history: no live alarm, no latest value.",
        discussion: """
            Takes DATABASE_URL of a login with role engineer (or of an administrator). A file is wide, a row a moment and a column a \
            sensor (--equipment), or long, a row a point (--value-column, --sensor-column). It is read once as a whole before \
            anything is stored; --dry-run stops there and says what each column becomes.

            A run that was ended goes on where it stopped when it is called again with the same file and options; what is stored \
            already is not stored twice. What is refused stands in FILE.rejected.csv, with line number and reason.

            Exit codes: 0 all stored, 1 the file or the database failed, 2 the options do not fit the file, 3 some lines were refused.
            """)

    @Argument(help: ArgumentHelp("CSV files, plain or gzip.", valueName: "file"))
    var files: [String]

    @Option(help: "The machine whose points these are.")
    var equipment: String?

    @Option(
        help:
            "Column with the time (default: time or timestamp). A column is named as in the header, or 1, 2, … without one."
    )
    var time: String?

    @Option(help: "Long files: column with the machine.")
    var equipmentColumn: String?

    @Option(help: "Long files: column with the sensor.")
    var sensorColumn: String?

    @Option(help: "Long files: column with the value.")
    var valueColumn: String?

    @Option(help: "Column with the quality: good, uncertain, bad, or an OPC UA status code.")
    var qualityColumn: String?

    @Option(
        help: ArgumentHelp(
            "What a column (long files: a sensor) becomes, where it is not its name. May be given again.",
            valueName: "name=sensor[:unit]"))
    var column: [String] = []

    @Option(help: "A column that is left out. May be given again.")
    var skip: [String] = []

    @Option(help: "What separates fields: one character, or tab.")
    var delimiter = ","

    @Option(help: "Decimal mark: . or , (thousands separators are refused).")
    var decimal = "."

    @Option(
        help: ArgumentHelp(
            "Of the text: \(Encoding.allCases.map(\.rawValue).joined(separator: ", ")).", valueName: "name"))
    var encoding = Encoding.auto.rawValue

    @Flag(help: "The first row is data.")
    var noHeader = false

    @Option(help: "Lines before the header that are passed over.")
    var skipLines = 0

    @Option(help: "Zone of times that say none, such as Asia/Seoul or UTC.")
    var zone: String?

    @Option(
        help: ArgumentHelp(
            "The hour that a clock shows twice in an autumn night: order (from where it goes back, it is the second), earlier, later, refuse.",
            valueName: "which"))
    var repeatedHour = ImportReading.RepeatedHour.order.rawValue

    @Option(
        help: ArgumentHelp(
            "iso, seconds, milliseconds, microseconds (since 1970, or since --start), or a pattern such as '%d.%m.%Y %H:%M:%S'.",
            valueName: "format"))
    var timeFormat = "auto"

    @Option(help: "Where times that are numbers begin, ISO 8601 with zone.")
    var start: String?

    @Option(help: "A text that means no value, besides nothing. May be given again.")
    var missing: [String] = []

    @Option(help: "Where refused lines go (one file only; default: FILE.rejected.csv).")
    var rejects: String?

    @Flag(help: "Read and report, and store nothing.")
    var dryRun = false

    @Flag(help: "No progress on standard error.")
    var quiet = false

    func run() throws {
        do {
            let reading = try reading()
            guard rejects == nil || files.count == 1 else {
                throw ImportError(description: "--rejects goes with one file")
            }
            let session = try session()
            var code: Int32 = 0
            for path in files { code = max(code, try importFile(path, reading, session)) }
            if code != 0 { throw ExitCode(code) }
        } catch let error as ImportError {
            Self.complain(error.description)
            throw ExitCode(error.exitCode)
        } catch let error as TableError {
            Self.complain(error.description)
            throw ExitCode(1)
        } catch let error as DatabaseError {
            let hint = error.isConnectionFailure ? "; call again to go on" : ""
            Self.complain("database: \(error.sqlState): \(error.message)\(error.hint.map { " (\($0))" } ?? "")\(hint)")
            throw ExitCode(1)
        }
    }

    // MARK: Options

    func reading() throws(ImportError) -> ImportReading {
        var reading = ImportReading()
        reading.equipment = equipment
        reading.timeColumn = time
        reading.equipmentColumn = equipmentColumn
        reading.sensorColumn = sensorColumn
        reading.valueColumn = valueColumn
        reading.qualityColumn = qualityColumn
        for text in column {
            guard let equals = text.lastIndex(of: "="), equals > text.startIndex,
                text.index(after: equals) < text.endIndex
            else {
                throw ImportError(description: "--column \(text): NAME=SENSOR or NAME=SENSOR:UNIT")
            }
            let target = text[text.index(after: equals)...].split(separator: ":", maxSplits: 1).map(String.init)
            guard let sensor = target.first, reading.columns[String(text[..<equals])] == nil else {
                throw ImportError(description: "--column \(text): said twice, or without a sensor")
            }
            reading.columns[String(text[..<equals])] = .init(sensor: sensor, unit: target.count > 1 ? target[1] : nil)
        }
        reading.skipped = skip.sorted()
        let separator = delimiter == "tab" || delimiter == "\\t" ? "\t" : delimiter
        guard separator.utf8.count == 1, let byte = separator.utf8.first, byte != 0x22, byte != 0x0a, byte != 0x0d,
            byte < 0x80, byte > 0
        else { throw ImportError(description: "--delimiter: one ASCII character, or tab") }
        reading.delimiter = byte
        guard decimal == "." || decimal == ",", let mark = decimal.utf8.first else {
            throw ImportError(description: "--decimal: . or ,")
        }
        reading.decimalMark = mark
        guard Encoding(rawValue: encoding.lowercased()) != nil else {
            throw ImportError(description: "--encoding \(encoding) is not known")
        }
        reading.encoding = encoding.lowercased()
        reading.hasHeader = !noHeader
        guard (0...1_000_000).contains(skipLines) else { throw ImportError(description: "--skip-lines: 0 or more") }
        reading.skippedLines = skipLines
        reading.zone = zone
        guard let hour = ImportReading.RepeatedHour(rawValue: repeatedHour) else {
            throw ImportError(description: "--repeated-hour: order, earlier, later or refuse")
        }
        reading.repeatedHour = hour
        reading.timeFormat = timeFormat
        guard reading.format != nil else {
            throw ImportError(
                description: "--time-format: iso, seconds, milliseconds, microseconds, or a pattern with %Y, %m and %d")
        }
        if let start {
            let read = Array(start.utf8).withUnsafeBufferPointer { TimeReader().read($0) }
            guard case .universal(let moment) = read, ["seconds", "milliseconds", "microseconds"].contains(timeFormat)
            else {
                throw ImportError(
                    description:
                        "--start: a time with its zone, and --time-format seconds, milliseconds or microseconds")
            }
            reading.start = moment
        }
        reading.missing = missing.sorted()
        return reading
    }

    private func session() throws -> Session? {
        var environment = Environment(ProcessInfo.processInfo.environment)
        // a dry run says more with a database, and needs none
        let url =
            dryRun
            ? environment.string("DATABASE_URL")
            : environment.required("DATABASE_URL", "a URL of a login with role engineer")
        guard environment.problems.isEmpty else {
            throw ImportError(description: ConfigurationError(problems: environment.problems).description)
        }
        return try url.map { try Session(ConnectionConfiguration(url: $0, applicationName: "thin import")) }
    }

    // MARK: A file

    private func importFile(_ path: String, _ reading: ImportReading, _ session: Session?) throws -> Int32 {
        let progress = ImportProgress(path: path, isQuiet: quiet)
        let examination = try Examination(path: path, reading) { progress.examined($0) }
        print(try ImportReport.columns(path, examination, reading, known: session.map { try known($0, examination) }))
        if let count = examination.faults[RecordFault.noZone.rawValue] {
            throw ImportError(
                description: "\(path): \(count.count) times say no zone (line \(count.line) is the first): say --zone")
        }
        try examination.check()
        if dryRun { return examination.faults.isEmpty ? 0 : 3 }
        guard let session else { return 1 }
        let importer = Importer(session, path: path, reading, examination) { progress.stored($0, of: examination) }
        let rejectsPath = rejects ?? "\(path).rejected.csv"
        let outcome = try importer.run(rejectsPath: rejectsPath)
        print(ImportReport.outcome(path, outcome, rejectsPath))
        return outcome.rejected > 0 ? 3 : 0
    }

    /// Which of the file's sensors are there.
    private func known(_ session: Session, _ examination: Examination) throws -> Set<String> {
        let rows = try session.execute(
            """
            SELECT s.equipment_id || ' ' || s.name FROM unnest($1, $2) AS p (equipment, sensor)
            JOIN plant.sensor AS s ON s.equipment_id = p.equipment AND s.name = p.sensor
            """, [.textArray(examination.series.map(\.equipment)), .textArray(examination.series.map(\.sensor))])
        return Set(rows.compactMap { $0.string(0) })
    }

    private static func complain(_ text: String) {
        FileHandle.standardError.write(Data("thin import: \(text)\n".utf8))
    }
}

import ArgumentParser
import Foundation
import Glibc
import MQTT

struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Publishes a recording (CSV with a header).",
        discussion: """
            With `factory/{equipment}` each row becomes one message {time, values: {column: number}}; with
            `factory/{equipment}/{sensor}` each field becomes one {time, value}. Fields that are not numbers are left out
            and counted. Exit status 1 when messages stay unacknowledged.
            """)

    /// `1`, `1000`, `max`
    struct Speed: ExpressibleByArgument {
        var factor: Double

        init(_ factor: Double) { self.factor = factor }

        init?(argument: String) {
            guard argument != "max" else {
                factor = .infinity
                return
            }
            guard let value = Double(argument), value > 0, value.isFinite else { return nil }
            factor = value
        }

        var defaultValueDescription: String { factor.isFinite ? "\(factor)" : "max" }
    }

    @Argument(help: "The file.")
    var file: String

    @Option(help: "Topic, with {equipment} and, for one topic a column, {sensor}.")
    var topic = "factory/{equipment}"

    @Option(help: "Name for {equipment}; default: the file's name without its ending.")
    var equipment: String?

    @Option(help: "How many times faster than it happened, or max.")
    var speed = Speed(1)

    @Option(help: "Column that holds the time; none when there is none (rows are then a second apart).")
    var timeColumn = "time"

    @Option(help: "Character between fields.")
    var separator = ","

    @Option(help: "Columns that are not published, separated by commas.")
    var exclude = ""

    @Option(help: "Times in the messages: original, or now as if it happened now.")
    var time = ReplayPlan.Stamp.original

    @OptionGroup var broker: BrokerOptions
    @OptionGroup var report: ReportOptions

    private var equipmentName: String {
        equipment ?? URL(fileURLWithPath: file).deletingPathExtension().lastPathComponent
    }

    private var separatorByte: UInt8? {
        let text = separator == "\\t" || separator == "tab" ? "\t" : separator
        return text.utf8.count == 1 ? text.utf8.first : nil
    }

    func validate() throws {
        guard separatorByte != nil else {
            throw ValidationError("--separator must be one character (tab for a tabulator)")
        }
        guard !topic.isEmpty, !topic.contains("+"), !topic.contains("#") else {
            throw ValidationError("--topic must be without + and #")
        }
        guard !equipmentName.isEmpty, !equipmentName.contains(where: { "+#/\0".contains($0) }) else {
            throw ValidationError("--equipment must be one level of a topic, without / + #")
        }
    }

    func run() throws {
        Interruption.install()
        let recording: Recording
        do {
            recording = try Recording(
                [UInt8](Data(contentsOf: URL(fileURLWithPath: file))), separator: separatorByte ?? 44,
                timeColumn: timeColumn == "none" ? nil : timeColumn,
                excluded: exclude.split(separator: ",").map(String.init))
        } catch {
            Terminal.error("\(file): \(error)")
            throw ExitCode.failure
        }
        let publishers = try broker.connect()
        let sender = ReplaySender(recording, publishers[0], topic: topic, equipment: equipmentName)
        let plan = ReplayPlan(
            recording, speed: speed.factor, stamp: time, start: Int64(Date().timeIntervalSince1970 * 1_000_000))
        let watch = RunWatch(publishers, nil, [], report)
        sender.start(plan)
        watch.untilEnd(isOver: { sender.isDone })
        sender.stop()
        let error = sender.wait()
        if recording.omitted > 0 { Terminal.error("\(recording.omitted) fields are not numbers and were left out") }
        try watch.finish()
        if let error {
            Terminal.error("\(error)")
            throw ExitCode.failure
        }
    }
}

extension ReplayPlan.Stamp: ExpressibleByArgument {}

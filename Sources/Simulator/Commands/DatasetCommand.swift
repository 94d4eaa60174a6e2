import ArgumentParser
import Dispatch
import Foundation
import Synchronization

struct DatasetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dataset",
        abstract: "Writes labelled features of the plant's machines as CSV.",
        discussion: """
            Columns: the 84 features, label (normal or the fault's name), equipment, power, severity (0…1). The same generator
            as `run` makes them: loads from all over the day, faults from barely visible to grown. The same arguments give
            the same file.
            """)

    @Option(name: [.customLong("out"), .customLong("output")], help: "File to write.")
    var out: String

    @Option(help: "Number of machines, as in `run`.")
    var machines = 8

    @Option(help: "Normal measurements of each machine.")
    var samples = 600

    @Option(help: "Measurements of each machine with each fault; default: a tenth of --samples.")
    var faultSamples: Int?

    @Option(help: "Labels: normal and faults, separated by commas; all.")
    var label = "all"

    @Option(help: "Smallest severity of a fault (0…1).")
    var minimumSeverity = 0.2

    @Option(help: "Seed.")
    var seed: UInt64 = 1

    private var labels: [String]? {
        let known = ["normal"] + Fault.allCases.map(\.rawValue)
        guard label != "all" else { return known }
        let labels = label.split(separator: ",").map(String.init)
        return labels.isEmpty || labels.contains { !known.contains($0) } ? nil : labels
    }

    func validate() throws {
        guard labels != nil else {
            throw ValidationError("--label must be of normal, bearing, misalignment, unbalance, belt")
        }
        guard (1...1000).contains(machines) else { throw ValidationError("--machines must be 1…1000") }
        guard (1...1_000_000).contains(samples), faultSamples ?? 0 >= 0 else {
            throw ValidationError("--samples must be 1…1000000, --fault-samples not negative")
        }
        guard (0...1).contains(minimumSeverity) else { throw ValidationError("--minimum-severity must be 0…1") }
    }

    /// One line of the file to be.
    struct Row: Sendable {
        var machine: Int
        var label: String
        var number: Int
    }

    func rows() -> [Row] {
        var rows: [Row] = []
        for machine in 0..<machines {
            for label in labels ?? [] {
                let count = label == "normal" ? samples : faultSamples ?? max(1, samples / 10)
                rows += (0..<count).map { Row(machine: machine, label: label, number: $0) }
            }
        }
        return rows
    }

    func run() throws {
        let rows = rows()
        let lines = Mutex<[[UInt8]]>(Array(repeating: [], count: rows.count))
        let parts = max(1, min(ProcessInfo.processInfo.activeProcessorCount, rows.count))
        DispatchQueue.concurrentPerform(iterations: parts) { part in
            for index in stride(from: part, to: rows.count, by: parts) {
                let line = line(rows[index])
                lines.withLock { $0[index] = line }
            }
        }
        let header = MachineFeatures.names + ["label", "equipment", "power", "severity"]
        var bytes = Array((header.joined(separator: ",") + "\n").utf8)
        for line in lines.withLock({ $0 }) { bytes += line }
        try Data(bytes).write(to: URL(fileURLWithPath: out), options: .atomic)
        Terminal.line("\(rows.count) rows of \(MachineFeatures.names.count) features: \(out)")
    }

    func line(_ row: Row) -> [UInt8] {
        let machine = Machine(number: row.machine)
        let label = UInt64(row.label.utf8.reduce(0) { $0 &* 31 &+ UInt64($1) })
        var random = SplitMix(seed, 0x6461_7461, UInt64(row.machine), label, UInt64(row.number))
        let fault = Fault(rawValue: row.label)
        let severity = fault == nil ? 0 : random.uniform(minimumSeverity, 1)
        let values = MachineFeatures.measure(
            machine, at: random.uniform(0, 86_400), Condition(fault: fault, severity: severity), &random)
        var text = JSONWriter(capacity: 1024)
        for value in values {
            text.significant(value)
            text.raw(",")
        }
        text.raw(Array("\(row.label),\(machine.name),\(machine.powerName),".utf8))
        text.number(severity)
        text.raw("\n")
        return text.bytes
    }
}

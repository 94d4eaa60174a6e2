import ArgumentParser
import Foundation
import Glibc
import MQTT

struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Publishes the topics of a plant.",
        discussion: """
            Machines are press-01, pump-02, conveyor-03 …; their behaviour follows from their number, their noise from --seed.
            Topics: unity/sensors/{equipment}/data (three-phase current, A), unity/sensors/{equipment}/vibration (mm/s),
            factory/{equipment}/{temperature|pressure|…}, and at a slower pace serve-ml/{equipment}/features and, where asked for,
            waveform/{equipment}/{current|vibration}.
            Every second one line, at the end a line that starts with "done:". Exit status 1 when messages stay unacknowledged.
            """)

    @Option(help: "Number of machines.")
    var machines = 8

    @Option(help: "Messages a second in all, features and waveforms not counted.")
    var rate = 200.0

    @Option(help: "Length of the run: 30s, 5m, 1h. Default: until interrupted.")
    var duration: Seconds?

    @Option(help: "End after this many messages.")
    var count: Int?

    @Option(help: "Seed of all noise.")
    var seed: UInt64 = 1

    @Option(help: "What is published: current, vibration, sensors.")
    var streams = StreamList(Set(PlantSettings.Stream.allCases))

    @Option(help: "Faults: bearing, misalignment, unbalance, belt; all or none. The n-th goes to the n-th machine.")
    var faults = FaultList(Fault.allCases)

    @Option(help: "Healthy time before a fault starts.")
    var faultAfter = Seconds(120)

    @Option(help: "Time from its start to its full size.")
    var faultGrowth = Seconds(600)

    @Option(help: "Time at full size; then the machine is repaired and the round starts again.")
    var faultHold = Seconds(600)

    @Option(help: "Time between two feature messages of one machine; 0: none.")
    var featureInterval = Seconds(10)

    @Option(help: "Topic of feature messages.")
    var featureTopic = "serve-ml/{equipment}/features"

    @Option(help: "Time between two measurements of one machine whose waveforms are published; 0: none.")
    var waveformInterval = Seconds(0)

    @Option(help: "Topic of waveforms.")
    var waveformTopic = "waveform/{equipment}/{modality}"

    @Option(help: "Connections that share the rate.")
    var connections = 1

    @OptionGroup var broker: BrokerOptions
    @OptionGroup var report: ReportOptions

    func validate() throws {
        guard (1...100_000).contains(machines) else { throw ValidationError("--machines must be 1…100000") }
        guard rate > 0, rate <= 10_000_000 else { throw ValidationError("--rate must be above 0, at most 10000000") }
        guard count ?? 1 >= 1 else { throw ValidationError("--count must be at least 1") }
        guard (1...64).contains(connections) else { throw ValidationError("--connections must be 1…64") }
        guard featureTopic.contains("{equipment}") else {
            throw ValidationError("--feature-topic must contain {equipment}")
        }
        guard waveformTopic.contains("{equipment}"), waveformTopic.contains("{modality}") else {
            throw ValidationError("--waveform-topic must contain {equipment} and {modality}")
        }
    }

    private var settings: PlantSettings {
        PlantSettings(
            machines: machines, rate: rate, seed: seed, streams: streams.streams, faults: faults.faults,
            faultAfter: faultAfter.value, faultGrowth: faultGrowth.value, faultHold: faultHold.value)
    }

    func run() throws {
        Interruption.install()
        let publishers = try broker.connect(connections)
        let plant = Plant(settings)
        var total = count
        if let duration {
            let messages = max(1, Int((duration.value * rate).rounded()))
            total = min(total ?? messages, messages)
        }
        let now = Int64(Date().timeIntervalSince1970 * 1_000_000)
        let sender = PlantSender(plant, publishers, count: total, startMicroseconds: now)
        let contents: [(MeasurementSender.Content, Double)] = [
            (.features(topic: featureTopic), featureInterval.value),
            (.waveforms(topic: waveformTopic), waveformInterval.value),
        ]
        let measurements = contents.filter { $0.1 > 0 }.map { content, interval in
            MeasurementSender(plant, publishers[0], content, interval: interval)
        }
        let watch = RunWatch(publishers, sender, measurements, report)
        sender.run()
        for measurement in measurements { measurement.start() }
        watch.untilEnd(isOver: { !sender.isRunning })
        sender.stop()
        while sender.isRunning { usleep(1000) }
        for measurement in measurements { try measurement.stop() }
        try watch.finish()
    }
}

/// Writes a run's lines.
struct RunWatch {
    private let publishers: [Publisher]
    private let sender: PlantSender?
    private let measurements: [MeasurementSender]
    private let options: ReportOptions
    private let start = ContinuousClock.now

    init(
        _ publishers: [Publisher], _ sender: PlantSender?, _ measurements: [MeasurementSender], _ options: ReportOptions
    ) {
        self.publishers = publishers
        self.sender = sender
        self.measurements = measurements
        self.options = options
    }

    private func progress() -> Progress {
        var progress = Progress(publishers, seconds: (ContinuousClock.now - start) / .seconds(1))
        progress.features = measurements.reduce(0) { $0 + $1.sent }
        progress.behind = sender?.behind ?? 0
        progress.slipped = sender?.slipped ?? 0
        return progress
    }

    /// Reports each second until the work is over or somebody interrupts.
    func untilEnd(isOver: () -> Bool) {
        var last = progress()
        var next = start + .seconds(1)
        while !isOver(), !Interruption.isRequested {
            guard ContinuousClock.now >= next else {
                usleep(5_000)
                continue
            }
            next += .seconds(1)
            let now = progress()
            if !options.quiet {
                let rate = Double(now.sent - last.sent) / max(1e-9, now.seconds - last.seconds)
                Terminal.line(now.line(options.report, rate: rate, isFinal: false))
            }
            last = now
        }
    }

    /// Waits for the last acks and writes the final line.
    /// - Throws: `ExitCode.failure` when something was not acknowledged.
    func finish() throws {
        let sending = ContinuousClock.now - start
        for publisher in publishers { publisher.flush(timeout: .seconds(30)) }
        let end = progress()
        Terminal.line(
            end.line(options.report, rate: Double(end.sent) / max(1e-9, sending / .seconds(1)), isFinal: true))
        for publisher in publishers { publisher.close() }
        if let error = sender?.error {
            Terminal.error("\(error)")
            throw ExitCode.failure
        }
        guard end.unacknowledged == 0 else { throw ExitCode.failure }
    }
}

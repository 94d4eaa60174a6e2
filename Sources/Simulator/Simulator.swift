import ArgumentParser

@main
struct Simulator: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulator",
        abstract:
            "Stands in for a factory: publishes its topics over MQTT, replays recordings, writes labelled features.",
        subcommands: [RunCommand.self, ReplayCommand.self, DatasetCommand.self])
}

import ArgumentParser

/// `thin`: moves bytes between MQTT, HTTP and the database, and does arithmetic. The database decides.
@main
struct Thin: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "thin",
        abstract: "Millwright's process beside the database.",
        discussion: "Settings come from the environment; .env.example lists them all.",
        version: Version.current,
        subcommands: [
            ServeCommand.self,
            MigrateCommand.self,
            ImportCommand.self,
            OpenAPICommand.self,
            HealthcheckCommand.self,
            VersionCommand.self,
        ])
}

struct VersionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "version", abstract: "Print the version.")

    func run() {
        print(Version.current)
    }
}

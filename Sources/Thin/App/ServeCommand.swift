import ArgumentParser
import Foundation
import Logging

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Run: MQTT in, HTTP and WebSocket, relay, jobs. Ends on SIGTERM or SIGINT.")

    func run() async throws {
        let configuration: Configuration
        do {
            configuration = try Configuration.load()
        } catch let error as ConfigurationError {
            throw Failure(error.description)
        }
        let (level, format) = (configuration.logLevel, configuration.logFormat)
        LoggingSystem.bootstrap { LineLogHandler(label: $0, format: format, level: level) }
        FileDescriptors.raiseLimit()
        do {
            try await ThinApplication(configuration: configuration, logger: Logger(label: "thin")).run()
        } catch let error as SchemaMismatch {
            throw Failure(error.description)
        }
    }
}

/// A message for standard error and exit code 1, without a usage text.
struct Failure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

enum FileDescriptors {
    /// Every client is one: take as many as the system allows.
    static func raiseLimit() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0, limit.rlim_cur < limit.rlim_max
        else { return }
        limit.rlim_cur = limit.rlim_max
        _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }

    /// For the database, the broker, files and what is being accepted.
    private static let kept = 256

    /// So many connections of clients, or fewer where the system does not give as many descriptors: without one there
    /// is no database, either.
    static func affordable(_ connections: Int) -> Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return connections }
        return max(kept, min(connections, Int(clamping: limit.rlim_cur) - kept))
    }
}

import Foundation
import Logging
import Pacing
import Testing

@testable import Postgres

/// The server that the environment names; without one the suites that need it are skipped.
enum TestServer {
    static let url = ProcessInfo.processInfo.environment["DATABASE_URL"] ?? ""
    static let isAvailable = !url.isEmpty
    static let notice: Comment = "needs a server: set DATABASE_URL"

    static func configuration(_ settings: [String: String] = [:]) -> ConnectionConfiguration {
        ConnectionConfiguration(url: url, applicationName: "postgres-tests", settings: settings)
    }

    static var quietLogger: Logger {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return logger
    }

    static func client(
        connections: Int = 2, queueCapacity: Int = 10_000, queueDeadline: Duration = .seconds(5),
        responseTimeout: Duration = .seconds(60), statementCacheCapacity: Int = 256
    ) -> Client {
        Client(
            configuration(), connections: connections, logger: quietLogger, queueCapacity: queueCapacity,
            queueDeadline: queueDeadline, responseTimeout: responseTimeout,
            statementCacheCapacity: statementCacheCapacity,
            backoff: Backoff(initial: .milliseconds(10), maximum: .milliseconds(100)))
    }

    /// A client for the body, stopped at its end.
    static func withClient<Value>(_ client: Client, _ body: (Client) async throws -> Value) async throws -> Value {
        client.start()
        do {
            let value = try await body(client)
            await client.stop()
            return value
        } catch {
            await client.stop()
            throw error
        }
    }

    /// A name that no other test uses.
    static func uniqueName(_ prefix: String) -> String {
        "\(prefix)_\(UInt64.random(in: 0 ... .max))"
    }
}

/// The error that an asynchronous body throws as a `DatabaseError`; records an issue when it does not.
func databaseError(
    _ location: SourceLocation = #_sourceLocation, _ body: () async throws -> Void
) async -> DatabaseError? {
    do {
        try await body()
        Issue.record("nothing was thrown", sourceLocation: location)
    } catch let error as DatabaseError {
        return error
    } catch {
        Issue.record("another error was thrown: \(error)", sourceLocation: location)
    }
    return nil
}

/// Waits until a condition holds, at most thirty seconds.
func eventually(
    _ location: SourceLocation = #_sourceLocation, _ condition: () async throws -> Bool
) async throws {
    for _ in 0..<3000 {
        if try await condition() { return }
        try await Task.sleep(for: .milliseconds(10))
    }
    Issue.record("the condition never held", sourceLocation: location)
}

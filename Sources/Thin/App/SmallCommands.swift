import ArgumentParser
import AsyncHTTPClient
import Foundation
import Logging
import NIOCore
import NIOHTTP1
import Postgres

/// Prints the OpenAPI document that `/openapi.json` serves.
struct OpenAPICommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "openapi", abstract: "Print the OpenAPI document (needs DATABASE_URL).")

    func run() async throws {
        var environment = Environment(ProcessInfo.processInfo.environment)
        let url = environment.required("DATABASE_URL", "a PostgreSQL URL")
        guard environment.problems.isEmpty else {
            throw Failure(ConfigurationError(problems: environment.problems).description)
        }
        let logger = Logger(label: "thin") { _ in SwiftLogNoOpLogHandler() }
        let client = Client(ConnectionConfiguration(url: url), connections: 1, logger: logger)
        do {
            print(try await OpenAPIDocument.load(client))
        } catch let error as DatabaseError {
            throw Failure("\(error)")
        }
        await client.stop()
    }
}

/// Asks a running `thin serve` whether it is well; for containers.
struct HealthcheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "healthcheck",
        abstract: "Exit 0 when GET /health answers 200 (ok or degraded), 1 otherwise (address from THIN_HTTP).")

    @Option(help: "Seconds to wait for the answer.")
    var timeout = 3

    @Flag(help: "Print what is wrong.")
    var verbose = false

    func run() async throws {
        var environment = Environment(ProcessInfo.processInfo.environment)
        var address = environment.address("THIN_HTTP", default: "127.0.0.1:8000")
        guard environment.problems.isEmpty else {
            throw Failure(ConfigurationError(problems: environment.problems).description)
        }
        // an address to listen on everywhere is none to call
        if address.host == "0.0.0.0" || address.host == "::" {
            address = SocketAddressSetting(host: address.host == "::" ? "::1" : "127.0.0.1", port: address.port)
        }
        do {
            let request = HTTPClientRequest(url: "http://\(address)/health")
            let response = try await HTTPClient.shared.execute(request, timeout: .seconds(Int64(max(1, timeout))))
            if verbose {
                print(String(buffer: try await response.body.collect(upTo: 1 << 20)))
            }
            guard response.status == .ok else { throw Failure("/health answers \(response.status.code)") }
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure("/health does not answer at \(address)")
        }
    }
}

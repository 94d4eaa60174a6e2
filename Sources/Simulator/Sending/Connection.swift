import ArgumentParser
import Foundation
import Glibc
import Logging
import MQTT

/// Options that say where the broker is.
struct BrokerOptions: ParsableArguments {
    @Option(
        help:
            "The broker: mqtt://[user:password@]host[:port] or mqtts://…; default: MQTT_URL. User and password also from MQTT_USERNAME and MQTT_PASSWORD. Each of the three may be in the file that NAME_FILE names."
    )
    var mqtt: String?

    @Option(help: "Client id; connections after the first get a number.")
    var clientID = "simulator"

    @Option(help: "PEM file of the authority that signed the broker's certificate; default: MQTT_TLS_CA.")
    var caFile: String?

    @Option(help: "Unacknowledged messages on their way, for each connection.")
    var inflight = 200

    @Option(
        help:
            "Seconds for which acknowledged messages are kept and sent again after a reconnect: a broker that is killed forgets what it has not written. 0: not at all."
    )
    var resendWindow = 5.0

    @Option(help: "Seconds to wait for the broker at the start.")
    var wait = 10.0

    func validate() throws {
        guard (1...32_767).contains(inflight) else { throw ValidationError("--inflight must be 1…32767") }
        guard (0...600).contains(resendWindow) else { throw ValidationError("--resend-window must be 0…600 s") }
        guard (0...86_400).contains(wait) else { throw ValidationError("--wait must be 0…86400 s") }
    }

    /// Makes and connects publishers.
    /// - Throws: `ExitCode.failure` after the reason was written to standard error.
    func connect(_ count: Int = 1) throws -> [Publisher] {
        var logger = Logger(label: "simulator", factory: StreamLogHandler.standardError(label:))
        logger.logLevel = .warning
        let environment = BrokerEnvironment()
        let url = try environment.url(mqtt)
        let authority = caFile ?? environment.variable("MQTT_TLS_CA")
        return try (0..<count).map { number in
            let publisher = Publisher(
                configuration: MQTTConfiguration(
                    url: url, clientID: number == 0 ? clientID : "\(clientID)-\(number + 1)",
                    tls: TLSOptions(caFile: authority)),
                logger: logger, maxInflight: inflight, resendWindow: .seconds(resendWindow),
                publishTimeout: .seconds(300))
            let deadline = ContinuousClock.now + .seconds(wait)
            while true {
                do throws(MQTTError) {
                    try publisher.connect()
                    return publisher
                } catch {
                    guard error.isRetriable, ContinuousClock.now < deadline, !Interruption.isRequested else {
                        Terminal.error("\(error)")
                        throw ExitCode.failure
                    }
                    usleep(100_000)
                }
            }
        }
    }
}

import Foundation
import MQTT
import TestSupport
import Testing

@Suite(.enabled(if: TestBroker.isAvailable, "mosquitto is not installed"))
struct DeploymentTests {
    @Test("deploy/mosquitto/mosquitto.conf starts a broker that asks for a password and lets a batch in")
    func productionConfiguration() async throws {
        // Links resolved: the sources may be built from a package that links to them.
        let root = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let text = try String(
            contentsOf: root.appendingPathComponent("deploy/mosquitto/mosquitto.conf"), encoding: .utf8)
        var options = TestBroker.Options()
        options.credentials = ("thin", "secret")
        options.configuration =
            text
            .replacingOccurrences(of: "listener 1883", with: "listener PORT 127.0.0.1")
            .replacingOccurrences(of: "/mosquitto/data/", with: "FOLDER/")
            .replacingOccurrences(of: "/mosquitto/config/", with: "FOLDER/")
            .replacingOccurrences(of: "log_dest stdout", with: "log_dest file FOLDER/log.txt")
        let broker = try TestBroker(options)
        let recorder = Recorder()
        let subscriber = broker.subscriber("a", recorder, policy: BatchPolicy(linger: .milliseconds(500)))
        subscriber.start()
        #expect(await subscriber.connected())
        try await onThread { try broker.publish(0..<4000) }
        #expect(await eventually { recorder.distinct == 4000 })
        // The broker's default window would end a batch at 20.
        #expect(recorder.largestBatch > 1000)
        subscriber.stop()
        await #expect(throws: MQTTError.self) {
            try await onThread {
                let stranger = MQTTConfiguration(url: broker.url(user: nil, password: nil), clientID: "b")
                try Publisher(configuration: stranger, logger: quiet).connect()
            }
        }
    }
}

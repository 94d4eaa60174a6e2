import Foundation
import Testing

@testable import Simulator

@Suite("Where the simulator finds the broker")
struct BrokerEnvironmentTests {
    @Test("User and password come from variables or files, are escaped, and do not replace what the URL says itself")
    func credentials() throws {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("millwright-\(UUID().uuidString)")
        try "p@ss/word\n".write(to: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(at: file) }
        let environment = BrokerEnvironment(variables: [
            "MQTT_URL": "mqtts://broker:8883", "MQTT_USERNAME": "simulator", "MQTT_PASSWORD": "",
            "MQTT_PASSWORD_FILE": file.path,
        ])
        #expect(try environment.url(nil) == "mqtts://simulator:p%40ss%2Fword@broker:8883")
        #expect(try environment.url("mqtt://me:mine@host:1") == "mqtt://me:mine@host:1")
        #expect(try environment.url("mqtt://host:1") == "mqtt://simulator:p%40ss%2Fword@host:1")
        #expect(try BrokerEnvironment(variables: [:]).url(nil) == BrokerEnvironment.loopback)
        #expect(throws: (any Error).self) {
            try BrokerEnvironment(variables: ["MQTT_USERNAME": "a", "MQTT_PASSWORD_FILE": "/nowhere/at/all"]).url(nil)
        }
    }
}

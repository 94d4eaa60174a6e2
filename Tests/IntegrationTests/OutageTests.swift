import Foundation
import MQTT
import Postgres
import TestSupport
import Testing

@Suite(
    "With the database away",
    .enabled(if: TestEnvironment.canKillDatabases, "needs make test's servers, mosquitto and PostgreSQL's programs"))
struct OutageTests {
    @Test("Memory stays bounded, /health says 503 and what is wrong, and ingestion resumes by itself")
    func databaseAway() async throws {
        let server = try PostgresServer()
        let broker = try TestBroker()
        let thin = try ThinProcess(databaseURL: server.url(user: "thin"), mqttURL: broker.url)
        try #require(await thin.waitForHealth(), "\(thin.logText)")
        server.kill()
        #expect(await thin.waitForHealth(503))
        let before = thin.residentBytes
        let plant = try PublisherOnly(url: broker.url)
        let count = 20_000
        let start = Int(Date.now.timeIntervalSince1970 * 1000) - count
        let filler = String(repeating: "x", count: 1000)
        try await onThread {
            for number in 0..<count {
                try plant.publisher.publish(
                    topic: "factory/m/v",
                    payload: Array("{\"time\":\(start + number),\"value\":1,\"note\":\"\(filler)\"}".utf8))
            }
            _ = plant.publisher.flush()
        }
        let answer = try HTTPCall.get("\(thin.url)/health")
        #expect(answer.status == 503)
        #expect(answer.body.contains("database"))
        #expect(!answer.body.contains("postgresql://"))
        // 20 MB were published; a batch may hold 4,096 messages
        #expect(thin.residentBytes - before < 64 << 20, "\((thin.residentBytes - before) >> 20) MB more")
        let call = try HTTPCall.get("\(thin.url)/api/v1/equipment")
        #expect(call.status == 503 || call.status == 401)
        try await onThread { try server.start() }
        let session = ThreadSafeSession(try Session(ConnectionConfiguration(url: server.url())))
        #expect(
            try await eventually(within: .seconds(60)) {
                try session.number("SELECT count(*) FROM telemetry.reading") == count
            })
        #expect(await thin.waitForHealth(200))
    }
}

import Foundation
import Postgres
import TestSupport
import Testing

@Suite(
    "From a value over its limit to the people",
    .enabled(if: TestEnvironment.hasPlant, "needs make test's servers and mosquitto"))
struct AlarmPathTests {
    static let rule = """
        INSERT INTO alarm.rule (name, condition, high, severity, select_sensor_type)
        VALUES ('hot', 'above', 80, 'high', '{temperature}')
        """

    @Test("A value over a rule's limit arrives at a WebSocket client and at Slack, once each, and can be acknowledged")
    func endToEnd() async throws {
        let slack = try WebhookReceiver()
        let plant = try await Plant(more: ["SLACK_WEBHOOK_URL": slack.url])
        try WebhookReceiver.allow(plant.database)
        try plant.database.session().script(Self.rule)
        let token = try await plant.token(role: "admin")
        let client = try NotificationClient(port: plant.thin.httpPort, token: token, after: 0)
        try await plant.publish([("factory/oven-1/temperature", "20"), ("factory/oven-1/temperature", "95")])
        #expect(await eventually { !client.notifications.isEmpty && !slack.received.isEmpty })
        let first = try #require(client.notifications.first)
        #expect(first.data["device_id"] as? String == "oven-1")
        #expect(first.data["severity"] as? String == "high")
        #expect(first.data["event"] as? String == "raised")
        #expect(slack.received.first?.body.contains("oven-1") == true)
        #expect(slack.received.first?.body.contains("#ff6600") == true)

        let list = try HTTPCall.get("\(plant.thin.url)/api/v1/alerts", token: token)
        #expect(list.status == 200)
        let alarms = try #require(list.object["notifications"] as? [[String: Any]])
        #expect(alarms.count == 1)
        let id = try #require(alarms.first?["id"] as? Int)
        let acknowledged = try HTTPCall.post(
            "\(plant.thin.url)/api/v1/alerts/\(id)/acknowledge", "{\"comment\":\"seen\"}", token: token)
        #expect(acknowledged.status == 200, "\(acknowledged.body)")
        #expect(await eventually { client.notifications.contains { $0.data["event"] as? String == "acknowledged" } })
        // back to normal
        try await plant.publish([("factory/oven-1/temperature", "20")])
        #expect(await eventually { client.notifications.contains { $0.data["event"] as? String == "cleared" } })
        #expect(client.notifications.map(\.seq) == Array(1...client.notifications.count))
    }

    @Test("Slack that fails is tried again with its Retry-After, and what it refuses for good is a dead letter")
    func retries() async throws {
        let slack = try WebhookReceiver(answers: ["500 Oops", "429 Slow\r\nRetry-After: 1", "200 OK", "404 Gone"])
        let plant = try await Plant(more: ["SLACK_WEBHOOK_URL": slack.url])
        try WebhookReceiver.allow(plant.database)
        let session = try plant.database.session()
        try session.script("UPDATE relay.channel SET first_delay = '100 ms' WHERE name = 'slack'")
        try session.execute("SELECT relay.publish('test', 'test', 'low', NULL, NULL, '{\"message\": \"one\"}')")
        #expect(await eventually(within: .seconds(20)) { slack.received.count == 3 })
        let received = slack.received
        try #require(received.count == 3)
        #expect(received[2].at - received[1].at >= .milliseconds(950))
        let reader = ThreadSafeSession(session)
        #expect(
            try await eventually {
                try reader.number("SELECT count(*) FROM relay.delivery WHERE status = 'delivered' AND attempts = 3")
                    == 1
            })
        try plant.database.session().execute(
            "SELECT relay.publish('test', 'test', 'low', NULL, NULL, '{\"message\": \"two\"}')")
        #expect(
            try await eventually {
                try reader.number("SELECT count(*) FROM relay.delivery WHERE status = 'dead' AND last_status = 404")
                    == 1
            })
    }

    @Test("A client that was away resumes after the last number that it saw, without a gap")
    func resume() async throws {
        let plant = try await Plant()
        let token = try await plant.token(role: "admin")
        let session = try plant.database.session()
        func publish(_ count: Int) throws {
            for _ in 0..<count { try session.execute("SELECT relay.publish('test', 'test', 'low', NULL, NULL, '{}')") }
        }
        try publish(20)
        let first = try NotificationClient(port: plant.thin.httpPort, token: token, after: 5)
        #expect(await eventually { first.lastSeq == 20 })
        #expect(first.notifications.map(\.seq) == Array(6...20))
        first.disconnect()
        try publish(30)
        let second = try NotificationClient(port: plant.thin.httpPort, token: token, after: first.lastSeq)
        try publish(10)
        #expect(await eventually { second.lastSeq == 60 })
        #expect(second.notifications.map(\.seq) == Array(21...60))
    }

    @Test("Without a token there is no WebSocket")
    func unauthorized() async throws {
        let plant = try await Plant()
        #expect(throws: (any Error).self) {
            _ = try NotificationClient(port: plant.thin.httpPort, token: "nonsense", after: 0)
        }
    }
}

import Foundation
import MQTT
import Postgres
import TestSupport
import Testing

/// 200 alarms a second for a minute, each raised and cleared: from MQTT to a WebSocket nothing is lost and nothing overtakes.
@Suite(
    "200 alarms a second for a minute",
    .enabled(if: TestEnvironment.hasPlant, "needs make test's servers and mosquitto"))
struct SustainedAlarmTests {
    static let seconds = 60
    /// A second has so many slots, in each of which a group of machines goes over the limit and another comes back.
    static let slots = 20
    static let group = 10
    static let machines = slots * group

    @Test("Every raise and every clear arrives once, without gaps, in the order of each machine")
    func sustained() async throws {
        let plant = try await Plant()
        try plant.database.session().script(
            """
            INSERT INTO alarm.rule (name, condition, high, severity, chatter_count, select_sensor_type)
            VALUES ('hot', 'above', 80, 'high', NULL, '{temperature}')
            """)
        let client = try NotificationClient(
            port: plant.thin.httpPort, token: await plant.token(role: "admin"), after: 0)
        try await publish(on: plant)

        let raises = Self.seconds * Self.machines
        func told(_ event: String) -> Int {
            client.notifications.count { $0.text.contains("\"event\": \"\(event)\"") }
        }
        let newest = ThreadSafeSession(try plant.database.session())
        let settled = try await eventually(within: .seconds(120)) {
            try newest.number(
                "SELECT count(*) FROM alarm.transition AS t JOIN alarm.alarm AS a ON a.id = t.alarm_id WHERE a.code = 'hot'"
            )
                == raises * 2
        }
        #expect(settled, "\(plant.thin.logText.suffix(2000))")
        let last = try newest.number("SELECT last FROM relay.sequence")
        #expect(await eventually(within: .seconds(60)) { client.lastSeq >= last })

        let notifications = client.notifications
        #expect(notifications.map(\.seq) == Array(1...notifications.count))
        var stories: [String: [String]] = [:]
        for notification in notifications {
            let data = notification.data
            // machines that alarm so often are reported as floods, too
            guard data["rule"] as? String == "hot", let machine = data["device_id"] as? String,
                let event = data["event"] as? String, let value = data["value"] as? Double
            else { continue }
            stories[machine, default: []].append("\(event) \(Int(value))")
        }
        #expect(stories.count == Self.machines)
        // the value over the limit says in which second it was sent
        let expected = (0..<Self.seconds).flatMap { ["raised \(100 + $0)", "cleared \($0 - 100)"] }
        for (machine, story) in stories { #expect(story == expected, "\(machine)") }
        #expect(told("raised") >= raises && told("cleared") >= raises)
        #expect(
            try newest.number("SELECT count(*) FROM alarm.alarm WHERE code = 'hot' AND NOT active") == raises)
    }

    /// Half a second lies between a machine's raise and its clear, so they mostly come in different batches.
    private func publish(on plant: Plant) async throws {
        let publisher = try plant.publisher()
        let start = Int(Date.now.timeIntervalSince1970 * 1000)
        let slotMilliseconds = 1000 / Self.slots
        func send(_ group: Int, _ value: Int, at slot: Int) throws {
            for machine in group * Self.group..<(group + 1) * Self.group {
                try publisher.publish(
                    topic: "factory/oven-\(machine)/temperature",
                    payload: Array("{\"time\":\(start + slot * slotMilliseconds),\"value\":\(value)}".utf8))
            }
        }
        let half = Self.slots / 2
        for slot in 0..<Self.seconds * Self.slots + half {
            let ahead = start + slot * slotMilliseconds - Int(Date.now.timeIntervalSince1970 * 1000)
            if ahead > 0 { try await Task.sleep(for: .milliseconds(ahead)) }
            if slot < Self.seconds * Self.slots { try send(slot % Self.slots, 100 + slot / Self.slots, at: slot) }
            if slot >= half { try send((slot - half) % Self.slots, (slot - half) / Self.slots - 100, at: slot) }
        }
        #expect(publisher.flush(timeout: .seconds(60)))
        publisher.close()
    }
}

import Foundation
import Logging
import MQTT
import Postgres
import Synchronization
import TestSupport
import Testing

/// Nothing acknowledged is lost: 50,000 messages, and in their middle one part after the other is killed.
@Suite(
    "kill -9 in the middle", .serialized,
    .enabled(if: TestEnvironment.canKillDatabases, "needs make test's servers, mosquitto and PostgreSQL's programs"))
struct CrashTests {
    static let messages = 50_000
    static let machines = 20

    enum Victim: String, CaseIterable, Sendable, CustomTestStringConvertible {
        case thin, database, broker
        var testDescription: String { rawValue }
    }

    @Test(
        "Every message stored exactly once, every alarm delivered at least once and in order",
        arguments: Victim.allCases)
    func kill(_ victim: Victim) async throws {
        let server = try PostgresServer()
        let broker = try TestBroker()
        let admin = try Session(ConnectionConfiguration(url: server.url()))
        try admin.script(
            """
            INSERT INTO alarm.rule (name, condition, high, deadband, severity, select_sensor_type, chatter_count)
            VALUES ('over', 'above', 900, 100, 'high', '{current}', NULL);
            """)
        let thin = try ThinProcess(databaseURL: server.url(user: "thin"), mqttURL: broker.url)
        try #require(await thin.waitForHealth(), "\(thin.logText)")
        let token = try Plant.token(role: "admin", database: admin, url: thin.url)
        let watcher = ResumingClient(port: thin.httpPort, token: token)

        // A broker keeps messages only for sessions that it knows: thin's must be on its disk before it is killed, else what is
        // published between its restart and thin's return belongs to nobody.
        try #require(broker.saveDatabase())
        let published = Atomic(0)
        let start = Int(Date.now.timeIntervalSince1970 * 1000) - Self.messages / Self.machines * 10
        let url = broker.url
        async let publishing: Void = onThread {
            // longer than the broker's autosave interval: what it forgets when it is killed is sent again
            let publisher = try PublisherOnly(url: url, resendWindow: .seconds(5), timeout: .seconds(120)).publisher
            for number in 0..<Self.messages {
                let machine = number % Self.machines
                let step = number / Self.machines
                // each machine crosses the limit every 250 steps
                let x = step % 250 == 200 ? 950 : 10
                try publisher.publish(
                    topic: "unity/sensors/m\(machine)/data",
                    payload: Array(
                        "{\"device\":\"m\(machine)\",\"timestamp\":\(start + step * 10),\"x\":\(x),\"y\":1,\"z\":2}"
                            .utf8))
                published.store(number + 1, ordering: .relaxed)
            }
            guard publisher.flush(timeout: .seconds(120)) else { throw HTTPCall.Failure.noAnswer }
            publisher.close()
        }

        for share in [4, 2] {
            while published.load(ordering: .relaxed) < Self.messages / share {
                try await Task.sleep(for: .milliseconds(5))
            }
            switch victim {
            case .thin:
                thin.kill()
                try await Task.sleep(for: .milliseconds(200))
                try thin.start()
            case .database:
                server.kill()
                try await Task.sleep(for: .milliseconds(500))
                try await onThread { try server.start() }
            case .broker:
                broker.kill()
                try await Task.sleep(for: .milliseconds(200))
                try await onThread { try broker.start() }
            }
        }
        try await publishing

        let session = ThreadSafeSession(try Session(ConnectionConfiguration(url: server.url())))
        let stored = try await eventually(within: .seconds(180)) {
            try session.number("SELECT count(*) FROM telemetry.reading") >= Self.messages * 3
        }
        let found = try session.number("SELECT count(*) FROM telemetry.reading")
        #expect(stored, "\(found) of \(Self.messages * 3); \(thin.logText.suffix(3000))")
        #expect(found == Self.messages * 3)
        #expect(try session.number("SELECT count(*) FROM ingest.quarantine") == 0)
        #expect(
            try session.number(
                "SELECT count(*) FROM (SELECT sensor_id FROM telemetry.reading GROUP BY 1 HAVING count(*) <> \(Self.messages / Self.machines)) AS t"
            )
                == 0)
        // and a value over the limit raised its alarm, each one once, whoever died in between
        // (of this rule: a machine that alarms so often is reported as a flood, too)
        let raised = try session.number("SELECT count(*) FROM alarm.alarm WHERE code = 'over'")
        #expect(raised > 0)
        if victim != .broker {
            // a broker that was killed may hand over later messages before the resent ones; those cannot move the clock back
            #expect(raised == Self.messages / Self.machines / 250 * Self.machines)
        }
        let newest = try session.number("SELECT last FROM relay.sequence")
        #expect(newest >= raised)
        #expect(await eventually(within: .seconds(60)) { watcher.lastSeq == newest })
        // gapless and in order, also over the client's own reconnects
        #expect(watcher.sequence == Array(1...newest))
        #expect(
            try session.number("SELECT count(*) FROM relay.outbox WHERE kind = 'alarm' AND event = 'raised'") == raised)
    }
}

/// A WebSocket client as a good one behaves: when its connection ends it comes back and names the last number that it saw.
final class ResumingClient: Sendable {
    private let state = Mutex<[Int]>([])
    private let stopped = Atomic(false)

    init(port: Int, token: String) {
        Thread.detachNewThread { [weak self] in
            while let self, !self.stopped.load(ordering: .relaxed) {
                guard let client = try? NotificationClient(port: port, token: token, after: self.lastSeq) else {
                    usleep(50_000)
                    continue
                }
                var taken = 0
                while !self.stopped.load(ordering: .relaxed) {
                    let notifications = client.notifications
                    if notifications.count > taken {
                        self.state.withLock { $0 += notifications[taken...].map(\.seq) }
                        taken = notifications.count
                    } else if client.hasEnded {
                        break
                    } else {
                        usleep(5_000)
                    }
                }
            }
        }
    }

    deinit { stopped.store(true, ordering: .relaxed) }

    var sequence: [Int] { state.withLock { $0 } }
    var lastSeq: Int { state.withLock { $0.last ?? 0 } }
}

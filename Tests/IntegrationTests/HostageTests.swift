import Foundation
import Postgres
import TestSupport
import Testing

@Suite(
    "What a session of a person may hold",
    .enabled(if: TestEnvironment.hasPlant, "needs make test's servers and mosquitto"))
struct HostageTests {
    @Test(
        "A session below administrator that keeps ingest waiting is ended, and what was published is stored",
        .timeLimit(.minutes(2)),
        arguments: [
            "LOCK TABLE ingest.topic_decoder",
            "DELETE FROM alarm.rule; LOCK TABLE ingest.topic_decoder IN EXCLUSIVE MODE; LOCK TABLE alarm.rule",
        ])
    func lockedTables(lock: String) async throws {
        let plant = try await Plant()
        let role = "engineer_it_\(UUID().uuidString.prefix(8).lowercased())"
        let session = try plant.database.session()
        try session.script(
            """
            CREATE ROLE \(role) LOGIN PASSWORD 'it' IN ROLE engineer;
            UPDATE ops.setting SET value = '"1 second"' WHERE name = 'ops.blocking_patience';
            """)
        defer { try? session.script("DROP ROLE \(role)") }
        let url = TestDatabase.with(user: role, password: "it", in: plant.database.url)
        let engineer = try Session(ConnectionConfiguration(url: url, applicationName: "an engineer"))
        try engineer.script("BEGIN; LOCK TABLE alarm.rule_test; \(lock)")
        try await plant.publish([("factory/m1/v", "1"), ("factory/m2/v", "2")])
        #expect(try await plant.waitForPoints(2))
        // at the latest when the alarm clock wants the rules: ingest itself may not need them
        let held = ThreadSafeSession(engineer)
        #expect(await eventually(within: .seconds(30)) { (try? held.number("SELECT 1")) == nil })
        // thin says so once it has the answer, which the session's end does not wait for
        #expect(await eventually { plant.thin.logText.contains("a database session was ended") })
    }
}

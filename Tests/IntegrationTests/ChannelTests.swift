import Foundation
import Postgres
import TestSupport
import Testing

@Suite(
    "E-mail and Slack's bot",
    .enabled(if: TestEnvironment.hasPlant, "needs make test's servers and mosquitto"))
struct ChannelTests {
    static let mailRoute = """
        INSERT INTO relay.channel (name, kind, target, language, available, first_delay)
        VALUES ('crew', 'email', 'mailto:crew@plant.example,ops@plant.example', 'ko', false, '100 ms');
        INSERT INTO relay.route (name, channel_id, kinds) SELECT 'mail', id, '{alarm,test}' FROM relay.channel WHERE name = 'crew';
        """

    /// A plant whose thin has said that it has what the channel needs.
    private func plant(
        _ channel: String, _ variables: [String: String], sql: String = ""
    ) async throws -> (plant: Plant, reader: ThreadSafeSession) {
        let plant = try await Plant(more: variables)
        let session = try plant.database.session()
        if !sql.isEmpty { try session.script(sql) }
        try session.execute("SELECT pg_notify('millwright_deliveries', '')")
        let reader = ThreadSafeSession(session)
        #expect(
            try await eventually {
                try reader.number("SELECT count(*) FROM relay.channel WHERE name = $1 AND available", [.text(channel)])
                    == 1
            })
        return (plant, reader)
    }

    private func mailPlant(
        _ server: String, authority: String? = nil, sql: String = ""
    ) async throws -> (plant: Plant, reader: ThreadSafeSession) {
        var variables = ["SMTP_URL": "smtp://\(server)", "SMTP_FROM": "millwright@plant.example"]
        variables["SMTP_TLS_CA"] = authority
        return try await plant("crew", variables, sql: Self.mailRoute + sql)
    }

    private func publish(_ message: String, on plant: Plant, severity: String = "low") throws {
        try plant.database.session().execute(
            "SELECT relay.publish('test', 'test', $1, NULL, NULL, jsonb_build_object('message', $2::text))",
            [.text(severity), .text(message)])
    }

    /// Waits for the one delivery to be as the condition says.
    private func delivery(_ condition: String, _ reader: ThreadSafeSession) async throws -> Bool {
        try await eventually { try reader.number("SELECT count(*) FROM relay.delivery WHERE \(condition)") == 1 }
    }

    @Test(
        "An alarm arrives as an e-mail with its text, once",
        .enabled(if: MailReceiver.program != nil, "needs aiosmtpd"))
    func mail() async throws {
        let server = try await MailReceiver()
        let (plant, reader) = try await mailPlant("127.0.0.1:\(server.port)", sql: AlarmPathTests.rule)
        try await plant.publish([("factory/oven-1/temperature", "95")])
        #expect(await eventually { server.messages.count == 1 })
        let message = try #require(server.messages.first)
        #expect(message.contains("From: Millwright <millwright@plant.example>"))
        #expect(message.contains("crew@plant.example") && message.contains("ops@plant.example"))
        #expect(message.contains("Subject: =?utf-8?B?"))
        let text = MailReceiver.text(of: message)
        #expect(text.contains("oven-1") && text.contains("95") && text.contains("장비"))
        #expect(try await delivery("status = 'delivered' AND last_status = 250", reader))
    }

    @Test(
        "A report that is due arrives by itself as text and as a page, once",
        .enabled(if: MailReceiver.program != nil, "needs aiosmtpd"))
    func report() async throws {
        let server = try await MailReceiver()
        // one or two due times have passed while everything was down: told once
        let (plant, reader) = try await mailPlant(
            "127.0.0.1:\(server.port)",
            sql: """
                INSERT INTO report.schedule (name, report, channel_id, times, done_to)
                SELECT 'night', 'shift', id, '{00:00}', now() - INTERVAL '36 hours' FROM relay.channel WHERE name = 'crew';
                """)
        try plant.database.session().execute("UPDATE ops.job SET next_start = now() WHERE name = 'report.send_due'")
        #expect(try await delivery("status = 'delivered' AND data ->> 'kind' = 'report'", reader))
        let message = try #require(server.messages.first)
        let parts = message.components(separatedBy: "--_millwright-part_")
        #expect(message.contains("Content-Type: multipart/alternative") && parts.count == 4)
        #expect(MailReceiver.text(of: parts[1]).contains("교대 보고서"))
        #expect(MailReceiver.text(of: parts[2]).hasPrefix("<!DOCTYPE html>"))
        try plant.database.session().execute("UPDATE ops.job SET next_start = now() WHERE name = 'report.send_due'")
        #expect(
            try await eventually {
                try reader.number("SELECT count(*) FROM ops.job WHERE name = 'report.send_due' AND next_start > now()")
                    == 1
            })
        #expect(server.messages.count == 1)
    }

    @Test(
        "What the mail server refuses for good is a dead letter",
        .enabled(if: MailReceiver.program != nil, "needs aiosmtpd"))
    func refusals() async throws {
        let server = try await MailReceiver(maximumBytes: 1200)
        let (plant, reader) = try await mailPlant("127.0.0.1:\(server.port)")
        try publish(String(repeating: "long ", count: 400), on: plant)
        #expect(try await delivery("status = 'dead' AND last_status = 552", reader))
        #expect(server.messages.isEmpty)
    }

    @Test(
        "A server that is away is tried again until it is there",
        .enabled(if: MailReceiver.program != nil, "needs aiosmtpd"))
    func away() async throws {
        let port = try Loopback.freePort()
        let (plant, reader) = try await mailPlant("127.0.0.1:\(port)")
        try publish("one", on: plant)
        #expect(try await delivery("attempts >= 2 AND last_error IS NOT NULL AND last_status IS NULL", reader))
        // the same port, now with somebody behind it
        let server = try await MailReceiver(port: port)
        #expect(try await delivery("status = 'delivered'", reader))
        #expect(server.messages.count == 1)
    }

    @Test(
        "A password goes over TLS only, and only to a server whose certificate is signed by the authority that was named",
        .enabled(if: MailReceiver.program != nil && TestTool.find("openssl") != nil, "needs aiosmtpd and openssl"))
    func encryption() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "millwright-tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try TestCertificates.make(in: folder)
        func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
        let plain = try await MailReceiver()
        let encrypted = try await MailReceiver(certificate: (path("server.pem"), path("server.key")))
        for (server, authority, arrives) in [
            (plain, path("ca.pem"), false), (encrypted, path("stranger.pem"), false), (encrypted, path("ca.pem"), true),
        ] {
            // without a user it would do without TLS; aiosmtpd has no accounts, so a login itself cannot succeed
            let user = server === plain ? "crew:secret@" : ""
            let (plant, reader) = try await mailPlant("\(user)localhost:\(server.port)", authority: authority)
            try publish("one", on: plant)
            #expect(
                try await delivery(arrives ? "status = 'delivered'" : "attempts >= 2 AND status = 'pending'", reader))
            #expect(server.messages.count == (arrives ? 1 : 0))
        }
    }

    @Test("Slack's bot gets the recipient and the token; what Slack refuses in its answer is a dead letter")
    func slackBot() async throws {
        for (answer, status) in [
            ("{\"ok\":true}", "delivered"), ("{\"ok\":false,\"error\":\"channel_not_found\"}", "dead"),
        ] {
            let slack = try WebhookReceiver(text: answer)
            let (plant, reader) = try await plant(
                "slack-bot",
                [
                    "SLACK_BOT_TOKEN": "xoxb-1", "SLACK_ADMIN_USER_ID": "U012ABC",
                    "SLACK_API_URL": "http://127.0.0.1:\(slack.port)/api",
                ])
            try publish("one", on: plant, severity: "high")
            #expect(try await delivery("status = '\(status)' AND last_status = 200", reader))
            let request = try #require(slack.received.first)
            #expect(request.head.hasPrefix("POST /api/chat.postMessage") && request.head.contains("Bearer xoxb-1"))
            #expect(request.body.hasPrefix("{\"channel\":\"U012ABC\",") && request.body.contains("#ff6600"))
            #expect(!plant.thin.logText.contains("xoxb-1"))
        }
    }

    @Test("A webhook to loopback is not sent, however it is spelt, until an administrator allows it; then it is")
    func loopback() async throws {
        let receiver = try WebhookReceiver(answers: ["500 Oops"], text: "root:x:0:0")
        let port = receiver.port
        let hosts = ["127.0.0.1", "localhost", "127.1", "0x7f000001", "2130706433", "[::ffff:127.0.0.1]"]
        let channels = hosts.enumerated().map { index, host in
            """
            INSERT INTO relay.channel (name, kind, target, first_delay, longest_delay)
            VALUES ('hook \(index)', 'webhook', 'http://\(host):\(port)/x', '100 ms', '200 ms');
            INSERT INTO relay.route (name, channel_id, kinds)
            SELECT name, id, '{test}' FROM relay.channel WHERE name = 'hook \(index)';
            """
        }
        let (plant, reader) = try await plant("hook 0", [:], sql: channels.joined())
        try publish("one", on: plant)
        #expect(
            try await eventually {
                try reader.number("SELECT count(*) FROM relay.delivery WHERE last_error LIKE '%relay.refused_networks'")
                    == hosts.count
            })
        #expect(receiver.received.isEmpty)
        try WebhookReceiver.allow(plant.database)
        #expect(
            try await eventually {
                try reader.number("SELECT count(*) FROM relay.delivery WHERE status = 'delivered'") == hosts.count
            })
        // what it answered is kept apart from why
        #expect(
            try plant.database.number(
                "SELECT count(*) FROM relay.delivery WHERE last_error = 'status 500' OR last_error LIKE '%root%'") == 0)
    }
}

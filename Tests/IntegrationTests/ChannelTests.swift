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

    /// Waits until thin has said which variables it has.
    private func isAvailable(_ channel: String, _ session: ThreadSafeSession) async throws -> Bool {
        try await eventually {
            try session.number("SELECT count(*) FROM relay.channel WHERE name = $1 AND available", [.text(channel)])
                == 1
        }
    }

    @Test(
        "An alarm arrives as an e-mail with its text, once",
        .enabled(if: MailReceiver.program != nil, "needs aiosmtpd"))
    func mail() async throws {
        let server = try await MailReceiver()
        let plant = try await Plant(more: [
            "SMTP_URL": "smtp://127.0.0.1:\(server.port)", "SMTP_FROM": "millwright@plant.example",
        ])
        let session = try plant.database.session()
        try session.script(Self.mailRoute + AlarmPathTests.rule)
        try session.execute("SELECT pg_notify('millwright_deliveries', '')")
        #expect(try await isAvailable("crew", ThreadSafeSession(session)))
        try await plant.publish([("factory/oven-1/temperature", "95")])
        #expect(await eventually { server.messages.count == 1 })
        let message = try #require(server.messages.first)
        #expect(message.contains("From: Millwright <millwright@plant.example>"))
        #expect(message.contains("crew@plant.example") && message.contains("ops@plant.example"))
        #expect(message.contains("Subject: =?utf-8?B?"))
        let text = MailReceiver.text(of: message)
        #expect(text.contains("oven-1") && text.contains("95") && text.contains("장비"))
        #expect(
            try plant.database.session().execute("SELECT status, last_status FROM relay.delivery")[0].string(0)
                == "delivered")
    }

    @Test(
        "What the mail server refuses for good is a dead letter; a server that is away is tried again",
        .enabled(if: MailReceiver.program != nil, "needs aiosmtpd"))
    func refusals() async throws {
        let server = try await MailReceiver(maximumBytes: 1200)
        let plant = try await Plant(more: [
            "SMTP_URL": "smtp://127.0.0.1:\(server.port)", "SMTP_FROM": "millwright@plant.example",
        ])
        let session = try plant.database.session()
        try session.script(Self.mailRoute)
        try session.execute("SELECT pg_notify('millwright_deliveries', '')")
        let reader = ThreadSafeSession(session)
        #expect(try await isAvailable("crew", reader))
        try plant.database.session().execute(
            "SELECT relay.publish('test', 'test', 'low', NULL, NULL, jsonb_build_object('message', repeat('long ', 400)))"
        )
        #expect(
            try await eventually {
                try reader.number("SELECT count(*) FROM relay.delivery WHERE status = 'dead' AND last_status = 552")
                    == 1
            })
        #expect(server.messages.isEmpty)
    }

    @Test(
        "A server that is away is tried again until it is there",
        .enabled(if: MailReceiver.program != nil, "needs aiosmtpd"))
    func away() async throws {
        let port = try FreePort.find()
        let plant = try await Plant(more: [
            "SMTP_URL": "smtp://127.0.0.1:\(port)", "SMTP_FROM": "millwright@plant.example",
        ])
        let session = try plant.database.session()
        try session.script(Self.mailRoute)
        try session.execute("SELECT pg_notify('millwright_deliveries', '')")
        let reader = ThreadSafeSession(session)
        #expect(try await isAvailable("crew", reader))
        try plant.database.session().execute(
            "SELECT relay.publish('test', 'test', 'low', NULL, NULL, '{\"message\": \"one\"}')")
        #expect(
            try await eventually {
                try reader.number(
                    "SELECT count(*) FROM relay.delivery WHERE attempts >= 2 AND last_error IS NOT NULL AND last_status IS NULL"
                ) == 1
            })
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
            let plant = try await Plant(more: [
                "SMTP_URL": "smtp://\(user)localhost:\(server.port)", "SMTP_FROM": "millwright@plant.example",
                "SMTP_TLS_CA": authority,
            ])
            let session = try plant.database.session()
            try session.script(Self.mailRoute)
            try session.execute("SELECT pg_notify('millwright_deliveries', '')")
            let reader = ThreadSafeSession(session)
            #expect(try await isAvailable("crew", reader))
            try plant.database.session().execute(
                "SELECT relay.publish('test', 'test', 'low', NULL, NULL, '{\"message\": \"one\"}')")
            let condition = arrives ? "status = 'delivered'" : "attempts >= 2 AND status = 'pending'"
            #expect(
                try await eventually {
                    try reader.number("SELECT count(*) FROM relay.delivery WHERE \(condition)") == 1
                })
            #expect(server.messages.count == (arrives ? 1 : 0))
        }
    }

    @Test("Slack's bot gets the recipient and the token; what Slack refuses in its answer is a dead letter")
    func slackBot() async throws {
        for (answer, status) in [
            ("{\"ok\":true}", "delivered"), ("{\"ok\":false,\"error\":\"channel_not_found\"}", "dead"),
        ] {
            let slack = try WebhookReceiver(text: answer)
            let plant = try await Plant(more: [
                "SLACK_BOT_TOKEN": "xoxb-1", "SLACK_ADMIN_USER_ID": "U012ABC",
                "SLACK_API_URL": "http://127.0.0.1:\(slack.port)/api",
            ])
            let reader = ThreadSafeSession(try plant.database.session())
            #expect(try await isAvailable("slack-bot", reader))
            try plant.database.session().execute(
                "SELECT relay.publish('test', 'test', 'high', NULL, NULL, '{\"message\": \"one\"}')")
            #expect(
                try await eventually {
                    try reader.number(
                        "SELECT count(*) FROM relay.delivery WHERE status = $1 AND last_status = 200", [.text(status)])
                        == 1
                })
            let request = try #require(slack.received.first)
            #expect(request.head.hasPrefix("POST /api/chat.postMessage") && request.head.contains("Bearer xoxb-1"))
            #expect(request.body.hasPrefix("{\"channel\":\"U012ABC\",") && request.body.contains("#ff6600"))
            #expect(!plant.thin.logText.contains("xoxb-1"))
        }
    }
}

import AsyncHTTPClient

/// The ways out that this process has, by kind of channel.
struct DeliverySenders: Sendable {
    private let webhook: WebhookSender
    private let slackBot: SlackBotSender?
    private let mail: MailSender?

    init(http: HTTPClient, environment: Environment) {
        var environment = environment
        webhook = WebhookSender(client: http)
        slackBot = environment.secret("SLACK_BOT_TOKEN").map { [webhook] token in
            SlackBotSender(
                http: webhook, token: token, api: environment.string("SLACK_API_URL") ?? SlackBotSender.publicAPI)
        }
        if let url = environment.secret("SMTP_URL"), let from = environment.string("SMTP_FROM") {
            mail = MailSender(
                server: MailServer(url: url, authority: environment.string("SMTP_TLS_CA")), from: from)
        } else {
            mail = nil
        }
    }

    /// Nil where this process lacks what that kind of channel needs.
    subscript(kind: String) -> (any DeliverySender)? {
        switch kind {
        case "email": mail
        case "slack_bot": slackBot
        default: webhook
        }
    }
}

import AsyncHTTPClient

/// The ways out that this process has, by kind of channel.
struct DeliverySenders: Sendable {
    private let webhook: WebhookSender
    private let slackBot: SlackBotSender?
    private let mail: MailSender?

    /// - Parameter http: for the way that the environment names itself (`SLACK_API_URL`); what channels name goes through `webhook`.
    init(http: HTTPClient, webhook: WebhookSender, environment: Environment) {
        var environment = environment
        self.webhook = webhook
        slackBot = environment.secret("SLACK_BOT_TOKEN").map { token in
            SlackBotSender(
                http: http, token: token, api: environment.string("SLACK_API_URL") ?? SlackBotSender.publicAPI)
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

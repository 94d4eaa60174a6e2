import AsyncHTTPClient
import Foundation

/// Sends to a channel or a person as a Slack app: `chat.postMessage` with the app's token.
struct SlackBotSender: DeliverySender {
    /// Where Slack's methods are. GovSlack has another address (`SLACK_API_URL`).
    static let publicAPI = "https://slack.com/api"

    let http: HTTPClient
    let token: Secret
    var api = Self.publicAPI

    /// - Parameter address: `slack:ID`, or the bare id as `SLACK_ADMIN_USER_ID` holds it.
    func send(_ delivery: Delivery, to address: String) async -> DeliveryOutcome {
        let recipient = address.hasPrefix("slack:") ? String(address.dropFirst(6)) : address
        guard !recipient.isEmpty, recipient.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber) }),
            delivery.body.hasPrefix("{")
        else { return DeliveryOutcome(succeeded: false, error: "the recipient is no id of Slack's") }
        let body = "{\"channel\":\"\(recipient)\"," + delivery.body.dropFirst()
        let outcome = await WebhookSender.post(
            body, to: "\(api)/chat.postMessage", with: http, headers: [("Authorization", "Bearer \(token.value)")],
            timeout: delivery.timeout
        ).outcome
        guard outcome.succeeded else { return outcome }
        // 200 means that Slack understood the request; whether it did what was asked stands in the answer
        let answer = try? JSONDecoder().decode(Answer.self, from: Data((outcome.answer ?? "").utf8))
        if answer?.ok == true { return outcome }
        // one of Slack's words, which relay.finish_delivery knows; anything else is not shown
        let word = answer?.error.flatMap { error in
            error.utf8.count <= 64 && error.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
                ? error : nil
        }
        return DeliveryOutcome(
            succeeded: false, status: outcome.status, error: word ?? "unreadable answer", answer: outcome.answer)
    }

    private struct Answer: Decodable {
        var ok: Bool
        var error: String?
    }
}

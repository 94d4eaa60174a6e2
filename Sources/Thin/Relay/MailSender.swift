import Foundation

/// Sends notifications by e-mail. Subject and text are the database's; here they become a message.
struct MailSender: DeliverySender {
    static let maximumRecipients = 50

    let server: MailServer
    let from: String

    /// - Parameter address: `mailto:a@b,c@d`, or the bare list as a variable holds it.
    func send(_ delivery: Delivery, to address: String) async -> DeliveryOutcome {
        let list = address.hasPrefix("mailto:") ? String(address.dropFirst(7)) : address
        let recipients = list.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
        guard (1...Self.maximumRecipients).contains(recipients.count), recipients.allSatisfy(MailMessage.isAddress)
        else {
            return DeliveryOutcome(
                succeeded: false, error: "the recipients are not 1 to \(Self.maximumRecipients) addresses")
        }
        guard let content = try? JSONDecoder().decode(Content.self, from: Data(delivery.body.utf8)) else {
            return DeliveryOutcome(succeeded: false, error: "the body is no {subject, text}")
        }
        let message = MailMessage(
            from: from, recipients: recipients, subject: content.subject, text: content.text,
            html: content.html, identifier: "millwright-\(delivery.id)", date: .now)
        return await BlockingWork.run { [server] in server.send(message, timeout: delivery.timeout) }
    }

    private struct Content: Decodable {
        var subject: String
        var text: String
        var html: String?
    }
}

import Foundation

/// A plain-text e-mail as it goes over the wire (RFC 5322 and MIME): UTF-8, in base64, so that no line is too long and nothing in
/// it can be taken for a header or for the end of the message.
struct MailMessage: Sendable {
    let from: String
    let recipients: [String]
    let subject: String
    let text: String
    /// The same for every attempt at one delivery, so that a mail reader shows a repetition once.
    let identifier: String
    let date: Date

    var bytes: [UInt8] {
        let host = from.split(separator: "@").last.map(String.init) ?? "localhost"
        let head = [
            "From: Millwright <\(from)>",
            "To: \(recipients.map { "<\($0)>" }.joined(separator: ",\r\n "))",
            "Subject: \(Self.encodedWords(subject))",
            "Date: \(Self.dateText(date))",
            "Message-ID: <\(identifier)@\(host)>",
            "Auto-Submitted: auto-generated",
            "MIME-Version: 1.0",
            "Content-Type: text/plain; charset=utf-8",
            "Content-Transfer-Encoding: base64",
        ]
        let body = Data(text.utf8).base64EncodedString(options: [
            .lineLength76Characters, .endLineWithCarriageReturn, .endLineWithLineFeed,
        ])
        return Array((head.joined(separator: "\r\n") + "\r\n\r\n" + body + "\r\n").utf8)
    }

    /// RFC 2047: words of at most 75 characters, none of which cuts a character in two.
    static func encodedWords(_ text: String) -> String {
        var words: [String] = []
        var part = ""
        for character in text {
            if part.utf8.count + String(character).utf8.count > 42 {
                words.append(part)
                part = ""
            }
            part.append(character)
        }
        words.append(part)
        return words.map { "=?utf-8?B?\(Data($0.utf8).base64EncodedString())?=" }.joined(separator: "\r\n ")
    }

    private static func dateText(_ date: Date) -> String {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(identifier: "GMT")
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss Z"
        return formatter.string(from: date)
    }

    /// An address that can stand in a header and in an SMTP command as it is.
    static func isAddress(_ text: String) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, (1...64).contains(parts[0].utf8.count), (1...253).contains(parts[1].utf8.count) else {
            return false
        }
        return text.unicodeScalars.allSatisfy {
            $0.isASCII && $0.value > 0x20 && $0.value < 0x7f && !"<>,:\"\\()".unicodeScalars.contains($0)
        }
    }
}

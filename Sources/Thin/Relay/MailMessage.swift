import Foundation

/// An e-mail as it goes over the wire (RFC 5322 and MIME), plain text or the same also as HTML: UTF-8, in base64, so that no line is
/// too long and nothing in it can be taken for a header, for a boundary or for the end of the message.
struct MailMessage: Sendable {
    let from: String
    let recipients: [String]
    let subject: String
    let text: String
    /// The same as a page, for readers that show one; nil: there is none.
    var html: String?
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
        ].joined(separator: "\r\n")
        guard let html else { return Array("\(head)\r\n\(Self.part(text, "plain"))".utf8) }
        // Base64 knows no "_" and no "-": no body can hold the boundary. The last part is the one to be preferred (RFC 2046, 5.1.4).
        let boundary = "_millwright-part_"
        let parts = [Self.part(text, "plain"), Self.part(html, "html")].map { "--\(boundary)\r\n\($0)" }.joined()
        return Array(
            "\(head)\r\nContent-Type: multipart/alternative; boundary=\"\(boundary)\"\r\n\r\n\(parts)--\(boundary)--\r\n"
                .utf8)
    }

    /// Headers and body of a text.
    private static func part(_ text: String, _ subtype: String) -> String {
        let body = Data(text.utf8).base64EncodedString(options: [
            .lineLength76Characters, .endLineWithCarriageReturn, .endLineWithLineFeed,
        ])
        return [
            "Content-Type: text/\(subtype); charset=utf-8", "Content-Transfer-Encoding: base64", "", body, "",
        ].joined(separator: "\r\n")
    }

    /// RFC 2047: words of at most 75 characters, none of which cuts a character (a code point: a letter with a thousand accents
    /// is longer than a line may be) in two. What a reader might take for a line's end after decoding is a blank.
    static func encodedWords(_ text: String) -> String {
        var words: [String] = []
        var part = ""
        for scalar in text.unicodeScalars {
            let isBreak =
                scalar.properties.generalCategory == .control || scalar.value == 0x2028 || scalar.value == 0x2029
            let shown: Unicode.Scalar = isBreak ? " " : scalar
            if part.utf8.count + UTF8.width(shown) > 42 {
                words.append(part)
                part = ""
            }
            part.unicodeScalars.append(shown)
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

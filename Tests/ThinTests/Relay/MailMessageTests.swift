import Foundation
import Testing

@testable import Thin

@Suite("E-mails as they go over the wire")
struct MailMessageTests {
    @Test("Long subjects become words that decode to what they were, and none is longer than 75 characters")
    func subjects() throws {
        let accents = "e" + String(repeating: "\u{301}", count: 2000)
        for subject in ["", "[HIGH] pump", String(repeating: "장비 이상 탐지 🔥 ", count: 12), accents] {
            let lines = MailMessage.encodedWords(subject).components(separatedBy: "\r\n ")
            #expect(lines.allSatisfy { $0.count <= 75 && $0.hasPrefix("=?utf-8?B?") && $0.hasSuffix("?=") })
            let decoded = try lines.map { try #require(Data(base64Encoded: String($0.dropFirst(10).dropLast(2)))) }
            #expect(decoded.map { String(decoding: $0, as: UTF8.self) }.joined() == subject)
        }
    }

    @Test("Nothing in subject or text can become a header or the end of the message")
    func injection() {
        let message = MailMessage(
            from: "a@b.example", recipients: ["c@d.example", "e@f.example"], subject: "x\r\nBcc: y@z.example",
            text: "one\r\n.\r\nQUIT\r\n" + String(repeating: "z", count: 5000), identifier: "millwright-1", date: .now)
        let text = String(decoding: message.bytes, as: UTF8.self)
        #expect(!text.contains("\r\nBcc:") && !text.contains("\r\n.\r\n"))
        #expect(text.components(separatedBy: "\r\n").allSatisfy { $0.utf8.count <= 998 && !$0.contains("\n") })
        #expect(text.contains("Message-ID: <millwright-1@b.example>\r\n"))
    }

    @Test("A page goes beside the text, as the part to be preferred, and nothing in it ends a part")
    func alternative() throws {
        let hostile = "--_millwright-part_--\r\n.\r\nQUIT\r\n장비 <b>" + String(repeating: "z", count: 5000)
        let message = MailMessage(
            from: "a@b.example", recipients: ["c@d.example"], subject: "s", text: "text " + hostile,
            html: "html " + hostile,
            identifier: "millwright-1", date: .now)
        let text = String(decoding: message.bytes, as: UTF8.self)
        #expect(text.contains("Content-Type: multipart/alternative; boundary=\"_millwright-part_\"\r\n\r\n"))
        let parts = text.components(separatedBy: "--_millwright-part_")
        #expect(parts.count == 4 && parts[3] == "--\r\n")
        for (part, kind) in zip(parts[1...2], ["plain", "html"]) {
            let halves = part.components(separatedBy: "\r\n\r\n")
            #expect(halves[0].contains("Content-Type: text/\(kind); charset=utf-8"))
            let body = try #require(Data(base64Encoded: halves[1].replacing("\r\n", with: "")))
            #expect(String(decoding: body, as: UTF8.self) == (kind == "plain" ? "text " : "html ") + hostile)
        }
        #expect(text.components(separatedBy: "\r\n").allSatisfy { $0.utf8.count <= 998 && !$0.contains("\n") })
    }

    @Test(
        "Nothing that some reader takes for a line's end survives in a subject, not even after decoding",
        arguments: ["\r\n", "\n", "\r", "\u{2028}", "\u{2029}", "\u{85}", "\u{b}", "\u{0}", "\u{1b}"])
    func lineEnds(_ end: String) throws {
        let words = MailMessage.encodedWords("a\(end) Bcc: x@y.example").components(separatedBy: "\r\n ")
        let decoded = words.compactMap { Data(base64Encoded: String($0.dropFirst(10).dropLast(2))) }
            .map { String(decoding: $0, as: UTF8.self) }.joined()
        #expect(decoded.hasPrefix("a ") && decoded.hasSuffix(" Bcc: x@y.example"))
        #expect(!decoded.unicodeScalars.contains { $0.properties.generalCategory == .control || $0.value == 0x2028 })
    }

    @Test(
        "Addresses",
        arguments: [
            ("crew@plant.example", true), ("a.b+c@x", true), ("crew", false), ("@x", false), ("a@", false),
            ("a@b@c", false),
            ("a b@c", false), ("a@b\r\nRCPT TO:<x@y>", false), ("<a@b>", false), ("장비@x", false), ("a,b@c", false),
        ])
    func addresses(_ text: String, _ isOne: Bool) {
        #expect(MailMessage.isAddress(text) == isOne)
    }
}

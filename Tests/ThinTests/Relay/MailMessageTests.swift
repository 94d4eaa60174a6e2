import Foundation
import Testing

@testable import Thin

@Suite("E-mails as they go over the wire")
struct MailMessageTests {
    @Test("Long subjects become words that decode to what they were, and none is longer than 75 characters")
    func subjects() throws {
        for subject in ["", "[HIGH] pump", String(repeating: "장비 이상 탐지 🔥 ", count: 12)] {
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

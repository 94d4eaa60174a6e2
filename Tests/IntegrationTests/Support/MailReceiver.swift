import Foundation
import TestSupport

/// A real SMTP server (Debian's aiosmtpd) that keeps what it is given in a Maildir.
final class MailReceiver: Sendable {
    static let program = TestTool.find("aiosmtpd")

    let port: Int
    private let folder: URL
    private let process: ChildProcess

    /// - Parameters:
    ///   - port: where it listens; nil: a free one.
    ///   - maximumBytes: larger messages are refused for good (552).
    ///   - certificate: PEM files for STARTTLS.
    init(port given: Int? = nil, maximumBytes: Int = 1 << 20, certificate: (certificate: String, key: String)? = nil)
        async throws
    {
        port = try given ?? Loopback.freePort()
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("millwright-mail-\(UUID().uuidString)")
        var arguments = ["-n", "-l", "127.0.0.1:\(port)", "-s", "\(maximumBytes)"]
        if let certificate { arguments += ["--tlscert", certificate.certificate, "--tlskey", certificate.key] }
        guard let program = Self.program else { throw TestBroker.Failure.tool("aiosmtpd", status: 127) }
        process = try ChildProcess(program, arguments + ["-c", "aiosmtpd.handlers.Mailbox", folder.path])
        let port = port
        guard await eventually(within: .seconds(20), { Loopback.accepts(port) }) else {
            throw TestBroker.Failure.tool("aiosmtpd", status: 1)
        }
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// The messages as they came over the wire.
    var messages: [String] {
        let new = folder.appendingPathComponent("new")
        return ((try? FileManager.default.contentsOfDirectory(atPath: new.path)) ?? []).sorted().compactMap {
            try? String(contentsOf: new.appendingPathComponent($0), encoding: .utf8)
        }
    }

    /// The text of a message, decoded.
    static func text(of message: String) -> String {
        let body = message.components(separatedBy: "\n\n").dropFirst().joined()
        return Data(base64Encoded: body, options: .ignoreUnknownCharacters)
            .map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}

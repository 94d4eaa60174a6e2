import CCurl
import Foundation

/// One mail server, through libcurl: SMTP with STARTTLS or TLS from the start, and authentication.
struct MailServer: Sendable {
    /// `smtp://[user:password@]host[:port]` (port 587 when none is given) or `smtps://…` (465).
    let url: Secret
    /// PEM file of the authority that signed the server's certificate; nil: the system's.
    let authority: String?

    /// Hands the message over. Blocks; not for the cooperative pool.
    func send(_ message: MailMessage, timeout: Duration) -> DeliveryOutcome {
        guard Self.library, let parts = URLComponents(string: url.value), let host = parts.host,
            let handle = curl_easy_init()
        else { return DeliveryOutcome(succeeded: false, error: "SMTP_URL cannot be used") }
        defer { curl_easy_cleanup(handle) }
        let isSecure = parts.scheme?.lowercased() == "smtps"
        func text(_ option: CURLoption, _ value: String) { _ = millwright_curl_set_text(handle, option, value) }
        func number(_ option: CURLoption, _ value: Int) { _ = millwright_curl_set_long(handle, option, value) }
        text(CURLOPT_URL, "\(isSecure ? "smtps" : "smtp")://\(host):\(parts.port ?? (isSecure ? 465 : 587))/millwright")
        text(CURLOPT_PROTOCOLS_STR, "smtp,smtps")
        // A password goes over nothing but TLS; a relay of the plant's own that asks for none may be without.
        number(CURLOPT_USE_SSL, Int((parts.user == nil ? CURLUSESSL_TRY : CURLUSESSL_ALL).rawValue))
        if let user = parts.user { text(CURLOPT_USERNAME, user) }
        if let password = parts.password { text(CURLOPT_PASSWORD, password) }
        if let authority { text(CURLOPT_CAINFO, authority) }
        let components = timeout.components
        number(
            CURLOPT_TIMEOUT_MS, max(1, Int(components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000)))
        number(CURLOPT_NOSIGNAL, 1)
        text(CURLOPT_MAIL_FROM, "<\(message.from)>")
        var recipients: UnsafeMutablePointer<curl_slist>?
        for recipient in message.recipients { recipients = curl_slist_append(recipients, "<\(recipient)>") }
        defer { curl_slist_free_all(recipients) }
        _ = millwright_curl_set_pointer(handle, CURLOPT_MAIL_RCPT, recipients)

        let source = Source(message.bytes)
        number(CURLOPT_UPLOAD, 1)
        _ = millwright_curl_set_reader(handle) { buffer, size, count, source in
            guard let buffer, let source else { return 0 }
            return Unmanaged<Source>.fromOpaque(source).takeUnretainedValue().read(into: buffer, size * count)
        }
        // lives until curl_easy_perform has returned, which is the last to read from it
        return withExtendedLifetime(source) {
            _ = millwright_curl_set_pointer(handle, CURLOPT_READDATA, Unmanaged.passUnretained(source).toOpaque())
            let result = curl_easy_perform(handle)
            let code = millwright_curl_response_code(handle)
            if result == CURLE_OK { return DeliveryOutcome(succeeded: true, status: code) }
            // libcurl's own words for the kind of failure: no address, no secret
            return DeliveryOutcome(
                succeeded: false, status: code >= 400 ? code : nil, error: String(cString: curl_easy_strerror(result)))
        }
    }

    /// Once for the process, and before any handle: libcurl's start is not safe between threads.
    private static let library = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    private final class Source {
        private let bytes: [UInt8]
        private var sent = 0

        init(_ bytes: [UInt8]) { self.bytes = bytes }

        func read(into buffer: UnsafeMutablePointer<CChar>, _ limit: Int) -> Int {
            let count = min(limit, bytes.count - sent)
            bytes.withUnsafeBytes {
                UnsafeMutableRawPointer(buffer).copyMemory(from: $0.baseAddress! + sent, byteCount: count)
            }
            sent += count
            return count
        }
    }
}

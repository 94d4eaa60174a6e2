import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// Sends one body to one address by HTTP POST (Slack's incoming webhooks, other webhooks).
struct WebhookSender: DeliverySender {
    /// Of an answer no more than this is read: only its status counts, the text helps whoever looks at a dead letter.
    static let maximumAnswerBytes = 4096

    let client: HTTPClient

    /// No redirects: an address is what an administrator wrote, not where its owner points next.
    static func makeClient() -> HTTPClient {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.timeout.connect = .seconds(5)
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    func send(_ delivery: Delivery, to address: String) async -> DeliveryOutcome {
        await post(delivery.body, to: address, headers: delivery.headers, timeout: delivery.timeout).outcome
    }

    /// - Returns: how it ended, and the beginning of the answer.
    func post(_ body: String, to address: String, headers: [(String, String)], timeout: Duration) async -> (
        outcome: DeliveryOutcome, answer: String
    ) {
        var request = HTTPClientRequest(url: address)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json; charset=utf-8")
        request.headers.add(name: "User-Agent", value: "Millwright")
        for (name, value) in headers { request.headers.replaceOrAdd(name: name, value: value) }
        request.body = .bytes(ByteBuffer(string: body))
        do {
            let response = try await client.execute(request, timeout: TimeAmount(timeout))
            let status = Int(response.status.code)
            let text = await Self.beginning(of: response.body)
            let succeeded = (200..<300).contains(status)
            let outcome = DeliveryOutcome(
                succeeded: succeeded, status: status, error: succeeded ? nil : String(text.prefix(500)),
                retryAfterMilliseconds: succeeded ? nil : Self.retryAfter(response.headers))
            return (outcome, text)
        } catch {
            // the error's text may hold the address, which is a secret: its kind is enough
            return (DeliveryOutcome(succeeded: false, status: nil, error: Self.kind(of: error)), "")
        }
    }

    private static func beginning(of body: HTTPClientResponse.Body) async -> String {
        var text = ""
        do {
            for try await part in body {
                text += String(buffer: part)
                if text.utf8.count >= maximumAnswerBytes { break }
            }
        } catch {
            // the status has arrived; how its text ends does not matter
        }
        return text
    }

    /// `Retry-After` in seconds or as an HTTP date.
    static func retryAfter(_ headers: HTTPHeaders, now: Date = .now) -> Int64? {
        guard let value = headers.first(name: "Retry-After")?.trimmingCharacters(in: .whitespaces) else { return nil }
        if let seconds = Double(value), seconds.isFinite, seconds >= 0 { return Int64(min(seconds, 86_400) * 1000) }
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(identifier: "GMT")
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss zzz"
        guard let date = formatter.date(from: value) else { return nil }
        return Int64(max(0, min(date.timeIntervalSince(now), 86_400)) * 1000)
    }

    private static func kind(of error: any Error) -> String {
        if let error = error as? HTTPClientError { return error.shortDescription }
        return String(describing: type(of: error))
    }
}

extension TimeAmount {
    fileprivate init(_ duration: Duration) {
        let parts = duration.components
        self = .nanoseconds(parts.seconds * 1_000_000_000 + parts.attoseconds / 1_000_000_000)
    }
}

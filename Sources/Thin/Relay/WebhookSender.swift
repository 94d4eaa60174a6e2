import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import Postgres

/// Sends one body to one address by HTTP POST (Slack's incoming webhooks, other webhooks).
///
/// Who receives is a stranger: its name is resolved here and judged in SQL (``TargetAddresses``), the connection goes to an
/// address that passed and to no other, redirects are not followed, and all of it ends with the channel's timeout.
struct WebhookSender: DeliverySender {
    /// Of an answer no more than this is read: only its status counts, the text helps whoever looks at a dead letter.
    static let maximumAnswerBytes = 4096
    /// How long that may take once the status is there.
    static let answerPatience: Duration = .seconds(2)

    let clients: PinnedClients
    let addresses: TargetAddresses

    func send(_ delivery: Delivery, to address: String) async throws(DatabaseError) -> DeliveryOutcome {
        do {
            let target = try WebhookTarget(address)
            let permitted = try await addresses.permitted(target.host, within: delivery.timeout)
            return await post(delivery, to: target, at: permitted)
        } catch let error as DatabaseError {
            throw error
        } catch {
            return DeliveryOutcome(succeeded: false, error: Self.words(for: error))
        }
    }

    /// The addresses of a name in turn, until one can be connected to.
    private func post(_ delivery: Delivery, to target: WebhookTarget, at addresses: [String]) async -> DeliveryOutcome {
        var outcome = DeliveryOutcome(succeeded: false, error: "no address")
        // the lease of a delivery is twice the timeout and 30 seconds (relay.claim_deliveries)
        let deadline = ContinuousClock.now + delivery.timeout
        for address in addresses where ContinuousClock.now < deadline {
            let client = await clients.client(for: target.host, at: address)
            let result = await Self.post(
                delivery.body, to: target.url, with: client, headers: delivery.headers, timeout: delivery.timeout)
            await clients.release(target.host, at: address)
            outcome = result.outcome
            guard result.mayTryElsewhere else { break }
        }
        return outcome
    }

    struct PostResult {
        var outcome: DeliveryOutcome
        /// Nothing was sent: another address of the same name may do better.
        var mayTryElsewhere = false
    }

    /// - Returns: how it ended, with the beginning of the answer.
    static func post(
        _ body: String, to url: String, with client: HTTPClient, headers: [(String, String)], timeout: Duration
    ) async -> PostResult {
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json; charset=utf-8")
        request.headers.add(name: "User-Agent", value: "Millwright")
        for (name, value) in headers { request.headers.replaceOrAdd(name: name, value: value) }
        request.body = .bytes(ByteBuffer(string: body))
        do {
            let response = try await withDeadline(timeout) { [request] in
                try await client.execute(request, timeout: TimeAmount(timeout))
            }
            let status = Int(response.status.code)
            // the client's own deadline ends with the answer's head; what dribbles after it is not waited for
            let text = try? await withDeadline(min(timeout, answerPatience)) { await beginning(of: response.body) }
            let succeeded = (200..<300).contains(status)
            return PostResult(
                outcome: DeliveryOutcome(
                    succeeded: succeeded, status: status, error: succeeded ? nil : "status \(status)",
                    retryAfterMilliseconds: succeeded ? nil : retryAfter(response.headers), answer: text))
        } catch {
            return PostResult(
                outcome: DeliveryOutcome(succeeded: false, status: nil, error: words(for: error)),
                mayTryElsewhere: (error as? HTTPClientError) == .connectTimeout || error is NIOConnectionError
                    || error is IOError)
        }
    }

    /// At most ``maximumAnswerBytes``, as text that PostgreSQL can keep.
    private static func beginning(of body: HTTPClientResponse.Body) async -> String {
        var bytes: [UInt8] = []
        do {
            for try await part in body {
                bytes += part.readableBytesView.prefix(maximumAnswerBytes - bytes.count)
                if bytes.count >= maximumAnswerBytes { break }
            }
        } catch {
            // the status has arrived; how its text ends does not matter
        }
        return String(decoding: bytes.map { $0 == 0 ? 0x20 : $0 }, as: UTF8.self)
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

    /// In our words: an error's own text may hold the address, which is a secret.
    private static func words(for error: any Error) -> String {
        switch error {
        case let error as TargetError: error.description
        case is DeadlineExceeded: "not answered in time"
        case let error as HTTPClientError: error.shortDescription
        default: String(describing: type(of: error))
        }
    }
}

extension TimeAmount {
    fileprivate init(_ duration: Duration) {
        let parts = duration.components
        self = .nanoseconds(parts.seconds * 1_000_000_000 + parts.attoseconds / 1_000_000_000)
    }
}

import Postgres

/// One notification to send to one channel, as `relay.claim_deliveries` hands it out.
struct Delivery: Sendable {
    let id: Int64
    let channel: String
    /// `slack_webhook`, `slack_bot`, `email` or `webhook`.
    let kind: String
    /// A URL, `mailto:…`, `slack:ID`, or `env:NAME`. Secret: never logged.
    let target: String
    let body: String
    let headers: [(String, String)]
    let attempt: Int
    let timeout: Duration

    init?(_ row: Row) {
        guard let id = row.int64("delivery_id"), let channel = row.string("channel"), let kind = row.string("kind"),
            let target = row.string("target"),
            let body = row.string("body")
        else { return nil }
        self.id = id
        self.channel = channel
        self.kind = kind
        self.target = target
        self.body = body
        headers = row.string("headers").map(Self.headers) ?? []
        attempt = row.int("attempt") ?? 1
        timeout = .milliseconds(row.int("timeout_ms") ?? 10_000)
    }

    init(
        id: Int64, channel: String = "", kind: String, target: String, body: String, headers: [(String, String)] = [],
        attempt: Int = 1, timeout: Duration
    ) {
        self.id = id
        self.channel = channel
        self.kind = kind
        self.target = target
        self.body = body
        self.headers = headers
        self.attempt = attempt
        self.timeout = timeout
    }

    private static func headers(_ json: String) -> [(String, String)] {
        let bytes = Array(json.utf8)
        guard let value = try? JSONScanner.value(of: bytes), value.kind == .object,
            let members = try? JSONScanner.members(of: value, in: bytes)
        else { return [] }
        return members.compactMap { name, member in
            guard member.kind == .string, let text = try? JSONScanner.string(member, in: bytes) else { return nil }
            return (name, text)
        }
    }
}

/// Sends deliveries of one kind of channel.
protocol DeliverySender: Sendable {
    /// - Parameter address: what the channel's target, or the variable that it names, says. Secret.
    /// - Throws: where nothing was tried because the database did not say what it was asked: no fault of the receiver's.
    func send(_ delivery: Delivery, to address: String) async throws(DatabaseError) -> DeliveryOutcome
}

/// How an attempt ended; what follows from it is decided in SQL.
struct DeliveryOutcome: Sendable, Equatable {
    var succeeded: Bool
    /// HTTP status, or the SMTP reply code.
    var status: Int?
    /// In our words; never what the target said.
    var error: String?
    var retryAfterMilliseconds: Int64?
    /// How the target's answer began. For administrators only.
    var answer: String?
}

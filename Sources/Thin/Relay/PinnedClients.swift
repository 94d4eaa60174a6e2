import AsyncHTTPClient
import NIOCore

/// HTTP clients that connect to one address each, whatever its name resolves to by then. The certificate and the `Host`
/// header are the name's. A few are kept, so that the connection to a busy receiver is used again.
actor PinnedClients {
    static let limit = 16

    private struct Key: Hashable {
        let host: String
        let address: String
    }
    private struct Entry {
        let client: HTTPClient
        var users = 0
        var lastUse = ContinuousClock.now
    }

    private let connectTimeout: TimeAmount
    private var entries: [Key: Entry] = [:]

    init(connectTimeout: Duration = .seconds(5)) {
        self.connectTimeout = TimeAmount(connectTimeout)
    }

    /// No redirects: an address is what an administrator wrote, not where its owner points next.
    static func configuration(connectTimeout: TimeAmount = .seconds(5)) -> HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.timeout.connect = connectTimeout
        // the relay tries again by itself, later or at another address
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.connectionPool.idleTimeout = .seconds(30)
        return configuration
    }

    /// Each call needs a ``release(_:at:)``.
    func client(for host: String, at address: String) -> HTTPClient {
        let key = Key(host: host, address: address)
        if entries[key] == nil {
            var configuration = Self.configuration(connectTimeout: connectTimeout)
            configuration.dnsOverride = [host: address]
            entries[key] = Entry(
                client: HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration))
        }
        entries[key]!.users += 1
        entries[key]!.lastUse = .now
        return entries[key]!.client
    }

    func release(_ host: String, at address: String) async {
        entries[Key(host: host, address: address)]?.users -= 1
        while entries.count > Self.limit {
            guard let oldest = entries.filter({ $0.value.users == 0 }).min(by: { $0.value.lastUse < $1.value.lastUse })
            else { return }
            entries[oldest.key] = nil
            try? await oldest.value.client.shutdown()
        }
    }

    func shutdown() async {
        for entry in entries.values { try? await entry.client.shutdown() }
        entries = [:]
    }
}

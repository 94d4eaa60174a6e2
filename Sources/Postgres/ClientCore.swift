import Logging
import Pacing
import Synchronization

/// What callers and the poll thread share.
final class ClientCore: Sendable {
    struct Shared {
        var inbox: [ClientRequest] = []
        var releases: [UInt64] = []
        /// Requests that were not handed to a connection yet, the inbox included.
        var waiting = 0
        var isSignalled = false
        var isStarted = false
        var isStopping = false
        var hasEnded = false
        var status = ClientStatus()
        var endWaiters: [UnsafeContinuation<Void, Never>] = []
    }

    let configuration: ConnectionConfiguration
    let options: ClientOptions
    let logger: Logger
    let wakeUp = WakeUp()
    let shared = Mutex(Shared())
    let waitObserver = Mutex<(@Sendable (Duration) -> Void)?>(nil)

    init(_ configuration: ConnectionConfiguration, _ options: ClientOptions, _ logger: Logger) {
        self.configuration = configuration
        self.options = options
        self.logger = logger
    }

    func start() {
        let isFirst = shared.withLock { shared in
            if shared.isStarted || shared.isStopping { return false }
            shared.isStarted = true
            return true
        }
        if isFirst { launch() }
    }

    private func launch() {
        startThread(name: "postgres-client") {
            ClientLoop(self).run()
        }
    }

    /// Hands a request to the poll thread, or answers it at once when it cannot be taken.
    func submit(_ request: ClientRequest) {
        enum Verdict { case taken(signal: Bool, start: Bool), full, closed }
        let verdict = shared.withLock { shared -> Verdict in
            if shared.isStopping { return .closed }
            if shared.waiting >= options.queueCapacity { return .full }
            shared.waiting += 1
            shared.inbox.append(request)
            defer {
                shared.isSignalled = true
                shared.isStarted = true
            }
            return .taken(signal: !shared.isSignalled, start: !shared.isStarted)
        }
        switch verdict {
        case .taken(let signal, let mustStart):
            if mustStart { launch() }
            if signal { wakeUp.signal() }
        case .full:
            request.complete(.failure(DatabaseError.local("53300", "too many requests wait for a connection")))
        case .closed:
            request.complete(.failure(DatabaseError.local("08003", "the database client was stopped")))
        }
    }

    /// Gives an exclusive connection back.
    func release(_ session: UInt64) {
        let signal = shared.withLock { shared in
            shared.releases.append(session)
            defer { shared.isSignalled = true }
            return !shared.isSignalled
        }
        if signal { wakeUp.signal() }
    }

    func stop() {
        shared.withLock { shared in
            shared.isStopping = true
            if !shared.isStarted { shared.hasEnded = true }
        }
        wakeUp.signal()
    }

    /// Returns when the poll thread has closed every connection.
    func ended() async {
        await withUnsafeContinuation { continuation in
            let hasEnded = shared.withLock { shared in
                if !shared.hasEnded { shared.endWaiters.append(continuation) }
                return shared.hasEnded
            }
            if hasEnded { continuation.resume() }
        }
    }
}

/// Limits of a `Client`.
struct ClientOptions: Sendable {
    var connections = 4
    var queueCapacity = 10_000
    /// A request that could not be sent within this time fails.
    var queueDeadline = Duration.seconds(5)
    /// A request whose answer takes longer fails, and its connection is replaced.
    var responseTimeout = Duration.seconds(60)
    var statementCacheCapacity = 256
    /// Requests on one connection before others wait in the common queue, where any free connection may take them.
    var pipelineDepth = 64
    /// In-flight requests get this long when the client stops.
    var drainTime = Duration.seconds(2)
    var backoff = Backoff()
}

/// A snapshot for health checks and metrics.
public struct ClientStatus: Sendable, Equatable {
    /// Connections that are ready.
    public var connected = 0
    /// Requests that wait for a connection.
    public var waiting = 0
    /// Requests that were sent and not answered yet.
    public var inFlight = 0
    /// Connections that were lost or could not be made, since the start.
    public var connectionFailures = 0
    /// The last failure, empty if there was none. Holds no secret.
    public var lastError = ""
}

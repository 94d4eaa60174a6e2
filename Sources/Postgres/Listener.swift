import CLibPQ
import Glibc
public import Logging
public import Pacing

/// What a `Listener` tells.
public enum ListenerEvent: Sendable, Equatable {
    /// Listening now, at first, after each reconnect, and after events had to be dropped: look for what was missed.
    case connected
    case notification(channel: String, payload: String)
    /// Nothing is heard until the next `connected`.
    case disconnected
}

/// LISTEN on a connection of its own that reconnects with jittered delays.
public struct Listener: Sendable {
    /// Events that wait for a slow reader; beyond it the oldest are dropped and `connected` is repeated.
    static let bufferedEvents = 4096

    private let configuration: ConnectionConfiguration
    private let channels: [String]
    private let logger: Logger
    private let backoff: Backoff

    public init(
        _ configuration: ConnectionConfiguration, channels: [String], logger: Logger, backoff: Backoff = Backoff()
    ) {
        self.configuration = configuration
        self.channels = channels
        self.logger = logger
        self.backoff = backoff
    }

    /// Starts listening; ends when the reader's task is cancelled or the stream is let go. Each call has its own connection.
    public func events() -> AsyncStream<ListenerEvent> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: ListenerEvent.self, bufferingPolicy: .bufferingNewest(Self.bufferedEvents))
        let stop = StopSignal()
        continuation.onTermination = { _ in stop.request() }
        startThread(name: "postgres-listen") { [self] in
            var loop = ListenerLoop(
                configuration: configuration, channels: channels, logger: logger, backoff: backoff, stop: stop,
                continuation: continuation)
            loop.run()
            continuation.finish()
        }
        return stream
    }
}

import Foundation
import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import NIOWebSocket

/// One port for HTTP/1.1 and WebSocket: a connection becomes what its first request asks for.
struct ServerChannel: ServerChildChannel, HTTPChannelHandler {
    struct Limits: Sendable {
        /// For a connection's first request to arrive.
        var firstRequest: TimeAmount = .seconds(15)
        /// Between requests, and for a request that stops in the middle.
        var idle: Duration = .seconds(75)
        /// For a peer to take something of its answers (``StalledPeerHandler``).
        var stall: TimeAmount = .seconds(30)
        var headerFieldBytes = 16 * 1024
        var headerListBytes = 32 * 1024
        var headerFields = 100
        var webSocket = WebSocketHandler.Limits()
        /// HTTP and WebSocket together.
        var connections = 4096
        /// Of one client as ``AddressNetwork`` counts them; WebSockets behind a trusted proxy, too.
        var connectionsPerAddress = 256
        /// WebSockets that have not shown a token: in all, and of one client.
        var anonymousSockets = 512
        var anonymousSocketsPerAddress = 32
        /// For the first message, which brings the token.
        var token: Duration = .seconds(10)
    }

    /// The connection is one too many; it is closed without a word, because a word costs more than it is worth.
    struct Crowded: Error {}

    enum Negotiated: Sendable {
        case http(NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>)
        case webSocket(NotificationSession.Socket, WebSocketRequest)
    }

    /// What the server hands to ``handle(value:logger:)``: the decision comes with the first request.
    struct Value: ServerChildChannelValue {
        let channel: any Channel
        let negotiated: EventLoopFuture<Negotiated>
    }

    let responder: HTTPChannelHandler.Responder
    let limits: Limits
    let gate: WebSocketGate
    let addresses: ClientAddress
    let session: NotificationSession
    let slowReaders: Counter
    let connections: ConnectionSlots
    let refused: Counter
    let stalled: Counter

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        let peer = channel.remoteAddress?.ipAddress
        guard let slot = connections.enter(peer, isExempt: addresses.isProxy(peer)) else {
            refused.increment()
            channel.close(promise: nil)
            return channel.eventLoop.makeFailedFuture(Crowded())
        }
        channel.closeFuture.whenComplete { [connections] _ in connections.leave(slot) }
        return channel.eventLoop.makeCompletedFuture {
            let accepted = NIOLoopBoundBox<WebSocketRequest?>(nil, eventLoop: channel.eventLoop)
            let upgrader = NIOTypedWebSocketServerUpgrader<Negotiated>(
                maxFrameSize: limits.webSocket.messageBytes,
                // our handler says what is wrong in its close frame
                enableAutomaticErrorHandling: false,
                shouldUpgrade: { channel, _ in
                    channel.eventLoop.makeSucceededFuture(accepted.value == nil ? nil : HTTPHeaders())
                },
                upgradePipelineHandler: { channel, _ in
                    channel.eventLoop.makeCompletedFuture { try webSocket(channel, accepted.value) }
                })
            var configuration = NIOUpgradableHTTPServerPipelineConfiguration(
                upgradeConfiguration: NIOTypedHTTPServerUpgradeConfiguration(
                    upgraders: [upgrader],
                    notUpgradingCompletionHandler: { channel in
                        channel.eventLoop.makeCompletedFuture { try http(channel, logger) }
                    }))
            // the async channel does these
            configuration.enablePipelining = false
            configuration.enableErrorHandling = false
            configuration.enableResponseHeaderValidation = false
            configuration.decoderConfiguration.maxHeaderFieldSize = limits.headerFieldBytes
            configuration.decoderConfiguration.maxHeaderListSize = limits.headerListBytes
            configuration.decoderConfiguration.maxHeaderFieldCount = limits.headerFields
            let pipeline = channel.pipeline.syncOperations
            let negotiated = try pipeline.configureUpgradableHTTPServerPipeline(configuration: configuration)
            let upgradeHandler = try pipeline.handler(type: NIOTypedHTTPServerUpgradeHandler<Negotiated>.self)
            try pipeline.addHandler(RequestGuard(), position: .before(upgradeHandler))
            try pipeline.addHandler(
                FirstRequestHandler(deadline: limits.firstRequest, authorize: authorize(channel, accepted)),
                position: .before(upgradeHandler))
            return Value(channel: channel, negotiated: negotiated)
        }
    }

    func handle(value: Value, logger: Logger) async {
        let negotiated: Negotiated
        do {
            negotiated = try await value.negotiated.get()
        } catch {
            // the peer went away before its first request was whole
            try? await value.channel.close()
            return
        }
        switch negotiated {
        case .http(let channel): await handleHTTP(asyncChannel: channel, logger: logger)
        case .webSocket(let socket, let request): await session.run(socket, request)
        }
    }

    private func authorize(
        _ channel: any Channel, _ accepted: NIOLoopBoundBox<WebSocketRequest?>
    ) -> FirstRequestHandler.Authorize {
        let peer = channel.remoteAddress?.ipAddress
        return { head in
            let address = addresses.resolve(peer: peer, forwarded: head.headers.first(name: "X-Forwarded-For"))
            let identifier = RequestID.accept(head.headers.first(name: "X-Request-Id"))
            let request = await gate.open(head, requestID: identifier, address: address)
            // the box belongs to the event loop, which reads it after this
            let stored: EventLoopFuture<Void> = channel.eventLoop.submit { accepted.value = request }
            try? await stored.get()
            return request != nil
        }
    }

    private func http(_ channel: any Channel, _ logger: Logger) throws -> Negotiated {
        let pipeline = channel.pipeline.syncOperations
        let stalled = stalled
        try pipeline.addHandler(StalledPeerHandler(interval: limits.stall, onStall: { stalled.increment() }))
        try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: false))
        try pipeline.addHandler(HTTPConnectionStateHandler(idleTimeout: limits.idle, logger: logger))
        return .http(
            try NIOAsyncChannel(
                wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true)))
    }

    private func webSocket(_ channel: any Channel, _ request: WebSocketRequest?) throws -> Negotiated {
        guard let request else { throw NIOWebSocketUpgradeError.unsupportedWebSocketTarget }
        let slowReaders = slowReaders
        try channel.pipeline.syncOperations.addHandler(
            WebSocketHandler(limits: limits.webSocket, onSlow: { slowReaders.increment() }))
        return .webSocket(try NIOAsyncChannel(wrappingChannelSynchronously: channel), request)
    }
}

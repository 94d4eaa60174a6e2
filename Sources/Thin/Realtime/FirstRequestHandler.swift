import NIOCore
import NIOHTTP1

/// Decides over a connection's first request before the protocol upgrade sees it.
///
/// NIO's upgrade handler swallows the head of a request that asks for an upgrade that it does not get, knows no
/// deadline and no shutdown before the first request, and refuses without an answer. So: an upgrade that will not
/// happen loses its `Upgrade` header here and is answered as plain HTTP; the connection is closed when its first
/// request does not come in time, or when the server shuts down before it.
final class FirstRequestHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart

    /// Whether a WebSocket request gets its upgrade. Runs off the event loop; may ask the database.
    typealias Authorize = @Sendable (HTTPRequestHead) async -> Bool

    private enum State {
        case waiting
        /// Parts are held until the decision.
        case deciding(held: [HTTPServerRequestPart])
        case decided
    }

    private let deadline: TimeAmount
    private let authorize: Authorize
    private var state = State.waiting
    private var alarm: Scheduled<Void>?

    init(deadline: TimeAmount, authorize: @escaping Authorize) {
        self.deadline = deadline
        self.authorize = authorize
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        alarm = context.eventLoop.scheduleTask(in: deadline) { bound.value.close(promise: nil) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        alarm?.cancel()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        switch (state, part) {
        case (.waiting, .head(let head)): first(context, head)
        case (.deciding(var held), _):
            held.append(part)
            state = .deciding(held: held)
        default: context.fireChannelRead(data)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch (event, state) {
        case (is ChannelShouldQuiesceEvent, .waiting), (is ChannelShouldQuiesceEvent, .deciding):
            context.close(promise: nil)
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    private func first(_ context: ChannelHandlerContext, _ head: HTTPRequestHead) {
        guard head.headers.contains(name: "Upgrade") else {
            pass(context, [.head(head)])
            return
        }
        guard WebSocketRequest.isUpgrade(head) else {
            pass(context, [.head(Self.withoutUpgrade(head))])
            return
        }
        state = .deciding(held: [])
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        let authorize = authorize
        context.eventLoop.makeFutureWithTask { await authorize(head) }.whenSuccess { isAllowed in
            let (handler, context) = bound.value
            if isAllowed { context.triggerUserOutboundEvent(RequestGuard.WillUpgrade(), promise: nil) }
            handler.decided(context, isAllowed ? head : Self.withoutUpgrade(head))
        }
    }

    private func decided(_ context: ChannelHandlerContext, _ head: HTTPRequestHead) {
        guard case .deciding(let held) = state, context.channel.isActive else { return }
        pass(context, [.head(head)] + held)
    }

    private func pass(_ context: ChannelHandlerContext, _ parts: [HTTPServerRequestPart]) {
        state = .decided
        alarm?.cancel()
        for part in parts { context.fireChannelRead(wrapInboundOut(part)) }
        context.fireChannelReadComplete()
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }

    private static func withoutUpgrade(_ head: HTTPRequestHead) -> HTTPRequestHead {
        var head = head
        head.headers.remove(name: "Upgrade")
        head.headers.remove(name: "HTTP2-Settings")
        // NIO's parser stops behind a request that named an upgrade, whoever answers it: this connection ends with the answer
        head.headers.replaceOrAdd(name: "Connection", value: "close")
        return head
    }
}

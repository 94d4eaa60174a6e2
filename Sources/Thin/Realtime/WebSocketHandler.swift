import NIOCore
import NIOWebSocket

/// What goes out over a WebSocket.
enum WebSocketOutbound: Sendable {
    case text(ByteBuffer)
    case close(WebSocketClose)
}

/// Why we end a connection. Codes from 4000 are ours (docs/errors.md).
struct WebSocketClose: Sendable, Equatable {
    let code: UInt16
    /// At most 123 bytes, as a control frame allows.
    let reason: String

    static let goingAway = WebSocketClose(
        code: 1001, reason: "the server is going away: reconnect with ?after=<last seq>")
    static let unsupported = WebSocketClose(code: 1003, reason: "only text is understood here")
    static let unavailable = WebSocketClose(
        code: 1013, reason: "the database is away: reconnect with ?after=<last seq>")
    static let unauthorized = WebSocketClose(code: 4401, reason: "a valid access token is needed")
    static let expired = WebSocketClose(
        code: 4401, reason: "the token or session has ended: reconnect with a new one and ?after=<last seq>")
    static let forbidden = WebSocketClose(code: 4403, reason: "this needs the role viewer")
    static let slow = WebSocketClose(code: 4408, reason: "too slow a reader: reconnect with ?after=<last seq>")
    static let silent = WebSocketClose(code: 4408, reason: "no pong: reconnect with ?after=<last seq>")
}

/// The connection's life under the messages: pings, limits, closing handshake, slow readers, shutdown.
final class WebSocketHandler: ChannelDuplexHandler {
    typealias InboundIn = WebSocketFrame
    typealias InboundOut = String
    typealias OutboundIn = WebSocketOutbound
    typealias OutboundOut = WebSocketFrame

    struct Limits: Sendable {
        /// Bytes of one message from a client.
        var messageBytes = 64 * 1024
        var pingInterval: TimeAmount = .seconds(20)
        /// A peer that is silent for this long (pings included) is gone.
        var silence: TimeAmount = .seconds(60)
        /// A peer that takes nothing for this long is too slow.
        var stall: TimeAmount = .seconds(10)
        /// For the peer to answer our close.
        var closing: TimeAmount = .seconds(2)
    }

    private enum State {
        case open, closing, closed
    }

    private let limits: Limits
    private let onSlow: @Sendable () -> Void
    private var assembler: WebSocketAssembler
    private var state = State.open
    private var lastHeard = NIODeadline.now()
    private var pingTask: RepeatedTask?
    private var stallTask: Scheduled<Void>?
    private var closeTask: Scheduled<Void>?

    init(limits: Limits, onSlow: @escaping @Sendable () -> Void) {
        self.limits = limits
        self.onSlow = onSlow
        assembler = WebSocketAssembler(maximumBytes: limits.messageBytes)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        lastHeard = .now()
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        pingTask = context.eventLoop.scheduleRepeatedTask(initialDelay: limits.pingInterval, delay: limits.pingInterval)
        { _ in
            let (handler, context) = bound.value
            handler.ping(context)
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        stopTimers()
    }

    func channelInactive(context: ChannelHandlerContext) {
        state = .closed
        stopTimers()
        context.fireChannelInactive()
    }

    // MARK: In

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard state != .closed else { return }
        lastHeard = .now()
        do throws(WebSocketAssembler.Violation) {
            switch try assembler.receive(unwrapInboundIn(data)) {
            case nil, .pong: return
            case .text(let text): if state == .open { context.fireChannelRead(wrapInboundOut(text)) }
            case .binary: close(context, .unsupported)
            case .ping(let payload):
                if state == .open {
                    context.writeAndFlush(
                        wrapOutboundOut(WebSocketFrame(fin: true, opcode: .pong, data: payload)), promise: nil)
                }
            case .close(let code): answerClose(context, code)
            }
        } catch {
            close(context, WebSocketClose(code: error.code, reason: error.reason))
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case NIOWebSocketError.invalidFrameLength:
            close(
                context, WebSocketClose(code: 1009, reason: "a message may have at most \(limits.messageBytes) bytes"))
        case is NIOWebSocketError: close(context, WebSocketClose(code: 1002, reason: "protocol error"))
        default: context.fireErrorCaught(error)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case is ChannelShouldQuiesceEvent: close(context, .goingAway)
        case ChannelEvent.inputClosed:
            // a peer that only closed its sending side cannot close the WebSocket any more
            context.close(promise: nil)
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    private func answerClose(_ context: ChannelHandlerContext, _ code: UInt16?) {
        if state == .open {
            var data = context.channel.allocator.buffer(capacity: 2)
            if let code { data.writeInteger(code) }
            context.writeAndFlush(
                wrapOutboundOut(WebSocketFrame(fin: true, opcode: .connectionClose, data: data)), promise: nil)
        }
        state = .closed
        stopTimers()
        context.close(promise: nil)
    }

    // MARK: Out

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard state == .open else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        switch unwrapOutboundIn(data) {
        case .text(let text):
            context.write(wrapOutboundOut(WebSocketFrame(fin: true, opcode: .text, data: text)), promise: promise)
        case .close(let reason):
            close(context, reason)
            promise?.succeed()
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        stallTask?.cancel()
        stallTask = nil
        if !context.channel.isWritable, state == .open {
            let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
            stallTask = context.eventLoop.scheduleTask(in: limits.stall) {
                let (handler, context) = bound.value
                handler.onSlow()
                handler.close(context, .slow)
            }
        }
        context.fireChannelWritabilityChanged()
    }

    private func ping(_ context: ChannelHandlerContext) {
        guard state == .open else { return }
        if NIODeadline.now() - lastHeard > limits.silence {
            close(context, .silent)
            return
        }
        context.writeAndFlush(
            wrapOutboundOut(
                WebSocketFrame(fin: true, opcode: .ping, data: context.channel.allocator.buffer(capacity: 0))),
            promise: nil)
    }

    /// Says why, then waits a moment for the peer's answer; a peer that does not even take our frame is cut off.
    private func close(_ context: ChannelHandlerContext, _ reason: WebSocketClose) {
        guard state == .open else { return }
        state = .closing
        stopTimers()
        var data = context.channel.allocator.buffer(capacity: 2 + reason.reason.utf8.count)
        data.writeInteger(reason.code)
        data.writeBytes(reason.reason.utf8.prefix(123))
        context.writeAndFlush(
            wrapOutboundOut(WebSocketFrame(fin: true, opcode: .connectionClose, data: data)), promise: nil)
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        closeTask = context.eventLoop.scheduleTask(in: limits.closing) { bound.value.close(promise: nil) }
    }

    private func stopTimers() {
        pingTask?.cancel()
        pingTask = nil
        stallTask?.cancel()
        stallTask = nil
        closeTask?.cancel()
        closeTask = nil
    }
}

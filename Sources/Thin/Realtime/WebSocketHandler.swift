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
    static let crowded = WebSocketClose(
        code: 1013, reason: "too many connections: reconnect later with ?after=<last seq>")
    static let flooding = WebSocketClose(code: 1008, reason: "too many frames")
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
        /// Bytes of one message from a client, which has nothing to say but its token.
        var messageBytes = 16 * 1024
        /// Frames that a client may send at once, and a second; pings of a careful client are one in ten seconds.
        var frameBurst = 256.0
        var framesPerSecond = 64.0
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
    private var frameBudget: Double
    private var budgetedAt = NIODeadline.now()
    /// One pong is on its way; of the pings that come meanwhile only the last is answered, as RFC 6455 5.5.3 allows.
    private var isPongPending = false
    private var owedPong: ByteBuffer?
    /// What is asked for waits until the peer takes what it was sent: who does not read is not read from.
    private var isReadHeld = false

    init(limits: Limits, onSlow: @escaping @Sendable () -> Void) {
        self.limits = limits
        self.onSlow = onSlow
        assembler = WebSocketAssembler(maximumBytes: limits.messageBytes)
        frameBudget = limits.frameBurst
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
        // after our close nothing counts but the peer's own
        guard state != .closed else { return }
        lastHeard = .now()
        guard state == .closing || isWithinBudget() else {
            close(context, .flooding)
            return
        }
        do throws(WebSocketAssembler.Violation) {
            switch try assembler.receive(unwrapInboundIn(data)) {
            case nil, .pong: return
            case .text(let text): if state == .open { context.fireChannelRead(wrapInboundOut(text)) }
            case .binary: close(context, .unsupported)
            case .ping(let payload):
                if state == .open { answerPing(context, payload) }
            case .close(let code): answerClose(context, code)
            }
        } catch {
            close(context, WebSocketClose(code: error.code, reason: error.reason))
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // the decoder refuses whatever comes after its first error; the peer is to read our close meanwhile
        guard state != .closing else { return }
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

    /// A token bucket.
    private func isWithinBudget() -> Bool {
        let passed = Double((lastHeard - budgetedAt).nanoseconds) * 1e-9
        budgetedAt = lastHeard
        frameBudget = min(limits.frameBurst, frameBudget + passed * limits.framesPerSecond) - 1
        return frameBudget >= 0
    }

    private func answerPing(_ context: ChannelHandlerContext, _ payload: ByteBuffer) {
        guard !isPongPending else {
            // a copy: the payload is a slice of what was read, which would stay in memory with it
            owedPong = ByteBuffer(bytes: payload.readableBytesView)
            return
        }
        isPongPending = true
        let written = context.eventLoop.makePromise(of: Void.self)
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        written.futureResult.whenSuccess {
            let (handler, context) = bound.value
            handler.isPongPending = false
            if handler.state == .open, let payload = handler.owedPong.take() { handler.answerPing(context, payload) }
        }
        context.writeAndFlush(
            wrapOutboundOut(
                WebSocketFrame(fin: true, opcode: .pong, data: ByteBuffer(bytes: payload.readableBytesView))),
            promise: written)
    }

    func read(context: ChannelHandlerContext) {
        if context.channel.isWritable || state != .open { context.read() } else { isReadHeld = true }
    }

    private func resumeReading(_ context: ChannelHandlerContext) {
        guard isReadHeld else { return }
        isReadHeld = false
        context.read()
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
        if context.channel.isWritable {
            resumeReading(context)
        } else if state == .open {
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
        // the peer's answer is to be seen
        resumeReading(context)
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

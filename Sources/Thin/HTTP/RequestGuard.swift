import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypesHTTP1

/// Stands directly behind the parser for the whole life of an HTTP connection, and keeps request and answer in step.
///
/// - A head that ``RequestHeadCheck`` or the parser refuses is answered in its turn, behind the answers to the requests
///   before it, and the connection ends: nothing after it can be trusted to begin where it seems to begin.
/// - An answer that leaves before its request is whole ends the connection, too: whoever sends on cannot be told from
///   whoever begins anew. So does a request of HTTP/1.0, or one that says `Connection: close`.
/// - What comes behind the last request of a connection is not read; what would be written behind the last answer is not
///   written.
/// - `Expect: 100-continue` gets its 100 when, and only when, somebody begins to read the body (``BodyIsWanted``). Behind
///   an unanswered request it gets none: its client sends the body after a while without being told (RFC 9110).
final class RequestGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// Sent outbound by whoever begins to read a request's body.
    struct BodyIsWanted: Sendable {}

    /// Sent outbound before an upgrade that will happen: NIO takes the parser away, and hands on what it had read beyond the
    /// request, before the answer 101 is written.
    struct WillUpgrade: Sendable {}

    /// For the peer to read our last answer before the connection is cut.
    private static let linger: TimeAmount = .seconds(1)

    /// Requests that were passed on and whose answers are not complete.
    private var pending = 0
    /// The last of them has not arrived whole.
    private var isReceiving = false
    /// The head of the first one's answer is written.
    private var isAnswering = false
    private var expectsContinue = false
    /// No request follows.
    private var isLast = false
    /// The answer to what was refused, for when its turn comes.
    private var refusal: Problem?
    /// The last answer is written.
    private var isClosing = false
    /// Not HTTP any more: everything passes.
    private var isUpgraded = false
    /// Somebody wanted to read behind the last request.
    private var isReadHeld = false

    // MARK: In

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isUpgraded else {
            context.fireChannelRead(data)
            return
        }
        switch unwrapInboundIn(data) {
        case .head(let head): if !isLast { receive(context, head) }
        case .body: if isReceiving { context.fireChannelRead(data) }
        case .end:
            guard isReceiving else { return }
            isReceiving = false
            context.fireChannelRead(data)
        }
    }

    /// The parser keeps whatever comes behind a request that names an upgrade: it must not get it, or a peer could fill
    /// our memory.
    func read(context: ChannelHandlerContext) {
        if isLast, !isReceiving, !isUpgraded {
            isReadHeld = true
        } else {
            context.read()
        }
    }

    private func receive(_ context: ChannelHandlerContext, _ head: HTTPRequestHead) {
        do throws(Problem) {
            let accepted = try RequestHeadCheck.check(head)
            guard !accepted.hasBody || !WebSocketRequest.isUpgrade(head) else {
                throw .malformed("a request for a WebSocket has no body")
            }
            pending += 1
            isReceiving = true
            expectsContinue = accepted.expectsContinue
            // the parser stops behind a request that names an upgrade
            isLast = !head.isKeepAlive || head.version == .http1_0 || head.headers.contains(name: "Upgrade")
            context.fireChannelRead(wrapInboundOut(.head(accepted.head)))
        } catch {
            refuse(context, error)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let failure = error as? HTTPParserError, !isUpgraded else {
            context.fireErrorCaught(error)
            return
        }
        if isReceiving {
            // its answer is this one
            isReceiving = false
            pending -= 1
            refuse(context, ParserRefusal.problem(failure))
            // whoever reads the body must not take what came of it for the whole
            context.fireErrorCaught(error)
        } else if !isLast {
            refuse(context, ParserRefusal.problem(failure))
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        if isReceiving, !isUpgraded {
            isReceiving = false
            context.fireErrorCaught(HTTPParserError.invalidEOFState)
        }
        isLast = true
        isClosing = true
        context.fireChannelInactive()
    }

    // MARK: Out

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        if event is WillUpgrade {
            isUpgraded = true
            promise?.succeed()
            if isReadHeld {
                isReadHeld = false
                context.read()
            }
            return
        }
        guard event is BodyIsWanted else {
            context.triggerUserOutboundEvent(event, promise: promise)
            return
        }
        if expectsContinue, isReceiving, pending == 1, !isAnswering, !isClosing {
            expectsContinue = false
            let head = HTTPResponseHead(version: .http1_1, status: .continue)
            context.writeAndFlush(wrapOutboundOut(.head(head)), promise: nil)
        }
        promise?.succeed()
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard !isUpgraded else {
            context.write(data, promise: promise)
            return
        }
        guard !isClosing, pending > 0 else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        switch unwrapOutboundIn(data) {
        case .head(let head):
            isAnswering = true
            context.write(wrapOutboundOut(.head(answering(head))), promise: promise)
        case .body: context.write(data, promise: promise)
        case .end: ended(context, data, promise)
        }
    }

    /// The head as it goes out: the last answer of a connection says so.
    private func answering(_ head: HTTPResponseHead) -> HTTPResponseHead {
        var head = head
        let options = head.headers[canonicalForm: "Connection"]
        if options.contains(where: { $0.lowercased() == "close" }) {
            pending = 1
            refusal = nil
        } else {
            guard pending == 1, refusal == nil, isLast || isReceiving else { return head }
            head.headers.replaceOrAdd(name: "Connection", value: (options + ["close"]).joined(separator: ", "))
        }
        isLast = true
        isReceiving = false
        return head
    }

    private func ended(_ context: ChannelHandlerContext, _ data: NIOAny, _ promise: EventLoopPromise<Void>?) {
        pending -= 1
        isAnswering = false
        if pending == 0, isLast, refusal == nil {
            close(context, behind: data, promise)
        } else {
            context.write(data, promise: promise)
            if pending == 0, let problem = refusal { answer(context, problem) }
        }
    }

    // MARK: The end

    private func refuse(_ context: ChannelHandlerContext, _ problem: Problem) {
        isLast = true
        guard !isClosing, refusal == nil else { return }
        if pending == 0 {
            answer(context, problem)
        } else {
            refusal = problem
        }
    }

    private func answer(_ context: ChannelHandlerContext, _ problem: Problem) {
        let requestID = RequestID.make()
        let body = ByteBuffer(string: problem.json(instance: requestID))
        var headers = HTTPHeaders(problem.headers)
        headers.replaceOrAdd(name: "Content-Type", value: "application/problem+json")
        headers.replaceOrAdd(name: "Content-Length", value: String(body.readableBytes))
        headers.replaceOrAdd(name: "Connection", value: "close")
        headers.replaceOrAdd(name: HTTPField.Name.requestID.rawName, value: requestID)
        let head = HTTPResponseHead(version: .http1_1, status: .init(statusCode: problem.status), headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
        close(context, behind: wrapOutboundOut(.end(nil)), nil)
    }

    /// The sending side first, so that the peer can still read the answer.
    private func close(_ context: ChannelHandlerContext, behind data: NIOAny, _ promise: EventLoopPromise<Void>?) {
        isClosing = true
        isLast = true
        isReceiving = false
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        let written = promise ?? context.eventLoop.makePromise()
        written.futureResult.whenComplete { _ in
            bound.value.close(mode: .output, promise: nil)
            bound.value.eventLoop.scheduleTask(in: Self.linger) { bound.value.close(promise: nil) }
        }
        context.writeAndFlush(data, promise: written)
    }
}

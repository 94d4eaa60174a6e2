import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// Answers what the HTTP parser refuses between two requests with a problem, and closes the connection after an answer
/// that says `Connection: close`, even if the rest of the request never ends. The sending side is closed first, so that
/// the peer can still read the answer.
final class ConnectionEndHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private static let linger: TimeAmount = .seconds(1)
    /// Requests whose answer is not complete.
    private var unanswered = 0
    private var isClosing = false
    /// Nothing that comes after the request at hand can be read.
    private var isLastRequest = false
    private var closesAfterAnswer = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .head(let head) = unwrapInboundIn(data) {
            unanswered += 1
            // NIO's parser stops behind a request that names an upgrade
            if head.headerFields[.upgrade] != nil || head.headerFields[.connection]?.lowercased() == "close" {
                isLastRequest = true
            }
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(var head):
            let option = head.headerFields[.connection]
            closesAfterAnswer = option?.lowercased() == "close"
            if isLastRequest, unanswered == 1, !closesAfterAnswer {
                closesAfterAnswer = true
                // a refused upgrade names "Upgrade" as its option, too
                head.headerFields[.connection] = option.map { "\($0), close" } ?? "close"
            }
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .end:
            unanswered -= 1
            if closesAfterAnswer {
                end(context, data, promise)
            } else {
                context.write(data, promise: promise)
            }
        default: context.write(data, promise: promise)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let failure = error as? HTTPParserError, unanswered == 0, !isClosing else {
            context.fireErrorCaught(error)
            return
        }
        let problem = ParserRefusal.problem(failure)
        let requestID = RequestID.make()
        let body = ByteBuffer(string: problem.json(instance: requestID))
        var head = HTTPResponse(status: .init(code: problem.status))
        head.headerFields[.contentType] = "application/problem+json"
        head.headerFields[.contentLength] = String(body.readableBytes)
        head.headerFields[.connection] = "close"
        head.headerFields[.requestID] = requestID
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(body)), promise: nil)
        end(context, wrapOutboundOut(.end(nil)), nil)
    }

    private func end(_ context: ChannelHandlerContext, _ data: NIOAny, _ promise: EventLoopPromise<Void>?) {
        isClosing = true
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        let written = promise ?? context.eventLoop.makePromise()
        written.futureResult.whenComplete { _ in
            bound.value.close(mode: .output, promise: nil)
            bound.value.eventLoop.scheduleTask(in: Self.linger) { bound.value.close(promise: nil) }
        }
        context.writeAndFlush(data, promise: written)
    }
}

/// What the parser's refusal is to the peer.
enum ParserRefusal {
    static func problem(_ failure: HTTPParserError) -> Problem {
        failure == .headerOverflow
            ? Problem(431, "MW431", "Header too large", "the request's header fields are too large or too many")
            : Problem.malformed("the request is not HTTP/1.1")
    }
}

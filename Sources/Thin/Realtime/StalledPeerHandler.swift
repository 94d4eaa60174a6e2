import NIOCore

/// Closes an HTTP connection whose peer asks but does not read: its answers would stay in memory, and its place would be
/// taken, for ever, because nothing else has a deadline while a request is being answered.
final class StalledPeerHandler: ChannelInboundHandler {
    typealias InboundIn = Any

    /// Bytes that a peer takes in one interval at least, once it has more to take than the channel's buffer holds.
    private static let leastProgress = 16 * 1024

    private let interval: TimeAmount
    private let onStall: @Sendable () -> Void
    private var pending = 0
    private var alarm: Scheduled<Void>?

    init(interval: TimeAmount, onStall: @escaping @Sendable () -> Void) {
        self.interval = interval
        self.onStall = onStall
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        alarm?.cancel()
        alarm = nil
        if !context.channel.isWritable {
            pending = Self.pending(context)
            watch(context)
        }
        context.fireChannelWritabilityChanged()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        alarm?.cancel()
        alarm = nil
    }

    private func watch(_ context: ChannelHandlerContext) {
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        alarm = context.eventLoop.scheduleTask(in: interval) {
            let (handler, context) = bound.value
            let left = Self.pending(context)
            guard handler.pending - left >= Self.leastProgress else {
                handler.onStall()
                context.close(promise: nil)
                return
            }
            handler.pending = left
            handler.watch(context)
        }
    }

    private static func pending(_ context: ChannelHandlerContext) -> Int {
        (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }
}

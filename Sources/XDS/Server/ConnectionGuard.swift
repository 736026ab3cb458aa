import NIOCore
import NIOHTTP2

/// Closes connections that say nothing, are dead, or have no streams; says goodbye when the server ends.
///
/// Confined to the connection's event loop.
final class ConnectionGuard: ChannelInboundHandler {
    typealias InboundIn = HTTP2Frame
    typealias OutboundOut = HTTP2Frame

    /// The server ends: no more streams, and the connection closes with the last one.
    struct Goodbye: Sendable {}

    private let core: ServerCore
    private let reads: BufferLimiter
    private let openedAt = NIODeadline.now()
    private var streams = 0
    private var idleSince = NIODeadline.now()
    private var askedAt: NIODeadline?
    private var isLeaving = false
    private var check: Scheduled<Void>?
    private var context: ChannelHandlerContext?

    init(core: ServerCore, reads: BufferLimiter) {
        self.core = core
        self.reads = reads
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        schedule(context)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        check?.cancel()
        check = nil
        self.context = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        check?.cancel()
        check = nil
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // Before anything was said the error is of the TLS handshake. A client may refuse our certificate after we took the handshake for done.
        if reads.lastRead == nil { core.handshakeFailed(context.channel.remoteAddress?.ipAddress ?? "unknown", error) }
        context.close(promise: nil)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is Goodbye {
            sayGoodbye(context)
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }

    func streamOpened() { streams += 1 }

    func streamClosed() {
        streams -= 1
        idleSince = .now()
        if streams == 0, isLeaving { context?.close(promise: nil) }
    }

    private func sayGoodbye(_ context: ChannelHandlerContext) {
        guard !isLeaving else { return }
        isLeaving = true
        let frame = HTTP2Frame(
            streamID: .rootStream,
            payload: .goAway(lastStreamID: .maxID, errorCode: .noError, opaqueData: nil)
        )
        context.writeAndFlush(wrapOutboundOut(frame), promise: nil)
        if streams == 0 { context.close(promise: nil) }
    }

    private func schedule(_ context: ChannelHandlerContext) {
        let options = core.options
        let shortest = min(
            options.openingPatience,
            options.idlePatience,
            options.keepaliveInterval,
            options.keepalivePatience
        )
        check = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(shortest / 2)) {
            guard let context = self.context else { return }
            self.look(context)
        }
    }

    private func look(_ context: ChannelHandlerContext) {
        let options = core.options
        let now = NIODeadline.now()
        guard let lastRead = reads.lastRead else {
            if now - openedAt >= TimeAmount(options.openingPatience) { return context.close(promise: nil) }
            return schedule(context)
        }
        if let asked = askedAt {
            if lastRead > asked {
                askedAt = nil
            } else if now - asked >= TimeAmount(options.keepalivePatience) {
                return context.close(promise: nil)
            }
        } else if now - lastRead >= TimeAmount(options.keepaliveInterval) {
            askedAt = now
            let ping = HTTP2Frame(streamID: .rootStream, payload: .ping(HTTP2PingData(withInteger: 0), ack: false))
            context.writeAndFlush(wrapOutboundOut(ping), promise: nil)
        }
        if streams == 0, now - idleSince >= TimeAmount(options.idlePatience) { return sayGoodbye(context) }
        schedule(context)
    }
}

import NIOCore
import NIOHTTP2

/// Closes connections that say nothing, are dead, have no streams or take more than they may; says goodbye when the server ends.
///
/// As long as nobody is admitted on a connection, what it sends and opens is counted here, before anything is made of it, and whether or not
/// the client keeps to the settings that it was told.
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
    private let id: ObjectIdentifier
    private let address: String
    private var meter = FrameMeter()
    private var streams = 0
    /// Streams on which somebody is admitted.
    private var admitted = 0
    /// Since when there is none.
    private var unadmittedSince = NIODeadline.now()
    private var hasOpenedStream = false
    private var wasAdmitted = false
    private var refusals = 0
    private var idleSince = NIODeadline.now()
    private var askedAt: NIODeadline?
    private var isLeaving = false
    private var hasGivenUp = false
    private var check: Scheduled<Void>?
    private var context: ChannelHandlerContext?

    /// - Parameter address: where the connection comes from.
    init(core: ServerCore, reads: BufferLimiter, channel: any Channel, address: String) {
        self.core = core
        self.reads = reads
        id = ObjectIdentifier(channel)
        self.address = address
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        reads.inspect = { self.inspect($0) }
        schedule(context)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        check?.cancel()
        check = nil
        reads.inspect = nil
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

    // MARK: Streams

    /// - Returns: whether there may be one more; one that may not is to be reset.
    func streamOpened() -> Bool {
        hasOpenedStream = true
        guard !isLeaving, streams < core.options.streamsPerConnection,
            streams - admitted < core.options.unadmittedStreamsPerConnection
        else {
            countRefusal()
            return false
        }
        streams += 1
        return true
    }

    func streamClosed() {
        streams -= 1
        idleSince = .now()
        if streams == 0, isLeaving { context?.close(promise: nil) }
    }

    func streamAdmitted() {
        admitted += 1
        refusals = 0
        wasAdmitted = true
        if admitted == 1 { core.admitted(id) }
    }

    /// One that was admitted is no longer a stream of the server.
    func streamLeft() {
        admitted -= 1
        guard admitted == 0 else { return }
        unadmittedSince = .now()
        meter.reset()
        if !core.isUnadmitted(id, from: address) { context?.close(promise: nil) }
    }

    func streamRefused() { countRefusal() }

    private func countRefusal() {
        refusals += 1
        guard refusals >= core.options.refusalsPerConnection, admitted == 0 else { return }
        giveUp(.refusals)
    }

    // MARK: Bytes

    /// Whether what came may be handed on.
    private func inspect(_ bytes: ByteBuffer) -> Bool {
        meter.take(bytes)
        guard !hasGivenUp else { return false }
        guard admitted == 0 else { return true }
        guard meter.bytes <= core.options.unadmittedBytesPerConnection,
            meter.frames <= core.options.unadmittedFramesPerConnection
        else {
            giveUp(.bytes)
            return false
        }
        return core.charge(id, bytes.readableBytes)
    }

    /// Closes the connection and tells the client that it asks for too much.
    private func giveUp(_ reason: ConnectionEnd) {
        guard let context, !hasGivenUp else { return }
        core.metrics.countEnd(reason)
        hasGivenUp = true
        isLeaving = true
        let frame = HTTP2Frame(
            streamID: .rootStream,
            payload: .goAway(lastStreamID: .maxID, errorCode: .enhanceYourCalm, opaqueData: nil)
        )
        context.writeAndFlush(wrapOutboundOut(frame), promise: nil)
        // What was written before, such as why the last stream was refused, is on its way by then.
        context.eventLoop.assumeIsolated().execute { self.context?.close(promise: nil) }
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
            options.admissionDeadline,
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
        guard let lastRead = reads.lastRead, hasOpenedStream else {
            if now - openedAt >= TimeAmount(options.openingPatience) {
                core.metrics.countEnd(.timeout)
                return context.close(promise: nil)
            }
            return schedule(context)
        }
        let limit = wasAdmitted ? options.idlePatience + options.admissionDeadline : options.admissionDeadline
        if admitted == 0, now - unadmittedSince >= TimeAmount(limit) {
            core.metrics.countEnd(.timeout)
            return context.close(promise: nil)
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

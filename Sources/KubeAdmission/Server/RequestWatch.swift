import NIOCore

/// Closes a connection on which no request begins soon, the handshake and the whole head included, and tells when the peer has gone: nobody
/// waits for the answer then.
final class RequestWatch: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = NIOAny

    private let limit: TimeAmount
    private let connections: AdmissionConnections
    private var timeout: Scheduled<Void>?

    /// - Parameter limit: how long the first request may take.
    init(limit: TimeAmount, connections: AdmissionConnections) {
        self.limit = limit
        self.connections = connections
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let channel = context.channel
        timeout = context.eventLoop.scheduleTask(in: limit) { AdmissionConnections.drop(channel) }
    }

    func handlerRemoved(context: ChannelHandlerContext) { timeout?.cancel() }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        timeout?.cancel()
        timeout = nil
        context.fireChannelRead(data)
    }

    func channelInactive(context: ChannelHandlerContext) {
        connections.peerHasGone(context.channel)
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed = event { connections.peerHasGone(context.channel) }
        context.fireUserInboundEventTriggered(event)
    }
}

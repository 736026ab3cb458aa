import NIOCore
import NIOHTTP1

/// One connection of a health server: a request, its answer, and then the next request. Confined to its event loop.
///
/// A request has to be there, and an answer to be taken, within a limited time each; the connection is closed else. What is sent ahead waits
/// until the answer before has left this process, so that a peer that does not read holds one answer at most.
final class HealthConnection: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    /// The server ends: the connection closes with the answer that is being given, if any.
    struct Goodbye: Sendable {}

    private let endpoints: HealthEndpoints
    private let renderer: MetricsRenderer
    private let connections: HealthConnections
    private let limits: HealthServer.Limits
    private var request: HTTPRequestHead?
    private var isAnswering = false
    private var closesAfterAnswer = false
    private var deadline: Scheduled<Void>?
    private var context: ChannelHandlerContext?

    init(
        endpoints: HealthEndpoints,
        renderer: MetricsRenderer,
        connections: HealthConnections,
        limits: HealthServer.Limits
    ) {
        self.endpoints = endpoints
        self.renderer = renderer
        self.connections = connections
        self.limits = limits
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        close(in: limits.idleTimeout)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        deadline?.cancel()
        deadline = nil
        self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            request = head
            // Nothing here takes a body. One that comes is not read: the connection is closed after the answer.
            guard
                head.headers.contains(name: "transfer-encoding")
                    || head.headers.first(name: "content-length").map({ $0 != "0" }) ?? false
            else { return }
            closesAfterAnswer = true
            answer(head)
        case .body: break
        case .end:
            guard let head = request, !isAnswering else { return }
            if !head.isKeepAlive { closesAfterAnswer = true }
            answer(head)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case ChannelEvent.inputClosed, is Goodbye:
            closesAfterAnswer = true
            if !isAnswering { context.close(promise: nil) }
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func close(in time: Duration) {
        deadline?.cancel()
        deadline = context?.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(time)) {
            self.context?.close(promise: nil)
        }
    }

    private func answer(_ head: HTTPRequestHead) {
        guard let context else { return }
        request = nil
        isAnswering = true
        connections.begin(context.channel)
        close(in: limits.responseTimeout)
        switch endpoints.answer(to: head.method.rawValue, head.uri) {
        case .response(let response): write(response)
        case .metrics(let isHeadOnly):
            guard connections.enterScrapes(context.channel) else {
                closesAfterAnswer = true
                return write(HealthResponse(status: 503, body: "too many connections ask for metrics\n"))
            }
            renderer.response().assumeIsolated().whenComplete { result in
                switch result {
                case .success(var response):
                    response.isHeadOnly = isHeadOnly
                    self.write(response)
                case .failure: self.context?.close(promise: nil)
                }
            }
        }
    }

    private func write(_ response: HealthResponse) {
        guard let context else { return }
        var headers = HTTPHeaders()
        headers.add(name: "content-type", value: response.contentType)
        headers.add(name: "content-length", value: String(response.body.utf8.count))
        headers.add(name: "cache-control", value: "no-store")
        headers.add(name: "x-content-type-options", value: "nosniff")
        if let allow = response.allow { headers.add(name: "allow", value: allow) }
        if closesAfterAnswer { headers.add(name: "connection", value: "close") }
        let head = HTTPResponseHead(
            version: .http1_1,
            status: HTTPResponseStatus(statusCode: response.status),
            headers: headers
        )
        // The end is told when all before it has left, since the next request is let in then.
        let written: EventLoopFuture<Void>
        if response.isHeadOnly {
            written = context.writeAndFlush(wrapOutboundOut(.head(head)))
        } else {
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            let body = context.channel.allocator.buffer(string: response.body)
            written = context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(body))))
        }
        written.assumeIsolated().whenComplete { result in
            switch result {
            case .success: self.answered()
            case .failure: self.context?.close(promise: nil)
            }
        }
    }

    private func answered() {
        guard let context else { return }
        deadline?.cancel()
        connections.end(context.channel)
        isAnswering = false
        if !closesAfterAnswer { close(in: limits.idleTimeout) }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        if closesAfterAnswer { context.close(promise: nil) }
    }
}

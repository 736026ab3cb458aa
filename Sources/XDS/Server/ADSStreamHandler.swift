import EnvoyAPI
import KubeRuntime
import Logging
import NIOCore
import NIOHPACK
import NIOHTTP2

/// One HTTP/2 stream: the gRPC call, who makes it, and then its ``PushMachine``. Confined to its event loop.
final class ADSStreamHandler: ChannelInboundHandler {
    typealias InboundIn = HTTP2Frame.FramePayload
    typealias OutboundOut = HTTP2Frame.FramePayload

    static let method = "/envoy.service.discovery.v3.AggregatedDiscoveryService/DeltaAggregatedResources"

    private enum Phase {
        /// No headers yet.
        case opening
        /// The call is right; the first request tells who makes it.
        case greeting(authorization: String?)
        case admitting(DeltaRequest)
        case open(ProxyID)
        case ended
    }

    private let core: ServerCore
    private let connection: ConnectionGuard
    private let peer: String
    private var phase = Phase.opening
    private var frames: GRPCFrames
    private var machine: PushMachine
    private var handle: StreamHandle?
    private var patience: Scheduled<Void>?
    private var context: ChannelHandlerContext?
    private var hasAnswered = false
    /// The client sends nothing more.
    private var isHalfClosed = false

    init(core: ServerCore, connection: ConnectionGuard, peer: String) {
        self.core = core
        self.connection = connection
        self.peer = peer
        frames = GRPCFrames(limit: core.options.firstMessageBytes)
        machine = PushMachine(sharing: core.sharing, options: core.options.push)
    }

    // MARK: The channel

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        connection.streamOpened()
        let this = NIOLoopBound(self, eventLoop: context.eventLoop)
        let handle = StreamHandle(
            eventLoop: context.eventLoop,
            wake: { this.value.takeSnapshot() },
            supersede: { this.value.end(XDSError(.unavailable, "the proxy has another stream now")) },
            shutDown: { this.value.end(XDSError(.unavailable, "the server ends")) }
        )
        self.handle = handle
        patience = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(core.options.openingPatience)) {
            switch self.phase {
            case .opening, .greeting: self.refuse(XDSError(.deadline, "no request came in time"), nodeID: nil)
            case .admitting, .open, .ended: break
            }
        }
        if !core.enter(handle) { end(XDSError(.unavailable, "the server ends")) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        leave()
        guard self.context != nil else { return }
        self.context = nil
        connection.streamClosed()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .headers(let headers):
            if case .opening = phase { open(headers.headers) }
            isHalfClosed = isHalfClosed || headers.endStream
        case .data(let data):
            guard case .byteBuffer(var bytes) = data.data else { return }
            if case .ended = phase { return }
            frames.append(&bytes)
            isHalfClosed = isHalfClosed || data.endStream
        default: return
        }
        readRequests()
    }

    /// Is no longer a stream of the hub and the server; may be called again.
    private func leave() {
        if case .open(let proxy) = phase, let handle {
            core.countProxy(-1)
            core.hub.disconnect(proxy, handle)
        }
        phase = .ended
        patience?.cancel()
        patience = nil
        guard let handle else { return }
        self.handle = nil
        core.leave(handle)
    }

    // MARK: The call

    private func open(_ headers: HPACKHeaders) {
        guard headers.first(name: ":method") == "POST",
            headers.first(name: "content-type")?.hasPrefix("application/grpc") ?? false
        else { return refuse(XDSError(.unimplemented, "not a gRPC call"), nodeID: nil) }
        guard headers.first(name: ":path") == Self.method else {
            return refuse(XDSError(.unimplemented, "this server has \(Self.method) alone"), nodeID: nil)
        }
        phase = .greeting(authorization: headers.first(name: "authorization"))
    }

    private func readRequests() {
        do throws(XDSError) {
            reading: while true {
                switch phase {
                case .opening, .ended: return
                case .admitting:
                    // More may come before it is known who calls, as much as one message may hold.
                    guard frames.size <= core.options.messageBytes else {
                        throw XDSError(.tooLarge, "too much came before the caller was admitted")
                    }
                    break reading
                case .greeting(let authorization):
                    guard let message = try frames.next() else { break reading }
                    greet(try DeltaRequest(decoding: message, limits: core.options.request), authorization)
                case .open:
                    guard let message = try frames.next() else { break reading }
                    try take(DeltaRequest(decoding: message, limits: core.options.request))
                }
            }
        } catch {
            return refuse(error, nodeID: nil)
        }
        context?.flush()
        switch phase {
        case .admitting: break
        case .opening, .greeting, .open, .ended: if isHalfClosed { finish(status: 0, message: "") }
        }
    }

    private func greet(_ request: DeltaRequest, _ authorization: String?) {
        guard let node = request.node, let context else {
            return refuse(XDSError(.unauthenticated, "the first request has no node"), nodeID: nil)
        }
        phase = .admitting(request)
        let credentials = StreamAuthenticator.Credentials(
            nodeID: node.id,
            authorization: authorization,
            peer: peer
        )
        core.admissions.verdict(on: credentials, eventLoop: context.eventLoop).assumeIsolated().whenSuccess {
            verdict in
            self.admit(verdict, node.id)
        }
    }

    private func admit(_ verdict: StreamAuthenticator.Verdict, _ nodeID: String) {
        guard case .admitting(let request) = phase, let handle, let context else { return }
        switch verdict {
        case .unauthenticated(let why): return refuse(XDSError(.unauthenticated, why), nodeID: nodeID)
        case .denied(let why): return refuse(XDSError(.permissionDenied, why), nodeID: nodeID)
        case .unavailable(let why): return refuse(XDSError(.unavailable, why), nodeID: nodeID)
        case .admitted(let proxy):
            phase = .open(proxy)
            patience?.cancel()
            patience = nil
            frames.limit = core.options.messageBytes
            core.countProxy(1)
            core.logger.debug("proxy connected", metadata: ["proxy": "\(proxy)", "peer": "\(peer)"])
            let headers: HPACKHeaders = [":status": "200", "content-type": "application/grpc"]
            context.write(wrapOutboundOut(.headers(.init(headers: headers))), promise: nil)
            hasAnswered = true
            core.hub.connect(proxy, handle)
            do throws(XDSError) {
                try take(request)
            } catch {
                return refuse(error, nodeID: nodeID)
            }
            takeSnapshot()
            readRequests()
        }
    }

    /// Tells the caller and the log why there is no stream, or no longer.
    private func refuse(_ error: XDSError, nodeID: String?) {
        var metadata: [String: String] = ["peer": peer, "reason": error.message]
        switch phase {
        case .ended: return
        case .open(let proxy): metadata["node"] = proxy.description
        case .admitting(let request): metadata["node"] = nodeID ?? request.node?.id
        case .opening, .greeting: metadata["node"] = nodeID
        }
        core.metrics.countRefusal(error.code)
        core.logger.warning("stream refused", metadata: metadata.mapValues { "\($0)" })
        end(error)
    }

    private func end(_ error: XDSError) { finish(status: error.grpcStatus, message: error.message) }

    private func finish(status: Int, message: String) {
        if case .ended = phase { return }
        guard let context else { return leave() }
        var trailers: HPACKHeaders = hasAnswered ? [:] : [":status": "200", "content-type": "application/grpc"]
        trailers.add(name: "grpc-status", value: String(status))
        if !message.isEmpty { trailers.add(name: "grpc-message", value: GRPCFrames.percentEncoded(message)) }
        leave()
        context.writeAndFlush(wrapOutboundOut(.headers(.init(headers: trailers, endStream: true))), promise: nil)
        if !isHalfClosed { context.writeAndFlush(wrapOutboundOut(.rstStream(.noError)), promise: nil) }
        // Who does not read does not get to the trailers either.
        patience = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(core.options.shutdownPatience)) {
            self.context?.close(promise: nil)
        }
    }

    // MARK: The machine

    private func take(_ request: DeltaRequest) throws(XDSError) {
        if request.failure != nil, let type = ResourceType(typeURL: request.typeURL) {
            core.metrics.countRejection(type)
        }
        perform(try machine.receive(request, now: core.time.now))
    }

    private func takeSnapshot() {
        guard case .open(let proxy) = phase, let handle, let snapshot = core.hub.snapshot(for: proxy, handle) else {
            return
        }
        perform(machine.publish(snapshot, now: core.time.now))
        context?.flush()
    }

    private func perform(_ actions: [PushAction]) {
        guard case .open(let proxy) = phase, let handle, let context else { return }
        for action in actions {
            switch action {
            case .send(let response):
                var size = 0
                for bytes in core.sharing.encoder.encode(response) {
                    size += bytes.readableBytes
                    context.write(wrapOutboundOut(.data(.init(data: .byteBuffer(bytes)))), promise: nil)
                }
                core.metrics.countPush(response.type, bytes: size)
            case .delivered(let generation, let changedAt):
                core.metrics.countDelivery(after: changedAt.map { core.time.now - $0 })
                core.hub.acknowledge(generation, by: proxy, handle)
            case .rejectionsChanged:
                let rejections = machine.rejections
                for rejection in rejections {
                    core.logger.warning(
                        "proxy rejects a resource",
                        metadata: [
                            "proxy": "\(proxy)", "type": "\(rejection.type)", "name": "\(rejection.name)",
                            "reason": "\(rejection.message)",
                        ]
                    )
                }
                core.hub.setRejections(rejections, of: proxy, handle)
            }
        }
        watchDeadline(context)
    }

    private func watchDeadline(_ context: ChannelHandlerContext) {
        guard patience == nil, let deadline = machine.deadline else { return }
        let wait = max(.zero, deadline - core.time.now)
        patience = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(wait)) {
            self.patience = nil
            guard case .open(let proxy) = self.phase else { return }
            if let deadline = self.machine.deadline, deadline <= self.core.time.now {
                self.core.metrics.countOverdue()
                self.core.logger.warning("clusters are not acknowledged in time", metadata: ["proxy": "\(proxy)"])
            }
            self.perform(self.machine.expire(now: self.core.time.now))
            self.context?.flush()
            if let context = self.context { self.watchDeadline(context) }
        }
    }
}

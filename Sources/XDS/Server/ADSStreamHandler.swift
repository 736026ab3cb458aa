import EnvoyAPI
import KubeRuntime
import Logging
import NIOCore
import NIOHPACK
import NIOHTTP2
import NIOPosix

/// One HTTP/2 stream: the gRPC call, who makes it, and then its ``PushMachine``. Confined to its event loop.
///
/// It reads for itself: nothing of the body before the caller is admitted, and nothing more while a request is worked on or the
/// stream has used up what it may. What is not read is held back by the stream's window.
final class ADSStreamHandler: ChannelInboundHandler {
    typealias InboundIn = HTTP2Frame.FramePayload
    typealias OutboundOut = HTTP2Frame.FramePayload

    static let method = "/envoy.service.discovery.v3.AggregatedDiscoveryService/DeltaAggregatedResources"
    /// So many requests are taken before others have their turn.
    private static let requestsAtATime = 32

    private enum Phase {
        /// No headers yet.
        case opening
        /// The call is right; whose token it shows is being found out.
        case admitting(AdmissionQueue.Ticket?)
        /// Admitted; the first request tells who the caller says it is. `nil` for one that is taken at its word.
        case greeting(ProxyIdentity?)
        case open(ProxyID)
        case ended
    }

    private let core: ServerCore
    private let connection: ConnectionGuard
    private let peer: String
    private let machine: StreamMachine
    private var phase = Phase.opening
    private var frames: GRPCFrames
    private var allowance: WorkAllowance
    /// Of the machine's next step.
    private var weight = 0
    private var deadline: ContinuousClock.Instant?
    private var isFirstSnapshot = true
    /// A worker has the machine.
    private var isBusy = false
    /// No request is taken for a while.
    private var isPaused = false
    /// What came up while a worker had the machine.
    private var waiting = (snapshot: false, expiry: false)
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
        machine = StreamMachine(sharing: core.sharing, options: core.options, time: core.time)
        allowance = WorkAllowance(share: core.options.workShare, burst: core.options.workBurst, now: core.time.now)
    }

    // MARK: The channel

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        let this = NIOLoopBound(self, eventLoop: context.eventLoop)
        let handle = StreamHandle(
            eventLoop: context.eventLoop,
            wake: { this.value.takeSnapshot() },
            end: { this.value.end($0) }
        )
        self.handle = handle
        wait(core.options.openingPatience, "no headers came in time")
        if !core.enter(handle) { end(XDSError(.unavailable, "the server ends")) }
    }

    func channelActive(context: ChannelHandlerContext) {
        // The headers, and nothing else for now.
        context.read()
        context.fireChannelActive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        leave()
        patience?.cancel()
        patience = nil
        guard self.context != nil else { return }
        self.context = nil
        connection.streamClosed()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .headers(let headers):
            isHalfClosed = isHalfClosed || headers.endStream
            if case .opening = phase { open(headers.headers) }
        case .data(let data):
            guard case .byteBuffer(var bytes) = data.data else { return }
            isHalfClosed = isHalfClosed || data.endStream
            if case .ended = phase { return }
            frames.append(&bytes)
        default: return
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) { readRequests() }

    /// Is no longer a stream of the hub and the server; may be called again.
    private func leave() {
        let former = phase
        phase = .ended
        switch former {
        case .opening, .ended: break
        case .admitting(let ticket): ticket.map(core.admissions.giveUp)
        case .greeting: connection.streamLeft()
        case .open(let proxy):
            connection.streamLeft()
            core.countProxy(-1)
            if let handle { core.hub.disconnect(proxy, handle) }
        }
        patience?.cancel()
        patience = nil
        guard let handle else { return }
        self.handle = nil
        core.leave(handle)
    }

    /// Ends the stream if it is still on its way to be opened after a while.
    private func wait(_ limit: Duration, _ reason: String) {
        patience?.cancel()
        patience = context?.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(limit)) {
            switch self.phase {
            case .opening, .admitting, .greeting: self.refuse(XDSError(.deadline, reason))
            case .open, .ended: break
            }
        }
    }

    // MARK: The call

    private func open(_ headers: HPACKHeaders) {
        guard let context, headers.first(name: ":method") == "POST",
            headers.first(name: "content-type")?.hasPrefix("application/grpc") ?? false
        else { return refuse(XDSError(.unimplemented, "not a gRPC call")) }
        guard headers.first(name: ":path") == Self.method else {
            return refuse(XDSError(.unimplemented, "this server has \(Self.method) alone"))
        }
        wait(core.options.admissionDeadline, "who calls could not be told in time")
        let credentials = StreamAuthenticator.Credentials(
            authorization: headers.first(name: "authorization"),
            peer: peer
        )
        phase = .admitting(nil)
        let (ticket, verdict) = core.admissions.verdict(on: credentials, eventLoop: context.eventLoop)
        phase = .admitting(ticket)
        verdict.assumeIsolated().whenSuccess { self.admit($0) }
    }

    private func admit(_ verdict: StreamAuthenticator.Verdict) {
        guard case .admitting = phase else { return }
        switch verdict {
        case .unauthenticated(let why): return refuse(XDSError(.unauthenticated, why))
        case .denied(let why): return refuse(XDSError(.permissionDenied, why))
        case .unavailable(let why): return refuse(XDSError(.unavailable, why))
        case .pending: return refuse(XDSError(.unavailable, "who calls could not be told in time"))
        case .admitted(let identity): phase = .greeting(identity)
        case .trusted: phase = .greeting(nil)
        }
        connection.streamAdmitted()
        wait(core.options.openingPatience, "no request came in time")
        readRequests()
    }

    /// Takes the requests that came, and then reads on.
    private func readRequests() {
        defer { context?.flush() }
        var count = 0
        do throws(XDSError) {
            taking: while !isBusy, !isPaused {
                switch phase {
                case .opening, .admitting, .ended: return
                case .greeting(let identity):
                    guard let message = try frames.next() else { break taking }
                    let request = try DeltaRequest(decoding: message, limits: core.options.request)
                    try greet(request, identity)
                case .open:
                    guard let message = try frames.next() else { break taking }
                    run(.message(message))
                }
                count += 1
                if count == Self.requestsAtATime { pause(.zero) }
            }
        } catch {
            return refuse(error)
        }
        guard !isBusy, !isPaused else { return }
        switch phase {
        case .greeting, .open: if isHalfClosed { finish(status: 0, message: "") } else { context?.read() }
        case .opening, .admitting, .ended: break
        }
    }

    private func pause(_ duration: Duration) {
        guard let context, !isPaused else { return }
        isPaused = true
        context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(duration)) {
            self.isPaused = false
            self.readRequests()
        }
    }

    /// - Throws: why there is no stream.
    private func greet(_ request: DeltaRequest, _ identity: ProxyIdentity?) throws(XDSError) {
        guard let node = request.node else { throw XDSError(.unauthenticated, "the first request has no node") }
        guard let handle, let context else { return }
        guard let claimed = ProxyID(nodeID: node.id) else {
            throw XDSError(.permissionDenied, "the node id \"\(node.id)\" is not <mesh>.<pod>.<namespace>")
        }
        if let identity, identity.proxy != claimed {
            throw XDSError(.permissionDenied, "the node id \"\(node.id)\" is not \(identity.proxy), whose token it is")
        }
        try core.hub.connect(identity ?? ProxyIdentity(claimed), handle)
        phase = .open(claimed)
        patience?.cancel()
        patience = nil
        frames.limit = core.options.messageBytes
        core.countProxy(1)
        core.logger.debug("proxy connected", metadata: ["proxy": "\(claimed)", "peer": "\(peer)"])
        let headers: HPACKHeaders = [":status": "200", "content-type": "application/grpc"]
        context.write(wrapOutboundOut(.headers(.init(headers: headers))), promise: nil)
        hasAnswered = true
        run(.request(request))
        takeSnapshot()
    }

    /// Tells the caller and the log why there is no stream, or no longer.
    private func refuse(_ error: XDSError) {
        var metadata: Logger.Metadata = ["peer": "\(peer)", "reason": "\(error.message.prefix(512))"]
        switch phase {
        case .ended: return
        case .open(let proxy): metadata["node"] = "\(proxy)"
        case .greeting(let identity?): metadata["node"] = "\(identity.proxy)"
        case .opening, .admitting, .greeting: break
        }
        core.metrics.countRefusal(error.code)
        core.paces.logRefusal(peer, now: core.time.now) { suppressed in
            if suppressed > 0 { metadata["suppressed"] = "\(suppressed)" }
            core.logger.warning("stream refused", metadata: metadata)
        }
        end(error)
        connection.streamRefused()
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

    private func takeSnapshot() {
        guard case .open(let proxy) = phase, let handle else { return }
        guard !isBusy else {
            waiting.snapshot = true
            return
        }
        waiting.snapshot = false
        guard let snapshot = core.hub.snapshot(for: proxy, handle) else { return }
        run(.publish(snapshot))
        context?.flush()
    }

    /// How many names a step has to look at, roughly and at a glance.
    private func weight(of step: StreamMachine.Step) -> Int {
        switch step {
        case .message(let bytes): weight + bytes.readableBytes / 8
        case .request(let request):
            weight + request.subscribe.count + request.unsubscribe.count + request.initialVersions.count
        case .publish(let snapshot): weight + (isFirstSnapshot ? snapshot.size : 0)
        case .expire: weight
        }
    }

    /// Goes a step of the machine, at once or by a worker.
    private func run(_ step: StreamMachine.Step) {
        guard let context else { return }
        let weight = weight(of: step)
        if case .publish = step { isFirstSnapshot = false }
        guard weight > core.options.inlineWeight else { return perform(machine.run(step), of: step) }
        isBusy = true
        core.workers.runIfActive(eventLoop: context.eventLoop) { [machine] in machine.run(step) }
            .assumeIsolated().whenComplete { result in
                self.isBusy = false
                switch result {
                case .success(let outcome): self.perform(outcome, of: step)
                case .failure: self.end(XDSError(.unavailable, "the server ends"))
                }
                self.goOn()
            }
    }

    /// Does what came up while a worker had the machine.
    private func goOn() {
        if waiting.expiry {
            waiting.expiry = false
            run(.expire)
        }
        if waiting.snapshot { takeSnapshot() }
        readRequests()
    }

    private func perform(_ outcome: StreamMachine.Outcome, of step: StreamMachine.Step) {
        guard case .open(let proxy) = phase, let handle, let context else { return }
        weight = outcome.weight
        deadline = outcome.deadline
        if let type = outcome.nacked { core.metrics.countRejection(type) }
        for effect in outcome.effects {
            switch effect {
            case .send(let type, let pieces):
                for bytes in pieces {
                    context.write(wrapOutboundOut(.data(.init(data: .byteBuffer(bytes)))), promise: nil)
                }
                core.metrics.countPush(type, bytes: pieces.reduce(0) { $0 + $1.readableBytes })
            case .delivered(let generation, let changedAt):
                core.metrics.countDelivery(after: changedAt.map { core.time.now - $0 })
                core.hub.acknowledge(generation, by: proxy, handle)
            }
        }
        for rejection in outcome.newRejections { log(rejection, by: proxy) }
        if let rejections = outcome.rejections { core.hub.setRejections(rejections, of: proxy, handle) }
        if let error = outcome.error { return refuse(error) }
        let pause = allowance.spend(outcome.took, now: core.time.now)
        if step.isRequest, pause > .zero { self.pause(pause) }
        watchDeadline()
    }

    private func log(_ rejection: PushRejection, by proxy: ProxyID) {
        core.paces.logRejection(proxy, now: core.time.now) { suppressed in
            var metadata: Logger.Metadata = [
                "proxy": "\(proxy)", "type": "\(rejection.type)", "name": "\(rejection.name.prefix(256))",
                "reason": "\(rejection.message.prefix(512))",
            ]
            if suppressed > 0 { metadata["suppressed"] = "\(suppressed)" }
            core.logger.warning("proxy rejects a resource", metadata: metadata)
        }
    }

    private func watchDeadline() {
        guard patience == nil, let context, let deadline else { return }
        let wait = max(.zero, deadline - core.time.now)
        patience = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(wait)) {
            self.patience = nil
            guard case .open(let proxy) = self.phase else { return }
            guard !self.isBusy else {
                self.waiting.expiry = true
                return
            }
            if let deadline = self.deadline, deadline <= self.core.time.now {
                self.core.metrics.countOverdue()
                self.core.logger.warning("clusters are not acknowledged in time", metadata: ["proxy": "\(proxy)"])
            }
            self.run(.expire)
            self.context?.flush()
        }
    }
}

extension ProxySnapshot {
    /// How many resources it has, roughly.
    fileprivate var size: Int {
        layers.reduce(0) { sum, layer in
            sum + ResourceType.allCases.reduce(0) { $0 + layer.entries(of: $1).count }
        }
    }
}

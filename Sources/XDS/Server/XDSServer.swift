import CoreMetrics
import KubeRuntime
import Logging
import NIOCore
import NIOHTTP2
import NIOPosix
import NIOSSL
import ServiceLifecycle

/// Serves delta ADS over TLS, HTTP/2 and gRPC to the proxies of a ``ProxyHub``.
///
/// It serves `AggregatedDiscoveryService/DeltaAggregatedResources`; every other method is answered with `UNIMPLEMENTED`. Nothing is sent before the
/// ``StreamAuthenticator`` admitted the caller, and none of its requests is read: who calls is told by the headers. A caller that does not read
/// holds at most one response of each type.
///
/// # Threads
/// Streams have event loops of their own, on which nothing else runs: who calls is found out by tasks, and a step of a ``PushMachine`` that
/// looks at many names is left to a worker.
///
/// # Shutdown
/// A graceful shutdown sends `GOAWAY`, ends the streams with `UNAVAILABLE`, upon which proxies turn to another replica, and waits
/// for that a bounded time. Cancellation closes everything at once.
package final class XDSServer: Service {
    private enum Phase: Sendable {
        case idle, starting, ended
        case bound(port: Int)
    }

    private let address: ListenAddress
    private let core: ServerCore
    private let phase = ObservedValue(Phase.idle)

    /// - Parameters:
    ///   - certificate: asked for at each connection; another object is a new certificate, which new connections get.
    ///   - handshakeFailed: told of the address of a client whose TLS handshake failed, and why. Called on event loops: note it and return.
    package init(
        address: ListenAddress,
        hub: ProxyHub,
        authenticator: StreamAuthenticator,
        certificate: @escaping @Sendable () throws -> ServerCertificate,
        metrics: any MetricsFactory,
        logger: Logger,
        options: XDSServerOptions = XDSServerOptions(),
        time: TimeSource = .system,
        handshakeFailed: @escaping @Sendable (_ peer: String, _ error: any Error) -> Void = { _, _ in }
    ) {
        self.address = address
        core = ServerCore(
            hub: hub,
            options: options,
            metrics: XDSMetrics(factory: metrics),
            authenticator: authenticator,
            certificate: certificate,
            logger: logger,
            time: time,
            handshakeFailed: handshakeFailed
        )
    }

    /// Waits until the server listens.
    ///
    /// - Returns: the port, which is of interest when that of the address is 0.
    /// - Throws: ``XDSError/Code/bind`` when it does not listen any more; `CancellationError`.
    package func boundPort() async throws -> Int {
        _ = await phase.wait(until: nil, time: .system) { phase in
            switch phase {
            case .idle, .starting: false
            case .bound, .ended: true
            }
        }
        switch phase.value {
        case .bound(let port): return port
        case .idle, .starting: throw CancellationError()
        case .ended: throw XDSError(.bind, "the xDS server on \(address) has ended")
        }
    }

    /// Serves until a graceful shutdown or the task's cancellation. To be called once.
    ///
    /// - Throws: ``XDSError/Code/bind``; what the certificate provider throws at the start.
    package func run() async throws {
        let isFirst = phase.update { phase in
            guard case .idle = phase else { return false }
            phase = .starting
            return true
        }
        guard isFirst else { throw XDSError(.bind, "the xDS server on \(address) was run before") }
        defer { phase.update { $0 = .ended } }
        _ = try core.tlsContext()
        let group = MultiThreadedEventLoopGroup(numberOfThreads: core.options.threads)
        core.workers.start()
        let result: Result<Void, any Error>
        do {
            result = .success(try await serve(on: group))
        } catch {
            result = .failure(error)
        }
        // Not to be cut short by a cancellation: threads would be left.
        try await core.workers.shutdownGracefully()
        try await group.shutdownGracefully()
        try result.get()
    }

    private func serve(on group: MultiThreadedEventLoopGroup) async throws {
        let listener = try await bind(group)
        let port = listener.localAddress?.port ?? 0
        core.logger.info("serving xDS", metadata: ["address": "\(address)", "port": "\(port)"])
        phase.update { $0 = .bound(port: port) }
        await withTaskGroup(of: Void.self) { tasks in
            tasks.addTask { await self.core.admissions.run() }
            var isGraceful = true
            do { try await gracefulShutdown() } catch { isGraceful = false }
            do { try await listener.close() } catch { core.logger.debug("listener was closed already: \(error)") }
            let streams = core.end()
            if isGraceful { await sayGoodbye(streams) }
            for connection in core.connections { connection.close(mode: .all, promise: nil) }
            tasks.cancelAll()
        }
    }

    private func bind(_ group: MultiThreadedEventLoopGroup) async throws -> any Channel {
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: core.options.backlog)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.maxMessagesPerRead, value: 64)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.socketOption(.so_keepalive), value: 1)
            .childChannelOption(
                .recvAllocator,
                value: AdaptiveRecvByteBufferAllocator(minimum: 512, initial: 2048, maximum: 8 << 10)
            )
            .childChannelInitializer { [core] channel in Self.configure(channel, core) }
        var failure: (any Error)?
        for host in address.host.isEmpty ? ["::", "0.0.0.0"] : [address.host] {
            do {
                return try await bootstrap.bind(host: host, port: Int(address.port)).get()
            } catch {
                failure = error
            }
        }
        throw XDSError(.bind, "cannot listen on \(address): \(failure.map { "\($0)" } ?? "no address")")
    }

    private static func configure(_ channel: any Channel, _ core: ServerCore) -> EventLoopFuture<Void> {
        channel.eventLoop.makeCompletedFuture {
            let peer = channel.remoteAddress?.ipAddress ?? "unknown"
            guard core.enter(channel, from: peer) else {
                throw XDSError(.unavailable, "there are too many connections")
            }
            channel.closeFuture.whenComplete { _ in core.leave(channel) }
            let reads = BufferLimiter()
            let connection = ConnectionGuard(core: core, reads: reads, channel: channel, address: peer)
            let bound = NIOLoopBound(connection, eventLoop: channel.eventLoop)
            var configuration = NIOHTTP2Handler.ConnectionConfiguration()
            configuration.initialSettings = [
                HTTP2Setting(parameter: .maxConcurrentStreams, value: core.options.streamsPerConnection),
                HTTP2Setting(parameter: .maxHeaderListSize, value: 32 << 10),
            ]
            let pipeline = channel.pipeline.syncOperations
            try pipeline.addHandler(NIOSSLServerHandler(context: core.tlsContext()))
            try pipeline.addHandler(reads)
            _ = try pipeline.configureHTTP2Pipeline(
                mode: .server,
                connectionConfiguration: configuration,
                streamConfiguration: NIOHTTP2Handler.StreamConfiguration()
            ) { stream in
                stream.eventLoop.makeCompletedFuture {
                    // A stream that fails to be set up is reset.
                    guard bound.value.streamOpened() else { throw XDSError(.unavailable, "there are too many streams") }
                    // The handler reads when it wants to.
                    try stream.syncOptions?.setOption(.autoRead, value: false)
                    try stream.pipeline.syncOperations.addHandler(
                        ADSStreamHandler(core: core, connection: bound.value, peer: peer)
                    )
                }
            }
            try pipeline.addHandler(connection)
        }
    }

    /// Ends streams and then connections, and waits for that, but not for ever.
    private func sayGoodbye(_ streams: [StreamHandle]) async {
        for connection in core.connections {
            connection.pipeline.fireUserInboundEventTriggered(ConnectionGuard.Goodbye())
        }
        for stream in streams { stream.endSoon(XDSError(.unavailable, "the server ends")) }
        let connections = core.connections
        for connection in connections {
            connection.eventLoop.scheduleTask(in: TimeAmount(core.options.shutdownPatience)) {
                connection.close(mode: .all, promise: nil)
            }
        }
        await withTaskCancellationHandler {
            for connection in connections {
                do { try await connection.closeFuture.get() } catch { core.logger.debug("connection failed: \(error)") }
            }
        } onCancel: {
            for connection in connections { connection.close(mode: .all, promise: nil) }
        }
    }
}

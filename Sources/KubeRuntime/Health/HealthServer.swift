import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import ServiceLifecycle

/// Serves ``HealthEndpoints`` over HTTP/1.1, without TLS.
///
/// It is started before everything else and ends last, so that probes are answered while caches fill and while the process
/// drains. Without requests it sleeps.
///
/// Probes are answered on a thread of their own, whatever all others do. Metrics are rendered on another one. What one client may hold is
/// bounded by ``Limits``: whoever comes when all places are taken gets the place of the one who has the most.
///
/// # Shutdown
/// A graceful shutdown closes idle connections and lets responses under way end. Cancelling the task that runs it closes
/// everything at once.
package final class HealthServer: Service {
    /// What clients may ask of the server.
    package struct Limits: Sendable {
        /// Connections at a time, those aside that have asked for metrics.
        package var connections = 64
        /// Of them, those of one address. A kubelet has a few at a time.
        package var connectionsPerAddress = 16
        /// Connections at a time that have asked for metrics.
        package var scrapes = 16
        /// Of them, those of one address.
        package var scrapesPerAddress = 8
        /// A connection is closed when no whole request came for so long.
        package var idleTimeout = Duration.seconds(10)
        /// A connection is closed when a response is not taken by the peer within so long, its rendering included.
        package var responseTimeout = Duration.seconds(10)
        /// From one rendering of the metrics to the next.
        package var scrapeInterval = Duration.milliseconds(250)
        /// All header fields of a request together.
        package var headerBytes = 16 << 10

        package init() {}
    }

    private enum Phase: Sendable {
        case idle, starting, ended
        case bound(port: Int)
    }

    private let address: ListenAddress
    private let endpoints: HealthEndpoints
    private let limits: Limits
    private let logger: Logger
    private let phase = ObservedValue(Phase.idle)

    package init(
        address: ListenAddress,
        endpoints: HealthEndpoints,
        limits: Limits = Limits(),
        logger: Logger
    ) {
        self.address = address
        self.endpoints = endpoints
        self.limits = limits
        self.logger = logger
    }

    /// Waits until the server listens.
    ///
    /// - Returns: the port, which is of interest when ``ListenAddress/port`` is 0.
    /// - Throws: ``HealthError/Code/ended`` when it does not listen any more; `CancellationError`.
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
        case .ended: throw HealthError(.ended, "the health server on \(address) has ended")
        }
    }

    /// Serves until a graceful shutdown or the task's cancellation. To be called once.
    ///
    /// - Throws: ``HealthError/Code/bind``; ``HealthError/Code/ended`` when called again.
    package func run() async throws {
        let isFirst = phase.update { phase in
            guard case .idle = phase else { return false }
            phase = .starting
            return true
        }
        guard isFirst else { throw HealthError(.ended, "the health server on \(address) was run before") }
        defer { phase.update { $0 = .ended } }
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let pool = NIOThreadPool(numberOfThreads: 1)
        pool.start()
        let result: Result<Void, any Error>
        do {
            result = .success(try await serve(on: group.next(), rendering: pool))
        } catch {
            result = .failure(error)
        }
        // Not to be cut short by a cancellation: threads would be left.
        try await pool.shutdownGracefully()
        try await group.shutdownGracefully()
        try result.get()
    }

    private func serve(on eventLoop: any EventLoop, rendering pool: NIOThreadPool) async throws {
        let connections = HealthConnections(limits: limits)
        let renderer = try await eventLoop.submit { [endpoints, limits] in
            NIOLoopBound(
                MetricsRenderer(
                    endpoints: endpoints,
                    interval: limits.scrapeInterval,
                    eventLoop: eventLoop,
                    pool: pool
                ),
                eventLoop: eventLoop
            )
        }.get()
        let listener = try await bind(eventLoop) { [endpoints, limits] channel in
            channel.eventLoop.makeCompletedFuture {
                try connections.enter(channel)
                channel.closeFuture.whenComplete { _ in connections.leave(channel) }
                try Self.configure(channel, limits)
                try channel.pipeline.syncOperations.addHandler(
                    HealthConnection(
                        endpoints: endpoints,
                        renderer: renderer.value,
                        connections: connections,
                        limits: limits
                    )
                )
            }
        }
        let port = listener.localAddress?.port ?? 0
        phase.update { $0 = .bound(port: port) }
        logger.info("serving health and metrics", metadata: ["address": "\(address)", "port": "\(port)"])
        do { try await gracefulShutdown() } catch { logger.debug("health is cancelled") }
        do { try await listener.close() } catch { logger.debug("the listener was closed already: \(error)") }
        await close(connections.end())
        try await eventLoop.submit { renderer.value.end() }.get()
    }

    private func bind(
        _ eventLoop: any EventLoop,
        _ configure: @escaping @Sendable (any Channel) -> EventLoopFuture<Void>
    ) async throws -> any Channel {
        let bootstrap = ServerBootstrap(group: eventLoop)
            .serverChannelOption(.backlog, value: 256)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer(configure)
        var failure: (any Error)?
        for host in address.bindHosts {
            do {
                return try await bootstrap.bind(host: host, port: Int(address.port)).get()
            } catch {
                failure = error
            }
        }
        throw HealthError(.bind, "cannot listen on \(address)", cause: failure)
    }

    private static func configure(_ channel: any Channel, _ limits: Limits) throws {
        var decoding = NIOHTTPDecoderLimitConfiguration()
        decoding.maxHeaderFieldSize = limits.headerBytes
        decoding.maxHeaderListSize = limits.headerBytes
        decoding.maxHeaderFieldCount = 100
        try channel.pipeline.syncOperations.configureHTTPServerPipeline(
            withPipeliningAssistance: true,
            withErrorHandling: true,
            withOutboundHeaderValidation: false,
            withEncoderConfiguration: .init(),
            withDecoderLimitConfiguration: decoding
        )
    }

    /// Ends connections, each after the response that is under way, which takes a limited time. Cancellation ends them at once.
    private func close(_ channels: [any Channel]) async {
        await withTaskCancellationHandler {
            for channel in channels {
                channel.pipeline.fireUserInboundEventTriggered(HealthConnection.Goodbye())
            }
            for channel in channels {
                do { try await channel.closeFuture.get() } catch { logger.debug("a connection failed: \(error)") }
            }
        } onCancel: {
            for channel in channels { channel.close(promise: nil) }
        }
    }
}

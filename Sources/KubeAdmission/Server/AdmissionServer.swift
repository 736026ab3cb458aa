import HTTPTypes
import HummingbirdCore
import KubeModel
import KubeRuntime
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle

/// Serves ``AdmissionEndpoints`` over HTTPS, HTTP/1.1.
///
/// It is up before there is a certificate, so that nothing waits for it, but closes connections until then. The certificate is read at
/// each handshake: one that is swapped is shown to the next connection, and those that are open go on.
///
/// Connections are served on the server's own event loop, and requests answered on the executor of the ``AdmissionEndpoints``, so that
/// neither takes turns from anything else. An answer that nobody waits for any more is given up.
///
/// # Shutdown
/// A graceful shutdown closes idle connections, and answers what is under way. Cancelling the task that runs it closes everything at
/// once.
package final class AdmissionServer: Service {
    /// What clients may ask of the server.
    package struct Limits: Sendable {
        /// Connections at a time; for one more, one on which nothing was asked, or that is idle, makes way. An API server keeps up to 25 idle
        /// ones, and has one for each review under way.
        package var connections = 256
        /// Of them, those of one address. API servers come from few addresses, at times from one.
        package var connectionsPerAddress = 128
        /// A connection is closed when no request came or went for so long. API servers close theirs after 90 s: they must be the first,
        /// for a request that meets our close fails.
        package var idleTimeout = Duration.seconds(150)
        /// A new connection is closed when its handshake and the head of a request take longer.
        package var firstRequestTimeout = Duration.seconds(10)
        /// A connection is closed when an answer is not taken by the peer within so long.
        package var responseTimeout = Duration.seconds(30)
        /// All header fields of a request together.
        package var headerBytes = 32 << 10

        package init() {}
    }

    private enum Phase: Sendable {
        case idle, starting, ended
        case bound(port: Int)
    }

    private let address: ListenAddress
    private let endpoints: AdmissionEndpoints
    private let certificate: ServingCertificate
    private let limits: Limits
    private let time: TimeSource
    private let logger: Logger
    private let eventLoopGroup: (any EventLoopGroup)?
    private let phase = ObservedValue(Phase.idle)

    /// - Parameter eventLoopGroup: `nil` for a thread of its own, which ends with it.
    package init(
        address: ListenAddress,
        endpoints: AdmissionEndpoints,
        certificate: ServingCertificate,
        limits: Limits = Limits(),
        time: TimeSource = .system,
        logger: Logger,
        eventLoopGroup: (any EventLoopGroup)? = nil
    ) {
        self.address = address
        self.endpoints = endpoints
        self.certificate = certificate
        self.limits = limits
        self.time = time
        self.logger = logger
        self.eventLoopGroup = eventLoopGroup
    }

    /// Waits until the server listens.
    ///
    /// - Returns: the port, which is of interest when ``ListenAddress/port`` is 0.
    /// - Throws: ``AdmissionError/Code/ended`` when it does not listen any more; `CancellationError`.
    package func boundPort() async throws -> Int {
        _ = await phase.wait(until: nil, time: time) { phase in
            switch phase {
            case .idle, .starting: false
            case .bound, .ended: true
            }
        }
        switch phase.value {
        case .bound(let port): return port
        case .idle, .starting: throw CancellationError()
        case .ended: throw AdmissionError(.ended, "the admission server on \(address) has ended")
        }
    }

    /// Serves until a graceful shutdown or the task's cancellation. To be called once.
    ///
    /// - Throws: ``AdmissionError/Code/bind``; ``AdmissionError/Code/ended`` when called again.
    package func run() async throws {
        let isFirst = phase.update { phase in
            guard case .idle = phase else { return false }
            phase = .starting
            return true
        }
        guard isFirst else { throw AdmissionError(.ended, "the admission server on \(address) was run before") }
        defer { phase.update { $0 = .ended } }
        if let eventLoopGroup { return try await serve(on: eventLoopGroup) }
        let own = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let result: Result<Void, any Error>
        do {
            result = .success(try await serve(on: own))
        } catch {
            result = .failure(error)
        }
        try await own.shutdownGracefully()
        try result.get()
    }

    private func serve(on group: any EventLoopGroup) async throws {
        let eventLoop = group.next()
        try await withTaskExecutorPreference(EventLoopExecutor(eventLoop)) { try await listen(on: eventLoop) }
    }

    private func listen(on eventLoop: any EventLoop) async throws {
        var failure: (any Error)?
        for host in address.bindHosts {
            do {
                return try await server(host, eventLoop).run()
            } catch {
                guard case .starting = phase.value else { throw error }
                failure = error
            }
        }
        throw AdmissionError(.bind, "cannot listen on \(address)", cause: failure)
    }

    private func server(_ host: String, _ group: any EventLoopGroup) -> any Service {
        // Connections that are refused, and scanners that speak no TLS, are of no interest to those who run an operator.
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .critical)
        let connections = AdmissionConnections(
            limits: .init(total: limits.connections, perAddress: limits.connectionsPerAddress)
        )
        let channel = RotatingTLSChannel(
            base: HTTP1Channel(
                responder: { [endpoints, limits] request, writer, channel in
                    let answer = try await connections.answering(on: channel) {
                        try await Self.answer(to: request, from: channel.peerAddress, endpoints)
                    }
                    // Who does not read holds the connection no longer than that.
                    let patience = TimeAmount(limits.responseTimeout)
                    let deadline = channel.eventLoop.scheduleTask(in: patience) { AdmissionConnections.drop(channel) }
                    defer { deadline.cancel() }
                    try await Self.write(answer, with: writer)
                    connections.answered(on: channel)
                },
                configuration: channelConfiguration(connections)
            ),
            connections: connections,
            context: { [certificate, time] in certificate.context(at: time.wall.timestamp) }
        )
        return OrderlyChannel(channel).server(
            configuration: ServerConfiguration(address: .hostname(host, port: Int(address.port))),
            onServerRunning: { [phase, logger] channel in
                let port = channel.localAddress?.port ?? 0
                phase.update { $0 = .bound(port: port) }
                logger.info("serving webhooks", metadata: ["host": "\(host)", "port": "\(port)"])
            },
            eventLoopGroup: group,
            logger: quiet
        )
    }

    private func channelConfiguration(_ connections: AdmissionConnections) -> HTTP1Channel.Configuration {
        let patience = TimeAmount(limits.firstRequestTimeout)
        return HTTP1Channel.Configuration(
            additionalChannelHandlers: [RequestWatch(limit: patience, connections: connections)],
            idleTimeout: TimeAmount(limits.idleTimeout),
            httpDecoderConfiguration: .init(
                maxHeaderFieldSize: limits.headerBytes,
                maxHeaderListSize: limits.headerBytes,
                maxHeaderFieldCount: 100
            )
        )
    }

    private static func answer(
        to request: Request,
        from address: String,
        _ endpoints: AdmissionEndpoints
    ) async throws -> AdmissionAnswer {
        let body = request.body
        return try await endpoints.respond(
            to: request.method.rawValue,
            request.head.path ?? "",
            contentType: request.headers[.contentType],
            contentLength: request.headers[.contentLength].flatMap { Int($0) },
            from: address
        ) { limit in
            let buffer = try await body.collect(upTo: limit)
            return Array(buffer.readableBytesView)
        }
    }

    private static func write(_ answer: AdmissionAnswer, with writer: consuming ResponseWriter) async throws {
        var head = HTTPResponse(status: HTTPResponse.Status(code: answer.status))
        head.headerFields[.contentType] = answer.contentType
        head.headerFields[.contentLength] = String(answer.body.count)
        head.headerFields[.cacheControl] = "no-store"
        head.headerFields[.xContentTypeOptions] = "nosniff"
        head.headerFields[.allow] = answer.allow
        if !answer.keepsConnection { head.headerFields[.connection] = "close" }
        try await writer.write(response: head, body: ResponseBody(byteBuffer: ByteBuffer(bytes: answer.body)))
        if !answer.keepsConnection { throw Refused() }
    }

    /// Closes the connection.
    private struct Refused: Error {}
}

extension AdmissionServer: HealthSource {
    /// Passes while the server listens and shows a certificate that is valid and published.
    package func healthChecks() -> [HealthCheck] {
        let failure: String? =
            if case .bound = phase.value {
                certificate.failure(at: time.wall.timestamp)
            } else {
                "not listening"
            }
        return [
            HealthCheck(
                name: "webhooks",
                state: failure == nil ? "ok" : "failed",
                // What is stored may be wrong while what was shown before still serves.
                reason: failure ?? certificate.fault ?? "",
                passes: failure == nil
            )
        ]
    }
}

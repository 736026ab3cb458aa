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
/// # Shutdown
/// A graceful shutdown closes idle connections, and answers what is under way. Cancelling the task that runs it closes everything at
/// once.
package final class AdmissionServer: Service {
    /// What clients may ask of the server.
    package struct Limits: Sendable {
        /// Connections at a time; more wait to be accepted. An API server keeps up to 25 idle ones, and has one for each review under way.
        package var connections = 256
        /// A connection is closed when no request came or went for so long. API servers close theirs after 90 s: they must be the first,
        /// for a request that meets our close fails.
        package var idleTimeout = Duration.seconds(150)
        /// A new connection is closed when its handshake and the beginning of a request take longer.
        package var firstByteTimeout = Duration.seconds(10)
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
        var failure: (any Error)?
        for host in address.bindHosts {
            do {
                return try await server(host, group).run()
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
        let channel = RotatingTLSChannel(
            base: HTTP1Channel(
                responder: { [endpoints] request, writer, _ in
                    try await Self.respond(to: request, with: writer, endpoints)
                },
                configuration: channelConfiguration
            ),
            firstByteLimit: TimeAmount(limits.firstByteTimeout),
            context: { [certificate, time] in certificate.context(at: time.wall.timestamp) }
        )
        return OrderlyChannel(channel).server(
            configuration: ServerConfiguration(
                address: .hostname(host, port: Int(address.port)),
                availableConnectionsDelegate: .maximum(limits.connections, logger: quiet)
            ),
            onServerRunning: { [phase, logger] channel in
                let port = channel.localAddress?.port ?? 0
                phase.update { $0 = .bound(port: port) }
                logger.info("serving webhooks", metadata: ["host": "\(host)", "port": "\(port)"])
            },
            eventLoopGroup: group,
            logger: quiet
        )
    }

    private var channelConfiguration: HTTP1Channel.Configuration {
        HTTP1Channel.Configuration(
            idleTimeout: TimeAmount(limits.idleTimeout),
            httpDecoderConfiguration: .init(
                maxHeaderFieldSize: limits.headerBytes,
                maxHeaderListSize: limits.headerBytes,
                maxHeaderFieldCount: 100
            )
        )
    }

    private static func respond(
        to request: Request,
        with writer: consuming ResponseWriter,
        _ endpoints: AdmissionEndpoints
    ) async throws {
        let body = request.body
        let answer = try await endpoints.respond(
            to: request.method.rawValue,
            request.head.path ?? "",
            contentType: request.headers[.contentType],
            contentLength: request.headers[.contentLength].flatMap { Int($0) }
        ) { limit in
            let buffer = try await body.collect(upTo: limit)
            return Array(buffer.readableBytesView)
        }
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

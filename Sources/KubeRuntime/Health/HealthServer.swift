import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle

/// Serves ``HealthEndpoints`` over HTTP/1.1, without TLS.
///
/// It is started before everything else and ends last, so that probes are answered while caches fill and while the process
/// drains. Without requests it sleeps.
///
/// # Shutdown
/// A graceful shutdown closes idle connections and lets responses under way end. Cancelling the task that runs it closes
/// everything at once.
package final class HealthServer: Service {
    /// What one client may ask of the server.
    package struct Limits: Sendable {
        /// Connections at a time; more wait to be accepted.
        package var connections = 64
        /// A connection is closed when no request came or went for so long.
        package var idleTimeout = Duration.seconds(10)
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
    private let eventLoopGroup: any EventLoopGroup
    private let phase = ObservedValue(Phase.idle)

    /// - Parameter eventLoopGroup: has to outlast the server by a moment: when the server has ended, its library still has a task under way
    ///   that looks at the end of the listening socket. The default lasts as long as the process.
    package init(
        address: ListenAddress,
        endpoints: HealthEndpoints,
        limits: Limits = Limits(),
        logger: Logger,
        eventLoopGroup: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
    ) {
        self.address = address
        self.endpoints = endpoints
        self.limits = limits
        self.logger = logger
        self.eventLoopGroup = eventLoopGroup
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
        var failure: (any Error)?
        for host in address.bindHosts {
            do {
                return try await server(host).run()
            } catch {
                guard case .starting = phase.value else { throw error }
                failure = error
            }
        }
        throw HealthError(.bind, "cannot listen on \(address)", cause: failure)
    }

    private func server(_ host: String) -> any Service {
        // What the server says of itself and of each connection is of no interest to those who run an operator.
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        let channel = HTTP1Channel(
            responder: { [endpoints] request, writer, _ in
                try await Self.respond(to: request.head, with: writer, endpoints)
            },
            configuration: channelConfiguration
        )
        return OrderlyChannel(channel).server(
            configuration: ServerConfiguration(
                address: .hostname(host, port: Int(address.port)),
                availableConnectionsDelegate: .maximum(limits.connections, logger: quiet)
            ),
            onServerRunning: { [phase, logger] channel in
                let port = channel.localAddress?.port ?? 0
                phase.update { $0 = .bound(port: port) }
                logger.info("serving health and metrics", metadata: ["host": "\(host)", "port": "\(port)"])
            },
            eventLoopGroup: eventLoopGroup,
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

    /// Nothing here takes a body. A request that brings one is answered, and then the connection is closed rather than the
    /// body read.
    private static func respond(
        to request: HTTPRequest,
        with writer: consuming ResponseWriter,
        _ endpoints: HealthEndpoints
    ) async throws {
        let response = endpoints.respond(to: request.method.rawValue, request.path ?? "")
        let hasBody =
            request.headerFields[.transferEncoding] != nil
            || request.headerFields[.contentLength].map { $0 != "0" } ?? false
        var head = HTTPResponse(status: HTTPResponse.Status(code: response.status))
        let body = ByteBuffer(string: response.body)
        head.headerFields[.contentType] = response.contentType
        head.headerFields[.contentLength] = String(body.readableBytes)
        head.headerFields[.cacheControl] = "no-store"
        head.headerFields[.xContentTypeOptions] = "nosniff"
        head.headerFields[.allow] = response.allow
        if hasBody { head.headerFields[.connection] = "close" }
        if response.isHeadOnly {
            try await writer.writeResponse(head)
        } else {
            try await writer.write(response: head, body: ResponseBody(byteBuffer: body))
        }
        if hasBody { throw UnreadBody() }
    }

    /// Closes the connection.
    private struct UnreadBody: Error {}
}

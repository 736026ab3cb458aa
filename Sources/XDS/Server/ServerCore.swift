import KubeRuntime
import Logging
import NIOCore
import NIOSSL
import Synchronization

/// What all connections of a server share.
final class ServerCore: Sendable {
    private struct State {
        var connections: [ObjectIdentifier: any Channel] = [:]
        var streams: [ObjectIdentifier: StreamHandle] = [:]
        var proxies = 0
        var isEnding = false
        var certificate: ServerCertificate?
        var context: NIOSSLContext?
    }

    let hub: ProxyHub
    let options: XDSServerOptions
    let sharing = PushSharing()
    let metrics: XDSMetrics
    let admissions: AdmissionQueue
    let logger: Logger
    let time: TimeSource
    /// Told of the address of a client whose TLS handshake failed, and why, in one line.
    let handshakeFailed: @Sendable (_ peer: String, any Error) -> Void
    private let provider: @Sendable () throws -> ServerCertificate
    private let state = Mutex(State())

    init(
        hub: ProxyHub,
        options: XDSServerOptions,
        metrics: XDSMetrics,
        authenticator: StreamAuthenticator,
        certificate: @escaping @Sendable () throws -> ServerCertificate,
        logger: Logger,
        time: TimeSource,
        handshakeFailed: @escaping @Sendable (_ peer: String, any Error) -> Void
    ) {
        self.handshakeFailed = handshakeFailed
        self.hub = hub
        self.options = options
        self.metrics = metrics
        admissions = AdmissionQueue(authenticator: authenticator, options: options, time: time)
        provider = certificate
        self.logger = logger
        self.time = time
    }

    /// For the certificate of now; made anew only when it is another one.
    func tlsContext() throws -> NIOSSLContext {
        let certificate = try provider()
        return try state.withLock { state in
            if let context = state.context, state.certificate === certificate { return context }
            var configuration = TLSConfiguration.makeServerConfiguration(
                certificateChain: certificate.chain.map { .certificate($0) },
                privateKey: .privateKey(certificate.key)
            )
            configuration.minimumTLSVersion = .tlsv12
            configuration.applicationProtocols = ["h2"]
            let context = try NIOSSLContext(configuration: configuration)
            state.certificate = certificate
            state.context = context
            return context
        }
    }

    /// - Returns: whether there is room for one more.
    func enter(_ connection: any Channel) -> Bool {
        state.withLock { state in
            guard !state.isEnding, state.connections.count < options.connections else { return false }
            state.connections[ObjectIdentifier(connection)] = connection
            return true
        }
    }

    func leave(_ connection: any Channel) {
        state.withLock { _ = $0.connections.removeValue(forKey: ObjectIdentifier(connection)) }
    }

    /// - Returns: whether the server goes on; a stream that comes too late is to end.
    func enter(_ stream: StreamHandle) -> Bool {
        state.withLock { state in
            state.streams[ObjectIdentifier(stream)] = stream
            return !state.isEnding
        }
    }

    func leave(_ stream: StreamHandle) {
        state.withLock { _ = $0.streams.removeValue(forKey: ObjectIdentifier(stream)) }
    }

    func countProxy(_ change: Int) {
        metrics.setStreams(
            state.withLock { state in
                state.proxies += change
                return state.proxies
            }
        )
    }

    var connections: [any Channel] { state.withLock { Array($0.connections.values) } }

    /// Lets nobody in any more.
    ///
    /// - Returns: the streams, which are to end.
    func end() -> [StreamHandle] {
        state.withLock { state in
            state.isEnding = true
            return Array(state.streams.values)
        }
    }
}

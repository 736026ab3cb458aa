import KubeRuntime
import Logging
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// What all connections of a server share.
final class ServerCore: Sendable {
    private struct State {
        var connections: [ObjectIdentifier: any Channel] = [:]
        var unadmitted: UnadmittedConnections<ObjectIdentifier>
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
    let paces = LogPaces()
    /// Do what would keep an event loop from its other streams for too long.
    let workers: NIOThreadPool
    private let provider: @Sendable () throws -> ServerCertificate
    private let state: Mutex<State>

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
        workers = NIOThreadPool(numberOfThreads: options.threads)
        state = Mutex(State(unadmitted: UnadmittedConnections(limits: options.unadmitted)))
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

    /// - Parameter address: where the connection comes from.
    /// - Returns: whether there is room for one more. Others may have to go for it.
    func enter(_ connection: any Channel, from address: String) -> Bool {
        let id = ObjectIdentifier(connection)
        return close(for: id, .connections) { state in
            guard !state.isEnding, state.connections.count < options.connections else { return [id] }
            let evicted = state.unadmitted.enter(id, from: address)
            if !evicted.contains(id) { state.connections[id] = connection }
            return evicted
        }
    }

    /// Somebody is admitted on a connection.
    func admitted(_ connection: ObjectIdentifier) { state.withLock { $0.unadmitted.leave(connection) } }

    /// Nobody is admitted on a connection any more.
    ///
    /// - Returns: whether there is room for it. Others may have to go for it.
    func isUnadmitted(_ connection: ObjectIdentifier, from address: String) -> Bool {
        close(for: connection, .connections) { state in
            state.connections[connection] == nil ? [] : state.unadmitted.enter(connection, from: address)
        }
    }

    /// Counts what came on a connection on which nobody is admitted.
    ///
    /// - Returns: whether the connection may stay.
    func charge(_ connection: ObjectIdentifier, _ bytes: Int) -> Bool {
        close(for: connection, .bytes) { $0.unadmitted.charge(connection, bytes) }
    }

    /// Closes the connections that have to go.
    ///
    /// - Returns: whether this one may stay.
    private func close(
        for connection: ObjectIdentifier,
        _ reason: ConnectionEnd,
        _ decide: (inout State) -> [ObjectIdentifier]
    ) -> Bool {
        let (evicted, channels) = state.withLock { state in
            let evicted = decide(&state)
            return (evicted, evicted.compactMap { state.connections[$0] })
        }
        guard !evicted.isEmpty else { return true }
        for _ in evicted { metrics.countEnd(reason) }
        for channel in channels { channel.close(mode: .all, promise: nil) }
        return !evicted.contains(connection)
    }

    func leave(_ connection: any Channel) {
        let id = ObjectIdentifier(connection)
        state.withLock { state in
            state.connections[id] = nil
            state.unadmitted.leave(id)
        }
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

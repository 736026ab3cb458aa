import EnvoyAPI
import KubeRuntime
import NIOCore
import NIOHTTP2
import NIOPosix
import NIOSSL
import Synchronization

/// Many proxies in one process, each with a connection and a delta ADS stream of its own, which ask, acknowledge and come back as Envoy does.
///
/// For benchmarks and tests. They keep names and versions, not the resources. A proxy whose connection ends dials again after
/// a moment and tells what it has.
package final class SimulatedProxies: Sendable {
    package struct Options: Sendable {
        package var host = "127.0.0.1"
        package var port: Int
        /// The node id of each proxy.
        package var nodeIDs: [String]
        /// What each proxy authorizes itself with, by node id; those without an entry with nothing.
        package var authorizations: [String: String] = [:]
        /// Told of every response that a proxy has answered: its node id, and the names of the resources that came. Called on event loops.
        package var answered: @Sendable (_ nodeID: String, _ type: ResourceType, _ names: [String]) -> Void = {
            _,
            _,
            _ in
        }
        /// PEM; `nil` trusts whatever comes.
        package var trustedRoots: [UInt8]?
        package var redialAfter = Duration.milliseconds(20)
        package var threads = 2

        package init(port: Int, nodeIDs: [String]) {
            self.port = port
            self.nodeIDs = nodeIDs
        }
    }

    /// Counted since the start, over all proxies.
    package struct Totals: Hashable, Sendable {
        package var connects = 0
        package var bytes = 0
        package var responses = 0
        package var resources = 0
        package var removed = 0
        /// By gRPC status.
        package var endedStreams: [String: Int] = [:]
    }

    let options: Options
    private let group: MultiThreadedEventLoopGroup
    private let tls: NIOSSLContext
    private let totalsState = Mutex(Totals())
    private let hasEnded = Mutex(false)
    private let channels = Mutex<[ObjectIdentifier: any Channel]>([:])

    /// - Throws: what NIOSSL says of roots that it cannot read.
    package init(_ options: Options) throws {
        self.options = options
        group = MultiThreadedEventLoopGroup(numberOfThreads: options.threads)
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.applicationProtocols = ["h2"]
        if let roots = options.trustedRoots {
            configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(roots))
            configuration.certificateVerification = .noHostnameVerification
        } else {
            configuration.certificateVerification = .none
        }
        tls = try NIOSSLContext(configuration: configuration)
    }

    package var totals: Totals { totalsState.withLock { $0 } }

    func count(_ change: (inout Totals) -> Void) { totalsState.withLock { change(&$0) } }

    /// Dials them all at once. They are connected when the server says so.
    package func start() {
        for nodeID in options.nodeIDs {
            let loop = group.next()
            loop.execute { self.dial(SimulatedProxyState(nodeID: nodeID), loop) }
        }
    }

    /// Closes all connections and ends the threads.
    package func stop() async throws {
        hasEnded.withLock { $0 = true }
        for channel in channels.withLock({ Array($0.values) }) { channel.close(mode: .all, promise: nil) }
        try await group.shutdownGracefully()
    }

    /// On `loop`.
    private func dial(_ state: SimulatedProxyState, _ loop: any EventLoop) {
        guard !hasEnded.withLock({ $0 }) else { return }
        count { $0.connects += 1 }
        let bound = NIOLoopBound(state, eventLoop: loop)
        let connecting = ClientBootstrap(group: loop)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { [tls] channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandler(NIOSSLClientHandler(context: tls, serverHostname: nil))
                    try pipeline.addHandler(BufferLimiter())
                }
            }
            .connect(host: options.host, port: options.port)
        connecting.assumeIsolatedUnsafeUnchecked().whenComplete { result in
            switch result {
            case .failure: self.redial(bound.value, loop)
            case .success(let channel): self.open(channel, bound.value, loop)
            }
        }
    }

    private func open(_ channel: any Channel, _ state: SimulatedProxyState, _ loop: any EventLoop) {
        let bound = NIOLoopBound(state, eventLoop: loop)
        channels.withLock { $0[ObjectIdentifier(channel)] = channel }
        channel.closeFuture.whenComplete { _ in
            self.channels.withLock { _ = $0.removeValue(forKey: ObjectIdentifier(channel)) }
            self.redial(bound.value, loop)
        }
        do {
            var stream = NIOHTTP2Handler.StreamConfiguration()
            stream.targetWindowSize = 1 << 20
            let multiplexer = try channel.pipeline.syncOperations.configureHTTP2Pipeline(
                mode: .client,
                connectionConfiguration: NIOHTTP2Handler.ConnectionConfiguration(),
                streamConfiguration: stream
            ) { $0.close() }
            multiplexer.createStreamChannel { stream in
                stream.eventLoop.makeCompletedFuture {
                    try stream.pipeline.syncOperations.addHandler(SimulatedProxyStream(self, bound.value, channel))
                }
            }.whenFailure { _ in channel.close(promise: nil) }
        } catch {
            channel.close(promise: nil)
        }
    }

    private func redial(_ state: SimulatedProxyState, _ loop: any EventLoop) {
        guard !hasEnded.withLock({ $0 }) else { return }
        loop.assumeIsolatedUnsafeUnchecked().scheduleTask(in: TimeAmount(options.redialAfter)) {
            self.dial(state, loop)
        }
    }
}

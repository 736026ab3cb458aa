import CoreMetrics
import EnvoyAPI
import KubeRuntime
import Logging
import NIOSSL
import ServiceLifecycle
import Synchronization

/// Measures how long a change takes from being published to the last ACK, and what it costs, with a mesh of services and many proxies.
///
/// The proxies are started by the caller, in a process of their own if the figures of this one are to be the server's alone.
package struct PushBenchmark: Sendable {
    package struct Options: Sendable {
        package var proxies = 1000
        package var services = 1000
        /// Of each kind.
        package var changes = 100
        /// 0 leaves the choice to the kernel.
        package var port: UInt16 = 0
        package var patience = Duration.seconds(120)
        package var server = XDSServerOptions()

        package init() {}
    }

    /// What this process has used.
    package struct Usage: Sendable {
        package var cpuSeconds: Double
        package var residentBytes: Int

        package init(cpuSeconds: Double, residentBytes: Int) {
            self.cpuSeconds = cpuSeconds
            self.residentBytes = residentBytes
        }
    }

    package struct Series: Sendable {
        /// From publishing to the last ACK, sorted, in seconds.
        package var seconds: [Double] = []
        package var cpuSecondsPerPush = 0.0
        package var bytesPerPush = 0.0

        package func quantile(_ part: Double) -> Double {
            seconds.isEmpty ? 0 : seconds[min(seconds.count - 1, Int(Double(seconds.count) * part))]
        }
    }

    package struct Report: Sendable {
        /// From the first dial to the last ACK of everything.
        package var connectSeconds = 0.0
        package var connectCPUSeconds = 0.0
        package var connectBytes = 0
        /// From the server listening again to the last ACK.
        package var reconnectSeconds = 0.0
        package var reconnectCPUSeconds = 0.0
        package var reconnectBytes = 0
        package var residentBytesPerProxy = 0
        package var residentBytesPerProxyAfterPushes = 0
        package var endpointChanges = Series()
        package var routeChanges = Series()
    }

    private let options: Options
    private let certificate: ServerCertificate
    private let usage: @Sendable () -> Usage
    private let startProxies: @Sendable (Int, [String]) async throws -> Void

    /// - Parameters:
    ///   - usage: reads what this process has used.
    ///   - startProxies: makes proxies with these node ids dial this port, as ``SimulatedProxies`` do, and returns; they dial again
    ///     whenever they lose the connection.
    package init(
        _ options: Options,
        certificate: ServerCertificate,
        usage: @escaping @Sendable () -> Usage,
        startProxies: @escaping @Sendable (_ port: Int, _ nodeIDs: [String]) async throws -> Void
    ) {
        self.options = options
        self.certificate = certificate
        self.usage = usage
        self.startProxies = startProxies
    }

    /// - Throws: ``XDSError/Code/deadline`` when proxies do not get what they should; what `startProxies` throws.
    package func run() async throws -> Report {
        let acknowledgements = Acknowledgements()
        let hub = ProxyHub(observer: .init(delivered: { acknowledgements.note($0) }))
        acknowledgements.hub = hub
        let ids = (0..<options.proxies).map { ProxyID(mesh: "bench", namespace: "demo", name: "proxy-\($0)") }
        var mesh = SimulatedMesh(services: options.services)
        var layer = SimulatedMesh.layer(mesh.resources())
        var generation: UInt64 = 1
        func publish() {
            let snapshot = ProxySnapshot(layers: [layer], generation: generation, changedAt: .now)
            hub.publish(ids.map { ($0, snapshot) })
        }
        publish()

        let registry = PrometheusRegistry(catalog: XDSMetrics.catalog)
        let first = try await start(hub, registry, options.port)
        var report = Report()
        let idle = usage()
        let dialled = ContinuousClock.now
        acknowledgements.expect(generation, ids.count)
        try await startProxies(first.port, ids.map(\.description))
        report.connectSeconds = try await acknowledgements.wait(options.patience, since: dialled)
        let connected = usage()
        report.connectCPUSeconds = connected.cpuSeconds - idle.cpuSeconds
        report.connectBytes = Self.bytes(registry)
        try await Task.sleep(for: .seconds(2))
        report.residentBytesPerProxy = (usage().residentBytes - idle.residentBytes) / ids.count

        for isRoute in [false, true] {
            var series = Series()
            let before = (usage(), Self.bytes(registry))
            for number in 1...options.changes {
                let service = number * 7 % options.services
                if isRoute {
                    mesh.weights[service] = UInt32(number % 49)
                    layer = SimulatedMesh.layer(layer, with: mesh.route(service))
                } else {
                    mesh.endpointChanges[service] = number
                    layer = SimulatedMesh.layer(layer, with: mesh.endpoints(service))
                }
                generation += 1
                acknowledgements.expect(generation, ids.count)
                let start = ContinuousClock.now
                publish()
                series.seconds.append(try await acknowledgements.wait(options.patience, since: start))
            }
            let count = Double(options.changes)
            series.cpuSecondsPerPush = (usage().cpuSeconds - before.0.cpuSeconds) / count
            series.bytesPerPush = Double(Self.bytes(registry) - before.1) / count
            series.seconds.sort()
            if isRoute { report.routeChanges = series } else { report.endpointChanges = series }
        }
        report.residentBytesPerProxyAfterPushes = (usage().residentBytes - idle.residentBytes) / ids.count

        try await first.stop()
        let again = PrometheusRegistry(catalog: XDSMetrics.catalog)
        acknowledgements.expect(generation, ids.count)
        let before = usage()
        let restarted = ContinuousClock.now
        let second = try await start(hub, again, UInt16(first.port))
        report.reconnectSeconds = try await acknowledgements.wait(options.patience, since: restarted)
        report.reconnectCPUSeconds = usage().cpuSeconds - before.cpuSeconds
        report.reconnectBytes = Self.bytes(again)
        try await second.stop()
        return report
    }

    private struct Running {
        let port: Int
        let group: ServiceGroup
        let task: Task<Void, any Error>

        func stop() async throws {
            await group.triggerGracefulShutdown()
            try await task.value
        }
    }

    private func start(_ hub: ProxyHub, _ registry: PrometheusRegistry, _ port: UInt16) async throws -> Running {
        let quiet = Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() }
        let server = XDSServer(
            address: ListenAddress(host: "127.0.0.1", port: port),
            hub: hub,
            authenticator: .trusting,
            certificate: { [certificate] in certificate },
            metrics: registry,
            logger: quiet,
            options: options.server
        )
        let group = ServiceGroup(configuration: .init(services: [.init(service: server)], logger: quiet))
        let task = Task { try await group.run() }
        return Running(port: try await server.boundPort(), group: group, task: task)
    }

    private static func bytes(_ registry: PrometheusRegistry) -> Int {
        registry.text().split(separator: "\n").filter { $0.hasPrefix("swiftlet_xds_push_bytes_total{") }
            .compactMap { $0.split(separator: " ").last.flatMap { Double($0) } }.reduce(0) { $0 + Int($1) }
    }

    /// Waits for all proxies to have a generation.
    private final class Acknowledgements: Sendable {
        private struct State {
            weak var hub: ProxyHub?
            var generation: UInt64 = 0
            var missing = 0
            var at: ContinuousClock.Instant?
        }

        private let state = Mutex(State())
        private let done = ObservedValue<UInt64>(0)

        var hub: ProxyHub? {
            get { state.withLock { $0.hub } }
            set { state.withLock { $0.hub = newValue } }
        }

        func expect(_ generation: UInt64, _ proxies: Int) {
            done.update { $0 = 0 }
            state.withLock { state in
                state.generation = generation
                state.missing = proxies
                state.at = nil
            }
        }

        func note(_ proxy: ProxyID) {
            guard let acknowledged = hub?.delivery(of: proxy)?.acknowledged else { return }
            let finished = state.withLock { state -> UInt64? in
                guard acknowledged == state.generation, state.missing > 0 else { return nil }
                state.missing -= 1
                guard state.missing == 0 else { return nil }
                state.at = .now
                return state.generation
            }
            if let finished { done.update { $0 = finished } }
        }

        /// Seconds from `start` to the last acknowledgement.
        func wait(_ patience: Duration, since start: ContinuousClock.Instant) async throws -> Double {
            _ = await done.wait(until: .now + patience, time: .system) { $0 != 0 }
            let (at, missing) = state.withLock { ($0.at, $0.missing) }
            guard let at else { throw XDSError(.deadline, "\(missing) proxies did not get the change in \(patience)") }
            let (seconds, attoseconds) = (at - start).components
            return Double(seconds) + Double(attoseconds) * 1e-18
        }
    }
}

import CoreMetrics
import EnvoyAPI
import KubeRuntime
import Logging
import PollingSupport
import ServiceLifecycle
import Synchronization
import Testing

@testable import XDS

/// A server with its hub, for the length of a test.
struct TestMesh: Sendable {
    let hub: ProxyHub
    let registry: PrometheusRegistry
    let port: Int
    let log: TestLog

    /// Runs a server while `body` runs.
    static func serving<Result: Sendable>(
        hub: ProxyHub = ProxyHub(),
        port: UInt16 = 0,
        options: XDSServerOptions = XDSServerOptions(),
        authenticator: StreamAuthenticator = .trusting,
        certificate: @escaping @Sendable () throws -> ServerCertificate = TestCertificate.provider,
        _ body: @escaping @Sendable (TestMesh) async throws -> Result
    ) async throws -> Result {
        let registry = PrometheusRegistry(catalog: MetricCatalog.standard.merging(XDSMetrics.catalog))
        let log = TestLog()
        let server = XDSServer(
            address: ListenAddress(host: "127.0.0.1", port: port),
            hub: hub,
            authenticator: authenticator,
            certificate: certificate,
            metrics: registry,
            logger: log.logger,
            options: options
        )
        let services = ServiceGroup(
            configuration: .init(
                services: [.init(service: server)],
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            )
        )
        return try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask {
                try await services.run()
                return nil
            }
            let mesh = TestMesh(hub: hub, registry: registry, port: try await server.boundPort(), log: log)
            do {
                let result = try await body(mesh)
                await services.triggerGracefulShutdown()
                try await group.waitForAll()
                return result
            } catch {
                await services.triggerGracefulShutdown()
                try await group.waitForAll()
                throw error
            }
        }
    }

    func hasAcknowledged(_ generation: UInt64, _ proxy: ProxyID) -> Bool {
        hub.delivery(of: proxy)?.acknowledged == generation
    }
}

/// What was logged.
final class TestLog: Sendable {
    private let state = Mutex<[String]>([])

    var lines: [String] { state.withLock { $0 } }

    func contains(_ text: String) -> Bool { lines.contains { $0.contains(text) } }

    var logger: Logger { Logger(label: "xds") { _ in Handler(log: self) } }

    private struct Handler: LogHandler {
        let log: TestLog
        var metadata: Logger.Metadata = [:]
        var logLevel: Logger.Level = .debug

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let all = (event.metadata ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            log.state.withLock { $0.append("\(event.level) \(event.message) \(all.joined(separator: " "))") }
        }
    }
}

extension TestCertificate {
    /// The same object each time.
    static let provider: @Sendable () throws -> ServerCertificate = {
        let certificate = Result { try make() }
        return { try certificate.get() }
    }()
}

func proxy(_ number: Int) -> ProxyID { ProxyID(mesh: "demo", namespace: "default", name: "web-\(number)") }

import CoreMetrics
import Dispatch
import KubeRuntime
import Logging
import TestSupport
import Testing

/// What those can do to probes who reach the port.
@Suite(.timeLimit(.minutes(5))) struct HealthServerCrowdTests {
    private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    private static let probe = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"

    private static func serving(
        limits: HealthServer.Limits = .init(),
        registry: PrometheusRegistry = PrometheusRegistry(),
        _ body: (Int) async throws -> Void
    ) async throws {
        let server = HealthServer(
            address: try ListenAddress(parsing: "127.0.0.1:0"),
            endpoints: HealthEndpoints(registry: registry),
            limits: limits,
            logger: logger
        )
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            let port = try await server.boundPort()
            try await body(port)
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    private static func isAlive(_ port: Int) async throws -> Bool {
        try await HTTPExchange.request("GET", "/healthz", port: port).status == 200
    }

    /// Connections that ask now and then are never idle for long enough to be closed.
    @Test(arguments: [1, 64])
    func `connections that keep asking keep no probe out`(addresses: Int) async throws {
        try await Self.serving { port in
            var crowd: [RawConnection] = []
            for index in 0..<64 {
                let connection = try RawConnection(to: port, from: "127.0.1.\(1 + index % addresses)")
                connection.send(Self.probe)
                #expect(connection.receive().hasPrefix("HTTP/1.1 200"))
                crowd.append(connection)
            }
            #expect(try await Self.isAlive(port))
            #expect(crowd.contains { $0.isClosed })
        }
    }

    @Test func `one address takes no places from others`() async throws {
        try await Self.serving { port in
            let kubelet = try RawConnection(to: port, from: "127.0.0.9")
            kubelet.send(Self.probe)
            #expect(kubelet.receive().hasPrefix("HTTP/1.1 200"))
            let crowd = try (0..<100).map { _ in try RawConnection(to: port, from: "127.0.0.1") }
            #expect(await eventually { crowd.filter { !$0.isClosed }.count == 16 })
            kubelet.send(Self.probe)
            #expect(kubelet.receive().hasPrefix("HTTP/1.1 200"))
        }
    }

    /// Each of them would else hold a place, and what it asked for, for ever.
    @Test func `those who ask for metrics and never read keep no probe out, and are closed`() async throws {
        let registry = PrometheusRegistry()
        let name = String(repeating: "x", count: 1000)
        let counters = (0..<2000).map { Counter(label: "a", dimensions: [(name, "\($0)")], factory: registry) }
        var limits = HealthServer.Limits()
        limits.responseTimeout = .seconds(1)
        limits.scrapeInterval = .milliseconds(10)
        try await Self.serving(limits: limits, registry: registry) { port in
            let request = String(repeating: "GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n", count: 1000)
            let crowd = try (0..<64).map { index in
                let connection = try RawConnection(to: port, from: "127.0.2.\(1 + index)", receiveBuffer: 4096)
                connection.send(request)
                return connection
            }
            #expect(try await Self.isAlive(port))
            // Some because they are too many, the others because they do not read.
            #expect(await eventually { crowd.allSatisfy { $0.isClosed || !$0.send("x") } })
            #expect(try await HTTPExchange.request("GET", "/metrics", port: port).status == 200)
        }
        withExtendedLifetime(counters) {}
    }

    /// A collector that stands still until it is told to go on.
    private final class SlowCollector: MetricsCollector {
        let begun = Locked(0)
        let gate = DispatchSemaphore(value: 0)

        func collect(into metrics: inout MetricsCollection) {
            begun.change { $0 += 1 }
            gate.wait()
            gate.signal()
        }
    }

    @Test func `metrics are rendered once for all who ask meanwhile, and hold up no probe`() async throws {
        let registry = PrometheusRegistry()
        let collector = SlowCollector()
        registry.register(collector)
        var limits = HealthServer.Limits()
        (limits.scrapes, limits.scrapesPerAddress, limits.connectionsPerAddress) = (64, 64, 64)
        try await Self.serving(limits: limits, registry: registry) { port in
            try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<20 {
                    group.addTask { try await HTTPExchange.request("GET", "/metrics", port: port).status }
                }
                #expect(await eventually { collector.begun.value == 1 })
                #expect(try await Self.isAlive(port))
                // Whoever did not come in time for the first shares the second.
                collector.gate.signal()
                let statuses = try await group.reduce(into: []) { $0.append($1) }
                #expect(statuses == Array(repeating: 200, count: 20))
            }
        }
        #expect(collector.begun.value <= 3)
    }

    @Test func `too many who ask for metrics are told so`() async throws {
        let registry = PrometheusRegistry()
        let collector = SlowCollector()
        registry.register(collector)
        var limits = HealthServer.Limits()
        limits.scrapesPerAddress = 2
        try await Self.serving(limits: limits, registry: registry) { port in
            let waiting = try (0..<2).map { _ in try RawConnection(to: port) }
            for connection in waiting { connection.send("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n") }
            #expect(
                await eventually {
                    do {
                        return try await HTTPExchange.request("GET", "/metrics", port: port).status == 503
                    } catch {
                        return false
                    }
                }
            )
            #expect(try await Self.isAlive(port))
            collector.gate.signal()
            for connection in waiting { #expect(connection.receive().hasPrefix("HTTP/1.1 200")) }
        }
    }

    @Test(arguments: ["/livez", "/healthz", "/readyz"])
    func `a request that never ends is given up`(path: String) async throws {
        var limits = HealthServer.Limits()
        limits.idleTimeout = .milliseconds(300)
        try await Self.serving(limits: limits) { port in
            let slow = try RawConnection(to: port)
            // A byte now and then is no request.
            #expect(slow.send("GET \(path) HTTP/1.1\r\n"))
            #expect(await eventually { !slow.send("a: b\r\n") })
        }
    }
}

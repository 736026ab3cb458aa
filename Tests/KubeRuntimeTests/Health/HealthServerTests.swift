import CoreMetrics
import KubeRuntime
import Logging
import ServiceLifecycle
import Testing

@Suite(.timeLimit(.minutes(20))) struct HealthServerTests {
    private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private static func server(
        _ address: String = "127.0.0.1:0",
        limits: HealthServer.Limits = .init(),
        liveness: [any HealthSource] = [],
        readiness: [any HealthSource] = [],
        registry: PrometheusRegistry? = nil
    ) throws -> HealthServer {
        HealthServer(
            address: try ListenAddress(parsing: address),
            endpoints: HealthEndpoints(liveness: liveness, readiness: readiness, registry: registry),
            limits: limits,
            logger: logger
        )
    }

    /// Runs the server while the body runs.
    private static func serving(_ server: HealthServer, _ body: (Int) async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            let port = try await server.boundPort()
            try await body(port)
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    @Test func `readiness follows the kinds`() async throws {
        let kinds = ScriptedHealth([HealthCheck(kind: "pods", KindState(phase: .syncing, since: .now))])
        try await Self.serving(Self.server(readiness: [kinds])) { port in
            let early = try await HTTPExchange.request("GET", "/readyz", port: port)
            #expect(early.status == 503)
            #expect(early.body == "[-]pods syncing\nreadyz check failed\n")

            let hostile =
                "secrets is forbidden:\u{2028}\r\n\u{1B}[31m[+]all synced " + String(repeating: "x", count: 10_000)
            kinds.checks.change {
                $0 = [
                    HealthCheck(kind: "pods", KindState(phase: .synced, since: .now)),
                    HealthCheck(kind: "secrets", KindState(phase: .forbidden, since: .now, reason: hostile)),
                ]
            }
            let forbidden = try await HTTPExchange.request("GET", "/readyz?verbose", port: port)
            #expect(forbidden.status == 503)
            let lines = forbidden.body.split(separator: "\n")
            #expect(lines.count == 3)
            #expect(lines.first == "[+]pods synced")
            #expect(lines[1].hasPrefix("[-]secrets forbidden: secrets is forbidden:    [31m[+]all synced xxx"))
            #expect(lines[1].count < 600)
            #expect(lines.last == "readyz check failed")

            kinds.checks.change { _ = $0.popLast() }
            let ready = try await HTTPExchange.request("GET", "/readyz", port: port)
            #expect(ready.status == 200)
            #expect(ready.body == "ok")
            for query in ["verbose", "a=b&verbose", "verbose=1"] {
                let verbose = try await HTTPExchange.request("GET", "/readyz?\(query)", port: port)
                #expect(verbose.status == 200)
                #expect(verbose.body == "[+]pods synced\nreadyz check passed\n")
            }
        }
    }

    @Test func `the process lives until a check of its life fails`() async throws {
        let trouble = Locked<String?>(nil)
        let probe = HealthProbe("event-loop") { trouble.value }
        let notReady = ScriptedHealth([HealthCheck(kind: "pods", KindState(phase: .connecting, since: .now))])
        try await Self.serving(Self.server(liveness: [probe], readiness: [notReady])) { port in
            let alive = try await HTTPExchange.request("GET", "/healthz", port: port)
            #expect(alive.status == 200)
            #expect(alive.body == "ok")
            #expect(alive.headers["content-type"] == "text/plain; charset=utf-8")
            #expect(alive.headers["cache-control"] == "no-store")
            trouble.change { $0 = "no turn for 60 s" }
            let stuck = try await HTTPExchange.request("GET", "/healthz", port: port)
            #expect(stuck.status == 503)
            #expect(stuck.body == "[-]event-loop failed: no turn for 60 s\nhealthz check failed\n")
        }
    }

    @Test func `metrics are served in the text format`() async throws {
        let registry = PrometheusRegistry()
        Counter(label: "workqueue_adds_total", dimensions: [("name", "ö")], factory: registry).increment()
        try await Self.serving(Self.server(registry: registry)) { port in
            let metrics = try await HTTPExchange.request("GET", "/metrics", port: port)
            #expect(metrics.status == 200)
            #expect(metrics.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
            #expect(metrics.headers["content-length"] == "\(registry.text().utf8.count)")
            #expect(metrics.body == registry.text())
        }
    }

    @Test(arguments: [
        ("HEAD", "/healthz", 200), ("HEAD", "/readyz", 503), ("HEAD", "/metrics", 404), ("HEAD", "/none", 404),
        ("POST", "/healthz", 405), ("DELETE", "/readyz?verbose", 405), ("OPTIONS", "/healthz", 405),
        ("POST", "/none", 404), ("GET", "/", 404), ("GET", "/healthz/", 404), ("GET", "//healthz", 404),
        ("GET", "/metrics", 404), ("GET", "/../healthz", 404), ("GET", "/%68ealthz", 404),
        ("GET", "http://a/healthz", 200), ("GET", "/healthz?", 200), ("GET", "/healthz??&&=&verbose", 200),
    ])
    func `methods and paths have their status`(method: String, target: String, status: Int) async throws {
        let notReady = ScriptedHealth([HealthCheck(kind: "pods", KindState(phase: .connecting, since: .now))])
        try await Self.serving(Self.server(readiness: [notReady])) { port in
            let response = try await HTTPExchange.request(method, target, port: port)
            #expect(response.status == status)
            #expect(response.headers["allow"] == (status == 405 ? "GET, HEAD" : nil))
            #expect(response.body.isEmpty == (method == "HEAD"))
            #expect(response.headers["content-length"].flatMap(Int.init) ?? 0 > 0)
        }
    }

    @Test func `one connection serves many requests`() async throws {
        try await Self.serving(Self.server()) { port in
            let request = "GET /healthz HTTP/1.1\r\nHost: a\r\n"
            let text = "\(request)\r\n\(request)\r\n\(request)Connection: close\r\n\r\n"
            let received = try await HTTPExchange.send(text, to: port)
            #expect(received.split(separator: "HTTP/1.1 200 OK").count == 3)
        }
    }

    @Test(arguments: [
        "GET /healthz HTTP/1.1\r\nX: \(String(repeating: "x", count: 40_000))\r\n\r\n",
        "GET /healthz HTTP/1.1\r\n\(String(repeating: "a: b\r\n", count: 200))\r\n",
        "\u{0}\u{1}\u{2}\r\n\r\n", "GET\r\n\r\n", "GET /healthz HTTP/9.9\r\n\r\n",
        "GET /healthz HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        "GET /healthz HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
    ])
    func `requests that are none or too large are refused`(text: String) async throws {
        try await Self.serving(Self.server()) { port in
            let response = try await HTTPExchange.send(text, to: port)
            #expect(response.isEmpty || response.hasPrefix("HTTP/1.1 400 "), "\(response)")
            #expect(try await HTTPExchange.request("GET", "/healthz", port: port).status == 200)
        }
    }

    @Test(arguments: ["Content-Length: 1000000", "Transfer-Encoding: chunked"])
    func `a body is not waited for`(header: String) async throws {
        var limits = HealthServer.Limits()
        limits.idleTimeout = .seconds(600)
        try await Self.serving(Self.server(limits: limits)) { port in
            let response = HTTPExchangeResult(
                try await HTTPExchange.send("POST /healthz HTTP/1.1\r\nHost: a\r\n\(header)\r\n\r\n", to: port)
            )
            #expect(response.status == 405)
            #expect(response.headers["connection"] == "close")
        }
    }

    @Test(arguments: ["", "GET /healthz HTT", "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"])
    func `silent connections are closed, and hold up nobody for longer`(text: String) async throws {
        var limits = HealthServer.Limits()
        limits.idleTimeout = .milliseconds(50)
        limits.connections = 2
        try await Self.serving(Self.server(limits: limits)) { port in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<6 { group.addTask { _ = try await HTTPExchange.send(text, to: port) } }
                try await group.waitForAll()
            }
            // On a busy machine a request may itself be too slow for such a short timeout.
            let isServed = await eventually {
                do {
                    return try await HTTPExchange.request("GET", "/healthz", port: port).status == 200
                } catch {
                    return false
                }
            }
            #expect(isServed)
        }
    }

    /// Of a connection that nobody takes any more, swift-nio would end the process.
    @Test func `a server that ends while connections come in ends in peace`() async throws {
        for _ in 0..<20 {
            try await withThrowingTaskGroup(of: Void.self) { callers in
                try await Self.serving(Self.server()) { port in
                    for _ in 0..<8 {
                        callers.addTask {
                            while !Task.isCancelled {
                                do { _ = try await HTTPExchange.request("GET", "/healthz", port: port) } catch {
                                    return
                                }
                            }
                        }
                    }
                    let response = try await HTTPExchange.request("GET", "/healthz", port: port)
                    #expect(response.status == 200)
                }
                callers.cancelAll()
            }
        }
    }

    @Test(arguments: [":0", "[::1]:0", "localhost:0"])
    func `other addresses can be listened on`(address: String) async throws {
        try await Self.serving(Self.server(address)) { port in
            let host = address == "[::1]:0" ? "::1" : "localhost"
            let text = "GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
            let response = try await HTTPExchange.send(text, to: port, host: host)
            #expect(response.hasPrefix("HTTP/1.1 200 "))
        }
    }

    @Test func `an address in use is an error that names it`() async throws {
        try await Self.serving(Self.server()) { port in
            let second = try Self.server("127.0.0.1:\(port)")
            let error = await #expect(throws: HealthError.self) { try await second.run() }
            #expect(error?.code == .bind)
            #expect(error?.message == "cannot listen on 127.0.0.1:\(port)")
            #expect(error?.cause != nil)
            let ended = await #expect(throws: HealthError.self) { try await second.boundPort() }
            #expect(ended?.code == .ended)
        }
    }

    @Test func `a graceful shutdown ends it, with a connection still open`() async throws {
        let server = try Self.server()
        let group = ServiceGroup(services: [server], logger: Self.logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            let port = try await server.boundPort()
            tasks.addTask { _ = try await HTTPExchange.send("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n", to: port) }
            #expect(try await HTTPExchange.request("GET", "/healthz", port: port).status == 200)
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
        let again = await #expect(throws: HealthError.self) { try await server.run() }
        #expect(again?.code == .ended)
    }

    @Test func `who waits for the port can be cancelled`() async throws {
        let server = try Self.server()
        let waiting = Task { try await server.boundPort() }
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
    }
}

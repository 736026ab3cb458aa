import JSON
import KubeRuntime
import KubeTransport
import Logging
import PollingSupport
import Synchronization
import TestSupport
import Testing
import Tracing

@testable import Telling

/// Against a scripted collector.
struct SpanExporterTests {
    /// What a collector was sent, and what it answers.
    private final class Collector: Sendable {
        private let state: Mutex<(requests: [TestConnection.Request], answers: [Int])>

        init(answers: [Int] = []) { state = Mutex(([], answers)) }

        var requests: [TestConnection.Request] { state.withLock { $0.requests } }

        /// The names of the spans in each request.
        var names: [[String]] {
            requests.map { request in
                do {
                    let body = try JSONValue(parsing: request.body)
                    let spans = body["resourceSpans"]?[0]?["scopeSpans"]?[0]?["spans"]?.arrayValue ?? []
                    return spans.compactMap { $0["name"]?.stringValue }
                } catch {
                    return ["unreadable: \(error)"]
                }
            }
        }

        func serve(_ connection: TestConnection) throws {
            while let request = try connection.readRequest() {
                let status = state.withLock { state in
                    state.requests.append(request)
                    return state.answers.isEmpty ? 200 : state.answers.removeFirst()
                }
                try connection.respond(status, "{}", headers: ["Content-Type: application/json"])
            }
        }
    }

    private func options(_ change: (inout SpanExporter.Options) -> Void = { _ in }) -> SpanExporter.Options {
        var options = SpanExporter.Options()
        options.interval = .milliseconds(20)
        change(&options)
        return options
    }

    /// Runs an exporter that sends to `url`, and ends it after `body`.
    private func exporting(
        to url: String,
        _ options: SpanExporter.Options,
        _ body: (SpanExporter, SpanTracer) async throws -> Void
    ) async throws -> PrometheusRegistry {
        let registry = PrometheusRegistry(catalog: .telling)
        let transport = try Transport()
        let exporter = SpanExporter(
            endpoint: TransportEndpoint(baseURL: url),
            transport: transport,
            encoder: OTLPEncoder(resource: ["service.name": "test"], scope: "test/1"),
            options: options,
            metrics: registry,
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        )
        try await withThrowingTaskGroup { group in
            group.addTask { await exporter.run() }
            try await body(exporter, SpanTracer { exporter.put($0) })
            exporter.shutDown()
            try await group.waitForAll()
        }
        await transport.shutdown()
        return registry
    }

    private func lines(_ registry: PrometheusRegistry) -> Set<String> {
        Set(
            registry.text().split(separator: "\n").filter { !$0.hasPrefix("#") && !$0.hasSuffix(" 0") }.map(String.init)
        )
    }

    @Test func spansArriveInOneRequest() async throws {
        let collector = Collector()
        let server = try TestServer { try collector.serve($0) }
        defer { server.stop() }
        let registry = try await exporting(to: server.url, options()) { _, tracer in
            tracer.withSpan("parent") { _ in tracer.withSpan("child") { _ in } }
            try await eventually("both spans are there") { collector.names.flatMap { $0 }.count == 2 }
        }
        let request = try #require(collector.requests.first)
        #expect(request.method == "POST")
        #expect(request.path == "/v1/traces")
        #expect(request.header("Content-Type") == "application/json")
        #expect(lines(registry) == ["swiftlet_spans_exported_total 2"])
    }

    @Test func whatIsLeftIsSentAtTheEnd() async throws {
        let collector = Collector()
        let server = try TestServer { try collector.serve($0) }
        defer { server.stop() }
        let slow = options {
            $0.interval = .seconds(3600)
            $0.batch = 2
        }
        _ = try await exporting(to: server.url, slow) { _, tracer in
            for name in ["a", "b", "c"] { tracer.withSpan(name) { _ in } }
        }
        #expect(collector.names.flatMap { $0 } == ["a", "b", "c"])
    }

    @Test func aCollectorThatAsksForItIsSentTheBatchAgain() async throws {
        let collector = Collector(answers: [503, 429, 200])
        let server = try TestServer { try collector.serve($0) }
        defer { server.stop() }
        let registry = try await exporting(to: server.url, options()) { _, tracer in
            tracer.withSpan("a") { _ in }
            try await eventually("it was sent three times") { collector.requests.count == 3 }
        }
        #expect(collector.names == [["a"], ["a"], ["a"]])
        #expect(lines(registry) == ["swiftlet_spans_exported_total 1"])
    }

    @Test func aCollectorThatRefusesIsNotAskedAgain() async throws {
        let collector = Collector(answers: [400])
        let server = try TestServer { try collector.serve($0) }
        defer { server.stop() }
        let registry = try await exporting(to: server.url, options()) { _, tracer in
            tracer.withSpan("a") { _ in }
            try await eventually("it was sent") { collector.requests.count == 1 }
        }
        #expect(lines(registry) == ["swiftlet_spans_dropped_total{reason=\"export_failed\"} 1"])
    }

    @Test func aCollectorThatHangsHoldsUpNobodyAndTheEndIsBounded() async throws {
        let server = try TestServer { $0.waitForClose() }
        defer { server.stop() }
        let patient = options {
            $0.interval = .seconds(3600)
            $0.capacity = 8
            $0.batch = 4
            $0.timeout = .seconds(3600)
            $0.flush = .milliseconds(50)
        }
        let registry = try await exporting(to: server.url, patient) { exporter, tracer in
            for _ in 0..<4 { tracer.withSpan("first") { _ in } }
            try await eventually("the first batch is under way") { server.counts.accepted == 1 }
            for _ in 0..<100 { tracer.withSpan("more") { _ in } }
        }
        // Those on their way when it ended, and those that waited, were lost; the others never got in.
        let dropped = lines(registry)
        #expect(dropped.contains("swiftlet_spans_dropped_total{reason=\"buffer_full\"} 92"))
        #expect(dropped.contains("swiftlet_spans_dropped_total{reason=\"export_failed\"} 12"))
        #expect(dropped.count == 2)
    }

    @Test func nobodyThereIsNoErrorOfOurs() async throws {
        let nobody = try RefusingPort()
        defer { nobody.release() }
        let once = options { $0.attempts = 1 }
        let registry = try await exporting(to: nobody.url, once) { _, tracer in
            tracer.withSpan("a") { _ in }
        }
        #expect(lines(registry) == ["swiftlet_spans_dropped_total{reason=\"export_failed\"} 1"])
    }
}

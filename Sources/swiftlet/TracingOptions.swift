import ArgumentParser
import CoreMetrics
import KubeTransport
import Logging
import Telling
import Tracing

/// Where spans go.
struct TracingOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Collector of OpenTelemetry that gets spans, such as http://collector:4318. None if not given.",
            valueName: "url"
        )
    )
    var otlpEndpoint: String?

    @Option(help: "Share of reconciles and reviews of which there are spans, from 0 to 1.")
    var traceRatio = 1.0

    func validate() throws {
        guard (0...1).contains(traceRatio) else { throw ValidationError("--trace-ratio takes a number from 0 to 1.") }
        guard let otlpEndpoint else { return }
        let scheme = ["http://", "https://"].first { otlpEndpoint.hasPrefix($0) && otlpEndpoint.count > $0.count }
        guard let scheme, !otlpEndpoint.contains("?") else {
            throw ValidationError(
                "--otlp-endpoint takes a URL such as http://collector:4318; /v1/traces is added to it."
            )
        }
        guard !otlpEndpoint.dropFirst(scheme.count).prefix(while: { $0 != "/" }).contains("@") else {
            throw ValidationError("--otlp-endpoint takes no user and password: whoever sees the pod would read them.")
        }
    }

    /// Runs `body`, and sends its spans where they are to go. Once in a process.
    func exporting(
        instance: String,
        metrics: any MetricsFactory,
        logger: Logger,
        _ body: () async throws -> Void
    ) async throws {
        guard let otlpEndpoint else { return try await body() }
        // A transport of its own: a collector that hangs takes no turn of the API server's.
        let transport = try Transport()
        let exporter = SpanExporter(
            endpoint: TransportEndpoint(
                baseURL: otlpEndpoint.hasSuffix("/") ? String(otlpEndpoint.dropLast()) : otlpEndpoint
            ),
            transport: transport,
            encoder: OTLPEncoder(
                resource: [
                    "service.name": "swiftlet", "service.version": SwiftletVersion.current,
                    "service.instance.id": instance,
                ],
                scope: SwiftletVersion.userAgent
            ),
            metrics: metrics,
            logger: logger
        )
        InstrumentationSystem.bootstrap(SpanTracer(ratio: traceRatio) { exporter.put($0) })
        let result = await withTaskGroup { group in
            group.addTask { await exporter.run() }
            let result: Result<Void, any Error>
            do { result = .success(try await body()) } catch { result = .failure(error) }
            exporter.shutDown()
            await group.waitForAll()
            return result
        }
        await transport.shutdown()
        try result.get()
    }
}

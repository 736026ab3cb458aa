import Tracing

/// Makes spans, of a share of all traces, and gives those that end to an exporter.
package struct SpanTracer: Tracer {
    package typealias Span = RecordedSpan

    /// The share of traces that are recorded, from 0 to 1. A trace is recorded whole or not at all.
    private let ratio: Double
    private let random: @Sendable () -> UInt64
    private let finish: @Sendable (FinishedSpan) -> Void

    /// - Parameter finish: quick; called where spans end.
    package init(
        ratio: Double = 1,
        random: @escaping @Sendable () -> UInt64 = { .random(in: 1 ... .max) },
        finish: @escaping @Sendable (FinishedSpan) -> Void
    ) {
        self.ratio = ratio
        self.random = random
        self.finish = finish
    }

    package func startSpan<Instant: TracerInstant>(
        _ operationName: String,
        context: @autoclosure () -> ServiceContext,
        ofKind kind: SpanKind,
        at instant: @autoclosure () -> Instant,
        function: String,
        file fileID: String,
        line: UInt
    ) -> RecordedSpan {
        let context = context()
        let parent = context.span
        let identity =
            parent.map { SpanIdentity(traceID: $0.traceID, spanID: newSpanID(), isSampled: $0.isSampled) } ?? newTrace()
        return RecordedSpan(
            name: operationName,
            kind: kind,
            context: context,
            identity: identity,
            parent: parent?.spanID,
            start: identity.isSampled ? instant().nanosecondsSinceEpoch : 0,
            finish: finish
        )
    }

    private func newTrace() -> SpanIdentity {
        let traceID = SpanIdentity.TraceID(high: random(), low: random())
        // As OpenTelemetry's TraceIdRatioBased: by the identity, so that others who see the trace decide alike.
        let isSampled = ratio >= 1 || Double(traceID.low >> 1) < ratio * 0x1p63
        return SpanIdentity(traceID: traceID, spanID: newSpanID(), isSampled: isSampled)
    }

    private func newSpanID() -> SpanIdentity.SpanID { SpanIdentity.SpanID(random()) }

    /// What is buffered goes when the exporter sends it.
    package func forceFlush() {}

    package func extract<Carrier, Extract: Extractor>(
        _ carrier: Carrier,
        into context: inout ServiceContext,
        using extractor: Extract
    ) where Extract.Carrier == Carrier {}

    package func inject<Carrier, Inject: Injector>(
        _ context: ServiceContext,
        into carrier: inout Carrier,
        using injector: Inject
    ) where Inject.Carrier == Carrier {
        guard let span = context.span else { return }
        injector.inject(
            "00-\(span.traceID)-\(span.spanID)-0\(span.isSampled ? 1 : 0)",
            forKey: "traceparent",
            into: &carrier
        )
    }
}

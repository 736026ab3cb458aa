import KubeTransport
import Tracing

/// The span of one request, a child of whatever asks for it; of a stream it ends with the head.
///
/// Requests that belong to no span, such as watches and the renewal of leases, have none: they would be traces of nothing but themselves.
struct RequestSpan {
    private let span: any Tracing.Span

    /// - Returns: `nil` outside of spans that are recorded. That costs reading one value of the task, and is all when nothing traces.
    init?(_ request: KubeRequest) {
        guard ServiceContext.current != nil else { return nil }
        let span = startSpan("\(request.verb) \(request.resource)", ofKind: .client)
        guard span.isRecording else { return nil }
        self.span = span
        span.updateAttributes { attributes in
            attributes["http.request.method"] = request.method
            attributes["url.path"] = request.path
            attributes["verb"] = request.verb
            attributes["resource"] = request.resource
        }
    }

    func answered(_ status: Int) {
        span.attributes["http.response.status_code"] = status
        if status >= 400 { span.setStatus(SpanStatus(code: .error, message: "status \(status)")) }
        span.end()
    }

    func failed(_ error: TransportError) {
        span.recordError(error)
        span.setStatus(SpanStatus(code: .error, message: error.message))
        span.end()
    }

    /// Names the span to the server, as W3C Trace Context has it.
    func inject(into headers: inout HTTPHeaders) {
        InstrumentationSystem.instrument.inject(span.context, into: &headers, using: HeaderInjector())
    }
}

private struct HeaderInjector: Injector {
    func inject(_ value: String, forKey key: String, into carrier: inout HTTPHeaders) { carrier.add(key, value) }
}

extension KubeRequest {
    /// `deployments.apps/status`: the first word of ``subject``.
    fileprivate var resource: String { String(subject.prefix { $0 != " " }) }
}

import Synchronization
import Tracing

/// A span under way. One of a trace that is not sampled only hands its identity on.
package final class RecordedSpan: Tracing.Span {
    private struct State {
        var name: String
        var attributes: SpanAttributes = [:]
        var failure: String?
        var events: [SpanEvent] = []
        var hasEnded = false
    }

    /// Of each span; more events are left out.
    private static let mostEvents = 16

    package let context: ServiceContext
    package let isRecording: Bool
    private let kind: SpanKind
    private let identity: SpanIdentity
    private let parent: SpanIdentity.SpanID?
    private let start: UInt64
    private let finish: @Sendable (FinishedSpan) -> Void
    private let state: Mutex<State>

    init(
        name: String,
        kind: SpanKind,
        context: ServiceContext,
        identity: SpanIdentity,
        parent: SpanIdentity.SpanID?,
        start: UInt64,
        finish: @escaping @Sendable (FinishedSpan) -> Void
    ) {
        var context = context
        context.span = identity
        self.context = context
        isRecording = identity.isSampled
        self.kind = kind
        self.identity = identity
        self.parent = parent
        self.start = start
        self.finish = finish
        state = Mutex(State(name: name))
    }

    package var operationName: String {
        get { state.withLock { $0.name } }
        set { state.withLock { $0.name = newValue } }
    }

    package var attributes: SpanAttributes {
        get { state.withLock { $0.attributes } }
        set {
            guard isRecording else { return }
            state.withLock { $0.attributes = newValue }
        }
    }

    package func setStatus(_ status: SpanStatus) {
        guard isRecording else { return }
        state.withLock { state in
            state.failure = status.code == .error ? status.message ?? state.failure ?? "failed" : nil
        }
    }

    package func addEvent(_ event: SpanEvent) {
        guard isRecording else { return }
        state.withLock { if $0.events.count < Self.mostEvents { $0.events.append(event) } }
    }

    package func recordError<Instant: TracerInstant>(
        _ error: any Error,
        attributes: SpanAttributes,
        at instant: @autoclosure () -> Instant
    ) {
        guard isRecording else { return }
        var attributes = attributes
        attributes["exception.type"] = "\(type(of: error))"
        attributes["exception.message"] = LogText.bounded("\(error)")
        addEvent(SpanEvent(name: "exception", at: instant(), attributes: attributes))
        state.withLock { $0.failure = $0.failure ?? LogText.bounded("\(error)") }
    }

    /// Nothing here follows from two traces.
    package func addLink(_ link: SpanLink) {}

    package func end<Instant: TracerInstant>(at instant: @autoclosure () -> Instant) {
        guard isRecording else { return }
        let end = instant().nanosecondsSinceEpoch
        let finished: FinishedSpan? = state.withLock { state in
            guard !state.hasEnded else { return nil }
            state.hasEnded = true
            return FinishedSpan(
                name: state.name,
                kind: kind,
                identity: identity,
                parent: parent,
                start: start,
                end: max(start, end),
                attributes: state.attributes,
                failure: state.failure,
                events: state.events
            )
        }
        if let finished { finish(finished) }
    }
}

import Tracing

/// A span that has ended, as it goes to a collector.
package struct FinishedSpan: Sendable {
    package var name: String
    package var kind: SpanKind
    package var identity: SpanIdentity
    package var parent: SpanIdentity.SpanID?
    /// Nanoseconds since 1970.
    package var start: UInt64
    package var end: UInt64
    package var attributes: SpanAttributes
    /// What went wrong; `nil` when nothing is known to have.
    package var failure: String?
    package var events: [SpanEvent]
}

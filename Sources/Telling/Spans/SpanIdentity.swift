import Logging
import Tracing

/// Which span a task is in: of which trace, and whether it is recorded.
package struct SpanIdentity: Hashable, Sendable {
    package var traceID: TraceID
    package var spanID: SpanID
    /// Decided once for each trace, at its first span.
    package var isSampled: Bool

    /// Of W3C Trace Context: 16 bytes, not all zero.
    package struct TraceID: Hashable, Sendable, CustomStringConvertible {
        package var high, low: UInt64

        package init(high: UInt64, low: UInt64) { (self.high, self.low) = (high, low) }

        /// 32 digits.
        package var description: String { high.hexadecimal + low.hexadecimal }
    }

    /// Of W3C Trace Context: 8 bytes, not all zero.
    package struct SpanID: Hashable, Sendable, CustomStringConvertible {
        package var value: UInt64

        package init(_ value: UInt64) { self.value = value }

        /// 16 digits.
        package var description: String { value.hexadecimal }
    }
}

extension UInt64 {
    fileprivate var hexadecimal: String {
        let digits = String(self, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

extension ServiceContext {
    private enum Key: ServiceContextKey {
        typealias Value = SpanIdentity
    }

    /// The span that is under way.
    package var span: SpanIdentity? {
        get { self[Key.self] }
        set { self[Key.self] = newValue }
    }
}

extension Logger.MetadataProvider {
    /// `traceID` and `spanID` of the span that is under way, so that lines of the log and spans are found from each other. Of one that is
    /// not recorded nothing.
    package static let span = Logger.MetadataProvider {
        guard let span = ServiceContext.current?.span, span.isSampled else { return [:] }
        return ["traceID": "\(span.traceID)", "spanID": "\(span.spanID)"]
    }
}

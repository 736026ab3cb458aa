import Metrics
import Synchronization

/// Counts and times requests under client-go's names, so that existing dashboards show them. The labels are bounded: the methods of
/// HTTP, its status codes (or `<error>` where there is none), and one host.
final class RequestMetrics: Sendable {
    private struct Key: Hashable {
        var method: String
        var code: Int?
    }

    private struct Instruments {
        var requests: [Key: Counter] = [:]
        var durations: [String: Metrics.Timer] = [:]
    }

    private let host: String
    private let instruments = Mutex(Instruments())

    init(host: String) { self.host = host }

    /// Records one request. For a stream the duration ends with the head of the response.
    func record(method: String, code: Int?, duration: Duration) {
        instruments.withLock { instruments in
            let key = Key(method: method, code: code)
            let counter =
                instruments.requests[key]
                ?? Counter(
                    label: "rest_client_requests_total",
                    dimensions: [("code", code.map(String.init) ?? "<error>"), ("method", method), ("host", host)]
                )
            instruments.requests[key] = counter
            counter.increment()
            let timer =
                instruments.durations[method]
                ?? Metrics.Timer(
                    label: "rest_client_request_duration_seconds",
                    dimensions: [("method", method), ("host", host)]
                )
            instruments.durations[method] = timer
            timer.recordNanoseconds(Self.nanoseconds(duration))
        }
    }

    private static func nanoseconds(_ duration: Duration) -> Int64 {
        let (seconds, attoseconds) = duration.components
        return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }
}

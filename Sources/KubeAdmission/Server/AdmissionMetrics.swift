import CoreMetrics
import KubeRuntime

/// What webhooks count, under controller-runtime's names; the label is the path.
struct AdmissionMetrics: Sendable {
    private let totals: [Int: Counter]
    private let latency: Timer
    private let inFlight: Meter
    private let running = ObservedValue(0)

    init(webhook: String, factory: any MetricsFactory) {
        totals = Dictionary(
            uniqueKeysWithValues: [200, 400, 405, 408, 413, 415, 500, 503, 504].map { code in
                let labels = [("webhook", webhook), ("code", "\(code)")]
                let label = "controller_runtime_webhook_requests_total"
                return (code, Counter(label: label, dimensions: labels, factory: factory))
            }
        )
        latency = Timer(
            label: "controller_runtime_webhook_latency_seconds",
            dimensions: [("webhook", webhook)],
            preferredDisplayUnit: .seconds,
            factory: factory
        )
        inFlight = Meter(
            label: "controller_runtime_webhook_requests_in_flight",
            dimensions: [("webhook", webhook)],
            factory: factory
        )
    }

    func begin() {
        inFlight.set(
            running.update { count in
                count += 1
                return count
            }
        )
    }

    func end(status: Int, after duration: Duration) {
        inFlight.set(
            running.update { count in
                count -= 1
                return count
            }
        )
        totals[status]?.increment()
        latency.recordNanoseconds(Int64(max(0, min(duration / .nanoseconds(1), 9e18))))
    }
}

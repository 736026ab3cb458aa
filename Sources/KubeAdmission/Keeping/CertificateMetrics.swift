import CoreMetrics
import KubeModel

/// What is counted of certificates.
struct CertificateMetrics: Sendable {
    private let factory: any MetricsFactory
    private let errors: Counter

    init(factory: any MetricsFactory) {
        self.factory = factory
        errors = Counter(label: "certificate_errors_total", dimensions: [], factory: factory)
    }

    func failed() { errors.increment() }

    /// - Parameter name: of the certificate; `ca` for the authority that issues.
    func expires(_ name: String, at moment: Timestamp) {
        Gauge(label: "certificate_expiration_timestamp_seconds", dimensions: [("name", name)], factory: factory)
            .record(moment.secondsSinceEpoch)
    }
}

import CoreMetrics
import KubeModel

/// What is counted of certificates.
struct CertificateMetrics: Sendable {
    private let factory: any MetricsFactory
    private let errors: Counter

    init(factory: any MetricsFactory) {
        self.factory = factory
        errors = Counter(label: "swiftlet_certificate_errors_total", dimensions: [], factory: factory)
    }

    func failed() { errors.increment() }

    /// - Parameter name: of the certificate; `ca` for the authority that issues.
    func lives(_ name: String, from notBefore: Timestamp, to notAfter: Timestamp) {
        let deadline = RenewalDeadline.of(notBefore: notBefore, notAfter: notAfter)
        for (metric, moment) in [("expiration", notAfter), ("renewal_deadline", deadline)] {
            Gauge(
                label: "swiftlet_certificate_\(metric)_timestamp_seconds",
                dimensions: [("name", name)],
                factory: factory
            ).record(moment.secondsSinceEpoch)
        }
    }
}

/// The checks behind `/healthz` and `/readyz` as gauges, under the name that Kubernetes' own components use.
package struct HealthMetrics: MetricsCollector {
    private let liveness: [any HealthSource]
    private let readiness: [any HealthSource]

    package init(liveness: [any HealthSource] = [], readiness: [any HealthSource] = []) {
        self.liveness = liveness
        self.readiness = readiness
    }

    package func collect(into metrics: inout MetricsCollection) {
        for (type, sources) in [("healthz", liveness), ("readyz", readiness)] {
            for check in sources.flatMap({ $0.healthChecks() }) {
                metrics.gauge(
                    "kubernetes_healthcheck",
                    check.passes ? 1 : 0,
                    labels: [("name", check.name), ("type", type), ("state", check.state)]
                )
            }
        }
    }
}

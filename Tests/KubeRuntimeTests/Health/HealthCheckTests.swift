import KubeRuntime
import Testing

@Suite struct HealthCheckTests {
    @Test(arguments: [
        (KindState.Phase.connecting, false, false), (.forbidden, false, true), (.notInstalled, false, true),
        (.syncing, false, false), (.synced, true, true), (.stalled, true, true),
    ])
    func `a kind is ready while there is something to work with`(phase: KindState.Phase, required: Bool, optional: Bool)
    {
        let state = KindState(phase: phase, since: .now, reason: "because")
        #expect(
            HealthCheck(kind: "pods", state)
                == HealthCheck(name: "pods", state: phase.rawValue, reason: "because", passes: required)
        )
        #expect(HealthCheck(kind: "pods", state, isRequired: false).passes == optional)
    }

    @Test func `checks are gauges too`() {
        let registry = PrometheusRegistry(catalog: MetricCatalog())
        let forbidden = KindState(phase: .forbidden, since: .now)
        registry.register(
            HealthMetrics(
                liveness: [HealthProbe("loop") { nil }],
                readiness: [ScriptedHealth([HealthCheck(kind: "pods", forbidden)])]
            )
        )
        #expect(
            registry.text() == """
                # TYPE kubernetes_healthcheck gauge
                kubernetes_healthcheck{name="loop",state="ok",type="healthz"} 1
                kubernetes_healthcheck{name="pods",state="forbidden",type="readyz"} 0

                """
        )
    }
}

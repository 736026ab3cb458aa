import KubeRuntime
import Logging
import Testing

@Suite struct HealthCheckTests {
    @Test(arguments: [
        (KindState.Phase.connecting, false), (.forbidden, false), (.notInstalled, false), (.syncing, false),
        (.synced, true), (.stalled, true),
    ])
    func `a kind is ready while there is something to work with, or it is optional`(phase: KindState.Phase, ready: Bool)
    {
        let state = KindState(phase: phase, since: .now, reason: "because")
        var expected = HealthCheck(name: "pods", state: phase.rawValue, reason: "because", passes: ready)
        #expect(HealthCheck(kind: "pods", state) == expected)
        expected.passes = true
        #expect(HealthCheck(kind: "pods", state, isRequired: false) == expected)
    }

    @Test func `the kinds of a group are asked each time`() {
        let pods = ScriptedKind("pods")
        var group = RuntimeGroup(logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        group.add(pods)
        group.add(ScriptedKind("gateways"), isRequired: false)
        let readiness = KindReadiness(group.kinds)
        #expect(
            readiness.healthChecks() == [
                HealthCheck(name: "pods", state: "connecting", passes: false),
                HealthCheck(name: "gateways", state: "connecting", passes: true),
            ]
        )
        pods.kindState.update { $0.phase = .synced }
        #expect(readiness.healthChecks().first == HealthCheck(name: "pods", state: "synced", passes: true))
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

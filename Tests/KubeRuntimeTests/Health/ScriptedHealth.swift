import KubeRuntime

/// Checks that a test changes.
struct ScriptedHealth: HealthSource {
    let checks: Locked<[HealthCheck]>

    init(_ checks: [HealthCheck] = []) { self.checks = Locked(checks) }

    func healthChecks() -> [HealthCheck] { checks.value }
}

import KubeModel
import KubeRuntime

/// Checks that a test changes.
struct ScriptedHealth: HealthSource {
    let checks: Locked<[HealthCheck]>

    init(_ checks: [HealthCheck] = []) { self.checks = Locked(checks) }

    func healthChecks() -> [HealthCheck] { checks.value }
}

/// A kind whose state a test changes.
final class ScriptedKind: KindReflecting {
    let name: String
    let kindState = ObservedValue(KindState(phase: .connecting, since: .now))
    let objectCount = 0
    let resourceVersion = ResourceVersion(0)

    init(_ name: String) { self.name = name }

    func run() async {}
}

import KubeRuntime
import Synchronization

/// What `/readyz` tells: first that the API server is waited for, then what those say who were waiting for it.
final class StartupReadiness: HealthSource {
    private enum Phase {
        case waiting(reason: String)
        case begun(any HealthSource)
    }

    private let phase = Mutex(Phase.waiting(reason: "asking what it serves"))

    /// - Parameter reason: why it takes so long.
    func wait(because reason: String) { phase.withLock { $0 = .waiting(reason: reason) } }

    /// From now on readiness is what `source` says.
    func begin(_ source: any HealthSource) { phase.withLock { $0 = .begun(source) } }

    func healthChecks() -> [HealthCheck] {
        switch phase.withLock({ $0 }) {
        case .waiting(let reason): [HealthCheck(name: "api-server", state: "waiting", reason: reason, passes: false)]
        case .begun(let source): source.healthChecks()
        }
    }
}

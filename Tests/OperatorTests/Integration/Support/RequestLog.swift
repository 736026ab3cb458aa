import KubeRuntime
import KubeTransport
import Synchronization

/// Counts the requests of one operator, and remembers how it ended.
final class RequestLog: Sendable {
    private struct State {
        var counts: [String: Int] = [:]
        var failure: (any Error)?
    }

    private let state = Mutex(State())
    /// The operator's own metrics.
    let metrics = PrometheusRegistry()

    func note(_ observation: TransportObservation) {
        state.withLock { $0.counts[observation.method, default: 0] += 1 }
    }

    func end(with error: any Error) {
        state.withLock { $0.failure = error }
    }

    /// Why the operator ended, if it has.
    var failure: (any Error)? { state.withLock { $0.failure } }

    /// How many requests there were that change something, by method. Empty when there were none.
    var writes: [String: Int] { state.withLock { $0.counts.filter { $0.key != "GET" } } }

    /// Whether the operator has seen all there is: every kind was listed or is not installed, and no key waits or is being reconciled.
    ///
    /// Not by how many requests that took: servers that stream lists need one for each kind, others two.
    ///
    /// - Parameter reconciles: how many there were at least.
    func isSettled(after reconciles: Int) -> Bool {
        let lines = metrics.text().split(separator: "\n").filter { !$0.hasPrefix("#") }
        func sum(_ isCounted: (Substring) -> Bool) -> Double {
            lines.filter(isCounted).compactMap { $0.split(separator: " ").last.flatMap { Double($0) } }.reduce(0, +)
        }
        let known = sum { $0.hasPrefix("reflector_state{") && ["synced", "notInstalled"].contains(state: $0) }
        let unknown = sum { $0.hasPrefix("reflector_state{") && !["synced", "notInstalled"].contains(state: $0) }
        let busy = sum { $0.hasPrefix("workqueue_depth{") || $0.hasPrefix("controller_runtime_active_workers{") }
        return known > 0 && unknown == 0 && busy == 0
            && sum { $0.hasPrefix("controller_runtime_reconcile_total{") } >= Double(reconciles)
    }
}

extension [String] {
    /// Whether a line of the metric `reflector_state` is about one of these states.
    fileprivate func contains(state line: Substring) -> Bool { contains { line.contains("state=\"\($0)\"") } }
}

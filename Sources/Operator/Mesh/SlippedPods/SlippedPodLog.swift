import CoreMetrics
import KubeModel
import KubeRuntime
import Synchronization

/// The pods that are known to have slipped through, counted by namespace in `swiftlet_pods_without_sidecar`.
final class SlippedPodLog: Sendable {
    private struct Entry {
        var pod: SlippedPod
        var seen: TimeSource.Instant
    }

    private struct State {
        var entries: [ObjectKey: Entry] = [:]
        var counts: [String: Int] = [:]
        var gauges: [String: Gauge] = [:]
    }

    private let state = Mutex(State())
    private let metrics: any MetricsFactory

    init(metrics: any MetricsFactory) { self.metrics = metrics }

    var keys: [ObjectKey] { state.withLock { Array($0.entries.keys) } }

    func has(_ key: ObjectKey) -> Bool { state.withLock { $0.entries[key] != nil } }

    /// - Returns: since when the pod is known, and whether there is something new to tell of it.
    func put(_ pod: SlippedPod, now: TimeSource.Instant) -> (seen: TimeSource.Instant, isNews: Bool) {
        state.withLock { state in
            let known = state.entries[pod.key].flatMap { $0.pod.uid == pod.uid ? $0 : nil }
            if state.entries[pod.key] == nil { count(1, pod.key.namespace, &state) }
            let entry = Entry(pod: pod, seen: known?.seen ?? now)
            state.entries[pod.key] = entry
            return (entry.seen, known?.pod != pod)
        }
    }

    func remove(_ key: ObjectKey) {
        state.withLock { state in
            if state.entries.removeValue(forKey: key) != nil { count(-1, key.namespace, &state) }
        }
    }

    private func count(_ change: Int, _ namespace: String, _ state: inout State) {
        let count = state.counts[namespace, default: 0] + change
        let gauge =
            state.gauges[namespace]
            ?? Gauge(
                label: "swiftlet_pods_without_sidecar",
                dimensions: [("namespace", namespace)],
                factory: metrics
            )
        gauge.record(count)
        state.counts[namespace] = count == 0 ? nil : count
        state.gauges[namespace] = gauge
    }

    /// Takes the namespace's figure away, so that namespaces that come and go leave nothing behind.
    func remove(namespace: String) {
        state.withLock { state in
            state.entries = state.entries.filter { $0.key.namespace != namespace }
            state.counts[namespace] = nil
            state.gauges.removeValue(forKey: namespace)?.destroy()
        }
    }
}

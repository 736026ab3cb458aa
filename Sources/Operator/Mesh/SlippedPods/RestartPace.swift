import KubeModel
import KubeRuntime

/// Decides when pods are evicted that slipped through: one after another, and not again and again. Time is an input.
///
/// A pod that came after another of its controller was evicted, and slipped all the same, shows that evicting does not help at present: it is
/// left alone for a while.
struct RestartPace {
    /// Between two evictions.
    var interval = Duration.seconds(5)
    /// How long a controller's later pods are left alone after an eviction.
    var patience = Duration.seconds(600)

    private var last: TimeSource.Instant?
    private var lastOf: [UID: TimeSource.Instant] = [:]

    /// - Parameter seen: when the pod was first found to have slipped.
    /// - Returns: how long to wait before the pod may be evicted; zero for now.
    func wait(for controller: UID, seen: TimeSource.Instant, now: TimeSource.Instant) -> Duration {
        var due = now
        if let last { due = max(due, last.advanced(by: interval)) }
        if let last = lastOf[controller], seen > last { due = max(due, last.advanced(by: patience)) }
        return now.duration(to: due)
    }

    /// Notes that an eviction was asked for.
    mutating func asked(at now: TimeSource.Instant) { last = now }

    /// Notes that a pod of the controller was evicted.
    mutating func evicted(_ controller: UID, at now: TimeSource.Instant) {
        lastOf = lastOf.filter { $0.value.duration(to: now) < patience }
        lastOf[controller] = now
    }
}

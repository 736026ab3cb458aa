import KubeModel
import KubeRuntime

/// Decides when pods are evicted that slipped through: one after another, and not again and again. Time is an input.
///
/// A pod that came after another of its controller was evicted, and slipped all the same, shows that evicting does not help at present: it is
/// left alone for a while.
///
/// Pods get their turns one behind the other, so that each comes once, and not all of them whenever one may go.
struct RestartPace {
    /// Between two evictions.
    var interval = Duration.seconds(5)
    /// How long a controller's later pods are left alone after an eviction.
    var patience = Duration.seconds(600)

    private var lastTurn: TimeSource.Instant?
    private var lastOf: [UID: TimeSource.Instant] = [:]
    /// When those that wait come.
    private var turns: [ObjectKey: TimeSource.Instant] = [:]

    /// - Parameter seen: when the pod was first found to have slipped.
    /// - Returns: how long to wait before asking again; zero when it is the pod's turn, which is over with that.
    mutating func turn(
        of pod: ObjectKey,
        _ controller: UID,
        seen: TimeSource.Instant,
        now: TimeSource.Instant
    ) -> Duration {
        let own = turns.removeValue(forKey: pod)
        if let last = lastOf[controller], seen > last, case let rest = now.duration(to: last.advanced(by: patience)),
            rest > .zero
        {
            return rest
        }
        let earliest = max(now, lastTurn?.advanced(by: interval) ?? now)
        let turn = own ?? max(earliest, turns.values.max()?.advanced(by: interval) ?? earliest)
        // One that comes too late is soon followed by the next.
        if turn <= now, earliest <= now {
            lastTurn = turn.duration(to: now) < interval / 2 ? turn : now
            return .zero
        }
        let next = turn > now ? turn : max(earliest, turns.values.max()?.advanced(by: interval) ?? earliest)
        turns[pod] = next
        return now.duration(to: next)
    }

    /// Gives up the turn of a pod that waits no more.
    mutating func leave(_ pod: ObjectKey) { turns[pod] = nil }

    /// Notes that a pod of the controller was evicted.
    mutating func evicted(_ controller: UID, at now: TimeSource.Instant) {
        lastOf = lastOf.filter { $0.value.duration(to: now) < patience }
        lastOf[controller] = now
    }
}

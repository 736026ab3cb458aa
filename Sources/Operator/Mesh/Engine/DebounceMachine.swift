import KubeRuntime

/// Decides when changes that come in bursts are worked on: a lone one at once, a burst when it pauses, a flood at bounded intervals.
///
/// Adaptive by what the work costs: after a run that took long, the next waits as long again, so that at most half of the time goes into
/// runs while changes keep coming. Time is an input; nothing waits here.
struct DebounceMachine {
    /// How long after a change another of the same burst is expected.
    var quiet = Duration.milliseconds(2)
    /// The longest that a change waits for the burst it is part of to pause.
    var longest = Duration.milliseconds(25)
    /// The longest pause that a costly run calls for.
    var longestPause = Duration.milliseconds(500)

    private var first: TimeSource.Instant?
    private var last: TimeSource.Instant?
    private var notBefore: TimeSource.Instant?

    /// When the work is due; `nil` when there is none.
    var due: TimeSource.Instant? {
        guard let first, let last else { return nil }
        let settled = min(last.advanced(by: quiet), first.advanced(by: longest))
        return notBefore.map { max(settled, $0) } ?? settled
    }

    /// When the oldest change came that is not worked on yet.
    var firstChange: TimeSource.Instant? { first }

    mutating func changed(at now: TimeSource.Instant) {
        first = first ?? now
        last = now
    }

    /// Tells that all changes so far are being worked on.
    mutating func begin() {
        first = nil
        last = nil
    }

    /// Tells that a run is over.
    mutating func ended(at now: TimeSource.Instant, took: Duration) {
        notBefore = now.advanced(by: min(took, longestPause))
    }
}

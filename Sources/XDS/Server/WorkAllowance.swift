/// How long the requests of one stream may keep the server busy: as long as a start takes at once, and a small share of the time from then on.
///
/// A value without a clock. What was used beyond that has to be waited for before the next request is read.
struct WorkAllowance: Sendable {
    /// Of the time of one thread.
    let share: Double
    /// What may be used at once.
    let burst: Duration
    private var used = Duration.zero
    private var at: ContinuousClock.Instant

    init(share: Double, burst: Duration, now: ContinuousClock.Instant) {
        self.share = share
        self.burst = burst
        at = now
    }

    /// - Returns: how long to wait before the next request.
    mutating func spend(_ work: Duration, now: ContinuousClock.Instant) -> Duration {
        used = max(.zero, used - (now - at) * share) + work
        at = now
        return used > burst ? (used - burst) / share : .zero
    }
}

/// Exponential delays with full jitter: each is drawn from zero to a ceiling that doubles up to a cap.
///
/// Full jitter spreads the retries of many keys that failed together over the whole interval instead of sending them in step.
package struct BackoffPolicy: Hashable, Sendable {
    package var base: Duration
    package var cap: Duration

    /// - Precondition: both are positive.
    package init(base: Duration, cap: Duration) {
        precondition(base > .zero && cap > .zero)
        self.base = base
        self.cap = cap
    }

    /// The longest delay after so many failures in a row before this one.
    package func ceiling(previousFailures: Int) -> Duration {
        var ceiling = base
        var doublings = previousFailures
        while doublings > 0, ceiling < cap {
            ceiling *= 2
            doublings -= 1
        }
        return min(ceiling, cap)
    }

    /// A delay between zero and the ceiling, but never below `minimum`, which is what a server asked for.
    package func delay(previousFailures: Int, minimum: Duration? = nil, using random: inout SplitMix64) -> Duration {
        let jittered = ceiling(previousFailures: previousFailures) * random.nextFraction()
        return max(jittered, minimum ?? .zero)
    }
}

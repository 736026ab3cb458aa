/// The times of an election.
package struct ElectionTimes: Hashable, Sendable {
    /// How long the others leave a lease alone that they see unchanged.
    package var leaseDuration: Duration
    /// How long a leader goes on after the last answer that renewed its lease.
    package var renewDeadline: Duration
    /// Between two renewals, and between two attempts.
    package var retryPeriod: Duration

    /// The defaults are client-go's.
    package init(
        leaseDuration: Duration = .seconds(15),
        renewDeadline: Duration = .seconds(10),
        retryPeriod: Duration = .seconds(2)
    ) {
        self.leaseDuration = leaseDuration
        self.renewDeadline = renewDeadline
        self.retryPeriod = retryPeriod
    }

    /// What is wrong with the times; `nil` when they fit.
    package var fault: String? {
        guard retryPeriod > .zero else { return "the retry period must be more than 0" }
        guard renewDeadline > retryPeriod * 1.2 else {
            return "the renew deadline (\(renewDeadline)) must be more than 1.2 retry periods (\(retryPeriod * 1.2))"
        }
        guard leaseDuration > renewDeadline else {
            return "the lease duration (\(leaseDuration)) must be more than the renew deadline (\(renewDeadline))"
        }
        return nil
    }

    /// How long before its lease can be another's a leader sends nothing any more: 2.5 s by default.
    ///
    /// It covers what is on its way by then, and clocks that do not run alike: with everything that is sent arriving within a second, clocks
    /// may differ by a tenth.
    package var margin: Duration { (leaseDuration - renewDeadline) / 2 }

    /// How long one call about the lease may take. Longer than half of the renew deadline, so that a server that takes 5 s for each call keeps
    /// its leader, and short enough for another attempt after it.
    package var callTimeout: Duration { max(.seconds(1), renewDeadline * 0.6) }

    /// The longest duration in a record that is believed. Beyond it somebody's mistake, or malice, would keep a lease whose holder is gone for days or
    /// years.
    package var longestBelieved: Duration { max(.seconds(3600), leaseDuration * 4) }

    /// How long the lease of another is left alone that is seen unchanged, when its record says so many seconds: our own duration where the record makes
    /// no sense.
    func believed(_ seconds: Int64) -> Duration {
        seconds > 0 && seconds <= longestBelieved.components.seconds ? .seconds(seconds) : leaseDuration
    }

    /// Until when a lease lets its holder lead.
    ///
    /// - Parameters:
    ///   - sent: before the request was sent that wrote it. The others count from a later moment.
    ///   - answered: when its answer had come.
    func leadUntil(
        sent: ContinuousClock.Instant,
        answered: ContinuousClock.Instant
    ) -> ContinuousClock.Instant {
        min(answered.advanced(by: renewDeadline), sent.advanced(by: leaseDuration - margin))
    }
}

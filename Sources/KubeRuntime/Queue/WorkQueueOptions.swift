/// The times of a work queue.
package struct WorkQueueOptions: Sendable {
    /// From 5 ms, as a first retry often only waits for a conflict to pass, to 5 minutes: the longest that an object stays behind after
    /// whatever broke it is well again, while ten thousand broken keys still cost only some 70 runs a second.
    package var backoff = BackoffPolicy(base: .milliseconds(5), cap: .seconds(300))

    /// Delays that are longer are cut to this; the work is repeatable, and an early run is harmless.
    package var maximumDelay = Duration.seconds(24 * 3600)

    /// Once a key of low priority has been ready for this long ...
    package var ageing = Duration.seconds(1)

    /// ... one such key is taken after so many of normal priority.
    package var normalPerAged = 4

    package init() {}
}

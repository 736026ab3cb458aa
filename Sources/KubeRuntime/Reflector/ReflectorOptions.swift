/// The times and sizes of a reflector.
package struct ReflectorOptions: Sendable {
    /// Whether lists are first tried as watches with initial events, which cost the server much less. Servers before 1.27 refuse
    /// that.
    package var usesWatchList = true
    /// What is known of the server in that; shared by all reflectors of it. `nil` lets each find out for itself.
    package var streaming: ListStreaming?
    /// After initial events did not come, or not to their end, the kind is listed for so long; longer if that happens again.
    package var streamingRest = BackoffPolicy(base: .seconds(600), cap: .seconds(4 * 3600))
    package var pageLimit = 500

    package var backoff = BackoffPolicy(base: .milliseconds(800), cap: .seconds(30))
    /// For a kind that is forbidden or not installed, which a person must see to first.
    package var slowBackoff = BackoffPolicy(base: .seconds(4), cap: .seconds(30))
    /// Failures are forgotten after so long without one ...
    package var backoffResetsAfter = Duration.seconds(120)
    /// ... and when the watch that broke had lived for so long: a balancer that cuts once a minute must not wear us down.
    package var healthyWatch = Duration.seconds(30)

    /// Drawn anew for each watch, so that they do not end together. Common balancers cut at 240 s.
    package var watchTimeoutSeconds = 180...230
    /// How often servers tell about progress when nothing changes.
    package var bookmarkInterval = Duration.seconds(60)
    /// Beyond the times above, before a silent watch counts as dead.
    package var idleGrace = Duration.seconds(10)
    /// How long a watch that told bookmarks may be silent before its kind counts as stalled. It is begun anew after twice the interval.
    package var quietLimit = Duration.seconds(90)
    /// How long a watch may be silent before its initial events have ended.
    package var initialEventsTimeout = Duration.seconds(10)
    /// A watch that ends sooner and told nothing counts as a failure.
    package var shortestWatch = Duration.seconds(1)

    package init() {}
}

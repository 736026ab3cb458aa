/// The times of a run group.
package struct RuntimeOptions: Sendable {
    /// How long the end may take before what is still going on is cancelled. Kubernetes kills after 30 s by default.
    package var shutdownLimit = Duration.seconds(25)
    /// How long controllers wait for kinds that they can do without.
    package var optionalWait = Duration.seconds(10)
    /// How often it is logged that kinds are still waited for.
    package var waitReport = Duration.seconds(30)

    package init() {}
}

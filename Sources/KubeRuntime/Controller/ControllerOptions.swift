/// The sizes and times of a controller.
package struct ControllerOptions: Sendable {
    /// How many keys are worked on at the same time.
    package var workers = 4
    /// A reconcile that takes longer is cancelled and counts as failed.
    package var reconcileTimeout = Duration.seconds(120)
    /// How long a reconcile waits for the stores to have seen what the last one wrote, before the key is put off.
    package var staleWait = Duration.seconds(5)
    /// How long a key is put off then.
    package var staleDelay = Duration.seconds(1)
    package var queue = WorkQueueOptions()
    package var hotLoop = HotLoopOptions()

    package init() {}
}

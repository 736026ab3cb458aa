/// A controller of whichever keys, as the run group sees it.
package protocol ControllerRunning: AnyObject, Sendable {
    var name: String { get }
    /// The state of its queue, for metrics.
    var queueFigures: QueueFigures { get }
    /// Reconciles until ``shutDown()``, or the task's cancellation; may be run again after that.
    func run() async
    /// Begins no more reconciles.
    func shutDown()
}

/// What there is to tell of a queue at one moment.
package struct QueueFigures: Sendable {
    /// Keys that are ready, by priority.
    package var depth: [WorkPriority: Int]
    /// How long the keys that are worked on now have been, one figure each.
    package var running: [Duration]

    package init(depth: [WorkPriority: Int], running: [Duration]) {
        self.depth = depth
        self.running = running
    }
}

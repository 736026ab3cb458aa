import CoreMetrics

/// What a controller counts, under controller-runtime's names.
package struct ControllerMetrics: Sendable {
    let success, requeueAfter, error, requeue: Counter
    let errors, terminalErrors, timeouts, staleSkips, hotLoops: Counter
    let time: Timer
    let activeWorkers, maxConcurrent: Meter
    let queue: WorkQueueMetrics

    package init(controller: String, factory: any MetricsFactory) {
        func counter(_ name: String, _ more: [(String, String)] = []) -> Counter {
            Counter(label: name, dimensions: [("controller", controller)] + more, factory: factory)
        }
        success = counter("controller_runtime_reconcile_total", [("result", "success")])
        requeueAfter = counter("controller_runtime_reconcile_total", [("result", "requeue_after")])
        error = counter("controller_runtime_reconcile_total", [("result", "error")])
        requeue = counter("controller_runtime_reconcile_total", [("result", "requeue")])
        errors = counter("controller_runtime_reconcile_errors_total")
        terminalErrors = counter("controller_runtime_terminal_reconcile_errors_total")
        timeouts = counter("controller_runtime_reconcile_timeouts_total")
        staleSkips = counter("stale_sync_skips_total")
        hotLoops = counter("controller_hot_loops_total")
        time = Timer(
            label: "controller_runtime_reconcile_time_seconds",
            dimensions: [("controller", controller)],
            preferredDisplayUnit: .seconds,
            factory: factory
        )
        activeWorkers = Meter(
            label: "controller_runtime_active_workers",
            dimensions: [("controller", controller)],
            factory: factory
        )
        maxConcurrent = Meter(
            label: "controller_runtime_max_concurrent_reconciles",
            dimensions: [("controller", controller)],
            factory: factory
        )
        queue = WorkQueueMetrics(name: controller, factory: factory)
    }
}

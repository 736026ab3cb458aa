import CoreMetrics

/// What a work queue counts, under the names that client-go's queues use. Depth and unfinished work are read when metrics are
/// scraped, see ``WorkQueue/figures``.
package struct WorkQueueMetrics: Sendable {
    let adds: Counter
    let retries: Counter
    let queueDuration: Timer
    let workDuration: Timer

    package init(name: String, factory: any MetricsFactory) {
        let dimensions = [("name", name), ("controller", name)]
        adds = Counter(label: "workqueue_adds_total", dimensions: dimensions, factory: factory)
        retries = Counter(label: "workqueue_retries_total", dimensions: dimensions, factory: factory)
        queueDuration = Timer(
            label: "workqueue_queue_duration_seconds",
            dimensions: dimensions,
            preferredDisplayUnit: .seconds,
            factory: factory
        )
        workDuration = Timer(
            label: "workqueue_work_duration_seconds",
            dimensions: dimensions,
            preferredDisplayUnit: .seconds,
            factory: factory
        )
    }
}

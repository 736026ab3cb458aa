import KubeModel

/// The figures of kinds and queues, read when metrics are scraped: following changes costs nothing that way.
package struct RuntimeMetrics: MetricsCollector {
    private let kinds: [any KindReflecting]
    private let controllers: [any ControllerRunning]

    package init(kinds: [any KindReflecting], controllers: [any ControllerRunning]) {
        self.kinds = kinds
        self.controllers = controllers
    }

    package func collect(into metrics: inout MetricsCollection) {
        for kind in kinds {
            let labels = [("resource", kind.name)]
            metrics.gauge("store_objects", Double(kind.objectCount), labels: labels)
            metrics.gauge("store_resource_version", Double(kind.resourceVersion.number), labels: labels)
            let phase = kind.kindState.value.phase
            for possible in KindState.Phase.allCases {
                metrics.gauge(
                    "reflector_state",
                    possible == phase ? 1 : 0,
                    labels: labels + [("state", possible.rawValue)]
                )
            }
        }
        for controller in controllers { collect(controller.queueFigures, of: controller.name, into: &metrics) }
    }

    private func collect(_ figures: QueueFigures, of name: String, into metrics: inout MetricsCollection) {
        let labels = [("name", name), ("controller", name)]
        for priority in WorkPriority.allCases {
            let depth = Double(figures.depth[priority] ?? 0)
            metrics.gauge("workqueue_depth", depth, labels: labels + [("priority", "\(priority.rawValue)")])
        }
        let seconds = figures.running.map { $0 / .seconds(1) }
        metrics.gauge("workqueue_unfinished_work_seconds", seconds.reduce(0, +), labels: labels)
        metrics.gauge("workqueue_longest_running_processor_seconds", seconds.max() ?? 0, labels: labels)
    }
}

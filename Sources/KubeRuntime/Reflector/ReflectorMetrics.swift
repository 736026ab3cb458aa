import CoreMetrics

/// What a reflector counts.
package struct ReflectorMetrics: Sendable {
    let lists: Counter
    let watches: Counter
    let events: Counter
    let idleAborts: Counter
    let undecodable: Counter
    private let failures: [ReflectorFailure.Cause: Counter]

    package init(resource: String, factory: any MetricsFactory) {
        func counter(_ name: String, _ more: [(String, String)] = []) -> Counter {
            Counter(label: name, dimensions: [("resource", resource)] + more, factory: factory)
        }
        lists = counter("reflector_list_pages_total")
        watches = counter("reflector_watches_total")
        events = counter("reflector_events_total")
        idleAborts = counter("watch_idle_aborts_total")
        undecodable = counter("reflector_undecodable_objects_total")
        failures = Dictionary(
            uniqueKeysWithValues: ReflectorFailure.Cause.allCases.map { cause in
                (cause, counter("reflector_failures_total", [("cause", cause.rawValue)]))
            }
        )
    }

    func countFailure(_ cause: ReflectorFailure.Cause) { failures[cause]?.increment() }
}

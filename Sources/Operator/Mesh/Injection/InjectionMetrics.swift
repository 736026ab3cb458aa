import CoreMetrics
import Injection
import KubeRuntime

/// What the injector counts, under Kuma's name.
struct InjectionMetrics: Sendable {
    private struct Labels: Hashable {
        var result: String
        var reason: String
    }

    private let counters: [Labels: Counter]

    init(factory: any MetricsFactory) {
        let all =
            [Labels(result: "success", reason: "")]
            + ["skipped", "failed"].flatMap { result in
                InjectionReason.allCases.map { Labels(result: result, reason: $0.rawValue) }
            }
        counters = Dictionary(
            uniqueKeysWithValues: all.map { labels in
                let dimensions = [("result", labels.result), ("reason", labels.reason)]
                return (labels, Counter(label: "sidecar_injection_total", dimensions: dimensions, factory: factory))
            }
        )
    }

    func count(_ labels: (result: String, reason: String)) {
        counters[Labels(result: labels.result, reason: labels.reason)]?.increment()
    }
}

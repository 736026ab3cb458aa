import KubeRuntime

extension MetricCatalog {
    /// What is counted of telling.
    package static let telling = MetricCatalog(
        help: [
            "swiftlet_spans_dropped_total": "Spans that did not get to the collector, by reason.",
            "swiftlet_spans_exported_total": "Spans that the collector took.",
        ],
        shapes: [
            "swiftlet_spans_dropped_total": MetricShape(.counter, "reason"),
            "swiftlet_spans_exported_total": MetricShape(.counter),
        ]
    )
}

/// What is known of metrics by their names: the line of help, and the buckets of histograms.
package struct MetricCatalog: Sendable {
    private var help: [String: String]
    private var shapes: [String: MetricShape]
    private var buckets: [String: HistogramBuckets]
    private var fallback: HistogramBuckets

    /// - Parameters:
    ///   - help: by name. Metrics without help have no `HELP` line.
    ///   - shapes: by name.
    ///   - buckets: by name, or by the beginning of names with a `*` after it; the name, then the longest beginning wins.
    ///   - fallback: the buckets of all others.
    package init(
        help: [String: String] = [:],
        shapes: [String: MetricShape] = [:],
        buckets: [String: HistogramBuckets] = [:],
        fallback: HistogramBuckets = .standard
    ) {
        self.help = help
        self.shapes = shapes
        self.buckets = buckets
        self.fallback = fallback
    }

    /// This catalog with the entries of another one, which win.
    package func merging(_ other: MetricCatalog) -> MetricCatalog {
        MetricCatalog(
            help: help.merging(other.help) { $1 },
            shapes: shapes.merging(other.shapes) { $1 },
            buckets: buckets.merging(other.buckets) { $1 },
            fallback: other.fallback
        )
    }

    /// What is known of each metric, in the order of the names.
    package var metrics: [MetricDescription] {
        Set(help.keys).union(shapes.keys).sorted().map {
            MetricDescription(name: $0, help: help[$0] ?? "", shape: shapes[$0])
        }
    }

    func help(for name: String) -> String? { help[name] }

    func buckets(for name: String) -> HistogramBuckets {
        if let exact = buckets[name] { return exact }
        let patterns = buckets.keys.filter { $0.hasSuffix("*") && name.hasPrefix($0.dropLast()) }
        return patterns.max { $0.utf8.count < $1.utf8.count }.flatMap { buckets[$0] } ?? fallback
    }
}

/// What is known of metrics by their names: the line of help, and the buckets of histograms.
package struct MetricCatalog: Sendable {
    private var help: [String: String]
    private var buckets: [String: HistogramBuckets]
    private var fallback: HistogramBuckets

    /// - Parameters:
    ///   - help: by name. Metrics without help have no `HELP` line.
    ///   - buckets: by name, or by the beginning of names with a `*` after it; the name, then the longest beginning wins.
    ///   - fallback: the buckets of all others.
    package init(
        help: [String: String] = [:],
        buckets: [String: HistogramBuckets] = [:],
        fallback: HistogramBuckets = .standard
    ) {
        self.help = help
        self.buckets = buckets
        self.fallback = fallback
    }

    /// This catalog with the entries of another one, which win.
    package func merging(_ other: MetricCatalog) -> MetricCatalog {
        MetricCatalog(
            help: help.merging(other.help) { $1 },
            buckets: buckets.merging(other.buckets) { $1 },
            fallback: other.fallback
        )
    }

    func help(for name: String) -> String? { help[name] }

    func buckets(for name: String) -> HistogramBuckets {
        if let exact = buckets[name] { return exact }
        let patterns = buckets.keys.filter { $0.hasSuffix("*") && name.hasPrefix($0.dropLast()) }
        return patterns.max { $0.utf8.count < $1.utf8.count }.flatMap { buckets[$0] } ?? fallback
    }
}

/// Which type a metric has, and which labels its series have.
package struct MetricShape: Hashable, Sendable {
    package var kind: MetricKind
    /// Without the `le` of histograms.
    package var labels: [String]

    package init(_ kind: MetricKind, _ labels: String...) {
        self.kind = kind
        self.labels = labels
    }
}

/// One entry of a ``MetricCatalog``.
package struct MetricDescription: Hashable, Sendable {
    package var name: String
    /// Empty when nobody wrote one.
    package var help: String
    package var shape: MetricShape?
}

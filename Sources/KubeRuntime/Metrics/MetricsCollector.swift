/// Tells numbers that are read when metrics are scraped rather than recorded as they change.
package protocol MetricsCollector: Sendable {
    /// Adds what there is now. Called at each scrape, by several tasks at a time; has to be quick, and to keep the number of
    /// its series bounded.
    func collect(into metrics: inout MetricsCollection)
}

/// The metrics of one scrape.
package struct MetricsCollection: Sendable {
    private struct Family {
        let kind: MetricKind
        var samples: [MetricSample]
    }

    private var families: [String: Family] = [:]

    package init() {}

    /// Adds a sample of a gauge; collectors may share a name. Ignored when the name is that of another type already.
    package mutating func gauge(_ name: String, _ value: Double, labels dimensions: [(String, String)] = []) {
        add(.gauge, name, MetricSample(labels: MetricLabels(dimensions), value: .number(value)))
    }

    /// Adds a sample of a counter, as ``gauge(_:_:labels:)`` does.
    package mutating func counter(_ name: String, _ value: Double, labels dimensions: [(String, String)] = []) {
        add(.counter, name, MetricSample(labels: MetricLabels(dimensions), value: .number(value)))
    }

    private mutating func add(_ kind: MetricKind, _ name: String, _ sample: MetricSample) {
        add(kind, MetricName.metric(name), [sample])
    }

    /// - Parameter name: a valid name.
    mutating func add(_ kind: MetricKind, _ name: String, _ samples: [MetricSample]) {
        guard families[name, default: Family(kind: kind, samples: [])].kind == kind else { return }
        families[name, default: Family(kind: kind, samples: [])].samples += samples
    }

    /// The metrics as text, in the order of their names.
    func text(_ catalog: MetricCatalog) -> String {
        var writer = ExpositionWriter()
        for (name, family) in families.sorted(by: { $0.key < $1.key }) {
            writer.write(name, kind: family.kind, help: catalog.help(for: name), samples: family.samples)
        }
        return writer.text
    }
}

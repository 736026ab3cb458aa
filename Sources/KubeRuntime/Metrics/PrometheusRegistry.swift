import CoreMetrics
import Synchronization

/// Keeps what is recorded through swift-metrics, and shows it as Prometheus reads it.
///
/// - Instruments made with the same name and labels are one series; it goes when each of them was destroyed.
/// - Names and labels are made valid. A series is refused, and counted in `swiftlet_metrics_dropped_series_total`, when its name
///   has ``Limits/series`` series already, or belongs to another type, or when there are ``Limits/names`` names; recording into
///   what was refused does nothing.
/// - Timers are printed in seconds, unless the name ends with another unit.
package final class PrometheusRegistry: Sendable {
    /// Keeps labels that come from outside from filling the memory.
    package struct Limits: Sendable {
        /// The most series of one name.
        package var series: Int
        /// The most names.
        package var names: Int

        package init(series: Int = 2_000, names: Int = 2_000) {
            self.series = series
            self.names = names
        }
    }

    private struct Series {
        let instrument: any MetricInstrument
        var holders: Int
    }

    private struct Family {
        let kind: MetricKind
        var series: [MetricLabels: Series] = [:]
        var dropped: UInt64 = 0

        /// - Returns: `false` when the series is refused.
        mutating func add(_ instrument: any MetricInstrument, _ kind: MetricKind, _ limit: Int) -> Bool {
            guard kind == self.kind, series.count < limit else {
                dropped += 1
                return false
            }
            series[instrument.name.labels] = Series(instrument: instrument, holders: 1)
            return true
        }
    }

    private struct State {
        var families: [String: Family] = [:]
        /// Series dropped because there were too many names to give them one.
        var droppedNames: UInt64 = 0
        var collectors: [any MetricsCollector] = []
        var catalog: MetricCatalog
    }

    private let limits: Limits
    private let state: Mutex<State>

    package init(catalog: MetricCatalog = .standard, limits: Limits = Limits()) {
        state = Mutex(State(catalog: catalog))
        self.limits = limits
    }

    /// Has more metrics explained, for parts that come later. Histograms that are there keep their buckets.
    package func add(_ catalog: MetricCatalog) { state.withLock { $0.catalog = $0.catalog.merging(catalog) } }

    /// Has a collector asked at each scrape from now on.
    package func register(_ collector: any MetricsCollector) { state.withLock { $0.collectors.append(collector) } }

    /// All metrics in the text format, in a stable order.
    package func text() -> String {
        let (families, droppedNames, collectors, catalog) = state.withLock {
            ($0.families, $0.droppedNames, $0.collectors, $0.catalog)
        }
        var metrics = MetricsCollection()
        for (name, family) in families {
            let samples = family.series.map { MetricSample(labels: $0.key, value: $0.value.instrument.value) }
            metrics.add(family.kind, name, samples)
        }
        var dropped = families.filter { $0.value.dropped > 0 }.mapValues(\.dropped)
        if droppedNames > 0 { dropped["other"] = droppedNames }
        let samples = dropped.map { name, count in
            MetricSample(labels: MetricLabels([("metric", name)]), value: .integer(count))
        }
        metrics.add(.counter, Self.droppedSeries, samples)
        for collector in collectors { collector.collect(into: &metrics) }
        return metrics.text(catalog)
    }

    /// The media type of ``text()``.
    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    private static let droppedSeries = "swiftlet_metrics_dropped_series_total"

    /// The instrument of a series, made when it is new; `nil` when it is refused.
    func instrument<Instrument: MetricInstrument>(
        _ kind: MetricKind,
        _ label: String,
        _ dimensions: [(String, String)],
        make: (SeriesName) -> Instrument
    ) -> Instrument? {
        let name = SeriesName(metric: MetricName.metric(label), labels: MetricLabels(dimensions))
        return state.withLock { state in
            // No copy of a family is held, else the changes would copy its series.
            if let known = state.families[name.metric]?.series[name.labels]?.instrument as? Instrument {
                state.families[name.metric]?.series[name.labels]?.holders += 1
                return known
            }
            guard state.families[name.metric] != nil || state.families.count < limits.names else {
                state.droppedNames += 1
                return nil
            }
            let instrument = make(name)
            let added = state.families[name.metric, default: Family(kind: kind)].add(instrument, kind, limits.series)
            return added ? instrument : nil
        }
    }

    /// Makes histograms, whose buckets go by the name.
    func histogram(_ label: String, _ dimensions: [(String, String)]) -> HistogramInstrument? {
        let catalog = state.withLock { $0.catalog }
        return instrument(.histogram, label, dimensions) { name in
            HistogramInstrument(name: name, buckets: catalog.buckets(for: name.metric))
        }
    }

    /// Forgets a series that nobody else holds.
    func release(_ instrument: any MetricInstrument) {
        let (metric, labels) = (instrument.name.metric, instrument.name.labels)
        state.withLock { state in
            guard let series = state.families[metric]?.series[labels], series.instrument === instrument else { return }
            if series.holders > 1 {
                state.families[metric]?.series[labels]?.holders -= 1
            } else {
                state.families[metric]?.series[labels] = nil
            }
        }
    }
}

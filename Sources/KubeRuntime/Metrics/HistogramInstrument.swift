import CoreMetrics
import Synchronization

/// A distribution; timers, and recorders that aggregate.
final class HistogramInstrument: MetricInstrument {
    private struct State {
        var counts: [UInt64]
        var sum = 0.0
    }

    let name: SeriesName
    private let buckets: HistogramBuckets
    private let nanosecondsPerUnit: Double
    /// A lock rather than atomics: count, sum and buckets of a scrape have to fit together.
    private let state: Mutex<State>

    init(name: SeriesName, buckets: HistogramBuckets) {
        self.name = name
        self.buckets = buckets
        nanosecondsPerUnit = Self.nanosecondsPerUnit(of: name.metric)
        state = Mutex(State(counts: Array(repeating: 0, count: buckets.bounds.count + 1)))
    }

    var value: MetricValue {
        // An array that shared its storage with the state would make the next record copy it.
        let (counts, sum) = state.withLock { state in (state.counts.map { $0 }, state.sum) }
        return .histogram(HistogramReading(buckets: buckets, counts: counts, sum: sum))
    }

    private func observe(_ value: Double) {
        let index = buckets.index(of: value)
        state.withLock { state in
            state.counts[index] += 1
            state.sum += value
        }
    }

    /// Timers are printed in the unit that their name ends with, and in seconds, Prometheus' base unit, without one.
    private static func nanosecondsPerUnit(of metric: String) -> Double {
        if metric.hasSuffix("_milliseconds") { return 1e6 }
        if metric.hasSuffix("_microseconds") { return 1e3 }
        if metric.hasSuffix("_nanoseconds") { return 1 }
        return 1e9
    }
}

extension HistogramInstrument: TimerHandler, RecorderHandler {
    /// Durations below zero, which a clock that was set back makes, count as zero.
    func recordNanoseconds(_ duration: Int64) { observe(Double(max(duration, 0)) / nanosecondsPerUnit) }

    func record(_ value: Int64) { observe(Double(value)) }

    /// Values that are not finite are ignored: the sum could not recover from them.
    func record(_ value: Double) {
        guard value.isFinite else { return }
        observe(value)
    }
}

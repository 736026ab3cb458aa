import CoreMetrics

/// A number that goes up and down; meters, and recorders that do not aggregate.
final class GaugeInstrument: MetricInstrument {
    let name: SeriesName
    private let current = AtomicDouble()

    init(name: SeriesName) { self.name = name }

    var value: MetricValue { .number(current.value) }
}

extension GaugeInstrument: MeterHandler, RecorderHandler {
    func set(_ value: Int64) { current.value = Double(value) }
    func set(_ value: Double) { current.value = value }
    func record(_ value: Int64) { current.value = Double(value) }
    func record(_ value: Double) { current.value = value }

    /// Amounts that are not finite are ignored: no later change could make up for them.
    func increment(by amount: Double) {
        guard amount.isFinite else { return }
        current.add(amount)
    }

    func decrement(by amount: Double) { increment(by: -amount) }
}

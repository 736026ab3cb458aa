import CoreMetrics
import Synchronization

/// A counter of whole numbers, of fractions, or of both.
final class CounterInstrument: MetricInstrument {
    let name: SeriesName
    /// Whole amounts are kept apart, so that no sum of fractions can make them inexact.
    private let whole = Atomic<UInt64>(0)
    private let fractional = AtomicDouble()

    init(name: SeriesName) { self.name = name }

    var value: MetricValue {
        let whole = whole.load(ordering: .relaxed)
        let fractional = fractional.value
        return fractional == 0 ? .integer(whole) : .number(Double(whole) + fractional)
    }
}

extension CounterInstrument: CounterHandler, FloatingPointCounterHandler {
    /// A counter only grows: amounts below zero are ignored.
    func increment(by amount: Int64) {
        guard amount > 0 else { return }
        whole.wrappingAdd(UInt64(amount), ordering: .relaxed)
    }

    /// Amounts that are not above zero or not finite are ignored.
    func increment(by amount: Double) {
        guard amount > 0, amount.isFinite else { return }
        fractional.add(amount)
    }

    func reset() {
        whole.store(0, ordering: .relaxed)
        fractional.value = 0
    }
}

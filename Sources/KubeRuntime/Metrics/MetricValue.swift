/// What an instrument shows at the moment of a scrape.
enum MetricValue: Sendable {
    /// Printed exactly, however large.
    case integer(UInt64)
    case number(Double)
    case histogram(HistogramReading)
}

/// The state of a histogram; all of it belongs to one moment.
struct HistogramReading: Sendable {
    let buckets: HistogramBuckets
    /// How many values fell into each bucket alone; the last is for those above every bound.
    let counts: [UInt64]
    let sum: Double
}

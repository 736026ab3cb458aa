/// Names one series.
struct SeriesName: Hashable, Sendable {
    let metric: String
    let labels: MetricLabels
}

/// What one series is recorded with. Recording neither allocates nor waits for a scrape.
protocol MetricInstrument: AnyObject, Sendable {
    var name: SeriesName { get }
    var value: MetricValue { get }
}

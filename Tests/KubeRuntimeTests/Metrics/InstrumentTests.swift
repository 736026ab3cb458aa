import CoreMetrics
import KubeRuntime
import Testing

@Suite struct InstrumentTests {
    private let registry = PrometheusRegistry(
        catalog: MetricCatalog(buckets: ["h*": HistogramBuckets([1, 2]), "h_milliseconds": HistogramBuckets([5])])
    )

    private var lines: [String] {
        registry.text().split(separator: "\n").filter { !$0.hasPrefix("#") }.map(String.init)
    }

    @Test func `a counter only grows`() {
        let counter = Counter(label: "c", factory: registry)
        counter.increment(by: 5)
        counter.increment(by: -3)
        counter.increment(by: 0)
        let same = FloatingPointCounter(label: "c", factory: registry)
        same.increment(by: -Double.infinity)
        same.increment(by: Double.nan)
        same.increment(by: Double.infinity)
        same.increment(by: -1.0)
        #expect(lines == ["c 5"])
        same.increment(by: 0.5)
        #expect(lines == ["c 5.5"])
        counter.reset()
        #expect(lines == ["c 0"])
    }

    @Test func `a counter of whole numbers stays exact`() {
        let counter = Counter(label: "c", factory: registry)
        counter.increment(by: Int64.max)
        counter.increment(by: 1)
        #expect(lines == ["c 9223372036854775808"])
    }

    @Test func `a meter goes up and down and survives what is no number`() {
        let meter = Meter(label: "m", factory: registry)
        meter.set(10)
        meter.increment(by: 2.5)
        meter.decrement()
        meter.increment(by: Double.nan)
        meter.decrement(by: Double.infinity)
        #expect(lines == ["m 11.5"])
    }

    @Test func `a value on a bound belongs to its bucket`() {
        let recorder = Recorder(label: "h", factory: registry)
        for value in [-1, 0.5, 1, 1.5, 2, 2.5, Double.nan, .infinity] { recorder.record(value) }
        #expect(
            lines == [
                "h_bucket{le=\"1\"} 3", "h_bucket{le=\"2\"} 5", "h_bucket{le=\"+Inf\"} 6", "h_sum 6.5", "h_count 6",
            ]
        )
    }

    @Test(arguments: [
        ("h_seconds", "1"), ("h", "1"), ("h_milliseconds", "1000"), ("h_microseconds", "1000000"),
        ("h_nanoseconds", "1000000000"),
    ])
    func `a timer is printed in the unit of its name`(name: String, sum: String) {
        Timer(label: name, factory: registry).recordNanoseconds(1_000_000_000)
        #expect(lines.contains("\(name)_sum \(sum)"))
    }

    @Test func `a time on a bound belongs to its bucket`() {
        let registry = PrometheusRegistry(catalog: MetricCatalog(fallback: .request))
        for milliseconds: Int64 in [5, 25, 100, 250, 500, 1_000, 2_000, 4_000, 8_000, 15_000, 30_000, 60_000] {
            Timer(label: "t_seconds", factory: registry).recordNanoseconds(milliseconds * 1_000_000)
        }
        let counts = registry.text().split(separator: "\n").filter { $0.contains("_bucket") }
            .compactMap { $0.split(separator: " ").last.flatMap { Int($0) } }
        #expect(counts == Array(1...12) + [12])
    }

    @Test func `a time below zero counts as none`() {
        Timer(label: "h_seconds", factory: registry).recordNanoseconds(-5)
        #expect(lines.contains("h_seconds_sum 0"))
        #expect(lines.contains("h_seconds_bucket{le=\"1\"} 1"))
    }

    @Test func `what a thousand tasks record is all there`() async {
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<1_000 {
                group.addTask { [registry] in
                    // Made anew by each task: equal names and labels are one series.
                    let counter = Counter(label: "c", dimensions: [("a", "1"), ("b", "2")], factory: registry)
                    let fractions = FloatingPointCounter(label: "f", factory: registry)
                    let meter = Meter(label: "m", factory: registry)
                    let timer = Timer(label: "h_seconds", factory: registry)
                    for _ in 0..<100 {
                        counter.increment()
                        fractions.increment(by: 0.5)
                        meter.increment(by: task.isMultiple(of: 2) ? 1 : -1)
                        timer.recordNanoseconds(1_500_000_000)
                    }
                    if task.isMultiple(of: 100) { _ = registry.text() }
                }
            }
        }
        #expect(
            lines == [
                "c{a=\"1\",b=\"2\"} 100000", "f 50000", "h_seconds_bucket{le=\"1\"} 0",
                "h_seconds_bucket{le=\"2\"} 100000", "h_seconds_bucket{le=\"+Inf\"} 100000", "h_seconds_sum 150000",
                "h_seconds_count 100000", "m 0",
            ]
        )
    }
}

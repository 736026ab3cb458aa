import CoreMetrics
import KubeRuntime
import Testing

@Suite struct PrometheusRegistryTests {
    private func lines(_ registry: PrometheusRegistry) -> [String] {
        registry.text().split(separator: "\n").filter { !$0.hasPrefix("#") }.map(String.init)
    }

    @Test func `series above the limit are dropped and counted`() {
        let registry = PrometheusRegistry(limits: .init(series: 3))
        for index in 0..<10 {
            Counter(label: "c", dimensions: [("i", "\(index)")], factory: registry).increment()
            Counter(label: "other", factory: registry).increment()
        }
        #expect(
            lines(registry) == [
                "c{i=\"0\"} 1", "c{i=\"1\"} 1", "c{i=\"2\"} 1", "other 10",
                "swiftlet_metrics_dropped_series_total{metric=\"c\"} 7",
            ]
        )
    }

    @Test func `names above the limit are dropped and counted together`() {
        let registry = PrometheusRegistry(limits: .init(names: 2))
        for name in ["a", "b", "c", "d", "a"] { Counter(label: name, factory: registry).increment() }
        #expect(lines(registry) == ["a 2", "b 1", "swiftlet_metrics_dropped_series_total{metric=\"other\"} 2"])
    }

    @Test func `a name has one type`() {
        let registry = PrometheusRegistry()
        Counter(label: "a", factory: registry).increment()
        Meter(label: "a", factory: registry).set(7)
        Timer(label: "a", dimensions: [("x", "y")], factory: registry).recordNanoseconds(1)
        #expect(lines(registry) == ["a 1", "swiftlet_metrics_dropped_series_total{metric=\"a\"} 2"])
    }

    @Test func `destroying a dropped series harms nothing`() {
        let registry = PrometheusRegistry(limits: .init(series: 1))
        Counter(label: "c", dimensions: [("i", "0")], factory: registry).increment()
        let dropped = Counter(label: "c", dimensions: [("i", "1")], factory: registry)
        dropped.increment()
        dropped.destroy()
        #expect(lines(registry).first == "c{i=\"0\"} 1")
    }

    @Test func `a series goes when the last one who holds it destroys it, and makes room`() {
        let registry = PrometheusRegistry(limits: .init(series: 1))
        let first = Counter(label: "c", dimensions: [("i", "0")], factory: registry)
        let second = Counter(label: "c", dimensions: [("i", "0")], factory: registry)
        first.increment()
        first.destroy()
        second.increment()
        #expect(lines(registry) == ["c{i=\"0\"} 2"])
        second.destroy()
        #expect(registry.text() == "")
        Counter(label: "c", dimensions: [("i", "1")], factory: registry).increment()
        #expect(lines(registry) == ["c{i=\"1\"} 1"])
        // Destroyed once more, it must not take the new series of the same name with it.
        let third = Counter(label: "c", dimensions: [("i", "1")], factory: registry)
        second.destroy()
        third.increment()
        #expect(lines(registry) == ["c{i=\"1\"} 2"])
    }

    @Test func `all kinds of instruments can be destroyed`() {
        let registry = PrometheusRegistry()
        FloatingPointCounter(label: "a", factory: registry).destroy()
        Meter(label: "b", factory: registry).destroy()
        Gauge(label: "c", factory: registry).destroy()
        Recorder(label: "d", factory: registry).destroy()
        Timer(label: "e", factory: registry).destroy()
        #expect(registry.text() == "")
    }

    @Test(arguments: [
        ("controller_runtime_reconcile_time_seconds", HistogramBuckets.reconcile),
        ("rest_client_request_duration_seconds", .request), ("workqueue_queue_duration_seconds", .workQueue),
        ("workqueue_work_duration_seconds", .workQueue), ("swiftlet_push_seconds", .work), ("anything", .standard),
    ])
    func `histograms have the buckets that dashboards expect`(name: String, buckets: HistogramBuckets) {
        let registry = PrometheusRegistry()
        Timer(label: name, factory: registry).recordNanoseconds(1)
        #expect(lines(registry).count == buckets.bounds.count + 3)
        let bound = buckets == .workQueue ? "1e-08" : buckets.bounds[0].description
        #expect(lines(registry).first == "\(name)_bucket{le=\"\(bound)\"} 1")
    }

    @Test func `the name wins over beginnings, and the longest beginning over others`() {
        let catalog = MetricCatalog(
            buckets: [
                "*": HistogramBuckets([1]), "a_*": HistogramBuckets([2]), "a_b_*": HistogramBuckets([3]),
                "a_b_c": HistogramBuckets([4]),
            ]
        )
        let registry = PrometheusRegistry(catalog: catalog)
        for name in ["x", "a_", "a_b_x", "a_b_c"] { Recorder(label: name, factory: registry).record(0) }
        #expect(
            lines(registry).filter { $0.contains("_bucket{") && !$0.contains("Inf") } == [
                "a__bucket{le=\"2\"} 1", "a_b_c_bucket{le=\"4\"} 1", "a_b_x_bucket{le=\"3\"} 1", "x_bucket{le=\"1\"} 1",
            ]
        )
    }

    @Test func `bounds are sorted, single and finite`() {
        #expect(HistogramBuckets([3, .infinity, 1, 3, .nan, 2]).bounds == [1, 2, 3])
    }

    @Test func `collectors are asked at each scrape and may share a name`() {
        struct Depth: MetricsCollector {
            let queue: String
            let depth: Locked<Double>

            func collect(into metrics: inout MetricsCollection) {
                metrics.gauge("workqueue_depth", depth.value, labels: [("name", queue)])
                metrics.counter("c", 1)
            }
        }
        let registry = PrometheusRegistry(catalog: MetricCatalog())
        let depth = Locked(1.0)
        Meter(label: "c", factory: registry).set(5)
        registry.register(Depth(queue: "b", depth: depth))
        registry.register(Depth(queue: "a", depth: Locked(7)))
        registry.register(Depth(queue: "a", depth: Locked(8)))
        depth.change { $0 = 2 }
        #expect(lines(registry) == ["c 5", "workqueue_depth{name=\"a\"} 7", "workqueue_depth{name=\"b\"} 2"])
    }
}

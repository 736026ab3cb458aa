import CoreMetrics
import KubeRuntime
import Testing

@Suite struct ExpositionTests {
    @Test func `metrics are printed by name, their series by labels, with help and type`() {
        let registry = PrometheusRegistry(
            catalog: MetricCatalog(
                help: ["requests_total": "Requests.\nA \\ and a \"quote\"."],
                buckets: ["wait_seconds": HistogramBuckets([1, 0.5])]
            )
        )
        Timer(label: "wait_seconds", dimensions: [("queue", "a")], factory: registry).recordNanoseconds(700_000_000)
        Counter(label: "requests_total", dimensions: [("method", "POST"), ("code", "500")], factory: registry)
            .increment()
        Counter(label: "requests_total", dimensions: [("method", "GET"), ("code", "200")], factory: registry)
            .increment(by: 41)
        Meter(label: "depth", factory: registry).set(-2.5)
        Gauge(label: "leader", factory: registry).record(1)
        FloatingPointCounter(label: "spent_total", factory: registry).increment(by: 0.25)
        Recorder(label: "sizes", factory: registry).record(3)

        #expect(
            registry.text() == #"""
                # TYPE depth gauge
                depth -2.5
                # TYPE leader gauge
                leader 1
                # HELP requests_total Requests.\nA \\ and a "quote".
                # TYPE requests_total counter
                requests_total{code="200",method="GET"} 41
                requests_total{code="500",method="POST"} 1
                # TYPE sizes histogram
                sizes_bucket{le="0.005"} 0
                sizes_bucket{le="0.01"} 0
                sizes_bucket{le="0.025"} 0
                sizes_bucket{le="0.05"} 0
                sizes_bucket{le="0.1"} 0
                sizes_bucket{le="0.25"} 0
                sizes_bucket{le="0.5"} 0
                sizes_bucket{le="1"} 0
                sizes_bucket{le="2.5"} 0
                sizes_bucket{le="5"} 1
                sizes_bucket{le="10"} 1
                sizes_bucket{le="+Inf"} 1
                sizes_sum 3
                sizes_count 1
                # TYPE spent_total counter
                spent_total 0.25
                # TYPE wait_seconds histogram
                wait_seconds_bucket{queue="a",le="0.5"} 0
                wait_seconds_bucket{queue="a",le="1"} 1
                wait_seconds_bucket{queue="a",le="+Inf"} 1
                wait_seconds_sum{queue="a"} 0.7
                wait_seconds_count{queue="a"} 1

                """#
        )
    }

    @Test func `a registry without metrics prints nothing`() {
        #expect(PrometheusRegistry().text() == "")
    }

    private static let labels: [([(String, String)], String)] = [
        ([("a", #"\"#)], #"m{a="\\"} 1"#),
        ([("a", "say \"hi\"")], #"m{a="say \"hi\""} 1"#),
        ([("a", "two\nlines\r\n")], "m{a=\"two\\nlines\r\\n\"} 1"),
        ([("a", "naïve 🦩")], #"m{a="naïve 🦩"} 1"#),
        ([("a", "")], #"m{a=""} 1"#),
        ([("b", "1"), ("a", "2")], #"m{a="2",b="1"} 1"#),
        ([("a", "1"), ("a", "2")], #"m{a="2"} 1"#),
        ([("kube.io/name", "x")], #"m{kube_io_name="x"} 1"#),
        ([("1st", "x")], #"m{_1st="x"} 1"#),
        ([("a:b", "x")], #"m{a_b="x"} 1"#),
        ([("", "x")], #"m{_="x"} 1"#),
        ([("__name__", "evil")], #"m{_name__="evil"} 1"#),
        ([("le", "7")], #"m{exported_le="7"} 1"#),
        ([("a}\nevil 1\n{", "x")], #"m{a__evil_1__="x"} 1"#),
    ]

    @Test(arguments: labels)
    func `labels are made valid`(dimensions: [(String, String)], line: String) {
        let registry = PrometheusRegistry()
        Counter(label: "m", dimensions: dimensions, factory: registry).increment()
        #expect(registry.text() == "# TYPE m counter\n\(line)\n")
    }

    @Test func `long values of labels are cut`() {
        let registry = PrometheusRegistry()
        // Many scalars, but a single character.
        let value = "e" + String(repeating: "\u{301}", count: 1_000)
        Counter(label: "m", dimensions: [("a", value)], factory: registry).increment()
        let cut = "e" + String(repeating: "\u{301}", count: 255)
        #expect(registry.text() == "# TYPE m counter\nm{a=\"\(cut)\"} 1\n")
    }

    @Test(arguments: [
        ("a.b-c/d", "a_b_c_d"), ("ns:rule", "ns:rule"), ("9lives", "_9lives"), ("", "_"), ("größe", "gr__e"),
        ("x 1\nevil", "x_1_evil"),
    ])
    func `names are made valid`(name: String, valid: String) {
        let registry = PrometheusRegistry()
        Counter(label: name, factory: registry).increment()
        #expect(registry.text() == "# TYPE \(valid) counter\n\(valid) 1\n")
    }

    @Test(arguments: [
        (0.0, "0"), (1, "1"), (-3, "-3"), (0.1, "0.1"), (1e-8, "1e-08"), (1e21, "1e+21"), (.infinity, "+Inf"),
        (-.infinity, "-Inf"), (.nan, "NaN"), (1_234_567.875, "1234567.875"),
    ])
    func `numbers are printed as Prometheus reads them`(value: Double, text: String) {
        let registry = PrometheusRegistry()
        Meter(label: "m", factory: registry).set(value)
        #expect(registry.text() == "# TYPE m gauge\nm \(text)\n")
    }
}

import KubeRuntime
import Testing

@Suite struct ProcessMetricsTests {
    private static let statistics =
        "7 (a (b) c) S 1 7 7 0 -1 4194560 1520 0 3 0 250 50 0 0 20 0 5 0 12345 1048576 256 18446744073709551615 1 1 0"

    private static func text(_ files: [String: String], descriptors: Int? = nil) -> String {
        let registry = PrometheusRegistry(catalog: MetricCatalog())
        registry.register(
            ProcessMetrics(files: ProcessFiles(text: { files[$0] }, countDescriptors: { descriptors }))
        )
        return registry.text().split(separator: "\n").filter { !$0.hasPrefix("#") }.joined(separator: "\n")
    }

    @Test func `the kernel's numbers are shown in Prometheus' units`() {
        let text = Self.text(
            [
                "/proc/self/stat": Self.statistics,
                "/proc/stat": "cpu  1 2 3\nintr 5\nbtime 1700000000\nprocesses 9\n",
                "/proc/self/limits": """
                Limit                     Soft Limit           Hard Limit           Units
                Max processes             63454                63454                processes
                Max open files            1024                 524288               files
                """,
            ],
            descriptors: 12
        )
        #expect(
            text == """
                process_cpu_seconds_total 3
                process_max_fds 1024
                process_open_fds 12
                process_resident_memory_bytes 1048576
                process_start_time_seconds 1700000123.45
                process_virtual_memory_bytes 1048576
                """
        )
    }

    @Test(arguments: ["", "7 (a", "7 (a) S 1 2", "7 (a) S 1 7 7 0 -1 4 1 0 3 0 x 50 0 0 20 0 5 0 1 1 2 3", ")"])
    func `what cannot be read is left out`(statistics: String) {
        #expect(Self.text(["/proc/self/stat": statistics, "/proc/self/limits": "Max open files"]) == "")
        #expect(Self.text(["/proc/self/limits": "Max open files unlimited unlimited"]) == "process_max_fds +Inf")
    }

    @Test func `this machine tells all of it`() throws {
        let registry = PrometheusRegistry(catalog: MetricCatalog())
        registry.register(ProcessMetrics())
        let numbers = Dictionary(
            uniqueKeysWithValues: registry.text().split(separator: "\n").filter { !$0.hasPrefix("#") }.map { line in
                let parts = line.split(separator: " ")
                return (String(parts[0]), Double(parts[1]) ?? .nan)
            }
        )
        #expect(numbers.count == 6)
        #expect(try #require(numbers["process_resident_memory_bytes"]) > 1_000_000)
        #expect(try #require(numbers["process_virtual_memory_bytes"]) > 1_000_000)
        #expect(try #require(numbers["process_open_fds"]) >= 3)
        #expect(try #require(numbers["process_start_time_seconds"]) > 1_600_000_000)
        #expect(try #require(numbers["process_cpu_seconds_total"]) >= 0)
    }
}

import CoreMetrics
import KubeRuntime
import Testing
import XDS

@testable import Operator

/// Dashboards rely on names, and people on what they are told of them.
struct MeshMetricsTests {
    @Test func everythingOfTheMeshIsExplained() {
        let registry = PrometheusRegistry()
        registry.add(.mesh)
        _ = XDSMetrics(factory: registry)
        InjectionMetrics(factory: registry).count(("success", ""))
        Timer(label: "swiftlet_xds_generation_seconds", factory: registry).recordNanoseconds(200_000)
        Gauge(label: "swiftlet_pods_without_sidecar", dimensions: [("namespace", "shop")], factory: registry).record(1)
        let text = registry.text()
        func names(_ word: String) -> Set<Substring> {
            Set(text.split(separator: "\n").filter { $0.hasPrefix("# \(word) ") }.map { $0.split(separator: " ")[2] })
        }
        #expect(names("TYPE").count >= 10)
        #expect(names("TYPE") == names("HELP"))
    }

    @Test func histogramsTellMillisecondsApart() {
        let registry = PrometheusRegistry()
        registry.add(.mesh)
        Timer(label: "swiftlet_xds_generation_seconds", factory: registry).recordNanoseconds(200_000)
        Timer(label: "swiftlet_xds_push_seconds", factory: registry).recordNanoseconds(2_000_000)
        let text = registry.text()
        #expect(text.contains("swiftlet_xds_generation_seconds_bucket{le=\"0.0001\"} 0\n"))
        #expect(text.contains("swiftlet_xds_generation_seconds_bucket{le=\"0.00025\"} 1\n"))
        #expect(text.contains("swiftlet_xds_push_seconds_bucket{le=\"0.001\"} 0\n"))
        #expect(text.contains("swiftlet_xds_push_seconds_bucket{le=\"0.0025\"} 1\n"))
        #expect(text.contains("swiftlet_xds_push_seconds_bucket{le=\"10.0\"}") || text.contains("le=\"10\"}"))
    }
}

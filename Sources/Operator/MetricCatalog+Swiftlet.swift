import KubeRuntime
import Telling

extension MetricCatalog {
    /// All that the operator counts.
    package static let swiftlet = MetricCatalog.standard.merging(.webServers).merging(.mesh).merging(.telling)
}

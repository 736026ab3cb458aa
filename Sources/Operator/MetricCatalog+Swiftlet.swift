import KubeRuntime
import Telling

extension MetricCatalog {
    /// All that the operator counts.
    package static let swiftlet = MetricCatalog.standard.merging(.mesh).merging(.telling)
}

import Dataplanes
import KubeModel

/// What is looked at.
package struct InspectionOptions: Sendable {
    package var dataplanes = DataplaneOptions()
    /// `nil` for all.
    package var namespace: String?
    /// `nil` for all.
    package var mesh: String?

    package init() {}

    func includes(_ dataplane: Dataplane) -> Bool {
        (namespace == nil || dataplane.key.namespace == namespace) && (mesh == nil || dataplane.mesh == mesh)
    }
}

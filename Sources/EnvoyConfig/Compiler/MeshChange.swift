import Dataplanes
import KubeModel
import TrafficPolicy

/// What became different in a mesh. What is not named stays as it is.
package struct MeshChange: Sendable {
    package var settings: MeshSettings?
    /// By `kuma.io/service`; `nil` for those that are gone.
    package var services: [String: MeshService?]
    /// `nil` for those that are gone.
    package var dataplanes: [ObjectKey: Dataplane?]
    /// Of dataplanes that are there, or are among ``dataplanes``; others are passed over. A dataplane that never had one has all traffic go to all of
    /// each service. Views that are equal should share their storage: then they are compared at no cost.
    package var views: [ObjectKey: RouteView]

    package init(
        settings: MeshSettings? = nil,
        services: [String: MeshService?] = [:],
        dataplanes: [ObjectKey: Dataplane?] = [:],
        views: [ObjectKey: RouteView] = [:]
    ) {
        self.settings = settings
        self.services = services
        self.dataplanes = dataplanes
        self.views = views
    }
}

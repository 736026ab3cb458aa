import KubeModel
import KubeRuntime
import SwiftletAPI

/// Everything that the mesh follows from, as it was last seen.
struct MeshStores: Sendable {
    let pods = Store<Pod>()
    let services = Store<KubeService>()
    let namespaces = Store<Namespace>()
    /// Of Services without a selector.
    let slices = Store<EndpointSlice>()
    let nodes = Store<NodeLabels>()
    let meshes = Store<Mesh>()
    let routes = Store<TrafficRoute>()
    /// The ConfigMaps that tell sidecars whom to trust. Nothing that proxies are sent follows from them.
    let trustBundles = Store<TrustBundleObject>()
}

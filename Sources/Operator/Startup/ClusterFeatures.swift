import KubeModel
import WebServers

/// What an API server can do, as far as the operator depends on it.
struct ClusterFeatures: Hashable, Sendable {
    var served: ServedKinds
    /// Whether lists may be asked for as a stream, see ``ReflectorOptions/usesWatchList``.
    var streamsLists: Bool
    /// Whether init containers that restart always run beside the others.
    var runsNativeSidecars: Bool
    /// `nil` where the cluster has none.
    var endpointSlices: APIResource?
}

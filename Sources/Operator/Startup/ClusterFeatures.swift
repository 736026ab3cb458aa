import WebServers

/// What an API server can do, as far as the operator depends on it.
struct ClusterFeatures: Hashable, Sendable {
    var served: ServedKinds
    /// Whether lists may be asked for as a stream, see ``ReflectorOptions/usesWatchList``.
    var streamsLists: Bool
}

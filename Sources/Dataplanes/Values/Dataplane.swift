import KubeModel

/// A pod with a sidecar, as the mesh sees it.
package struct Dataplane: Hashable, Sendable {
    /// The pod's.
    package var key: ObjectKey
    /// The pod's; tells incarnations of a name apart.
    package var uid: UID
    package var mesh: String
    /// The pod's IP address.
    package var address: String
    /// In order of Service name and port. Empty for a pod that offers nothing.
    package var inbounds: [Inbound]
    /// The tags of a delegated gateway: traffic to it is not redirected, so it has no inbounds.
    package var gateway: Tags?

    package init(key: ObjectKey, uid: UID, mesh: String, address: String, inbounds: [Inbound], gateway: Tags? = nil) {
        self.key = key
        self.uid = uid
        self.mesh = mesh
        self.address = address
        self.inbounds = inbounds
        self.gateway = gateway
    }

    /// Those that a Service made. Found by halving, since they are in order of the Services' names.
    package func inbounds(of service: String) -> ArraySlice<Inbound> {
        func first(_ belongs: (String) -> Bool) -> Int {
            var (low, high) = (inbounds.startIndex, inbounds.endIndex)
            while low < high {
                let middle = low + (high - low) / 2
                if belongs(inbounds[middle].tags[TagName.serviceName] ?? "") { high = middle } else { low = middle + 1 }
            }
            return low
        }
        return inbounds[first { $0 >= service }..<first { $0 > service }]
    }

    /// The tag sets by which TrafficRoutes select this proxy as a source.
    package var sourceTags: [Tags] { inbounds.map(\.tags) + (gateway.map { [$0] } ?? []) }
}

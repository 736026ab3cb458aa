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

    /// The tag sets by which TrafficRoutes select this proxy as a source.
    package var sourceTags: [Tags] { inbounds.map(\.tags) + (gateway.map { [$0] } ?? []) }
}

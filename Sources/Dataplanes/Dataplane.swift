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
    /// A delegated gateway: traffic to it is not redirected, so it has no inbounds.
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

/// One port of a pod that a Service makes reachable.
package struct Inbound: Hashable, Sendable {
    package enum State: String, Hashable, Sendable {
        case ready = "Ready"
        case notReady = "NotReady"
        /// Matched only when ignored selector labels are left out: no endpoint, no listener.
        case ignored = "Ignored"
    }

    /// The container's port.
    package var port: UInt16
    /// Of the Service's port; empty if it has none.
    package var name: String
    package var tags: Tags
    package var state: State

    package init(port: UInt16, name: String = "", tags: Tags, state: State) {
        self.port = port
        self.name = name
        self.tags = tags
        self.state = state
    }

    package var service: String { tags.service }
    /// `kuma.io/protocol`; tcp when it is missing or unknown.
    package var trafficProtocol: TrafficProtocol { tags[TagName.protocolName].flatMap(TrafficProtocol.init) ?? .tcp }
}

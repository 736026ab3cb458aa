/// What holds for all proxies of a mesh.
package struct MeshSettings: Hashable, Sendable {
    /// Whether IPv6 traffic is redirected to the sidecars.
    package enum IPv6: Hashable, Sendable {
        /// If some address of the mesh, of a Service or of a pod, is an IPv6 one. A cluster without IPv6 has none, and there a listener on `::`
        /// would be refused by every Envoy whose machine has IPv6 turned off.
        case automatic
        case always, never
    }

    /// The Mesh.
    package var mesh: String
    /// `networking.outbound.passthrough`: whether addresses outside the mesh may be reached.
    package var passthrough: Bool
    package var ipv6: IPv6
    /// Where outgoing traffic is redirected to.
    package var outboundPort: UInt16
    /// Where incoming traffic is redirected to.
    package var inboundPort: UInt16

    package init(
        mesh: String,
        passthrough: Bool = true,
        ipv6: IPv6 = .automatic,
        outboundPort: UInt16 = 15001,
        inboundPort: UInt16 = 15006
    ) {
        self.mesh = mesh
        self.passthrough = passthrough
        self.ipv6 = ipv6
        self.outboundPort = outboundPort
        self.inboundPort = inboundPort
    }
}

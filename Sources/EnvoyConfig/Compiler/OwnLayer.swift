import Dataplanes
import EnvoyAPI

/// What one proxy alone has: its inbounds.
struct OwnLayer: Sendable {
    private var table = ResourceTable()
    private var resources: [EncodedResource] = []
    private var hidden: Set<String> = []

    var layer: ResourceLayer { table.layer }

    /// Inbounds that do not take traffic yet have their listeners all the same; those that are ignored have none.
    mutating func update(_ dataplane: Dataplane, _ shared: inout SharedResources) throws(EnvoyConfigError) {
        var new: [EncodedResource] = []
        var hidden: Set<String> = []
        var byPort: [UInt16: [Inbound]] = [:]
        var ports: [UInt16] = []
        for inbound in dataplane.inbounds where inbound.state != .ignored {
            if byPort[inbound.port] == nil { ports.append(inbound.port) }
            byPort[inbound.port, default: []].append(inbound)
        }
        for port in ports {
            guard let inbounds = byPort[port] else { continue }
            let listener = InboundListener(address: dataplane.address, inbounds: inbounds)
            new.append(try listener.encoded())
            let cluster = LocalCluster(
                port: port,
                usesHTTP2: listener.trafficProtocol.isHTTP2,
                isIPv6: IPAddress.isIPv6(dataplane.address)
            )
            new.append(try shared.localCluster(cluster))
            // A pod of a headless Service is an address to send to for all but itself: Envoy takes no two listeners of one address.
            hidden.insert(ResourceName.outboundListener(dataplane.address, port))
        }
        if dataplane.gateway != nil {
            hidden.formUnion([false, true].map { ResourceName.inboundPassthrough(ipv6: $0) })
        }
        table.replace(resources, with: new)
        for name in self.hidden.subtracting(hidden) { table.remove(.listener, name) }
        for name in hidden { table.hide(.listener, name) }
        resources = new
        self.hidden = hidden
    }

    /// - Returns: Whether the layer is a new one.
    mutating func seal() -> Bool { table.seal() }
}

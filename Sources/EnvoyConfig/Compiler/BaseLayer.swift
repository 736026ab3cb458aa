import Dataplanes
import EnvoyAPI
import TrafficPolicy

/// What all proxies of a mesh have: every service with all traffic to it, and where traffic is redirected to.
struct BaseLayer: Sendable {
    private var table = ResourceTable()
    /// By service.
    private var parts: [String: [EncodedResource]] = [:]
    private var transparent: [EncodedResource] = []
    /// Of ``transparent``.
    private var compiled: (settings: MeshSettings, ipv6: Bool)?

    var layer: ResourceLayer { table.layer }

    func resource(_ type: ResourceType, _ name: String) -> EncodedResource? { table.resource(type, name) }

    mutating func update(_ settings: MeshSettings, ipv6: Bool) throws(EnvoyConfigError) {
        if let compiled, compiled == (settings, ipv6) { return }
        let new = try settings.transparentResources(ipv6: ipv6)
        table.replace(transparent, with: new)
        transparent = new
        compiled = (settings, ipv6)
    }

    /// A service whose protocol, addresses or existence changed.
    mutating func update(
        _ name: String,
        _ catalog: ServiceCatalog,
        _ shared: inout SharedResources
    ) throws(EnvoyConfigError) {
        var new: [EncodedResource] = []
        if let service = catalog.services[name] {
            let isHTTP = service.trafficProtocol.isHTTP
            let addresses = catalog.addresses(of: service)
            let outbound = try shared.outbound(
                OutboundResources.Key(
                    service: name,
                    addresses: addresses.filter { $0.instance == nil },
                    isHTTP: isHTTP,
                    route: .all(of: name)
                )
            )
            new += outbound.resources
            var destinations = outbound.destinations
            var instances: Set<String> = []
            for address in addresses {
                guard let instance = address.instance else { continue }
                let listener = InstanceListener(service: name, address: address, instance: instance, isHTTP: isHTTP)
                new.append(try shared.instance(listener))
                if instances.insert(instance).inserted { destinations.append(.instance(instance, of: name)) }
            }
            for tags in destinations {
                let cluster = OutboundCluster(
                    tags: tags,
                    usesHTTP2: service.trafficProtocol.isHTTP2,
                    loadBalancer: .roundRobin,
                    origin: nil
                )
                new.append(try shared.cluster(cluster))
                new.append(try shared.assignment(of: tags, catalog.services))
            }
        }
        let names = Set(new.map { ResourceID(type: $0.type, name: $0.name) })
        for resource in parts[name] ?? [] where !names.contains(ResourceID(type: resource.type, name: resource.name)) {
            // Another service may have taken the address over.
            if resource.type == .listener, table.resource(.listener, resource.name)?.isSame(as: resource) != true {
                continue
            }
            table.remove(resource.type, resource.name)
        }
        for resource in new { table.set(resource) }
        parts[name] = new.isEmpty ? nil : new.map { table.resource($0.type, $0.name) ?? $0 }
    }

    /// Endpoints of something that is already here.
    mutating func update(assignment: EncodedResource) {
        if table.resource(.endpoint, assignment.name) != nil { table.set(assignment) }
    }

    /// - Returns: Whether the layer is a new one.
    mutating func seal() -> Bool { table.seal() }
}

extension TrafficProtocol {
    /// Whether HTTP/2 is spoken to an endpoint from the first byte.
    var isHTTP2: Bool { self == .http2 || self == .grpc }
}

import KubeModel

extension MeshService {
    package var id: ServiceID { ServiceID(mesh: mesh, name: name) }

    /// The destinations that a Service is, one per mesh and TCP port that a dataplane has an inbound for.
    ///
    /// - Parameter dataplanes: at least those of the pods behind the Service, in any order, of any mesh.
    package static func destinations(
        of service: KubeService,
        dataplanes: some Sequence<Dataplane>
    ) -> [ServiceID: MeshService] {
        guard service.makesInbounds else { return [:] }
        let ports = Dictionary(
            service.ports.filter { $0.portProtocol == .tcp }.map { (service.serviceTag(of: $0), $0) },
            uniquingKeysWith: { first, _ in first }
        )
        var destinations: [ServiceID: Destination] = [:]
        for dataplane in dataplanes {
            for inbound in dataplane.inbounds(of: service.name) where inbound.state != .ignored {
                guard let port = ports[inbound.service] else { continue }
                let id = ServiceID(mesh: dataplane.mesh, name: inbound.service)
                destinations[id, default: Destination(port: port.number)].add(inbound, of: dataplane)
            }
        }
        var services: [ServiceID: MeshService] = [:]
        for (id, destination) in destinations { services[id] = destination.service(id, of: service) }
        return services
    }
}

/// A destination while its dataplanes are gathered.
private struct Destination {
    let port: UInt16
    var spoken: TrafficProtocol?
    var endpoints: [(pod: String, endpoint: Endpoint)] = []

    init(port: UInt16) { self.port = port }

    mutating func add(_ inbound: Inbound, of dataplane: Dataplane) {
        spoken = spoken?.common(with: inbound.trafficProtocol) ?? inbound.trafficProtocol
        guard inbound.state == .ready else { return }
        let endpoint = Endpoint(address: dataplane.address, port: inbound.port, tags: inbound.tags)
        endpoints.append((dataplane.key.name, endpoint))
    }

    func service(_ id: ServiceID, of service: KubeService) -> MeshService {
        let sorted = endpoints.sorted {
            ($0.endpoint.address, $0.endpoint.port, $0.pod) < ($1.endpoint.address, $1.endpoint.port, $1.pod)
        }
        var endpoints: [Endpoint] = []
        endpoints.reserveCapacity(sorted.count)
        // Two pods with one address is what an old and a new pod look like for a moment; Envoy knows an endpoint by its address.
        for (_, next) in sorted where endpoints.last?.isAt(next) != true { endpoints.append(next) }
        let addresses =
            service.isHeadless
            ? endpoints.map { ServiceAddress(address: $0.address, port: $0.port, instance: $0.tags[TagName.instance]) }
            : service.clusterIPs.map { ServiceAddress(address: $0, port: port) }
        return MeshService(
            name: id.name,
            mesh: id.mesh,
            trafficProtocol: spoken ?? .tcp,
            addresses: addresses,
            endpoints: endpoints
        )
    }
}

extension Endpoint {
    fileprivate func isAt(_ other: Endpoint) -> Bool { address == other.address && port == other.port }
}

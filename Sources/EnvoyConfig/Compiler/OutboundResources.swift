import Dataplanes
import EnvoyAPI
import TrafficPolicy

/// What follows from one route to one service: the listeners of the service's addresses, the routes of its requests, and which
/// clusters these name.
final class OutboundResources: Sendable {
    /// All that it depends on.
    struct Key: Hashable {
        var service: String
        /// Of the service as a whole, not of single pods.
        var addresses: [ServiceAddress]
        var isHTTP: Bool
        var route: ServiceRoute
    }

    /// Listeners and routes.
    let resources: [EncodedResource]
    /// Each once.
    let destinations: [Tags]

    init(_ resources: [EncodedResource], destinations: [Tags]) {
        self.resources = resources
        self.destinations = destinations
    }
}

extension OutboundResources.Key {
    func resources() throws(EnvoyConfigError) -> [EncodedResource] {
        let name = ResourceName.outboundRoute(service)
        var resources: [EncodedResource] = []
        for address in addresses {
            // What a listener fetches its routes by is the same whatever they are.
            let listener = OutboundListener(
                service: service,
                address: address,
                routing: isHTTP
                    ? .requests(HTTPFilter(statPrefix: service, routes: .named(name)))
                    : .connections(TCPOutbound(service: service, split: route.split))
            )
            resources.append(try listener.encoded(origin: isHTTP ? nil : route.resourceOrigin))
        }
        // Without a listener nobody would fetch them.
        if isHTTP, !addresses.isEmpty {
            resources.append(
                try EncodedResource.encoding(.route, name, origin: route.resourceOrigin) {
                    try route.configuration(named: name, service: service)
                }
            )
        }
        return resources
    }

    var destinations: [Tags] {
        var seen: Set<Tags> = []
        let used = (isHTTP ? route.rules.map(\.split) : []) + [route.split]
        return used.joined().map(\.tags).filter { seen.insert($0).inserted }
    }
}

extension ServiceRoute {
    var resourceOrigin: ResourceOrigin? { origin.map { ResourceOrigin(kind: "TrafficRoute", name: $0) } }
}

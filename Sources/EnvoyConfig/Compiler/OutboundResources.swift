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

    init(_ key: Key) throws(EnvoyConfigError) {
        let route = key.route
        let name = ResourceName.outboundRoute(key.service)
        var resources: [EncodedResource] = []
        for address in key.addresses {
            // What a listener fetches its routes by is the same whatever they are.
            let listener = OutboundListener(
                service: key.service,
                address: address,
                routing: key.isHTTP
                    ? .requests(HTTPFilter(statPrefix: key.service, routes: .named(name)))
                    : .connections(TCPOutbound(service: key.service, split: route.split))
            )
            resources.append(try listener.encoded(origin: key.isHTTP ? nil : route.resourceOrigin))
        }
        if key.isHTTP {
            resources.append(
                try EncodedResource.encoding(.route, name, origin: route.resourceOrigin) {
                    try route.configuration(named: name, service: key.service)
                }
            )
        }
        self.resources = resources
        var seen: Set<Tags> = []
        let used = (key.isHTTP ? route.rules.map(\.split) : []) + [route.split]
        destinations = used.joined().map(\.tags).filter { seen.insert($0).inserted }
    }
}

extension ServiceRoute {
    var resourceOrigin: ResourceOrigin? { origin.map { ResourceOrigin(kind: "TrafficRoute", name: $0) } }
}

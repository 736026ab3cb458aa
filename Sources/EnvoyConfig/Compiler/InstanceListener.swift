import Dataplanes
import EnvoyAPI
import SwiftProtobuf
import TrafficPolicy

/// The listener for one pod of a headless Service. Whoever sends there has chosen the pod: no TrafficRoute sends it elsewhere.
struct InstanceListener: Hashable {
    var service: String
    var address: ServiceAddress
    var instance: String
    var isHTTP: Bool

    func encoded() throws(EnvoyConfigError) -> EncodedResource {
        let split = [WeightedDestination(tags: .instance(instance, of: service), weight: 1)]
        let routing: OutboundListener.Routing
        if isHTTP {
            var routes = RouteConfiguration()
            let name = ResourceName.outboundRoute(service)
            do {
                routes = try ServiceRoute(origin: nil, split: split).configuration(named: name, service: service)
            } catch {
                throw EnvoyConfigError(verb: .encode, type: .route, name: name, message: "\(error)")
            }
            routing = .requests(HTTPFilter(statPrefix: service, routes: .inline(routes)))
        } else {
            routing = .connections(TCPOutbound(service: service, split: split))
        }
        return try OutboundListener(service: service, address: address, routing: routing).encoded(origin: nil)
    }
}

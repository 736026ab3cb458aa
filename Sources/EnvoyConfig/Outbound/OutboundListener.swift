import Dataplanes
import EnvoyAPI
import SwiftProtobuf
import TrafficPolicy

/// Takes the traffic to one address: nobody connects to it, the transparent listener hands over by the address that was meant.
struct OutboundListener {
    enum Routing {
        case connections(TCPOutbound)
        case requests(HTTPFilter)
    }

    var service: String
    var address: ServiceAddress
    var routing: Routing

    func encoded(origin: ResourceOrigin?) throws(EnvoyConfigError) -> EncodedResource {
        let name = ResourceName.outboundListener(address.address, address.port)
        return try EncodedResource.encoding(.listener, name, origin: origin) {
            try Listener.with {
                $0.name = name
                $0.address = EnvoyAddress(address.address, address.port)
                $0.bindToPort = false
                $0.trafficDirection = .outbound
                $0.metadata = Metadata(tags: [TagName.service: service])
                $0.filterChains = [FilterChain(try filter())]
            }
        }
    }

    private func filter() throws -> NetworkFilter {
        switch routing {
        case .connections(let outbound): try outbound.filter()
        case .requests(let filter): try filter.filter()
        }
    }
}

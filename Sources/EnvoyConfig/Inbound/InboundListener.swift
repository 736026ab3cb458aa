import Dataplanes
import EnvoyAPI
import SwiftProtobuf
import TrafficPolicy

/// Takes the traffic to one port of the pod, and gives it to the application.
struct InboundListener {
    /// The pod's.
    var address: String
    /// The inbounds of this port, one for each Service that offers it; at least one. The first gives it its name, and it speaks what all have in
    /// common.
    var inbounds: [Inbound]

    var port: UInt16 { inbounds[0].port }
    var trafficProtocol: TrafficProtocol {
        inbounds.dropFirst().reduce(inbounds[0].trafficProtocol) { $0.common(with: $1.trafficProtocol) }
    }

    func encoded() throws(EnvoyConfigError) -> EncodedResource {
        let name = ResourceName.inboundListener(address, port)
        return try EncodedResource.encoding(.listener, name) {
            try Listener.with {
                $0.name = name
                $0.address = EnvoyAddress(address, port)
                $0.bindToPort = false
                $0.trafficDirection = .inbound
                $0.metadata = Metadata(tags: inbounds[0].tags.dictionary)
                $0.filterChains = [FilterChain(try filter())]
            }
        }
    }

    private func filter() throws -> NetworkFilter {
        let statistics = ResourceName.localStatistics(port)
        let cluster = ResourceName.localCluster(port)
        guard trafficProtocol.isHTTP else {
            return try NetworkFilter(
                "envoy.filters.network.tcp_proxy",
                TCPProxy.with {
                    $0.statPrefix = statistics
                    $0.cluster = cluster
                }
            )
        }
        let service = inbounds[0].service
        let routes = RouteConfiguration.with {
            $0.name = ResourceName.inboundRoute(service)
            $0.virtualHosts = [
                .with {
                    $0.name = service
                    $0.domains = ["*"]
                    $0.routes = [
                        .with {
                            $0.match.prefix = "/"
                            $0.route.cluster = cluster
                            $0.route.timeout = .seconds(0)
                        }
                    ]
                }
            ]
        }
        return try HTTPFilter(statPrefix: statistics, routes: .inline(routes)).filter()
    }
}

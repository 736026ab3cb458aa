import Dataplanes
import EnvoyAPI
import SwiftProtobuf

/// The endpoints of a cluster: those of the service that bear all the tags, in the service's order.
///
/// There may be none: requests are then answered with 503 (`no healthy upstream`), connections are closed.
struct EndpointAssignment {
    var tags: Tags
    var endpoints: [Endpoint]

    func encoded() throws(EnvoyConfigError) -> EncodedResource {
        let name = tags.clusterName
        return try EncodedResource.encoding(.endpoint, name) {
            ClusterLoadAssignment.with {
                $0.clusterName = name
                let chosen = matching
                if !chosen.isEmpty { $0.endpoints = [.with { $0.lbEndpoints = chosen }] }
            }
        }
    }

    private var matching: [LbEndpoint] {
        // All endpoints of the service bear its name.
        let wanted = tags.entries.filter { $0.name != TagName.service }
        var result: [LbEndpoint] = []
        var last: Endpoint?
        for endpoint in endpoints where wanted.allSatisfy({ endpoint.tags[$0.name] == $0.value }) {
            // A pod may offer one port under two names.
            if let last, last.address == endpoint.address, last.port == endpoint.port { continue }
            last = endpoint
            result.append(LbEndpoint(endpoint.address, endpoint.port))
        }
        return result
    }
}

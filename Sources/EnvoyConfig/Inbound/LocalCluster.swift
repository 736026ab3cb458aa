import EnvoyAPI
import SwiftProtobuf

/// The application on a port of the pod.
///
/// It is reached on the loopback address, as in Kuma: an application that listens on the pod's IP address alone cannot be reached
/// through its sidecar.
struct LocalCluster: Hashable {
    var port: UInt16
    var usesHTTP2: Bool
    /// Whether the pod's address is.
    var isIPv6: Bool

    func encoded() throws(EnvoyConfigError) -> EncodedResource {
        let name = ResourceName.localCluster(port)
        return try EncodedResource.encoding(.cluster, name) {
            var cluster = Cluster()
            cluster.name = name
            cluster.altStatName = ResourceName.localStatistics(port)
            cluster.type = .static
            cluster.setCommonOptions()
            cluster.loadAssignment.clusterName = name
            cluster.loadAssignment.endpoints = [
                .with { $0.lbEndpoints = [LbEndpoint(isIPv6 ? "::1" : "127.0.0.1", port)] }
            ]
            if usesHTTP2 { try cluster.useHTTP2() }
            return cluster
        }
    }
}

import Dataplanes
import EnvoyAPI
import SwiftProtobuf
import TrafficPolicy

/// Traffic to a service that is split by connection.
struct TCPOutbound {
    var service: String
    var split: [WeightedDestination]

    /// A connection that no endpoint takes is tried on up to three; then, and when there is none, it is closed.
    func filter() throws -> NetworkFilter {
        try NetworkFilter(
            "envoy.filters.network.tcp_proxy",
            TCPProxy.with {
                $0.statPrefix = service
                $0.maxConnectAttempts = 3
                let shares = ClusterShare.shares(of: split)
                if shares.count == 1 {
                    $0.cluster = shares[0].cluster
                } else {
                    $0.weightedClusters.clusters = shares.map { share in
                        .with {
                            $0.name = share.cluster
                            $0.weight = share.weight
                        }
                    }
                }
            }
        )
    }
}

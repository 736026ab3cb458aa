import Dataplanes
import TrafficPolicy

/// A cluster with its weight.
struct ClusterShare: Equatable {
    var cluster: String
    /// At least 1.
    var weight: UInt32

    /// Each cluster once, in order of appearance. The weights add up to no more than Envoy can take; if they have to be scaled down for that, a
    /// destination keeps at least 1.
    static func shares(of split: [WeightedDestination]) -> [ClusterShare] {
        var order: [String] = []
        var weights: [String: UInt64] = [:]
        for destination in split where destination.weight > 0 {
            let cluster = destination.tags.clusterName
            if weights[cluster] == nil { order.append(cluster) }
            weights[cluster, default: 0] += UInt64(destination.weight)
        }
        let total = weights.values.reduce(0, +)
        let divisor = total > UInt64(UInt32.max) ? total / 1_000_000 : 1
        return order.map { cluster in
            ClusterShare(cluster: cluster, weight: UInt32(max(1, (weights[cluster] ?? 0) / divisor)))
        }
    }
}

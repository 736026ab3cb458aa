import Dataplanes
import EnvoyAPI
import SwiftProtobuf
import TrafficPolicy

/// The cluster of the endpoints that bear certain tags, as one set of callers sees it.
///
/// HTTP/2 goes to endpoints that speak it themselves; without mTLS, plain HTTP stays HTTP/1.1 between sidecars (Kuma, which
/// expects mTLS, puts all traffic between sidecars into HTTP/2).
struct OutboundCluster: Hashable {
    var tags: Tags
    var usesHTTP2: Bool
    var loadBalancer: LoadBalancer
    var origin: ResourceOrigin?

    func encoded() throws(EnvoyConfigError) -> EncodedResource {
        let name = tags.clusterName
        return try EncodedResource.encoding(.cluster, name, origin: origin) {
            var cluster = Cluster()
            cluster.name = name
            cluster.type = .eds
            cluster.edsClusterConfig.edsConfig = .aggregated
            cluster.setCommonOptions()
            cluster.set(loadBalancer)
            if usesHTTP2 { try cluster.useHTTP2() }
            return cluster
        }
    }
}

extension Cluster {
    mutating func setCommonOptions() {
        connectTimeout = .seconds(5)
        // Envoy's own limits (1024 connections, 3 retries) would answer 503 under load; limits are for policies to set.
        circuitBreakers.thresholds = [
            .with {
                $0.maxConnections = .unlimited
                $0.maxPendingRequests = .unlimited
                $0.maxRequests = .unlimited
                $0.maxRetries = .unlimited
            }
        ]
    }

    mutating func useHTTP2() throws {
        var options = HTTPProtocolOptions()
        options.explicitHTTPConfig.http2ProtocolOptions = .init()
        typedExtensionProtocolOptions["envoy.extensions.upstreams.http.v3.HttpProtocolOptions"] =
            try Google_Protobuf_Any(message: options)
    }

    /// As in Kuma, what is hashed is nothing that a TrafficRoute could name: `ringHash` and `maglev` choose as `random` does.
    fileprivate mutating func set(_ loadBalancer: LoadBalancer) {
        switch loadBalancer {
        case .roundRobin: lbPolicy = .roundRobin
        case .random: lbPolicy = .random
        case .maglev: lbPolicy = .maglev
        case .leastRequest(let choiceCount):
            lbPolicy = .leastRequest
            if let choiceCount { leastRequestLbConfig.choiceCount = Google_Protobuf_UInt32Value(choiceCount) }
        case .ringHash(let function, let minimum, let maximum):
            lbPolicy = .ringHash
            if let function { ringHashLbConfig.hashFunction = function == .xxHash ? .xxHash : .murmurHash2 }
            // Envoy's own minimum of 1024 must not exceed a maximum that is given alone.
            let minimum = minimum ?? maximum.flatMap { $0 < 1024 ? $0 : nil }
            if let minimum { ringHashLbConfig.minimumRingSize = Google_Protobuf_UInt64Value(minimum) }
            if let maximum { ringHashLbConfig.maximumRingSize = Google_Protobuf_UInt64Value(maximum) }
        }
    }
}

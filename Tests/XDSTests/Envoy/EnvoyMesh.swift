import EnvoyAPI
import SwiftProtobuf

@testable import XDS

/// One listener of a real Envoy, and the clusters that its route may lead to.
struct EnvoyMesh {
    var listenerPort: Int
    /// Ports of backends by cluster.
    var clusters: [String: Int]
    /// Weights by cluster.
    var weights: [(String, UInt32)]
    /// More resources.
    var others: [EncodedResource] = []

    static let route = ResourceOrigin(kind: "TrafficRoute", name: "canary")

    func snapshot(_ generation: UInt64) -> ProxySnapshot {
        let services = clusters.sorted { $0.key < $1.key }.flatMap {
            [Self.cluster($0.key), endpoints($0.key, $0.value)]
        }
        let resources = services + [listener, Self.route("web", weights)] + others
        return ProxySnapshot(layers: [SimulatedMesh.layer(resources)], generation: generation)
    }

    static func cluster(
        _ name: String,
        origin: ResourceOrigin? = nil,
        _ change: (inout Envoy_Config_Cluster_V3_Cluster) -> Void = { _ in }
    ) -> EncodedResource {
        var message = Envoy_Config_Cluster_V3_Cluster.with {
            $0.name = name
            $0.type = .eds
            $0.edsClusterConfig.edsConfig = SimulatedMesh.ads
            $0.connectTimeout = Google_Protobuf_Duration(seconds: 2, nanos: 0)
        }
        change(&message)
        return SimulatedMesh.encoded(.cluster, name, message, origin)
    }

    private func endpoints(_ name: String, _ port: Int) -> EncodedResource {
        let message = Envoy_Config_Endpoint_V3_ClusterLoadAssignment.with {
            $0.clusterName = name
            $0.endpoints = [
                .with {
                    $0.lbEndpoints = [.with { $0.endpoint.address = SimulatedMesh.socket("127.0.0.1", UInt32(port)) }]
                }
            ]
        }
        return SimulatedMesh.encoded(.endpoint, name, message)
    }

    private var listener: EncodedResource { Self.listener("outbound", listenerPort, route: "web") }

    static func listener(_ name: String, _ port: Int, route: String, origin: ResourceOrigin? = nil) -> EncodedResource {
        let manager = Envoy_Extensions_Filters_Network_HttpConnectionManager_V3_HttpConnectionManager.with {
            $0.statPrefix = name
            $0.rds.configSource = SimulatedMesh.ads
            $0.rds.routeConfigName = route
            $0.httpFilters = [
                .with {
                    $0.name = "envoy.filters.http.router"
                    $0.typedConfig = SimulatedMesh.packing(Envoy_Extensions_Filters_Http_Router_V3_Router())
                }
            ]
        }
        let message = Envoy_Config_Listener_V3_Listener.with {
            $0.name = name
            $0.address = SimulatedMesh.socket("127.0.0.1", UInt32(port))
            $0.filterChains = [
                .with {
                    $0.filters = [
                        .with {
                            $0.name = "envoy.filters.network.http_connection_manager"
                            $0.typedConfig = SimulatedMesh.packing(manager)
                        }
                    ]
                }
            ]
        }
        return SimulatedMesh.encoded(.listener, name, message, origin)
    }

    static func route(_ name: String, _ weights: [(String, UInt32)], origin: ResourceOrigin? = nil) -> EncodedResource {
        let message = Envoy_Config_Route_V3_RouteConfiguration.with {
            $0.name = name
            $0.validateClusters = Google_Protobuf_BoolValue(true)
            $0.virtualHosts = [
                .with {
                    $0.name = name
                    $0.domains = ["*"]
                    $0.routes = [
                        .with {
                            $0.match.prefix = "/"
                            $0.route.weightedClusters.clusters = weights.map { name, weight in
                                .with {
                                    $0.name = name
                                    $0.weight = Google_Protobuf_UInt32Value(weight)
                                }
                            }
                        }
                    ]
                }
            ]
        }
        return SimulatedMesh.encoded(.route, name, message, origin)
    }
}

import EnvoyAPI
import SwiftProtobuf

/// A mesh of services with two endpoints each, as Envoy would accept it: for each service a cluster, its endpoints, a listener and a
/// route configuration with two weighted clusters. For benchmarks and tests.
package struct SimulatedMesh: Sendable {
    package var services: Int
    /// By service: a number that is part of its endpoints' addresses.
    package var endpointChanges: [Int: Int] = [:]
    /// By service: the weight of its first cluster of 100.
    package var weights: [Int: UInt32] = [:]

    package init(services: Int) { self.services = services }

    package func cluster(_ service: Int) -> EncodedResource {
        let name = Self.clusterName(service)
        let message = Envoy_Config_Cluster_V3_Cluster.with {
            $0.name = name
            $0.type = .eds
            $0.edsClusterConfig.edsConfig = Self.ads
            $0.connectTimeout = Google_Protobuf_Duration(seconds: 5, nanos: 0)
        }
        return Self.encoded(.cluster, name, message)
    }

    package func endpoints(_ service: Int) -> EncodedResource {
        let name = Self.clusterName(service)
        let change = endpointChanges[service] ?? 0
        let message = Envoy_Config_Endpoint_V3_ClusterLoadAssignment.with {
            $0.clusterName = name
            $0.endpoints = [
                .with {
                    $0.lbEndpoints = (0..<2).map { number in
                        .with {
                            let address =
                                "10.\(service / 250 % 250).\(service % 250).\(1 + (2 * change + number) % 250)"
                            $0.endpoint.address = Self.socket(address, 8080)
                            $0.loadBalancingWeight = Google_Protobuf_UInt32Value(1)
                        }
                    }
                }
            ]
        }
        return Self.encoded(.endpoint, name, message)
    }

    package func listener(_ service: Int) -> EncodedResource {
        let name = "outbound:240.\(service / 62500).\(service / 250 % 250).\(service % 250):80"
        let manager = Envoy_Extensions_Filters_Network_HttpConnectionManager_V3_HttpConnectionManager.with {
            $0.statPrefix = Self.clusterName(service)
            $0.rds.configSource = Self.ads
            $0.rds.routeConfigName = Self.routeName(service)
            $0.httpFilters = [
                .with {
                    $0.name = "envoy.filters.http.router"
                    $0.typedConfig = Self.packing(Envoy_Extensions_Filters_Http_Router_V3_Router())
                }
            ]
        }
        let message = Envoy_Config_Listener_V3_Listener.with {
            $0.name = name
            $0.address = Self.socket("127.0.0.1", UInt32(20000 + service))
            $0.bindToPort = Google_Protobuf_BoolValue(false)
            $0.filterChains = [
                .with {
                    $0.filters = [
                        .with {
                            $0.name = "envoy.filters.network.http_connection_manager"
                            $0.typedConfig = Self.packing(manager)
                        }
                    ]
                }
            ]
        }
        return Self.encoded(.listener, name, message)
    }

    package func route(_ service: Int, origin: ResourceOrigin? = nil) -> EncodedResource {
        let weight = weights[service] ?? 50
        let other = (service + 1) % services
        let message = Envoy_Config_Route_V3_RouteConfiguration.with {
            $0.name = Self.routeName(service)
            $0.validateClusters = Google_Protobuf_BoolValue(true)
            $0.virtualHosts = [
                .with {
                    $0.name = Self.clusterName(service)
                    $0.domains = ["*"]
                    $0.routes = [
                        .with {
                            $0.match.prefix = "/"
                            $0.route.weightedClusters.clusters = [(service, weight), (other, 100 - weight)].map {
                                part in
                                .with {
                                    $0.name = Self.clusterName(part.0)
                                    $0.weight = Google_Protobuf_UInt32Value(part.1)
                                }
                            }
                        }
                    ]
                }
            ]
        }
        return Self.encoded(.route, Self.routeName(service), message, origin)
    }

    /// All resources. What did not change keeps its identity if it is made from the earlier ones by ``layer(changing:in:)``.
    package func resources() -> [EncodedResource] {
        (0..<services).flatMap { [cluster($0), endpoints($0), listener($0), route($0)] }
    }

    package static func clusterName(_ service: Int) -> String { "service-\(service)_demo_svc_80-a1b2c3d4e5f60718" }

    package static func routeName(_ service: Int) -> String { "outbound:service-\(service)_demo_svc_80" }

    package static func layer(_ resources: [EncodedResource]) -> ResourceLayer {
        var entries: [ResourceType: [String: ResourceLayer.Entry]] = [:]
        for resource in resources { entries[resource.type, default: [:]][resource.name] = .resource(resource) }
        return ResourceLayer(entries)
    }

    /// The layer with one resource more, or another one of its name.
    package static func layer(_ layer: ResourceLayer, with resource: EncodedResource) -> ResourceLayer {
        var entries: [ResourceType: [String: ResourceLayer.Entry]] = [:]
        for type in ResourceType.allCases { entries[type] = layer.entries(of: type) }
        entries[resource.type, default: [:]][resource.name] = .resource(resource)
        return ResourceLayer(entries)
    }

    package static func encoded(
        _ type: ResourceType,
        _ name: String,
        _ message: some Message,
        _ origin: ResourceOrigin? = nil
    ) -> EncodedResource {
        var options = BinaryEncodingOptions()
        options.useDeterministicOrdering = true
        // What these messages hold can always be encoded.
        let bytes: [UInt8] = (try? message.serializedBytes(partial: true, options: options)) ?? []
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        let version = String(hash, radix: 16)
        return EncodedResource(type: type, name: name, version: version, message: bytes, origin: origin)
    }

    /// Over the same stream.
    package static let ads = Envoy_Config_Core_V3_ConfigSource.with {
        $0.ads = Envoy_Config_Core_V3_AggregatedConfigSource()
        $0.resourceApiVersion = .v3
    }

    package static func socket(_ address: String, _ port: UInt32) -> Envoy_Config_Core_V3_Address {
        .with {
            $0.socketAddress.address = address
            $0.socketAddress.portValue = port
        }
    }

    package static func packing(_ message: some Message) -> Google_Protobuf_Any {
        .with {
            $0.typeURL = "type.googleapis.com/" + type(of: message).protoMessageName
            $0.value = (try? message.serializedData(partial: true)) ?? $0.value
        }
    }
}

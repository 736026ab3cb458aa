import EnvoyAPI
import EnvoyConfig
import JSON
import SwiftProtobuf

/// What a real Envoy says it has, in the words of ``EnvoyConfig/EncodedResource``'s JSON.
struct EnvoyDump: Hashable {
    /// By type and name. Of endpoints Envoy tells what it made of them, so that addresses are all that can be compared.
    private(set) var resources: [ResourceID: JSONValue] = [:]

    /// Nothing.
    init() {}

    /// What such a dump would be for a snapshot.
    init(expecting snapshot: ProxySnapshot) throws {
        for resource in snapshot.resources {
            resources[ResourceID(type: resource.type, name: resource.name)] = try Self.comparable(resource)
        }
    }

    /// - Parameter dump: of `/config_dump?include_eds`.
    init(parsing dump: JSONValue) throws {
        for config in dump["configs"]?.arrayValue ?? [] {
            for (list, type, path) in Self.places {
                for entry in config[list]?.arrayValue ?? [] {
                    guard var value = entry[path: path] else { continue }
                    value["@type"] = nil
                    let (message, name) = try Self.message(type, value)
                    resources[ResourceID(type: type, name: name)] = message
                }
            }
        }
        let named = Set(resources.filter { $0.key.type == .listener }.values.flatMap(Self.routeNames))
        resources = resources.filter { id, _ in
            switch id.type {
            // Envoy tells the endpoints of its other clusters as well.
            case .endpoint: resources[ResourceID(type: .cluster, name: id.name)]?["type"] == "EDS"
            // And goes on having the routes of listeners that were replaced while their connections drain.
            case .route: named.contains(id.name)
            default: true
            }
        }
    }

    /// The routes that a listener fetches.
    private static func routeNames(in value: JSONValue) -> [String] {
        switch value {
        case .object(let members):
            members.flatMap { name, member in
                name == "routeConfigName" ? [text(member)] : routeNames(in: member)
            }
        case .array(let elements): elements.flatMap(routeNames)
        default: []
        }
    }

    private static let places: [(list: String, ResourceType, path: [String])] = [
        ("dynamic_active_clusters", .cluster, ["cluster"]),
        ("dynamic_endpoint_configs", .endpoint, ["endpoint_config"]),
        ("dynamic_listeners", .listener, ["active_state", "listener"]),
        ("dynamic_route_configs", .route, ["route_config"]),
    ]

    static func comparable(_ resource: EncodedResource) throws -> JSONValue {
        let value = try resource.json()
        return resource.type == .endpoint ? addresses(of: value) : value
    }

    /// Reads Envoy's names and writes those of ours.
    private static func message(_ type: ResourceType, _ value: JSONValue) throws -> (JSONValue, name: String) {
        switch type {
        case .cluster: return (try rewritten(value, as: Envoy_Config_Cluster_V3_Cluster.self), text(value["name"]))
        case .endpoint:
            let assignment = try rewritten(value, as: Envoy_Config_Endpoint_V3_ClusterLoadAssignment.self)
            return (addresses(of: assignment), text(value["cluster_name"]))
        case .listener: return (try rewritten(value, as: Envoy_Config_Listener_V3_Listener.self), text(value["name"]))
        case .route:
            return (try rewritten(value, as: Envoy_Config_Route_V3_RouteConfiguration.self), text(value["name"]))
        case .secret:
            let type = Envoy_Extensions_TransportSockets_Tls_V3_Secret.self
            return (try rewritten(value, as: type), text(value["name"]))
        }
    }

    private static func text(_ value: JSONValue?) -> String { value?.stringValue ?? "" }

    private static func rewritten<Body: Message>(_ value: JSONValue, as _: Body.Type) throws -> JSONValue {
        EnvoyTypes.register()
        // What stands in an `Any` is read only on the way to bytes.
        let bytes: [UInt8] = try Body(jsonUTF8Bytes: value.encoded()).serializedBytes()
        return try JSONValue(parsing: try Body(serializedBytes: bytes).jsonUTF8Bytes() as [UInt8])
    }

    private static func addresses(of assignment: JSONValue) -> JSONValue {
        let endpoints = (assignment["endpoints"]?.arrayValue ?? []).flatMap { $0["lbEndpoints"]?.arrayValue ?? [] }
        return .strings(
            endpoints.compactMap { endpoint -> String? in
                let address = endpoint[path: "endpoint", "address", "socketAddress"]
                guard let host = address?["address"]?.stringValue, let port = address?["portValue"]?.intValue else {
                    return nil
                }
                return "\(host):\(port)"
            }.sorted()
        )
    }
}

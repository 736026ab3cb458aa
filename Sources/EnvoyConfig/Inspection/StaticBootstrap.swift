import EnvoyAPI
import JSON
import SwiftProtobuf

/// All that one proxy is to have as one file, for `envoy --mode validate`: endpoints stand in their clusters and routes in their listeners,
/// since what is fetched is not checked.
package struct StaticBootstrap {
    private let bootstrap: Bootstrap

    /// - Throws: What does not decode.
    package init(_ snapshot: ProxySnapshot) throws(EnvoyConfigError) {
        var bootstrap = Bootstrap()
        bootstrap.node.id = "validate"
        bootstrap.node.cluster = "validate"
        for resource in snapshot.resources(of: .cluster) {
            bootstrap.staticResources.clusters.append(try Self.cluster(resource, snapshot))
        }
        for resource in snapshot.resources(of: .listener) {
            bootstrap.staticResources.listeners.append(try Self.listener(resource, snapshot))
        }
        for resource in snapshot.resources(of: .secret) {
            bootstrap.staticResources.secrets.append(try resource.decoded(as: Secret.self))
        }
        self.bootstrap = bootstrap
    }

    /// - Throws: What JSON cannot say.
    package func json() throws(EnvoyConfigError) -> JSONValue {
        EnvoyTypes.register()
        do {
            let bytes: [UInt8] = try bootstrap.jsonUTF8Bytes(options: JSONEncodingOptions())
            return try JSONValue(parsing: bytes)
        } catch {
            throw EnvoyConfigError(verb: .write, type: .cluster, name: "bootstrap", message: "\(error)")
        }
    }

    private static func cluster(_ resource: EncodedResource, _ snapshot: ProxySnapshot) throws(EnvoyConfigError)
        -> Cluster
    {
        var cluster = try resource.decoded(as: Cluster.self)
        guard cluster.type == .eds else { return cluster }
        let name = cluster.edsClusterConfig.serviceName.isEmpty ? cluster.name : cluster.edsClusterConfig.serviceName
        cluster.clearEdsClusterConfig()
        cluster.type = .static
        cluster.loadAssignment.clusterName = name
        if let endpoints = snapshot.resource(.endpoint, name) {
            cluster.loadAssignment = try endpoints.decoded(as: ClusterLoadAssignment.self)
        }
        return cluster
    }

    private static func listener(
        _ resource: EncodedResource,
        _ snapshot: ProxySnapshot
    ) throws(EnvoyConfigError) -> Listener {
        var listener = try resource.decoded(as: Listener.self)
        for chain in listener.filterChains.indices {
            for filter in listener.filterChains[chain].filters.indices {
                let configuration = listener.filterChains[chain].filters[filter].typedConfig
                guard configuration.isA(HTTPConnectionManager.self) else { continue }
                do {
                    var manager = try HTTPConnectionManager(unpackingAny: configuration)
                    let name = manager.rds.routeConfigName
                    guard !name.isEmpty, let routes = snapshot.resource(.route, name) else { continue }
                    manager.routeConfig = try routes.decoded(as: RouteConfiguration.self)
                    listener.filterChains[chain].filters[filter].typedConfig = try Google_Protobuf_Any(message: manager)
                } catch let error as EnvoyConfigError {
                    throw error
                } catch {
                    throw EnvoyConfigError(verb: .decode, type: .listener, name: listener.name, message: "\(error)")
                }
            }
        }
        return listener
    }
}

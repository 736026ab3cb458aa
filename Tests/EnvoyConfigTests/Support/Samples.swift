import Dataplanes
import EnvoyAPI
import EnvoyConfig
import JSON
import KubeModel
import Testing
import TrafficPolicy

/// A mesh with one caller, for tests of single resources.
enum Samples {
    static let web = "web_shop_svc_80"

    static func service(
        _ name: String = web,
        _ trafficProtocol: TrafficProtocol = .tcp,
        addresses: [ServiceAddress] = [ServiceAddress(address: "10.1.0.1", port: 80)],
        versions: [String] = ["v1", "v2"]
    ) -> MeshService {
        MeshService(
            name: name,
            mesh: "default",
            trafficProtocol: trafficProtocol,
            addresses: addresses,
            endpoints: versions.enumerated().map { index, version in
                Endpoint(address: "10.2.0.\(index + 1)", port: 8080, tags: [TagName.service: name, "version": version])
            }
        )
    }

    static let key = ObjectKey(namespace: "shop", name: "caller")

    static func dataplane(_ key: ObjectKey = key, address: String = "10.2.9.9", _ inbounds: Inbound...) -> Dataplane {
        Dataplane(key: key, uid: UID("uid"), mesh: "default", address: address, inbounds: inbounds)
    }

    static func destination(_ service: String = web, version: String? = nil, weight: UInt32 = 1) -> WeightedDestination
    {
        var tags = [TagName.service: service]
        tags["version"] = version
        return WeightedDestination(tags: Tags(tags), weight: weight)
    }

    /// 90/10, decided by the TrafficRoute `canary`.
    static let canary = ServiceRoute(
        origin: "canary",
        split: [destination(version: "v1", weight: 90), destination(version: "v2", weight: 10)]
    )

    /// What the caller has in such a mesh.
    static func snapshot(
        _ services: [MeshService],
        _ routes: [String: ServiceRoute] = [:],
        _ dataplane: Dataplane = dataplane(),
        _ settings: MeshSettings = MeshSettings(mesh: "default")
    ) throws -> ProxySnapshot {
        var compiler = MeshCompiler(settings: settings)
        let update = try compiler.apply(
            MeshChange(
                services: Dictionary(uniqueKeysWithValues: services.map { ($0.name, $0) }),
                dataplanes: [dataplane.key: dataplane],
                views: [dataplane.key: RouteView(decided: routes)]
            )
        )
        return try #require(update.snapshots[dataplane.key])
    }
}

extension ProxySnapshot {
    /// A resource as it would be shown.
    func json(_ type: ResourceType, _ name: String, at location: SourceLocation = #_sourceLocation) throws -> JSONValue
    {
        try #require(resource(type, name), "no \(type) \(name)", sourceLocation: location).json()
    }

    func names(of type: ResourceType) -> [String] { resources(of: type).map(\.name) }
}

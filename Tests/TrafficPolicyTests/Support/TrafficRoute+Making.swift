import Dataplanes
import JSON
import KubeModel
import SwiftletAPI

let web = "web_shop_svc_80"
let api = "api_shop_svc_8080"
let db = "db_shop_svc_5432"

extension TrafficRoute {
    /// A valid route; times are seconds.
    static func make(
        _ name: String,
        from sources: [[String: String]] = [["kuma.io/service": "*"]],
        to destinations: [String] = ["*"],
        conf: TrafficRouteConf = TrafficRouteConf(destination: ["kuma.io/service": "*"]),
        createdAt time: Int64? = 0,
        mesh: String = "default"
    ) -> TrafficRoute {
        var metadata = ObjectMeta(key: ObjectKey(namespace: "", name: name))
        metadata.creationTimestamp = time.map(Timestamp.init(secondsSinceEpoch:))
        return TrafficRoute(
            metadata: metadata,
            mesh: mesh,
            spec: TrafficRouteSpec(
                sources: sources.map(TrafficRouteSource.init),
                destinations: destinations.map { TrafficRouteDestination(match: ["kuma.io/service": $0]) },
                conf: conf
            )
        )
    }
}

extension TrafficRouteConf {
    /// Shares by version of the service that is called.
    static func versions(_ weights: KeyValuePairs<String, Int64>, http: [TrafficRouteHTTP] = []) -> TrafficRouteConf {
        TrafficRouteConf(
            split: weights.map { .init(weight: $0.value, destination: ["kuma.io/service": "*", "version": $0.key]) },
            http: http
        )
    }
}

extension MeshService {
    /// A service with an endpoint for each of these versions; no tag for an empty one.
    static func make(
        _ name: String,
        _ trafficProtocol: TrafficProtocol = .http,
        versions: [String] = [],
        mesh: String = "default"
    ) -> MeshService {
        MeshService(
            name: name,
            mesh: mesh,
            trafficProtocol: trafficProtocol,
            addresses: [],
            endpoints: versions.enumerated().map { index, version in
                var tags = ["kuma.io/service": name]
                if !version.isEmpty { tags["version"] = version }
                return Endpoint(address: "10.0.0.\(index + 1)", port: 80, tags: Tags(tags))
            }
        )
    }
}

extension Dataplane {
    /// A pod whose inbounds have these tags.
    static func make(
        _ inbounds: [[String: String]],
        state: Inbound.State = .ready,
        gateway: [String: String]? = nil,
        mesh: String = "default"
    ) -> Dataplane {
        Dataplane(
            key: ObjectKey(namespace: "shop", name: "pod"),
            uid: UID("u"),
            mesh: mesh,
            address: "10.0.0.1",
            inbounds: inbounds.map { Inbound(port: 80, tags: Tags($0), state: state) },
            gateway: gateway.map(Tags.init)
        )
    }
}

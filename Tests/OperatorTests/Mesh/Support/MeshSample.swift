import Dataplanes
import Injection
import JSON
import KubeModel
import SwiftletAPI
import XDS

@testable import Operator

/// Objects of a small mesh, as the API server would send them.
enum MeshSample {
    /// A pod with a sidecar behind the Service of its app.
    static func pod(
        _ name: String,
        app: String = "web",
        namespace: String = "shop",
        mesh: String? = nil,
        version: String? = nil,
        address: String = "10.1.0.1",
        resourceVersion: UInt64 = 1,
        isInjected: Bool = true,
        uid: String? = nil
    ) throws -> Pod {
        let more = [("kuma.io/mesh", mesh), ("version", version)].compactMap { key, value in value.map { (key, $0) } }
        return try read([
            "metadata": [
                "name": .string(name), "namespace": .string(namespace), "uid": .string(uid ?? "uid-of-\(name)"),
                "resourceVersion": .string("\(resourceVersion)"),
                "labels": .strings(["app": app].merging(more) { $1 }),
                "annotations": .strings(isInjected ? [MeshMarks.injected: "true"] : [:]),
            ],
            "spec": ["containers": [["name": "app", "ports": [["containerPort": 8080]]]]],
            "status": [
                "phase": "Running", "podIP": .string(address),
                "containerStatuses": [["name": "app", "ready": true]],
            ],
        ])
    }

    static func service(_ name: String, namespace: String = "shop", address: String = "10.0.0.1") throws -> KubeService
    {
        try read([
            "metadata": [
                "name": .string(name), "namespace": .string(namespace),
                "annotations": ["80.service.kuma.io/protocol": "http"],
            ],
            "spec": [
                "type": "ClusterIP", "selector": ["app": .string(name)],
                "ports": [["port": 80, "targetPort": 8080]], "clusterIPs": [.string(address)],
            ],
        ])
    }

    static func namespace(
        _ name: String = "shop",
        labels: [String: String] = [:],
        annotations: [String: String] = [:]
    ) throws -> Namespace {
        try read([
            "metadata": ["name": .string(name), "labels": .strings(labels), "annotations": .strings(annotations)]
        ])
    }

    static func mesh(
        _ name: String = "default",
        passthrough: Bool = true,
        generation: Int64 = 1,
        version: UInt64 = 1
    ) -> Mesh {
        var metadata = ObjectMeta(key: ObjectKey(namespace: "", name: name))
        metadata.generation = generation
        metadata.resourceVersion = ResourceVersion(version)
        var spec = MeshSpec()
        spec.networking = NetworkingSection(outbound: OutboundSection(passthrough: passthrough))
        return Mesh(metadata: metadata, spec: spec)
    }

    /// All traffic to a service goes to one version of it.
    static func route(
        _ name: String,
        to service: String = "web_shop_svc_80",
        version: String = "v1",
        mesh: String = "default",
        generation: Int64 = 1
    ) -> TrafficRoute {
        var metadata = ObjectMeta(key: ObjectKey(namespace: "", name: name))
        metadata.generation = generation
        metadata.resourceVersion = ResourceVersion(UInt64(generation))
        return TrafficRoute(
            metadata: metadata,
            mesh: mesh,
            spec: TrafficRouteSpec(
                sources: [TrafficRouteSource(match: ["kuma.io/service": "*"])],
                destinations: [TrafficRouteDestination(match: ["kuma.io/service": service])],
                conf: TrafficRouteConf(destination: ["kuma.io/service": service, "version": version])
            )
        )
    }

    /// Without sources, as a server may have stored it before it knew the schema.
    static func invalidRoute(_ name: String) -> TrafficRoute {
        var route = route(name)
        route.spec.sources = []
        return route
    }

    static var injector: SidecarInjector {
        SidecarInjector(
            InjectorConfiguration(
                sidecarImage: "envoy",
                initImage: "swiftlet",
                controlPlane: ControlPlaneEndpoint(host: "swiftlet", port: 5678, certificateAuthority: "PEM"),
                usesNativeSidecars: true
            )
        )
    }

    static func read<Object: WireObject>(_ value: JSONValue) throws -> Object {
        var reader = JSONReader(value.encoded())
        return try Object(json: &reader)
    }
}

extension ProxyID {
    /// A pod of the namespace `shop`.
    static func shop(_ pod: String, mesh: String = "default") -> ProxyID {
        ProxyID(mesh: mesh, namespace: "shop", name: pod)
    }
}

extension ProxyDelivery {
    /// Of a connected proxy.
    init(published: UInt64?, acknowledged: UInt64?, rejections: [PushRejection] = []) {
        self.init()
        isConnected = true
        self.published = published
        self.acknowledged = acknowledged
        self.rejections = rejections
    }
}

import JSON
import KubeModel
import Operator

/// The objects of a small cluster with a mesh.
struct MeshScene {
    private(set) var objects: [DynamicObject] = []

    var state: ManifestState { ManifestState(objects) }

    /// One caller, `caller`, and the service `web` with two pods of v1 and one of v2.
    static func shop(appProtocol: String? = "http") -> MeshScene {
        var scene = MeshScene()
        scene.add(mesh: "default")
        scene.add(namespace: "shop", labels: ["kuma.io/sidecar-injection": "enabled"])
        scene.add(service: "caller", address: "10.1.0.1", appProtocol: nil)
        scene.add(service: "web", address: "10.1.0.2", appProtocol: appProtocol)
        scene.add(pod: "caller-1", labels: ["app": "caller"], address: "10.2.0.1")
        scene.add(pod: "web-1", labels: ["app": "web", "version": "v1"], address: "10.2.0.2")
        scene.add(pod: "web-2", labels: ["app": "web", "version": "v1"], address: "10.2.0.3")
        scene.add(pod: "web-3", labels: ["app": "web", "version": "v2"], address: "10.2.0.4")
        return scene
    }

    static let caller = "caller_shop_svc_80"
    static let web = "web_shop_svc_80"

    mutating func add(_ value: JSONValue) { objects.append(DynamicObject(value)) }

    mutating func add(mesh: String) {
        add(["apiVersion": "kuma.io/v1alpha1", "kind": "Mesh", "metadata": ["name": .string(mesh)], "spec": [:]])
    }

    mutating func add(namespace: String, labels: [String: String] = [:]) {
        add([
            "apiVersion": "v1", "kind": "Namespace",
            "metadata": ["name": .string(namespace), "labels": .strings(labels)],
        ])
    }

    /// Port 80 to 8080 of the pods with the label `app` of its name.
    mutating func add(service: String, address: String, appProtocol: String?) {
        add([
            "apiVersion": "v1", "kind": "Service",
            "metadata": ["name": .string(service), "namespace": "shop"],
            "spec": [
                "clusterIP": .string(address), "clusterIPs": [.string(address)],
                "selector": ["app": .string(service)],
                "ports": [
                    .compact(["port": 80, "targetPort": 8080, "appProtocol": appProtocol.map { .string($0) }])
                ],
            ],
        ])
    }

    mutating func add(
        pod: String,
        labels: [String: String],
        address: String,
        hasSidecar: Bool = true,
        isReady: Bool = true
    ) {
        var statuses: [JSONValue] = [["name": "main", "ready": .bool(isReady)]]
        if hasSidecar { statuses.append(["name": "kuma-sidecar", "ready": true]) }
        add([
            "apiVersion": "v1", "kind": "Pod",
            "metadata": [
                "name": .string(pod), "namespace": "shop", "uid": .string("uid-of-\(pod)"), "labels": .strings(labels),
                "annotations": .strings(hasSidecar ? ["kuma.io/sidecar-injected": "true"] : [:]),
            ],
            "spec": ["containers": [["name": "main", "ports": [["containerPort": 8080]]]]],
            "status": [
                "phase": "Running", "podIP": .string(address), "containerStatuses": .array(statuses),
            ],
        ])
    }

    /// Stored, as by somebody before.
    mutating func add(route: String, at time: String = "2025-01-01T00:00:00Z") throws {
        for manifest in try Self.manifests(route) {
            var object = manifest.object
            object.value[path: "metadata", "creationTimestamp"] = .string(time)
            object.value[path: "metadata", "uid"] = .string("uid-of-\(object.name)")
            objects.append(object)
        }
    }

    static func manifests(_ text: String) throws -> [Manifest] {
        try ManifestLoader(defaultNamespace: "default", standardInput: { Array(text.utf8) }).load(["-"])
    }

    func report(_ manifests: String, deleting deleted: [String] = []) async throws -> MeshReport? {
        try await MeshDryRun(state: state).report(
            on: manifests.isEmpty ? [] : Self.manifests(manifests),
            deleting: deleted.map {
                ObjectIdentity(
                    groupKind: GroupKind(group: "kuma.io", kind: "TrafficRoute"),
                    key: ObjectKey(namespace: "", name: $0)
                )
            }
        )
    }

    /// A TrafficRoute from the caller to the web service.
    static func canary(_ first: Int, _ second: Int, name: String = "canary", source: String = caller) -> String {
        """
        apiVersion: kuma.io/v1alpha1
        kind: TrafficRoute
        mesh: default
        metadata: {name: \(name)}
        spec:
          sources: [{match: {kuma.io/service: "\(source)"}}]
          destinations: [{match: {kuma.io/service: \(web)}}]
          conf:
            split:
            - {weight: \(first), destination: {kuma.io/service: \(web), version: v1}}
            - {weight: \(second), destination: {kuma.io/service: \(web), version: v2}}
        """
    }
}

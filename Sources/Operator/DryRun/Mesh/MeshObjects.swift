import Dataplanes
import EnvoyConfig
import JSON
import KubeClient
import KubeModel
import SwiftletAPI

/// The objects of a cluster that its meshes follow from, at one moment.
package struct MeshObjects: Sendable {
    package var namespaces: [Namespace] = []
    var nodes: [NodeLabels] = []
    package var services: [KubeService] = []
    /// Those that no part of Kubernetes keeps: of Services without a selector.
    package var slices: [EndpointSlice] = []
    package var pods: [Pod] = []
    package var meshes: [Mesh] = []
    package var routes: [TrafficRoute] = []
    /// Of pods that share the address of their node, and so never get a sidecar.
    var hostNetworkPods: Set<ObjectKey> = []
    /// Pods that nobody has seen: workloads of files would run them.
    var assumedPods: Set<ObjectKey> = []
    /// What is missing here and why, for people.
    package var notes: [String] = []

    package init() {}

    /// Pods that are asked to have a sidecar, by themselves or by their Namespace, and have none.
    package var podsWithoutSidecar: [ObjectKey] {
        let namespaces = Dictionary(namespaces.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
        return pods.filter { pod in
            !pod.hasSidecar && !hostNetworkPods.contains(pod.key) && pod.phase != .succeeded && pod.phase != .failed
                && SidecarWish.isForSidecar(pod, in: namespaces[pod.namespace])
        }.map(\.key).sorted()
    }

    /// Tells of ``podsWithoutSidecar``; `nil` when there are none.
    package var missingSidecarNote: String? {
        let pods = podsWithoutSidecar
        guard !pods.isEmpty else { return nil }
        let subject =
            pods.count == 1
            ? "1 pod that is to have a sidecar has none and does not count"
            : "\(pods.count) pods that are to have a sidecar have none and do not count"
        let names = pods.prefix(3).map(\.description).joined(separator: ", ")
        return "\(subject): \(names)\(pods.count > 3 ? ", ..." : "")"
    }

    /// All meshes of the cluster, worked out as the operator does.
    ///
    /// - Throws: as ``MeshWorld/step()``.
    func world(_ options: DataplaneOptions) throws(EnvoyConfigError) -> MeshWorld {
        var world = MeshWorld(options: options)
        for namespace in namespaces { world.put(.namespace(namespace)) }
        for node in nodes { world.put(.node(node.key.name, labels: node.labels)) }
        for service in services { world.put(.service(service)) }
        for slice in slices { world.put(.slice(slice)) }
        for pod in pods { world.put(.pod(pod)) }
        for mesh in meshes { world.put(.mesh(mesh)) }
        for route in routes { world.put(.route(route)) }
        _ = try world.step()
        return world
    }

    /// Adds the Mesh `default` if there is none at all, as the operator does when it starts.
    package mutating func assumeDefaultMesh() {
        guard meshes.isEmpty else { return }
        meshes = [Self.emptyMesh(Mesh.defaultName)]
        notes.append("there is no Mesh: the Mesh \(Mesh.defaultName), which the operator makes, is taken as present")
    }

    /// Adds the meshes that pods and TrafficRoutes name if there is none at all, as where files tell of nothing else.
    package mutating func assumeNamedMeshes() {
        guard meshes.isEmpty else { return }
        let namespaces = Dictionary(namespaces.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
        let names = pods.map { pod in
            MeshMarks.mesh(of: pod, in: namespaces[pod.namespace], otherwise: Mesh.defaultName)
        }
        meshes = Set(names + routes.map(\.mesh)).sorted().map(Self.emptyMesh)
    }

    private static func emptyMesh(_ name: String) -> Mesh {
        Mesh(metadata: ObjectMeta(key: ObjectKey(namespace: "", name: name)))
    }
}

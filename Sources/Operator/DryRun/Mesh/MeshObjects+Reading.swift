import JSON
import KubeClient
import KubeModel
import SwiftletAPI

extension MeshObjects {
    /// Reads everything, and of files what their workloads would run (``AssumedWorkloads``). What the user may not list, what is not installed and what cannot be decoded is left out with a note.
    ///
    /// - Parameters:
    ///   - served: what the cluster serves; `nil` for files, which may hold anything.
    ///   - fallback: the namespace whose pods and Services are read when those of all may not be listed.
    /// - Throws: ``KubeError`` when the cluster cannot be read at all.
    package static func read(
        from state: any ClusterState,
        served: ServedResources? = nil,
        fallback: String? = nil
    ) async throws -> MeshObjects {
        // Files have what somebody wrote; a cluster has the pods of its workloads.
        let assumed = served == nil ? try await AssumedWorkloads.inFiles(state) : nil
        let present = assumed.map { LayeredState(ManifestState($0.objects), over: state) as any ClusterState } ?? state
        var reader = MeshObjectReader(state: present, served: served, fallback: fallback)
        var objects = MeshObjects()
        objects.meshes = try await reader.read(Mesh.resource, as: Mesh.self)
        objects.routes = try await reader.read(TrafficRoute.resource, as: TrafficRoute.self)
        objects.namespaces = try await reader.read(.namespaces, as: Namespace.self)
        objects.nodes = try await reader.read(.nodes, as: NodeLabels.self)
        objects.services = try await reader.read(.services, as: KubeService.self)
        // Clusters too old for them have none to tell of.
        if let slices = reader.endpointSlices {
            objects.slices = try await reader.read(slices, as: EndpointSlice.self, matching: EndpointSlice.keptByOthers)
        }
        var hostNetworkPods: Set<ObjectKey> = []
        objects.pods = try await reader.read(.pods, as: Pod.self) { object in
            if object.value[path: "spec", "hostNetwork"] == true { hostNetworkPods.insert(object.key) }
        }
        objects.hostNetworkPods = hostNetworkPods
        objects.assumedPods = Set((assumed?.objects ?? []).filter { $0.kind == "Pod" }.map(\.key))
        objects.notes = (assumed?.notes ?? []) + reader.notes
        return objects
    }
}

/// Reads kinds one by one, and notes what it could not read.
private struct MeshObjectReader {
    let state: any ClusterState
    let served: ServedResources?
    let fallback: String?
    var notes: [String] = []

    init(state: any ClusterState, served: ServedResources?, fallback: String?) {
        self.state = state
        self.served = served
        self.fallback = fallback
    }

    /// In a version that is served; `nil` where none is.
    var endpointSlices: APIResource? {
        guard let served else { return .endpointSlices }
        return served.preferred(for: APIResource.endpointSlices.groupKind, among: ["v1", "v1beta1"])
    }

    mutating func read<Object: WireObject>(
        _ resource: APIResource,
        as _: Object.Type,
        matching selector: LabelSelector = LabelSelector(),
        _ look: (DynamicObject) -> Void = { _ in }
    ) async throws -> [Object] {
        if let served, !served.contains(resource.groupVersionKind) {
            notes.append(
                "\(resource) are not installed in the cluster (`swiftlet crds` prints what is): there are none"
            )
            return []
        }
        return try await list(resource, selector).compactMap { object in
            look(object)
            do {
                var reader = JSONReader(object.value.encoded())
                return try Object(json: &reader)
            } catch {
                notes.append("\(resource) \(object.key) cannot be read and is left out: \(error)")
                return nil
            }
        }
    }

    private mutating func list(_ resource: APIResource, _ selector: LabelSelector) async throws -> [DynamicObject] {
        if let all = try await state.objects(resource, namespace: nil, matching: selector) { return all }
        if let fallback, resource.isNamespaced,
            let some = try await state.objects(resource, namespace: fallback, matching: selector)
        {
            notes.append("you may not list the \(resource) of all namespaces: only those of \(fallback) count")
            return some
        }
        // Files without any are no refusal.
        if served != nil { notes.append("you may not list \(resource): they are taken as if there were none") }
        return []
    }
}

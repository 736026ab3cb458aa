import KubeModel
import WebServers

/// A cluster after some manifests were applied to it: their objects stand before those of the cluster.
package struct LayeredState: ClusterState {
    private let upper: ManifestState
    private let lower: any ClusterState

    package init(_ upper: ManifestState, over lower: any ClusterState) {
        self.upper = upper
        self.lower = lower
    }

    package func object(_ resource: APIResource, _ key: ObjectKey) async throws -> DynamicObject? {
        if let object = await upper.object(resource, key) { return object }
        return try await lower.object(resource, key)
    }

    package func objects(
        _ resource: APIResource,
        namespace: String?,
        matching selector: LabelSelector
    ) async throws -> [DynamicObject]? {
        let added = await upper.objects(resource, namespace: namespace, matching: selector) ?? []
        guard let present = try await lower.objects(resource, namespace: namespace, matching: selector) else {
            return added.isEmpty ? nil : added
        }
        let replaced = Set(added.map(\.key))
        return present.filter { !replaced.contains($0.key) } + added
    }

    package func servedKinds() async throws -> ServedKinds { try await lower.servedKinds() }
}

import JSON
import KubeModel
import WebServers

/// A cluster as files describe it: it has these objects and no others, and serves what a current Kubernetes serves.
package struct ManifestState: ClusterState {
    private let objects: [ObjectIdentity: DynamicObject]

    /// - Parameter objects: the later one of two with the same identity counts.
    package init(_ objects: [DynamicObject]) {
        self.objects = Dictionary(objects.map { ($0.identity, $0) }, uniquingKeysWith: { $1 })
    }

    package func object(_ resource: APIResource, _ key: ObjectKey) async -> DynamicObject? {
        objects[ObjectIdentity(groupKind: resource.groupKind, key: key)]
    }

    package func objects(
        _ resource: APIResource,
        namespace: String?,
        matching selector: LabelSelector
    ) async -> [DynamicObject]? {
        objects.values
            .filter { object in
                object.groupVersionKind.groupKind == resource.groupKind
                    && (namespace == nil || object.namespace == namespace)
                    && selector.matches(object.labels)
            }
            .sorted { $0.key < $1.key }
    }

    package func servedKinds() async -> ServedKinds { .current }
}

extension DynamicObject {
    /// The labels that are text, as all of a stored object are.
    package var labels: [String: String] {
        (value[path: "metadata", "labels"]?.objectValue ?? [:]).compactMapValues(\.stringValue)
    }

    /// The annotations that are text, as all of a stored object are.
    package var annotations: [String: String] {
        (value[path: "metadata", "annotations"]?.objectValue ?? [:]).compactMapValues(\.stringValue)
    }
}

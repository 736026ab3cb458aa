import KubeModel
import WebServers

/// The objects of a cluster, wherever they are read from.
package protocol ClusterState: Sendable {
    /// One object with everything that is known of it; `nil` when there is none.
    func object(_ resource: APIResource, _ key: ObjectKey) async throws -> DynamicObject?

    /// The objects of a namespace (or of all, or the cluster-scoped ones) that match; `nil` when they cannot be read.
    func objects(_ resource: APIResource, namespace: String?, matching selector: LabelSelector) async throws
        -> [DynamicObject]?

    /// The optional kinds that the cluster has.
    func servedKinds() async throws -> ServedKinds
}

import EnvoyAPI
import KubeModel

/// What follows from a ``MeshChange``.
package struct MeshUpdate: Sendable {
    /// Of the mesh after the change; the same as before if nothing follows from it.
    package var generation: UInt64
    /// Of the dataplanes whose configuration is not what it was.
    package var snapshots: [ObjectKey: ProxySnapshot]
    /// Dataplanes that are gone.
    package var removed: Set<ObjectKey>
}

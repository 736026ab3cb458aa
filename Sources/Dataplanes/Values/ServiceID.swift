/// Names a ``MeshService``: one Service's port may be a destination in several meshes.
package struct ServiceID: Hashable, Sendable, CustomStringConvertible {
    package var mesh: String
    /// `kuma.io/service`.
    package var name: String

    package init(mesh: String, name: String) {
        self.mesh = mesh
        self.name = name
    }

    package var description: String { "\(mesh)/\(name)" }
}

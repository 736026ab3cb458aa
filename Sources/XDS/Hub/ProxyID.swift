/// A proxy, as its node id names it: `<mesh>.<pod>.<namespace>`.
package struct ProxyID: Hashable, Sendable, Comparable, CustomStringConvertible {
    package var mesh: String
    package var namespace: String
    /// Of the pod.
    package var name: String

    package init(mesh: String, namespace: String, name: String) {
        self.mesh = mesh
        self.namespace = namespace
        self.name = name
    }

    /// Names of meshes and namespaces hold no dots; those of pods may.
    ///
    /// - Returns: `nil` when a part is missing.
    package init?(nodeID: String) {
        guard let first = nodeID.firstIndex(of: "."), let last = nodeID.lastIndex(of: "."), first < last else {
            return nil
        }
        self.init(
            mesh: String(nodeID[..<first]),
            namespace: String(nodeID[nodeID.index(after: last)...]),
            name: String(nodeID[nodeID.index(after: first)..<last])
        )
        guard !mesh.isEmpty, !namespace.isEmpty, !name.isEmpty else { return nil }
    }

    /// The node id.
    package var description: String { "\(mesh).\(name).\(namespace)" }

    package static func < (left: Self, right: Self) -> Bool {
        (left.mesh, left.namespace, left.name) < (right.mesh, right.namespace, right.name)
    }
}

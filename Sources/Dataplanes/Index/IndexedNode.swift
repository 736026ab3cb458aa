import KubeModel

/// A node, as an index knows it.
struct IndexedNode: Sendable {
    /// Those that become tags.
    var labels = FlatMap.empty
    /// Whether there is one of this name; else only pods speak of it.
    var isThere = false
    var pods: Set<ObjectKey> = []
}

/// What an index has done since it was made; tests hold it against what changed.
package struct MeshWork: Hashable, Sendable {
    /// Pods made into dataplanes, or found to be none.
    package var conversions = 0
    /// Pairs of a Service and a pod that were held against each other.
    package var selections = 0
    /// Services whose destinations were put together.
    package var services = 0
}

import KubeModel

/// A pod with a sidecar, as an index knows it.
struct IndexedPod: Sendable {
    /// `nil` once it was removed, until that was told.
    var pod: Pod?
    /// Names of the Services that have it, sorted.
    var services: [String] = []
    /// What was told last.
    var dataplane: Dataplane?
    var problems: [DataplaneProblem] = []

    /// Whether nobody was told of it, so that nothing follows when it goes.
    var isUntold: Bool { dataplane == nil && services.isEmpty && problems.isEmpty }
}

/// A Service, as an index knows it.
struct IndexedService: Sendable {
    /// `nil` once it was removed, until that was told.
    var service: KubeService?
    /// Under which label of its selector it is found; `nil` if it is not found so.
    var label: LabelTable.Label?
    /// Names of the pods it has that are known to have it.
    var pods: Set<String> = []
    /// What was told last.
    var destinations: [ServiceID] = []

    /// Whether nobody was told of it, so that nothing follows when it goes.
    var isUntold: Bool { destinations.isEmpty && pods.isEmpty }
}

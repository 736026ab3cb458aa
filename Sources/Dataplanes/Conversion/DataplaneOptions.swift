/// What is the same for all dataplanes.
package struct DataplaneOptions: Hashable, Sendable {
    /// The value of `kuma.io/zone`; empty for no such tag.
    package var zone: String
    /// The mesh of pods that name none.
    package var defaultMesh: String
    /// Selector labels that do not decide whether a Service has a pod, such as those by which a rollout switches between versions.
    /// A pod that a Service selects only without them gets an inbound that is ``Inbound/State/ignored``.
    package var ignoredSelectorLabels: Set<String>
    /// Labels of nodes that become tags of the pods there.
    package var nodeLabels: [String]

    /// The labels that Kuma 2.14 takes from nodes.
    package static let topologyLabels = [
        "kubernetes.io/hostname", "topology.kubernetes.io/region", "topology.kubernetes.io/zone",
    ]

    package init(
        zone: String = "",
        defaultMesh: String = "default",
        ignoredSelectorLabels: Set<String> = [],
        nodeLabels: [String] = Self.topologyLabels
    ) {
        self.zone = zone
        self.defaultMesh = defaultMesh
        self.ignoredSelectorLabels = ignoredSelectorLabels
        self.nodeLabels = nodeLabels
    }
}

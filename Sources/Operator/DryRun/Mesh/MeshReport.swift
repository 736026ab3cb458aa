import KubeModel

/// What a dry run found out about Meshes and TrafficRoutes.
package struct MeshReport: Sendable {
    /// Of the objects themselves.
    package var changes: [PlannedChange] = []
    package var outbounds: [OutboundChange] = []
    package var resources: [ResourceChange] = []
    /// How many proxies have anything else than before, and how many there are.
    package var affectedProxies = 0
    package var proxies = 0
    /// What is legal but unwise, with file and line where there is one.
    package var warnings: [String] = []
    /// What was taken for granted or could not be seen.
    package var notes: [String] = []
    package var verdict = EnvoyVerdict.notAsked("nothing is new for Envoy")

    package init() {}

    package var hasChanges: Bool { !changes.isEmpty || !resources.isEmpty }
}

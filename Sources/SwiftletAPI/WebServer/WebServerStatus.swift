import JSON
import KubeModel

/// What the operator found out about a ``WebServer``.
package struct WebServerStatus: SchemaObject {
    /// The generation of the spec that this status is about.
    package var observedGeneration: Int64?
    @Default<Defaults.NoCount> package var replicas: Int
    @Default<Defaults.NoCount> package var readyReplicas: Int
    @Default<Defaults.NoCount> package var updatedReplicas: Int
    /// Selects the pods; what `kubectl scale` and autoscalers read.
    package var selector: String?
    package var url: String?
    @Default<Defaults.NoElements<Condition>> package var conditions: [Condition]

    package init() {}

    package enum CodingKeys: String, CodingKey, CaseIterable {
        case observedGeneration, replicas, readyReplicas, updatedReplicas, selector, url, conditions
    }

    /// The status as it is written to the server.
    ///
    /// - Throws: `EncodingError`, which no status can cause.
    package func json() throws -> JSONValue { try JSONValue(encoding: self) }

    package static func documentation(of field: CodingKeys) -> FieldDocumentation {
        switch field {
        case .observedGeneration:
            FieldDocumentation(
                "The metadata.generation that this status is about; older than it while a change is not seen yet."
            )
        case .replicas: FieldDocumentation("Pods that exist, old and new ones.").count(from: 0)
        case .readyReplicas: FieldDocumentation("Pods that pass their readiness probe.").count(from: 0)
        case .updatedReplicas: FieldDocumentation("Pods that have the present spec.").count(from: 0)
        case .selector: FieldDocumentation("Label selector of the pods, as text; the scale subresource hands it on.")
        case .url: FieldDocumentation("Where the web server can be reached.")
        case .conditions:
            FieldDocumentation(
                """
                State in detail: Ready, Reconciling and Stalled sum up; DeploymentAvailable, StorageBound and IngressAdmitted tell of \
                the parts.
                """
            ).list(.map(keys: ["type"]))
        }
    }
}

import JSON
import KubeModel

/// What a Deployment says about itself.
package struct DeploymentState {
    let generation: Int64
    let observedGeneration: Int64
    let wantedReplicas: Int64
    let replicas: Int64
    let readyReplicas: Int64
    let updatedReplicas: Int64
    let availableReplicas: Int64
    private let conditions: [JSONValue]

    package init(_ observed: ObservedObject) {
        let status = observed.status
        func count(_ field: String) -> Int64 { status[field]?.intValue ?? 0 }
        generation = observed.metadata.generation
        observedGeneration = count("observedGeneration")
        wantedReplicas = observed.object.value[path: "spec", "replicas"]?.intValue ?? 1
        replicas = count("replicas")
        readyReplicas = count("readyReplicas")
        updatedReplicas = count("updatedReplicas")
        availableReplicas = count("availableReplicas")
        conditions = status["conditions"]?.arrayValue ?? []
    }

    /// Whether the Deployment's controller has acted on the present spec.
    var isObserved: Bool { observedGeneration >= generation }

    /// Whether enough pods, old or new, serve.
    var isAvailable: Bool { condition("Available")?["status"] == "True" }

    /// Whether all pods are of the present spec and available, as `kubectl rollout status` sees it.
    var isRolledOut: Bool {
        isObserved && updatedReplicas == wantedReplicas && replicas == updatedReplicas
            && availableReplicas == updatedReplicas
    }

    /// Why pods cannot be created (a quota, an admission webhook); `nil` when they can.
    var replicaFailure: String? {
        guard let condition = condition("ReplicaFailure"), condition["status"] == "True" else { return nil }
        return condition["message"]?.stringValue ?? ""
    }

    /// The words with which the API server refuses the pods by a policy, quota, limit or webhook: the same pods will be refused again. `nil` when
    /// it does not, or passes by itself, as in a namespace that is a moment old.
    var podRefusal: String? {
        guard let failure = replicaFailure, !failure.contains("serviceaccount \"default\" not found") else {
            return nil
        }
        let refusals = ["forbidden", "denied the request", "denied request", "is invalid"]
        return refusals.contains(where: failure.contains) ? failure : nil
    }

    /// Whether the rollout made no progress for too long.
    var progressDeadlineExceeded: Bool {
        isObserved && condition("Progressing")?["reason"] == "ProgressDeadlineExceeded"
    }

    /// Whether it says something that conditions depend on, other than how many pods have come how far.
    package func turned(from old: DeploymentState) -> Bool {
        func turns(_ state: DeploymentState) -> [AnyHashable?] {
            [
                state.isObserved, state.isAvailable, state.isRolledOut, state.updatedReplicas == state.replicas,
                state.wantedReplicas, state.replicaFailure, state.progressDeadlineExceeded,
            ]
        }
        return turns(self) != turns(old)
    }

    private func condition(_ type: String) -> JSONValue? {
        conditions.first { $0["type"]?.stringValue == type }
    }
}

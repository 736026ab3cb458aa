import JSON
import Synchronization

/// How far a rolling update is, as a Deployment's status tells.
final class RolloutCounts: Sendable {
    private struct State {
        var total: Int
        var updated = 0
        var ready: Int
        var statuses = 0
        var isDone = false
    }

    private let replicas: Int
    private let generation: Int64
    private let state: Mutex<State>

    /// - Parameter generation: of the Deployment that is rolled out.
    init(replicas: Int, generation: Int64) {
        self.replicas = replicas
        self.generation = generation
        state = Mutex(State(total: replicas, ready: replicas))
    }

    func created() {
        state.withLock { state in
            state.total += 1
            state.updated += 1
        }
    }
    func readied() { state.withLock { $0.ready += 1 } }
    func deleted() {
        state.withLock { state in
            state.total -= 1
            state.ready -= 1
        }
    }

    /// The last pod is in place.
    func finish() {
        state.withLock { state in
            state.total = replicas
            state.updated = replicas
            state.ready = replicas
            state.isDone = true
        }
    }

    /// How many statuses were asked for.
    var statuses: Int { state.withLock { $0.statuses } }

    var status: JSONValue {
        state.withLock { state in
            state.statuses += 1
            let progressing = state.isDone ? "NewReplicaSetAvailable" : "ReplicaSetUpdated"
            return [
                "observedGeneration": .int(generation), "replicas": .int(Int64(state.total)),
                "updatedReplicas": .int(Int64(state.updated)), "readyReplicas": .int(Int64(state.ready)),
                "availableReplicas": .int(Int64(state.ready)),
                "conditions": [
                    ["type": "Available", "status": "True", "reason": "MinimumReplicasAvailable", "message": ""],
                    ["type": "Progressing", "status": "True", "reason": .string(progressing), "message": ""],
                ],
            ]
        }
    }
}

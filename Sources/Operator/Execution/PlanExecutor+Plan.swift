import KubeApply
import KubeClient
import KubeModel
import SwiftletAPI

/// How far a plan was performed.
struct PlanOutcome: Sendable {
    struct Done: Sendable {
        var action: PlannedAction
        /// The version that it led to; `nil` after a deletion.
        var version: ResourceVersion?
    }

    /// In the order of the plan.
    var done: [Done] = []
    /// Why something was not done; `nil` when everything was.
    var failure: KubeError?
}

extension PlanExecutor {
    /// Whether the server still has the WebServer, and is not about to delete it.
    func isPresent(_ webServer: WebServer) async throws(KubeError) -> Bool {
        do {
            let present = try await client.get(WebServer.resource, webServer.key, as: ObjectMetaProjection.self)
            return present.uid == webServer.uid && !present.metadata.isBeingDeleted
        } catch  where error.isNotFound {
            return false
        }
    }

    /// Performs the actions of a plan in order.
    ///
    /// An action that the server refuses holds back the later ones on the same object and no others: a Deployment that is invalid is no
    /// reason to be without the Service. What says nothing about the one action (no answer, an overloaded server, cancellation) ends the
    /// plan.
    ///
    /// - Returns: what was done, and the error that ended the plan, or else the first refusal; a conflict only when nothing else was
    ///   refused, because it passes by itself.
    func perform(_ plan: Plan) async -> PlanOutcome {
        var outcome = PlanOutcome()
        var refused: Set<ObjectIdentity> = []
        for action in plan.actions where !refused.contains(action.identity) {
            do {
                outcome.done.append(PlanOutcome.Done(action: action, version: try await write(action)))
            } catch {
                guard error.isRefusal else {
                    outcome.failure = error
                    break
                }
                refused.insert(action.identity)
                let isGraver = outcome.failure?.isConflict == true && !error.isConflict
                if outcome.failure == nil || isGraver { outcome.failure = error }
            }
        }
        return outcome
    }
}

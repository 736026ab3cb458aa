import JSON
import KubeApply
import KubeClient
import KubeModel
import SwiftletAPI
import WebServers

/// Works out what the operator would do about some WebServers: the operator's own plan, shown instead of performed.
package struct WebServerDryRun: Sendable {
    /// How the object after a change is found.
    package enum Prediction: Sendable {
        /// Merged here; says nothing of defaulting and admission.
        case local
        /// By the server, with `dryRun=All`.
        case server(PlanExecutor)
    }

    private let state: any ClusterState
    private let prediction: Prediction
    private let allowedAnnotations: IngressAnnotations
    private let now: Timestamp

    package init(
        state: any ClusterState,
        prediction: Prediction,
        allowedAnnotations: IngressAnnotations = .standard,
        now: Timestamp
    ) {
        self.state = state
        self.prediction = prediction
        self.allowedAnnotations = allowedAnnotations
        self.now = now
    }

    /// What would happen to the children of a WebServer that is in the cluster, or would be.
    ///
    /// - Throws: ``KubeError`` when the cluster cannot be read.
    package func report(on webServer: WebServer) async throws -> WebServerReport {
        let gatherer = ObservationGatherer(state: state, allowedAnnotations: allowedAnnotations)
        let observation = try await gatherer.observation(of: webServer)
        let outcome = WebServerPlanner.plan(webServer, given: observation, now: now)
        var report = WebServerReport(key: webServer.key, plan: outcome.plan, status: outcome.status)
        report.conflicts = outcome.conflicts
        if let admitted = outcome.status.conditions[type: "IngressAdmitted"], admitted.reason == "HostTaken" {
            report.notes.append("WebServer \(webServer.key) gets no Ingress (HostTaken): \(admitted.message)")
        }
        for action in outcome.plan.actions.oncePerObject {
            guard let change = try await change(action), change.isVisible else { continue }
            report.changes.append(change)
        }
        return report
    }

    private func change(_ action: PlannedAction) async throws -> PlannedChange? {
        switch action {
        case .applyStatus:
            return nil
        case .delete(let deletion):
            let live = try await state.object(deletion.resource, deletion.key)
            return PlannedChange(
                .delete,
                deletion.resource,
                deletion.key,
                reason: deletion.reason,
                before: live,
                after: nil
            )
        case .apply(let apply):
            let live = try await state.object(apply.resource, apply.intent.key)
            let after: DynamicObject?
            switch prediction {
            case .local:
                after = ApplyPrediction.result(
                    of: apply.intent,
                    on: live,
                    manager: apply.manager,
                    semantics: try await state.servedKinds().applySemantics
                )
            case .server(let executor): after = try await executor.perform(action.forServerDryRun)
            }
            return PlannedChange(
                live == nil ? .create : .change,
                apply.resource,
                apply.intent.key,
                reason: apply.reason,
                before: live,
                after: after
            )
        }
    }
}

extension [PlannedAction] {
    /// These actions with those that write one object joined into its last, so that it is shown once, from its present to its last state.
    ///
    /// Predicted one by one, a later apply would know nothing of what an earlier one gave to another manager.
    fileprivate var oncePerObject: [PlannedAction] {
        enumerated().compactMap { index, action in
            guard case .apply(var apply) = action else { return action }
            let identity = apply.intent.identity
            func isSameObject(_ other: PlannedAction) -> Bool {
                if case .apply(let other) = other { other.intent.identity == identity } else { false }
            }
            if self[(index + 1)...].contains(where: isSameObject) { return nil }
            for case .apply(let earlier) in self[..<index] where earlier.intent.identity == identity {
                apply.intent = ApplyPrediction.result(of: apply.intent, on: earlier.intent, manager: apply.manager)
            }
            return .apply(apply)
        }
    }
}

extension PlannedAction {
    /// The action with a stand-in for the uid of an owner that is not stored yet: the server demands one.
    fileprivate var forServerDryRun: PlannedAction {
        guard case .apply(var apply) = self,
            var owners = apply.intent.value[path: "metadata", "ownerReferences"]?.arrayValue
        else { return self }
        for index in owners.indices where owners[index]["uid"] == nil {
            owners[index]["uid"] = "00000000-0000-0000-0000-000000000000"
        }
        apply.intent.value[path: "metadata", "ownerReferences"] = .array(owners)
        return .apply(apply)
    }
}

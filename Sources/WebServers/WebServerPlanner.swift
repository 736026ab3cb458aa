import JSON
import KubeApply
import KubeModel
import SwiftletAPI

/// Decides what has to be written so that a WebServer's children and status are what they should be.
///
/// A pure function of the WebServer, of what was seen, and of the time. Guarantees:
/// - Nothing is planned when nothing has to change: planning again on what a plan leads to gives an empty plan.
/// - An object that this WebServer does not own is never written.
/// - A claim is created at most, never changed, never deleted.
package enum WebServerPlanner {
    /// What to do and what to say about one WebServer.
    package struct Outcome: Hashable, Sendable {
        /// Writes to the children, in order; the status is not among them.
        package var plan = Plan()
        /// The whole status as it should be.
        package var status: WebServerStatus
        /// Foreign objects in the way, as ``ObjectIdentity`` prints them.
        package var conflicts: [String] = []
    }

    /// - Parameters:
    ///   - intents: those of an earlier plan, if they are current.
    ///   - failure: what last went wrong while this plan, or an equal one, was performed; only the status tells of it.
    package static func plan(
        _ webServer: WebServer,
        given observation: WebServerObservation,
        intents: ChildIntents? = nil,
        failure: Failure? = nil,
        now: Timestamp
    ) -> Outcome {
        let problems = webServer.validate(allowed: observation.allowedAnnotations).filter { $0.severity == .error }
        var plan = Plan()
        var conflicts: [String] = []
        let intents = intents ?? ChildIntents(of: webServer, given: observation)
        let mayWrite = problems.isEmpty && !webServer.spec.paused && !webServer.metadata.isBeingDeleted
        if mayWrite, let action = claimAction(webServer, observation) { plan.actions.append(action) }
        for role in ChildRole.allCases {
            guard let resource = role.resource(in: observation.served) else { continue }
            let step = childStep(role, intents[role], resource: resource, of: webServer, given: observation)
            if let conflict = step.conflict { conflicts.append(conflict) }
            if mayWrite { plan.actions += step.actions }
        }
        let assessment = WebServerAssessment(
            webServer: webServer,
            observation: observation,
            problems: problems.map(\.description),
            conflicts: conflicts,
            failure: failure,
            hasPendingWrites: !plan.isEmpty,
            now: now
        )
        return Outcome(plan: plan, status: assessment.status, conflicts: conflicts)
    }

    /// Why a plan could not be performed.
    package struct Failure: Hashable, Sendable {
        /// A word in CamelCase for programs.
        package var reason: String
        /// A sentence for people.
        package var message: String
        /// Whether it lasts until a person changes something.
        package var isLasting: Bool

        package init(reason: String, message: String, isLasting: Bool = false) {
            self.reason = reason
            self.message = message
            self.isLasting = isLasting
        }
    }

    /// The write that brings the status up to date; `nil` when the stored one says the same.
    ///
    /// - Throws: `EncodingError`, which no status can cause.
    package static func statusAction(_ status: WebServerStatus, for webServer: WebServer) throws -> PlannedAction? {
        guard !webServer.metadata.isBeingDeleted, webServer.status != status else { return nil }
        let resource = WebServer.resource
        let intent = DynamicObject([
            "apiVersion": .string(resource.apiVersion), "kind": .string(resource.kind),
            "metadata": ["name": .string(webServer.metadata.name), "namespace": .string(webServer.metadata.namespace)],
            "status": try status.json(),
        ])
        return .applyStatus(
            PlannedAction.Apply(
                resource: resource,
                intent: intent,
                manager: WebServerNames.statusManager,
                mode: .update(webServer.uid),
                reason: "the status changed"
            )
        )
    }

    /// What one child should be; `nil` when the spec asks for none.
    package static func intent(
        for role: ChildRole,
        resource: APIResource,
        of webServer: WebServer,
        given observation: WebServerObservation
    ) -> DynamicObject? {
        let spec = webServer.spec
        switch role {
        case .deployment:
            return DeploymentIntent(webServer: webServer, observation: observation).object
        case .service:
            return ServiceIntent(webServer: webServer).object
        case .ingress:
            // What is another's is not served, also when a webhook could not refuse it.
            guard observation.ingressHolder == nil else { return nil }
            return spec.ingress.map { IngressIntent(webServer: webServer, section: $0, resource: resource).object }
        case .autoscaler:
            return spec.autoscaling.map {
                AutoscalerIntent(webServer: webServer, section: $0, resource: resource).object
            }
        case .disruptionBudget:
            return spec.disruptionBudget.map {
                DisruptionBudgetIntent(
                    webServer: webServer,
                    section: $0,
                    resource: resource,
                    hasUnhealthyPodEvictionPolicy: observation.served.hasUnhealthyPodEvictionPolicy
                ).object
            }
        }
    }

    // MARK: - Children

    private static func childStep(
        _ role: ChildRole,
        _ intent: DynamicObject?,
        resource: APIResource,
        of webServer: WebServer,
        given observation: WebServerObservation
    ) -> (actions: [PlannedAction], conflict: String?) {
        let observed = observation.children[role]
        guard let intent else {
            guard let observed, isOwned(observed, by: webServer), !observed.metadata.isBeingDeleted else {
                return ([], nil)
            }
            let deletion = PlannedAction.Deletion(
                resource: resource,
                key: observed.metadata.key,
                uid: observed.metadata.uid,
                reason: role == .ingress && observation.ingressHolder != nil
                    ? "another WebServer has its host and path" : "the spec no longer asks for it"
            )
            return ([.delete(deletion)], nil)
        }
        guard let observed else {
            return ([apply(intent, resource, .create, "there is none")], nil)
        }
        guard isOwned(observed, by: webServer) else {
            return ([], ObjectIdentity(groupKind: resource.groupKind, key: observed.metadata.key).description)
        }
        // Its end will be seen, and then a new one is made.
        if observed.metadata.isBeingDeleted { return ([], nil) }
        guard let reason = reasonToApply(intent, over: observed) else { return ([], nil) }
        var actions: [PlannedAction] = []
        if role == .deployment, let handover = handover(of: observed, for: webServer) { actions.append(handover) }
        let semantics = observation.served.applySemantics
        let needsCorrection = ApplyCorrection.isNeeded(
            after: intent,
            on: observed.object,
            manager: WebServerNames.manager,
            semantics: semantics
        )
        actions.append(
            apply(
                intent,
                resource,
                .update(observed.metadata.uid),
                reason,
                correcting: needsCorrection ? semantics : nil
            )
        )
        return (actions, nil)
    }

    private static func reasonToApply(_ intent: DynamicObject, over observed: ObservedObject) -> String? {
        if observed.settledDigest != nil, observed.settledDigest == IntentDigest.stamp(of: intent) { return nil }
        if observed.metadata.annotations[IntentDigest.annotation] != IntentDigest.stamp(of: intent) {
            return "what is wanted changed"
        }
        return AppliedFields.firstDifference(intent: intent, observed: observed.object).map { "somebody changed \($0)" }
    }

    /// Giving up `spec.replicas` in an apply resets it to 1 if nobody else owns it. So when an autoscaler takes over, another field manager
    /// first applies the present number, and holds it until the autoscaler writes its own.
    private static func handover(of observed: ObservedObject, for webServer: WebServer) -> PlannedAction? {
        guard webServer.spec.autoscaling != nil,
            observed.metadata.annotations[WebServerNames.scalingAnnotation] == DeploymentIntent.Scaling.fixed,
            let replicas = observed.object.value[path: "spec", "replicas"]?.intValue
        else { return nil }
        let resource = APIResource.deployments
        let intent = DynamicObject([
            "apiVersion": .string(resource.apiVersion), "kind": .string(resource.kind),
            "metadata": [
                "name": .string(observed.metadata.name), "namespace": .string(observed.metadata.namespace),
            ],
            "spec": ["replicas": .int(replicas)],
        ])
        return .apply(
            PlannedAction.Apply(
                resource: resource,
                intent: intent,
                manager: WebServerNames.handoverManager,
                mode: .update(observed.metadata.uid),
                reason: "an autoscaler takes over the number of replicas"
            )
        )
    }

    private static func claimAction(_ webServer: WebServer, _ observation: WebServerObservation) -> PlannedAction? {
        guard let section = webServer.spec.persistentVolumeClaim, section.createIfNotExists, observation.claim == nil
        else { return nil }
        return apply(
            ClaimIntent(webServer: webServer, section: section).object,
            .persistentVolumeClaims,
            .create,
            "there is none"
        )
    }

    private static func apply(
        _ intent: DynamicObject,
        _ resource: APIResource,
        _ mode: PlannedAction.Apply.Mode,
        _ reason: String,
        correcting: ApplySemantics? = nil
    ) -> PlannedAction {
        .apply(
            PlannedAction.Apply(
                resource: resource,
                intent: intent,
                manager: WebServerNames.manager,
                mode: mode,
                reason: reason,
                correcting: correcting
            )
        )
    }

    /// A WebServer that was not stored yet has no uid; then the owner's name decides.
    private static func isOwned(_ observed: ObservedObject, by webServer: WebServer) -> Bool {
        guard let owner = observed.metadata.controller, owner.kind == WebServer.resource.kind,
            GroupVersion(owner.apiVersion).group == WebServer.resource.group
        else { return false }
        return webServer.uid.description.isEmpty ? owner.name == webServer.metadata.name : owner.uid == webServer.uid
    }
}

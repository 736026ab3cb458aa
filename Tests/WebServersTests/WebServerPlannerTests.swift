import JSON
import KubeApply
import KubeModel
import SwiftletAPI
import Testing
import WebServers

struct WebServerPlannerTests {
    private let now = Timestamp(secondsSinceEpoch: 1_000_000)

    private func everySection() -> WebServer {
        Samples.webServer { spec in
            spec.ingress = IngressSection(host: "phys.app")
            spec.autoscaling = AutoscalingSection(maxReplicas: 4)
            spec.disruptionBudget = DisruptionBudgetSection(minAvailable: .int(1))
        }
    }

    /// The children as the server would have them after a plan was performed.
    private func observation(of plan: Plan, for webServer: WebServer) throws -> WebServerObservation {
        var observation = WebServerObservation()
        for action in plan.actions {
            guard case .apply(let apply) = action else { continue }
            let role = ChildRole.allCases.first { $0.kind == apply.resource.kind }
            guard let role else { continue }
            observation.children[role] = try ObservedObject(apply.intent)
        }
        return observation
    }

    private func plan(_ webServer: WebServer, _ observation: WebServerObservation) -> WebServerPlanner.Outcome {
        WebServerPlanner.plan(webServer, given: observation, now: now)
    }

    @Test func aPlainWebServerNeedsADeploymentAndAService() {
        let actions = plan(Samples.webServer(), WebServerObservation()).plan.actions
        #expect(actions.map(\.resource.kind) == ["Deployment", "Service"])
        #expect(actions.allSatisfy { $0.key == ObjectKey(namespace: "default", name: "web") })
    }

    @Test func everySectionHasItsChildAndPlanningAgainPlansNothing() throws {
        let webServer = everySection()
        let first = plan(webServer, WebServerObservation()).plan
        #expect(
            first.actions.map(\.resource.kind)
                == ["Deployment", "Service", "Ingress", "HorizontalPodAutoscaler", "PodDisruptionBudget"]
        )
        #expect(plan(webServer, try observation(of: first, for: webServer)).plan.isEmpty)
    }

    @Test func aSectionThatWasRemovedRemovesItsChildAndExactlyThatObject() throws {
        let before = everySection()
        var observation = try observation(of: plan(before, WebServerObservation()).plan, for: before)
        observation.children[.ingress]?.metadata.uid = UID("seen")
        let actions = plan(Samples.webServer(), observation).plan.actions
        let deletions = actions.compactMap { action -> PlannedAction.Deletion? in
            if case .delete(let deletion) = action { deletion } else { nil }
        }
        #expect(deletions.map(\.resource.kind) == ["Ingress", "HorizontalPodAutoscaler", "PodDisruptionBudget"])
        #expect(deletions.first?.uid == UID("seen"))
    }

    @Test(arguments: ["spec.replicas", "metadata.labels.app.kubernetes.io/managed-by", "metadata.ownerReferences"])
    func driftIsRepairedAndSaysWhatDrifted(field: String) throws {
        let webServer = Samples.webServer()
        var observation = try observation(of: plan(webServer, WebServerObservation()).plan, for: webServer)
        var object = observation.children[.deployment]?.object
        switch field {
        case "spec.replicas": object?.value[path: "spec", "replicas"] = 9
        case "metadata.ownerReferences": object?.value[path: "metadata", "ownerReferences"] = []
        default: object?.value[path: "metadata", "labels", "app.kubernetes.io/managed-by"] = "me"
        }
        observation.children[.deployment]?.object = try #require(object)
        let actions = plan(webServer, observation).plan.actions
        guard case .apply(let apply)? = actions.first else {
            Issue.record("no apply in \(actions)")
            return
        }
        #expect(actions.count == 1)
        #expect(apply.reason == "somebody changed \(field)")
    }

    /// What others add to what selects is drift, whatever the server does with it by itself; to labels they may add.
    @Test(
        arguments: [
            (.service, ["spec", "selector", "canary"], "yes", "spec.selector.canary", true, false),
            (
                .disruptionBudget, ["spec", "selector", "matchLabels", "canary"], "yes",
                "spec.selector.matchLabels.canary", false, false
            ),
            (
                .deployment, ["spec", "template", "spec", "nodeSelector"], ["zone": "a"],
                "spec.template.spec.nodeSelector", true, true
            ),
            (.service, ["metadata", "labels", "team"], "a", nil, false, false),
            (
                .deployment, ["spec", "template", "metadata", "annotations"],
                ["kubectl.kubernetes.io/restartedAt": "now"], nil, false, false
            ),
        ] as [(ChildRole, [String], JSONValue, String?, Bool, Bool)]
    )
    func whatOthersAddToASelectorIsRepaired(
        role: ChildRole,
        path: [String],
        value: JSONValue,
        drift: String?,
        isCorrectedOnOldServers: Bool,
        isCorrectedOnNewOnes: Bool
    ) throws {
        let webServer = everySection()
        for (semantics, isCorrected) in [
            (ApplySemantics.oldest, isCorrectedOnOldServers), (.current, isCorrectedOnNewOnes),
        ] {
            var observation = try observation(of: plan(webServer, WebServerObservation()).plan, for: webServer)
            observation.served.applySemantics = semantics
            observation.children[role]?.object.value[path: path] = value
            let applies = plan(webServer, observation).plan.actions.compactMap { action -> PlannedAction.Apply? in
                if case .apply(let apply) = action { apply } else { nil }
            }
            #expect(applies.map(\.reason) == (drift.map { ["somebody changed \($0)"] } ?? []))
            #expect(applies.allSatisfy { ($0.correcting != nil) == isCorrected })
        }
    }

    /// An Ingress that was made when its annotation was still allowed: nothing is taken from it, and the condition says what to do.
    @Test func anAnnotationThatIsNoLongerAllowedIsToldAndTheIngressLeftAsItIs() throws {
        let webServer = Samples.webServer {
            $0.ingress = IngressSection(host: "phys.app")
            $0.ingress?.annotations = ["example.com/team": "a"]
        }
        var allowing = WebServerObservation()
        allowing.allowedAnnotations = try IngressAnnotations(more: ["example.com/*"])
        let first = plan(webServer, allowing).plan
        #expect(first.actions.map(\.resource.kind) == ["Deployment", "Service", "Ingress"])
        let outcome = plan(webServer, try observation(of: first, for: webServer))
        #expect(outcome.plan.isEmpty)
        let stalled = try #require(outcome.status.conditions[type: "Stalled"])
        #expect(stalled.status == .yes && stalled.reason == "InvalidSpec")
        #expect(stalled.message.hasPrefix("spec.ingress.annotations[example.com/team]: is not on the list"))
        #expect(stalled.message.contains("--allowed-ingress-annotations"))
    }

    @Test func anObjectOfAnotherOwnerIsLeftAloneAndReported() throws {
        let webServer = Samples.webServer()
        var observation = try observation(of: plan(webServer, WebServerObservation()).plan, for: webServer)
        observation.children[.deployment]?.metadata.ownerReferences = []
        let outcome = plan(webServer, observation)
        #expect(outcome.plan.isEmpty)
        #expect(outcome.conflicts == ["Deployment.apps default/web"])
        let stalled = outcome.status.conditions[type: "Stalled"]
        #expect(stalled?.status == .yes)
        #expect(stalled?.reason == "NameConflict")
        #expect(stalled?.message.contains("Deployment.apps default/web") == true)
        #expect(outcome.status.conditions[type: "Ready"]?.status == .no)
    }

    @Test func aForeignObjectIsNotDeletedWhenTheSpecDoesNotAskForOne() throws {
        let before = everySection()
        var observation = try observation(of: plan(before, WebServerObservation()).plan, for: before)
        observation.children[.ingress]?.metadata.ownerReferences = []
        let kinds = plan(Samples.webServer(), observation).plan.actions.map(\.resource.kind)
        #expect(!kinds.contains("Ingress"))
    }

    @Test(arguments: [true, false]) func nothingIsWrittenWhilePausedOrGoing(paused: Bool) {
        var webServer = Samples.webServer { $0.paused = paused }
        if !paused { webServer.metadata.deletionTimestamp = now }
        #expect(plan(webServer, WebServerObservation()).plan.isEmpty)
    }

    @Test func anInvalidSpecIsStalledAndNothingIsWritten() {
        let outcome = plan(
            Samples.webServer {
                $0.autoscaling = AutoscalingSection(maxReplicas: 2)
                $0.autoscaling?.minReplicas = 5
            },
            WebServerObservation()
        )
        #expect(outcome.plan.isEmpty)
        #expect(outcome.status.conditions[type: "Stalled"]?.reason == "InvalidSpec")
        #expect(outcome.status.conditions[type: "Stalled"]?.message.contains("spec.autoscaling.minReplicas") == true)
    }

    @Test func theUnservedKindCostsItsFeatureAndSaysSo() {
        var observation = WebServerObservation()
        observation.served.autoscaler = nil
        observation.served.disruptionBudget = nil
        let outcome = plan(everySection(), observation)
        #expect(outcome.plan.actions.map(\.resource.kind) == ["Deployment", "Service", "Ingress"])
        #expect(outcome.status.conditions[type: "FeaturesServed"]?.reason == "KindNotServed")
    }

    @Test func anAutoscalerTakesOverTheReplicasWithoutADip() throws {
        let fixed = Samples.webServer { $0.replicas = 5 }
        var observation = try observation(of: plan(fixed, WebServerObservation()).plan, for: fixed)
        observation.children[.deployment]?.metadata.uid = UID("d")
        let actions = plan(Samples.webServer { $0.autoscaling = AutoscalingSection(maxReplicas: 9) }, observation).plan
            .actions
        let applies = actions.compactMap { action -> PlannedAction.Apply? in
            if case .apply(let apply) = action, apply.resource == .deployments { apply } else { nil }
        }
        #expect(applies.map(\.manager) == [WebServerNames.handoverManager, WebServerNames.manager])
        #expect(applies.first?.intent.value[path: "spec", "replicas"] == 5)
        #expect(applies.last?.intent.value[path: "spec", "replicas"] == nil)
    }

    // MARK: - Storage

    private func volume(create: Bool) -> (inout WebServerSpec) -> Void {
        { spec in
            spec.persistentVolumeClaim = VolumeSection(name: "data", mountPath: "/srv")
            spec.persistentVolumeClaim?.createIfNotExists = create
        }
    }

    @Test func aMissingClaimIsCreatedOnlyWhenAskedForAndBelongsToNobody() {
        let asked = plan(Samples.webServer(volume(create: true)), WebServerObservation()).plan.actions
        guard case .apply(let claim)? = asked.first else {
            Issue.record("no claim in \(asked)")
            return
        }
        #expect(claim.resource == .persistentVolumeClaims)
        #expect(claim.intent.value[path: "metadata", "ownerReferences"] == nil)
        let outcome = plan(Samples.webServer(volume(create: false)), WebServerObservation())
        #expect(!outcome.plan.actions.contains { $0.resource == .persistentVolumeClaims })
        #expect(outcome.status.conditions[type: "StorageBound"]?.reason == "PersistentVolumeClaimNotFound")
    }

    @Test func anExistingClaimIsNeverWritten() {
        var observation = WebServerObservation()
        observation.claim = ObservedClaim(phase: "Bound", accessModes: ["ReadWriteMany"], storageClass: "other")
        let outcome = plan(Samples.webServer(volume(create: true)), observation)
        #expect(!outcome.plan.actions.contains { $0.resource == .persistentVolumeClaims })
        #expect(outcome.status.conditions[type: "StorageBound"]?.status == .yes)
    }

    @Test(
        arguments: [
            (nil, "Recreate"), (["ReadWriteOnce"], "Recreate"), (["ReadWriteOncePod"], "Recreate"),
            (["ReadWriteMany"], "RollingUpdate"), (["ReadWriteOnce", "ReadOnlyMany"], "RollingUpdate"),
        ] as [([String]?, String)]
    )
    func aVolumeOfOneNodeMakesRolloutsRecreate(modes: [String]?, strategy: String) {
        var observation = WebServerObservation()
        observation.claim = modes.map { ObservedClaim(phase: "Bound", accessModes: $0, storageClass: nil) }
        let webServer = Samples.webServer(volume(create: false))
        let intent = WebServerPlanner.intent(
            for: .deployment,
            resource: .deployments,
            of: webServer,
            given: observation
        )
        #expect(intent?.value[path: "spec", "strategy", "type"]?.stringValue == strategy)
    }

    // MARK: - Pods

    @Test func podsRollWhenTheContentOfTheirConfigurationChanges() {
        let webServer = Samples.webServer {
            $0.configFrom = [ConfigSource(configMap: ConfigReference(name: "c"), mountPath: "/etc/c")]
        }
        func annotation(_ digest: String?) -> JSONValue? {
            var observation = WebServerObservation()
            observation.configDigests[.configMap("c")] = digest
            return WebServerPlanner.intent(for: .deployment, resource: .deployments, of: webServer, given: observation)?
                .value[path: "spec", "template", "metadata", "annotations", WebServerNames.configAnnotation]
        }
        #expect(annotation("a") == annotation("a"))
        #expect(annotation("a") != annotation("b"))
        #expect(annotation(nil) != annotation("b"))
    }

    @Test func labelsOfTheSpecCannotTakePodsOutOfTheSelector() {
        let webServer = Samples.webServer { $0.podLabels = [WebServerNames.instanceLabel: "other", "team": "a"] }
        let intent = WebServerPlanner.intent(
            for: .deployment,
            resource: .deployments,
            of: webServer,
            given: WebServerObservation()
        )
        let labels = intent?.value[path: "spec", "template", "metadata", "labels"]
        #expect(labels?[WebServerNames.instanceLabel] == "web")
        #expect(labels?["team"] == "a")
    }
}

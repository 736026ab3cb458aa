import JSON
import KubeApply
import KubeModel
import SwiftletAPI
import Testing
import WebServers

struct WebServerStatusTests {
    /// A WebServer all of whose children exist and whose Deployment has this status.
    private func observation(_ webServer: WebServer, deployment status: JSONValue) throws -> WebServerObservation {
        var observation = WebServerObservation()
        for role in ChildRole.allCases {
            guard let resource = role.resource(in: .current),
                let intent = WebServerPlanner.intent(for: role, resource: resource, of: webServer, given: observation)
            else { continue }
            var object = intent
            object.value["status"] = role == .deployment ? status : [:]
            observation.children[role] = try ObservedObject(object)
        }
        return observation
    }

    private func conditions(_ webServer: WebServer, _ observation: WebServerObservation) -> [Condition] {
        WebServerPlanner.plan(webServer, given: observation, now: Timestamp(secondsSinceEpoch: 50)).status.conditions
    }

    private let serving: JSONValue = [
        "replicas": 1, "readyReplicas": 1, "updatedReplicas": 1, "availableReplicas": 1,
        "conditions": [["type": "Available", "status": "True"]],
    ]

    @Test func aServingWebServerIsReady() throws {
        let webServer = Samples.webServer()
        let status = WebServerPlanner.plan(
            webServer,
            given: try observation(webServer, deployment: serving),
            now: Timestamp(secondsSinceEpoch: 50)
        ).status
        #expect(status.conditions[type: "Ready"]?.status == .yes)
        #expect(status.conditions[type: "DeploymentAvailable"]?.status == .yes)
        #expect(status.conditions[type: "Stalled"]?.status == .no)
        #expect(status.readyReplicas == 1)
        #expect(status.observedGeneration == 3)
        #expect(status.url == "http://web.default.svc/")
        #expect(status.selector == "app.kubernetes.io/instance=web,app.kubernetes.io/name=webserver")
    }

    @Test func timesOfConditionsThatDoNotTurnStay() throws {
        var webServer = Samples.webServer()
        let observation = try observation(webServer, deployment: serving)
        webServer.status =
            WebServerPlanner.plan(webServer, given: observation, now: Timestamp(secondsSinceEpoch: 10)).status
        let later = WebServerPlanner.plan(webServer, given: observation, now: Timestamp(secondsSinceEpoch: 99))
        #expect(later.status == webServer.status)
        #expect(try WebServerPlanner.statusAction(later.status, for: webServer) == nil)
        let down = try self.observation(webServer, deployment: [:])
        let turned = WebServerPlanner.plan(webServer, given: down, now: Timestamp(secondsSinceEpoch: 99)).status
        #expect(turned.conditions[type: "Ready"]?.lastTransitionTime.secondsSinceEpoch == 99)
        #expect(turned.conditions[type: "Stalled"]?.lastTransitionTime.secondsSinceEpoch == 10)
    }

    @Test(
        arguments: [
            (
                ObservedPod.Container(name: "web", waitingReason: "ImagePullBackOff", waitingMessage: "no such image"),
                "ImagePullBackOff", "no such image"
            ),
            (
                ObservedPod.Container(
                    name: "web",
                    waitingReason: "CrashLoopBackOff",
                    terminatedReason: "OOMKilled",
                    exitCode: 137,
                    restartCount: 4
                ),
                "CrashLoopBackOff", "exit code 137 (OOMKilled)"
            ),
            (ObservedPod.Container(name: "web", waitingReason: "ContainerCreating"), "RollingOut", ""),
        ]
    )
    func whyAPodDoesNotComeUpIsSaid(container: ObservedPod.Container, reason: String, words: String) throws {
        let webServer = Samples.webServer()
        // An old pod still serves: the Deployment is available, the present spec is not.
        var observation = try observation(
            webServer,
            deployment: [
                "replicas": 2, "updatedReplicas": 1, "availableReplicas": 1,
                "conditions": [["type": "Available", "status": "True"]],
            ]
        )
        observation.pods = [ObservedPod(name: "web-1", isReady: false, containers: [container])]
        let conditions = conditions(webServer, observation)
        #expect(conditions[type: "Ready"]?.status == .no)
        #expect(conditions[type: "Ready"]?.reason == reason)
        #expect(words.isEmpty || conditions[type: "Ready"]?.message.contains(words) == true)
        #expect(conditions[type: "DeploymentAvailable"]?.status == .yes)
        #expect(conditions[type: "Reconciling"]?.status == .yes)
    }

    @Test func aQuotaThatForbidsPodsIsSaid() throws {
        let webServer = Samples.webServer()
        let observation = try observation(
            webServer,
            deployment: [
                "conditions": [["type": "ReplicaFailure", "status": "True", "message": "exceeded quota: small"]]
            ]
        )
        let ready = conditions(webServer, observation)[type: "Ready"]
        #expect(ready?.reason == "ReplicaFailure")
        #expect(ready?.message.contains("exceeded quota: small") == true)
    }

    /// The same pods would be refused again; a webhook that does not answer, or a namespace that is a moment old, passes.
    @Test(
        arguments: [
            (
                #"pods "web-1" is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false"#,
                true
            ),
            (
                #"pods "web-1" is forbidden: exceeded quota: small, requested: pods=1, used: pods=1, limited: pods=1"#,
                true
            ),
            (#"pods "web-1" is forbidden: maximum cpu usage per Container is 1, but limit is 2"#, true),
            (#"admission webhook "validate.kyverno.svc" denied the request: no"#, true),
            (#"Pod "web-1" is invalid: spec.containers[0].image: Required value"#, true),
            (#"Internal error occurred: failed calling webhook "a.b": context deadline exceeded"#, false),
            (
                #"pods "web-1" is forbidden: error looking up service account a/default: serviceaccount "default" not found"#,
                false
            ),
            ("the server is currently unable to handle the request", false),
        ]
    )
    func podsThatAreRefusedNeedManualIntervention(message: String, isStalled: Bool) throws {
        let webServer = Samples.webServer()
        let failure: JSONValue = ["type": "ReplicaFailure", "status": "True", "message": .string(message)]
        let conditions = conditions(webServer, try observation(webServer, deployment: ["conditions": [failure]]))
        #expect(conditions[type: "Stalled"]?.status == (isStalled ? .yes : .no))
        #expect(conditions[type: "Stalled"]?.reason == (isStalled ? "ReplicaFailure" : "NotStalled"))
        #expect(conditions[type: "Ready"]?.reason == "ReplicaFailure")
        #expect(conditions[type: "Ready"]?.message.contains(message) == true)
    }

    @Test(arguments: [true, false])
    func anEvictionPolicyThatTheServerDoesNotKnowIsLeftOutAndToldOf(isKnown: Bool) throws {
        let webServer = Samples.webServer {
            $0.disruptionBudget = DisruptionBudgetSection(maxUnavailable: .int(1))
            $0.disruptionBudget?.unhealthyPodEvictionPolicy = .alwaysAllow
        }
        var observation = WebServerObservation()
        observation.served.hasUnhealthyPodEvictionPolicy = isKnown
        let outcome = WebServerPlanner.plan(webServer, given: observation, now: Timestamp(secondsSinceEpoch: 50))
        let budgets = outcome.plan.actions.compactMap { action -> JSONValue? in
            guard case .apply(let apply) = action, apply.resource.kind == "PodDisruptionBudget" else { return nil }
            return apply.intent.value["spec"]
        }
        #expect(budgets.map { $0["unhealthyPodEvictionPolicy"] } == [isKnown ? "AlwaysAllow" : nil])
        let served = outcome.status.conditions[type: "FeaturesServed"]
        #expect(served?.status == (isKnown ? nil : .no))
        #expect(served.map { $0.message.contains("unhealthyPodEvictionPolicy") } ?? true)
    }

    @Test(arguments: [true, false])
    func aFailureIsStalledOnlyWhenItLasts(isLasting: Bool) throws {
        let webServer = Samples.webServer()
        let failure = WebServerPlanner.Failure(reason: "Broken", message: "the server says no", isLasting: isLasting)
        let observation = try observation(webServer, deployment: serving)
        let now = Timestamp(secondsSinceEpoch: 50)
        let status = WebServerPlanner.plan(webServer, given: observation, failure: failure, now: now).status
        let told = isLasting ? "Stalled" : "Reconciling"
        let other = isLasting ? "Reconciling" : "Stalled"
        #expect(status.conditions[type: told]?.status == .yes)
        #expect(status.conditions[type: told]?.reason == "Broken")
        #expect(status.conditions[type: told]?.message == "the server says no")
        #expect(status.conditions[type: other]?.status == .no)
        #expect(status.conditions[type: "Ready"]?.status == .no)
        #expect(status.conditions[type: "Ready"]?.reason == "Broken")
    }

    @Test(
        arguments: [
            (.unknown, nil, Condition.Status.unknown, "AddressNotPublished"),
            (.known(["other"]), nil, .no, "IngressClassNotFound"),
            (.known(["nginx"]), nil, .unknown, "AddressNotPublished"),
            (.known(["nginx"]), "10.0.0.1", .yes, "AddressAssigned"),
        ] as [(IngressClasses, String?, Condition.Status, String)]
    )
    func theIngressIsAdmittedWhenItsClassExistsAndAnAddressIsPublished(
        classes: IngressClasses,
        address: String?,
        status: Condition.Status,
        reason: String
    ) throws {
        let webServer = Samples.webServer {
            $0.ingress = IngressSection(host: "phys.app")
            $0.ingress?.ingressClass = "nginx"
        }
        var observation = try observation(webServer, deployment: serving)
        observation.ingressClasses = classes
        if let address {
            observation.children[.ingress]?.status = ["loadBalancer": ["ingress": [["ip": .string(address)]]]]
        }
        let conditions = conditions(webServer, observation)
        #expect(conditions[type: "IngressAdmitted"]?.status == status)
        #expect(conditions[type: "IngressAdmitted"]?.reason == reason)
        // Controllers that publish no address must not keep a web server from being ready; a class that is not there does.
        #expect(conditions[type: "Ready"]?.status == (status == .no ? .no : .yes))
    }

    @Test func aMissingConfigMapIsNamed() throws {
        let webServer = Samples.webServer {
            $0.configFrom = [ConfigSource(configMap: ConfigReference(name: "c"), mountPath: "/etc/c")]
        }
        let ready = conditions(webServer, try observation(webServer, deployment: [:]))[type: "Ready"]
        #expect(ready?.reason == "ConfigMapNotFound")
        #expect(ready?.message.contains("ConfigMap \"c\"") == true)
    }

    @Test(
        arguments: [
            (nil, nil, "http://web.default.svc:8080/"), ("phys.app", nil, "http://phys.app/"),
            ("phys.app", "cert", "https://phys.app/"), ("*.phys.app", nil, "http://web.default.svc:8080/"),
        ] as [(String?, String?, String)]
    )
    func theURLIsWhereTheServerIsReached(host: String?, secret: String?, url: String) {
        let webServer = Samples.webServer { spec in
            spec.service.port = 8080
            if let host { spec.ingress = IngressSection(host: host) }
            if let secret { spec.ingress?.tls = IngressTLSSection(secretName: secret) }
        }
        let outcome = WebServerPlanner.plan(
            webServer,
            given: WebServerObservation(),
            now: Timestamp(secondsSinceEpoch: 0)
        )
        #expect(outcome.status.url == url)
    }
}

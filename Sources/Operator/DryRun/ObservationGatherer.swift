import JSON
import KubeModel
import SwiftletAPI
import WebServers

/// Collects what the planner has to know about one WebServer from a ``ClusterState``.
struct ObservationGatherer {
    let state: any ClusterState
    /// The annotations that Ingresses may have.
    var allowedAnnotations: IngressAnnotations = .standard

    func observation(of webServer: WebServer) async throws -> WebServerObservation {
        var observation = WebServerObservation()
        let namespace = webServer.metadata.namespace
        observation.served = try await state.servedKinds()
        observation.allowedAnnotations = allowedAnnotations
        for role in ChildRole.allCases {
            guard let resource = role.resource(in: observation.served),
                let object = try await state.object(resource, webServer.key)
            else { continue }
            observation.children[role] = try ObservedObject(object)
        }
        if let section = webServer.spec.persistentVolumeClaim {
            let key = ObjectKey(namespace: namespace, name: section.name)
            observation.claim = try await state.object(.persistentVolumeClaims, key).map(ObservedClaim.init)
        }
        if webServer.spec.ingress?.ingressClass != nil, let resource = observation.served.ingressClass {
            let classes = try await state.objects(resource, namespace: nil, matching: LabelSelector())
            observation.ingressClasses = classes.map { .known(Set($0.map(\.name))) } ?? .unknown
        }
        observation.ingressHolder = try await ingressHolder(for: webServer, observation.served)
        for key in webServer.spec.configFrom.compactMap(\.key) {
            guard let object = try await state.object(key.resource, ObjectKey(namespace: namespace, name: key.name))
            else { continue }
            observation.configDigests[key] = ConfigDigest.of(object)
        }
        let selector = LabelSelector(matchLabels: WebServerNames.podSelector(webServer.metadata.name))
        let pods = try await state.objects(.pods, namespace: namespace, matching: selector) ?? []
        observation.pods = pods.map(ObservedPod.init)
        return observation
    }

    /// As ``WebServerStores/ingressHolder(for:)``. Whoever may not see other namespaces is told about their own.
    private func ingressHolder(for webServer: WebServer, _ served: ServedKinds) async throws -> ObjectKey? {
        guard webServer.ingressPlace != nil, let resource = served.ingress else { return nil }
        let everywhere = try await state.objects(WebServer.resource, namespace: nil, matching: LabelSelector())
        let objects: [DynamicObject]?
        if let everywhere {
            objects = everywhere
        } else {
            let namespace = webServer.metadata.namespace
            objects = try await state.objects(WebServer.resource, namespace: namespace, matching: LabelSelector())
        }
        let controllers = try await ingressControllers(served)
        var claims: [(IngressClaim, IngressRivalry)] = []
        for rival in try (objects ?? []).map({ try WebServer($0.value) }) {
            let rivalry = webServer.rivalry(with: rival, controllers: controllers)
            guard rivalry != .none else { continue }
            let isInPlace = try await hasIngress(rival, resource, controllers)
            let isServable =
                !rival.metadata.isBeingDeleted && !rival.spec.paused
                && !rival.validate(allowed: allowedAnnotations).hasErrors
            if isInPlace || isServable { claims.append((IngressClaim(rival, isInPlace: isInPlace), rivalry)) }
        }
        guard !claims.isEmpty else { return nil }
        let isInPlace = try await hasIngress(webServer, resource, controllers)
        return IngressClaim(webServer, isInPlace: isInPlace).holder(among: claims)
    }

    private func ingressControllers(_ served: ServedKinds) async throws -> IngressControllers {
        guard let resource = served.ingressClass else { return IngressControllers() }
        let classes = try await state.objects(resource, namespace: nil, matching: LabelSelector()) ?? []
        return IngressControllers(
            try classes.map { object in
                var reader = JSONReader(object.value.encoded())
                return try IngressClassObject(json: &reader)
            }
        )
    }

    private func hasIngress(
        _ webServer: WebServer,
        _ resource: APIResource,
        _ controllers: IngressControllers
    ) async throws -> Bool {
        guard let object = try await state.object(resource, webServer.key),
            try object.metadata().controller?.uid == webServer.uid
        else { return false }
        return webServer.isServed(
            by: object.value["spec"] ?? [:],
            annotations: object.annotations,
            controllers: controllers
        )
    }
}

extension ObservedPod {
    /// From a whole Pod.
    init(_ object: DynamicObject) {
        let status = object.value["status"] ?? [:]
        let conditions = status["conditions"]?.arrayValue ?? []
        func condition(_ type: String) -> JSONValue? { conditions.first { $0["type"]?.stringValue == type } }
        let scheduled = condition("PodScheduled")
        let statuses =
            (status["initContainerStatuses"]?.arrayValue ?? []) + (status["containerStatuses"]?.arrayValue ?? [])
        self.init(
            name: object.name,
            isReady: condition("Ready")?["status"] == "True",
            isBeingDeleted: object.value[path: "metadata", "deletionTimestamp"] != nil,
            unschedulable: scheduled?["status"] == "False" ? scheduled?["message"]?.stringValue : nil,
            containers: statuses.map(Container.init)
        )
    }
}

extension ObservedPod.Container {
    fileprivate init(_ status: JSONValue) {
        let waiting = status[path: "state", "waiting"]
        let terminated = status[path: "state", "terminated"] ?? status[path: "lastState", "terminated"]
        self.init(
            name: status["name"]?.stringValue ?? "",
            waitingReason: waiting?["reason"]?.stringValue,
            waitingMessage: waiting?["message"]?.stringValue,
            terminatedReason: terminated?["reason"]?.stringValue,
            terminatedMessage: terminated?["message"]?.stringValue,
            exitCode: terminated?["exitCode"]?.intValue,
            restartCount: status["restartCount"]?.intValue ?? 0
        )
    }
}

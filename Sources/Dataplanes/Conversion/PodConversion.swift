import KubeModel

/// What a pod and the Services that select it make of each other: the dataplane, if there is one, and what is wrong.
package struct PodConversion: Hashable, Sendable {
    /// `nil` for a pod without a sidecar or without an address of its own.
    package var dataplane: Dataplane?
    package var problems: [DataplaneProblem]

    /// No dataplane, and nothing wrong.
    static let none = PodConversion(dataplane: nil, problems: [])

    private init(dataplane: Dataplane?, problems: [DataplaneProblem]) {
        self.dataplane = dataplane
        self.problems = problems
    }

    /// - Parameters:
    ///   - namespace: the pod's; `nil` if it is not known (yet), which then says nothing.
    ///   - services: those of the pod's namespace that select it, see ``KubeService/selects(_:ignoring:)``; in any order.
    ///   - node: the labels of the pod's node.
    ///   - meshes: the meshes that there are; `nil` if that does not matter.
    package init(
        of pod: Pod,
        in namespace: Namespace? = nil,
        services: [KubeService],
        node: FlatMap = .empty,
        meshes: Set<String>? = nil,
        options: DataplaneOptions
    ) {
        self = .none
        guard pod.hasSidecar, pod.hasAddress else { return }
        let mesh = MeshMarks.mesh(of: pod, in: namespace, otherwise: options.defaultMesh)
        guard meshes?.contains(mesh) ?? true else {
            problems.append(.missingMesh(name: mesh))
            return
        }
        var dataplane = Dataplane(key: pod.key, uid: pod.uid, mesh: mesh, address: pod.podIP, inbounds: [])
        let tags = InboundTags(of: pod, nodeTags: node.keeping(options.nodeLabels), options: options)
        let gateway = gatewayKind(of: pod)
        if gateway == .ofDeployment, case let workload = WorkloadName(of: pod), workload.isDeployment {
            dataplane.gateway = [TagName.gatewayName: "\(workload.name)_\(pod.namespace)_svc"]
        } else {
            let inbounds = inbounds(of: pod, services, tags, gateway, options)
            if gateway == .none { dataplane.inbounds = inbounds } else { dataplane.gateway = inbounds.first?.tags }
        }
        self.dataplane = dataplane
    }

    private enum GatewayKind {
        case none
        /// Known by the tags of its first inbound.
        case ofService
        /// Known by its Deployment, if it has one.
        case ofDeployment
    }

    private mutating func gatewayKind(of pod: Pod) -> GatewayKind {
        switch pod.annotations[MeshMarks.gateway] {
        case "provided": return .ofDeployment
        case let value where MeshMarks.isOn(value) == true: return .ofService
        case nil: return .none
        case .some(let value):
            if MeshMarks.isOn(value) == nil { problems.append(.unknownGateway(value: value)) }
            return .none
        }
    }

    /// Never empty.
    private mutating func inbounds(
        of pod: Pod,
        _ services: [KubeService],
        _ tags: InboundTags,
        _ gateway: GatewayKind,
        _ options: DataplaneOptions
    ) -> [Inbound] {
        let podPorts = PodPorts(of: pod)
        let sidecarPorts = SidecarPorts(of: pod, isGateway: gateway != .none)
        var inbounds: [Inbound] = []
        var tagCount = 0
        search: for service in services.sorted(by: { $0.name < $1.name }) where service.makesInbounds {
            let isSelected = service.selects(pod) || service.selector.isEmpty
            if let setting = service.unsupportedRouting {
                problems.append(.unsupportedRouting(service: service.name, setting: setting))
            }
            for port in service.ports where port.portProtocol == .tcp {
                guard problems.count < DataplaneLimits.inbounds, inbounds.count < DataplaneLimits.inbounds,
                    tagCount < DataplaneLimits.tags
                else {
                    problems.append(.tooManyInbounds(service: service.name))
                    break search
                }
                guard let target = podPorts.target(of: port) else {
                    if case .name(let name) = port.target {
                        problems.append(.unresolvedPort(service: service.name, port: port.number, target: name))
                    }
                    continue
                }
                guard !sidecarPorts.contains(target.number) else {
                    problems.append(
                        .sidecarPort(service: service.name, port: port.number, target: target.number)
                    )
                    continue
                }
                let inbound = Inbound(
                    port: target.number,
                    name: target.name,
                    tags: tags.tags(for: port, of: service, isGateway: gateway == .ofService),
                    state: isSelected ? (podPorts.isReady(container: target.container) ? .ready : .notReady) : .ignored
                )
                if let spoken = inbound.tags[TagName.protocolName], !KubeService.knownProtocols.contains(spoken) {
                    problems.append(.unknownProtocol(service: service.name, port: port.number, value: spoken))
                }
                tagCount += inbound.tags.count
                inbounds.append(inbound)
            }
        }
        guard inbounds.isEmpty else { return inbounds }
        let isReady = podPorts.isReady(container: nil) && pod.containers.allSatisfy { $0.isInit || $0.isReady }
        let state = isReady ? Inbound.State.ready : .notReady
        return [Inbound(port: Inbound.servicelessPort, tags: tags.servicelessTags(), state: state)]
    }
}

extension FlatMap {
    /// The entries of these names.
    func keeping(_ names: [String]) -> FlatMap {
        guard !isEmpty else { return .empty }
        let kept = names.compactMap { name in self[name].map { (name, $0) } }
        return kept.isEmpty ? .empty : FlatMap(Dictionary(kept, uniquingKeysWith: { first, _ in first }))
    }
}

import KubeModel

/// The part of a ``MeshIndex`` that is in one namespace: Services and the pods they select never are in two.
struct NamespaceIndex: Sendable {
    /// What is the same for all namespaces, while changes are worked out.
    struct Surroundings {
        let meshes: Set<String>?
        let nodes: [String: IndexedNode]
    }

    let name: String
    let options: DataplaneOptions
    private(set) var namespace: Namespace?
    private(set) var pods: [String: IndexedPod] = [:]
    private(set) var services: [String: IndexedService] = [:]
    /// Each pod under every label it has.
    private var podsByLabel = LabelTable()
    /// Each Service under one label that it selects by, the one that the fewest others are found by.
    private var servicesByLabel = LabelTable()
    /// Services whose selector requires no label.
    private var selectingAll: Set<String> = []
    private var slices = SliceTable()
    private var duePods: Set<String> = []
    private var dueServices: Set<String> = []

    init(name: String, options: DataplaneOptions) {
        self.name = name
        self.options = options
    }

    /// Whether nothing is known that could matter.
    var isEmpty: Bool { namespace == nil && pods.isEmpty && services.isEmpty && slices.isEmpty }

    /// Whether nothing is known, and nothing will follow. Changes may not be asked for for as long as something else is waited for, and must not
    /// be gathered meanwhile of what has come and gone.
    var isSpent: Bool { isEmpty && duePods.isEmpty && dueServices.isEmpty }

    // MARK: - What is there

    mutating func put(_ namespace: Namespace?) {
        func mesh(_ namespace: Namespace?) -> [String?] {
            [namespace?.labels[MeshMarks.mesh], namespace?.annotations[MeshMarks.mesh]]
        }
        if mesh(namespace) != mesh(self.namespace) { duePods.formUnion(pods.keys) }
        self.namespace = namespace
    }

    /// - Parameter pod: `nil` to remove it.
    mutating func put(_ pod: Pod?, name: String) {
        let old = pods[name]?.pod
        guard pod != nil || old != nil else { return }
        if old?.labels != pod?.labels {
            for (label, value) in (old?.labels ?? .empty).entries {
                podsByLabel.remove(name, at: .init(name: label, value: value))
            }
            for (label, value) in (pod?.labels ?? .empty).entries {
                podsByLabel.insert(name, at: .init(name: label, value: value))
            }
        }
        if pod == nil, pods[name]?.isUntold == true {
            pods[name] = nil
            duePods.remove(name)
            return
        }
        pods[name, default: IndexedPod()].pod = pod
        duePods.insert(name)
    }

    /// - Parameter service: `nil` to remove it.
    mutating func put(_ service: KubeService?, name: String, _ work: inout MeshWork) {
        let old = services[name]?.service
        guard old != nil || service != nil else { return }
        if let old, let service, !old.differs(from: service) {
            services[name]?.service = service
            return
        }
        let selectsOthers = old?.effectiveSelector != service?.effectiveSelector
        if selectsOthers { unfile(name) }
        if service == nil, services[name]?.isUntold == true {
            services[name] = nil
            dueServices.remove(name)
            return
        }
        services[name, default: IndexedService()].service = service
        duePods.formUnion(services[name]?.pods ?? [])
        dueServices.insert(name)
        if selectsOthers, let service, service.effectiveSelector != nil { file(service, &work) }
        if let service, service.selector.isEmpty { look(at: slices.pods(of: name)) }
    }

    /// - Parameter slice: `nil` to remove it.
    mutating func put(_ slice: EndpointSlice?, name: String) { look(at: slices.put(slice, name: name)) }

    private mutating func unfile(_ name: String) {
        selectingAll.remove(name)
        guard let label = services[name]?.label else { return }
        servicesByLabel.remove(name, at: label)
        services[name]?.label = nil
    }

    /// Makes a Service to be found by the pods it selects, and those to be looked at.
    private mutating func file(_ service: KubeService, _ work: inout MeshWork) {
        let labels = service.selector.entries
            .filter { !options.ignoredSelectorLabels.contains($0.name) }
            .map { LabelTable.Label(name: $0.name, value: $0.value) }
        let candidates: Set<String>
        if let label = labels.min(by: { servicesByLabel.count($0) < servicesByLabel.count($1) }),
            let rarest = labels.min(by: { podsByLabel.count($0) < podsByLabel.count($1) })
        {
            servicesByLabel.insert(service.name, at: label)
            services[service.name]?.label = label
            candidates = podsByLabel[rarest]
        } else {
            selectingAll.insert(service.name)
            candidates = Set(pods.keys)
        }
        for name in candidates {
            guard let pod = pods[name]?.pod else { continue }
            work.selections += 1
            if service.selects(pod, ignoring: options.ignoredSelectorLabels) { duePods.insert(name) }
        }
    }

    /// Makes some pods to be looked at again. Those that are not there are looked at when they come.
    mutating func look(at names: some Sequence<String>) { duePods.formUnion(names.filter { pods[$0] != nil }) }

    // MARK: - What follows

    mutating func update(
        _ surroundings: Surroundings,
        _ destinations: inout [String: [String: MeshService]],
        _ work: inout MeshWork,
        _ changes: inout MeshChanges
    ) {
        // In order, so that pods of a workload come one after the other.
        for name in duePods.sorted() { updatePod(name, surroundings, &work, &changes) }
        duePods = []
        for name in dueServices { updateService(name, &destinations, &work, &changes) }
        dueServices = []
    }

    private mutating func updatePod(
        _ name: String,
        _ surroundings: Surroundings,
        _ work: inout MeshWork,
        _ changes: inout MeshChanges
    ) {
        guard let old = pods[name] else { return }
        var new = IndexedPod(pod: old.pod)
        if let pod = old.pod {
            new.services = servicesSelecting(pod, &work)
            work.conversions += 1
            let conversion = PodConversion(
                of: pod,
                in: namespace,
                services: new.services.compactMap { services[$0]?.service },
                node: surroundings.nodes[pod.nodeName]?.labels ?? .empty,
                meshes: surroundings.meshes,
                options: options
            )
            new.problems = conversion.problems
            new.dataplane = conversion.dataplane
            if let inbounds = conversion.dataplane?.inbounds, !inbounds.isEmpty {
                new.dataplane?.inbounds = inbounds.sharing(with: similarInbounds(to: old, at: new.services))
            }
        }
        if new.services != old.services {
            for service in Set(old.services).subtracting(new.services) {
                services[service]?.pods.remove(name)
                dueServices.insert(service)
            }
            for service in Set(new.services).subtracting(old.services) {
                services[service]?.pods.insert(name)
                dueServices.insert(service)
            }
        }
        if let change = MeshChanges.Change.between(old.dataplane, new.dataplane) {
            changes.dataplanes[ObjectKey(namespace: self.name, name: name)] = change
            dueServices.formUnion(new.services)
        }
        if new.problems != old.problems { changes.problems.insert(ObjectKey(namespace: self.name, name: name)) }
        pods[name] = new.pod == nil ? nil : new
    }

    /// The inbounds that a pod had, and those of a few pods beside it.
    private func similarInbounds(to pod: IndexedPod, at services: [String]) -> [[Inbound]] {
        var similar = [pod.dataplane]
        if let service = services.first, let siblings = self.services[service]?.pods {
            similar += siblings.prefix(Self.comparedSiblings).map { pods[$0]?.dataplane }
        }
        return similar.compactMap { $0?.inbounds }
    }

    /// Enough to meet one of the same version where a Service has pods of two.
    private static let comparedSiblings = 4

    private func servicesSelecting(_ pod: Pod, _ work: inout MeshWork) -> [String] {
        var found: [String] = []
        func hold(_ names: Set<String>) {
            for name in names {
                guard let service = services[name]?.service else { continue }
                work.selections += 1
                if service.selects(pod, ignoring: options.ignoredSelectorLabels) { found.append(name) }
            }
        }
        for (name, value) in pod.labels.entries { hold(servicesByLabel[.init(name: name, value: value)]) }
        hold(selectingAll)
        for name in slices.services(of: pod) {
            guard let service = services[name]?.service, service.selector.isEmpty, service.makesInbounds else {
                continue
            }
            found.append(name)
        }
        return found.sorted()
    }

    private mutating func updateService(
        _ name: String,
        _ destinations: inout [String: [String: MeshService]],
        _ work: inout MeshWork,
        _ changes: inout MeshChanges
    ) {
        guard let entry = services[name] else { return }
        work.services += 1
        let new =
            entry.service.map { service in
                MeshService.destinations(of: service, dataplanes: entry.pods.compactMap { pods[$0]?.dataplane })
            } ?? [:]
        for id in Set(new.keys).union(entry.destinations) {
            guard let change = MeshChanges.Change.between(destinations[id.mesh]?[id.name], new[id]) else { continue }
            changes.services[id] = change
            destinations[id.mesh, default: [:]][id.name] = new[id]
            if destinations[id.mesh]?.isEmpty == true { destinations[id.mesh] = nil }
        }
        services[name]?.destinations = Array(new.keys)
        if entry.service == nil { services[name] = nil }
    }
}

extension KubeService {
    /// Whether this Service makes other inbounds or destinations than another.
    fileprivate func differs(from other: KubeService) -> Bool {
        makesInbounds != other.makesInbounds || selector != other.selector || ports != other.ports
            || clusterIPs != other.clusterIPs || isHeadless != other.isHeadless || annotations != other.annotations
            || unsupportedRouting != other.unsupportedRouting
    }

    /// By what it finds its pods; `nil` if it has none.
    fileprivate var effectiveSelector: FlatMap? { makesInbounds && !selector.isEmpty ? selector : nil }
}

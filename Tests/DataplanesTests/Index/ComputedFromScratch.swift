import KubeModel

@testable import Dataplanes

/// All objects of a cluster, and what follows from them without any index: every pod held against every Service.
struct ComputedFromScratch {
    var pods: [ObjectKey: Pod] = [:]
    var services: [ObjectKey: KubeService] = [:]
    var slices: [ObjectKey: EndpointSlice] = [:]
    var namespaces: [String: Namespace] = [:]
    var nodes: [String: [String: String]] = [:]
    var meshes: Set<String>?

    struct State: Equatable {
        var dataplanes: [ObjectKey: Dataplane] = [:]
        var services: [ServiceID: MeshService] = [:]
        var problems: [ObjectKey: [DataplaneProblem]] = [:]
    }

    func state(_ options: DataplaneOptions) -> State {
        var state = State()
        for (key, pod) in pods {
            let conversion = PodConversion(
                of: pod,
                in: namespaces[pod.namespace],
                services: services.values.filter { isBehind(pod, $0, options) },
                node: FlatMap(nodes[pod.nodeName] ?? [:]),
                meshes: meshes,
                options: options
            )
            state.dataplanes[key] = conversion.dataplane
            if !conversion.problems.isEmpty { state.problems[key] = conversion.problems }
        }
        for service in services.values {
            state.services.merge(MeshService.destinations(of: service, dataplanes: state.dataplanes.values)) { $1 }
        }
        return state
    }

    private func isBehind(_ pod: Pod, _ service: KubeService, _ options: DataplaneOptions) -> Bool {
        guard service.namespace == pod.namespace else { return false }
        if !service.selector.isEmpty { return service.selects(pod, ignoring: options.ignoredSelectorLabels) }
        return slices.values.contains { slice in
            slice.key.namespace == service.namespace && slice.service == service.name
                && slice.pods.contains { $0.name == pod.name && $0.uid == pod.uid }
        }
    }
}

extension MeshIndex {
    /// Everything, for comparing.
    var state: ComputedFromScratch.State {
        ComputedFromScratch.State(
            dataplanes: Dictionary(uniqueKeysWithValues: dataplanes().map { ($0.key, $0) }),
            services: Dictionary(
                uniqueKeysWithValues: meshesWithServices.flatMap { services(mesh: $0).values }.map { ($0.id, $0) }
            ),
            problems: problems
        )
    }
}

extension ComputedFromScratch.State {
    /// What an index has to tell that goes from one state to another.
    func changes(to new: Self) -> MeshChanges {
        var changes = MeshChanges()
        for key in Set(dataplanes.keys).union(new.dataplanes.keys) {
            changes.dataplanes[key] = .between(dataplanes[key], new.dataplanes[key])
        }
        for id in Set(services.keys).union(new.services.keys) {
            changes.services[id] = .between(services[id], new.services[id])
        }
        for key in Set(problems.keys).union(new.problems.keys) where problems[key] != new.problems[key] {
            changes.problems.insert(key)
        }
        return changes
    }
}

import KubeModel

/// All dataplanes and destinations of a cluster, kept right as pods, Services, Namespaces and nodes come, change and go.
///
/// ```swift
/// index.put(pod)
/// index.remove(service: key)
/// let changes = index.takeChanges()
/// ```
///
/// A value with no clock and no locks: one owner at a time. What is put is only remembered; ``takeChanges()`` works out what follows and
/// tells it, and until then everything that can be asked for is as it was.
///
/// # Cost
/// - A pod: the Services that select by a label it has, and the destinations it is behind. Not other pods, not other Services.
/// - A Service: the pods that it selects or selected, and those that have the rarest label it selects by. An EndpointSlice: the pods in it.
/// - A Namespace, if it changes its mesh: its pods. A node, if it changes a label that becomes a tag: its pods.
/// - The set of meshes: all pods.
///
/// Nothing is kept of pods without a sidecar.
package struct MeshIndex: Sendable {
    package let options: DataplaneOptions
    /// What it has cost.
    package private(set) var work = MeshWork()

    private var namespaces: [String: NamespaceIndex] = [:]
    private var nodes: [String: IndexedNode] = [:]
    private var meshes: Set<String>?
    /// By mesh and name.
    private var destinations: [String: [String: MeshService]] = [:]
    private var due: Set<String> = []

    package init(options: DataplaneOptions = DataplaneOptions()) { self.options = options }

    /// Whether nothing is known, and nothing will follow.
    var isEmpty: Bool { namespaces.isEmpty && nodes.isEmpty && due.isEmpty }

    // MARK: - What is there

    /// A pod that is new or has changed.
    package mutating func put(_ pod: Pod) {
        guard pod.hasSidecar else {
            remove(pod: pod.key)
            return
        }
        place(pod.key, on: pod.nodeName)
        edit(pod.namespace) { index, _ in index.put(pod, name: pod.name) }
    }

    package mutating func remove(pod key: ObjectKey) {
        guard namespaces[key.namespace]?.pods[key.name] != nil else { return }
        place(key, on: "")
        edit(key.namespace) { index, _ in index.put(nil as Pod?, name: key.name) }
    }

    /// A Service that is new or has changed.
    package mutating func put(_ service: KubeService) {
        edit(service.namespace) { index, work in index.put(service, name: service.name, &work) }
    }

    package mutating func remove(service key: ObjectKey) {
        guard namespaces[key.namespace]?.services[key.name] != nil else { return }
        edit(key.namespace) { index, work in index.put(nil as KubeService?, name: key.name, &work) }
    }

    /// An EndpointSlice that is new or has changed. Matters for Services without a selector only.
    package mutating func put(_ slice: EndpointSlice) {
        edit(slice.key.namespace) { index, _ in index.put(slice, name: slice.key.name) }
    }

    package mutating func remove(slice key: ObjectKey) {
        guard namespaces[key.namespace] != nil else { return }
        edit(key.namespace) { index, _ in index.put(nil as EndpointSlice?, name: key.name) }
    }

    /// A Namespace that is new or has changed. Pods may come before their Namespace, which then counts as one that says nothing.
    package mutating func put(_ namespace: Namespace) {
        edit(namespace.name) { index, _ in index.put(namespace) }
    }

    package mutating func remove(namespace name: String) {
        guard namespaces[name] != nil else { return }
        edit(name) { index, _ in index.put(nil as Namespace?) }
    }

    /// A node that is new or has changed.
    package mutating func put(node name: String, labels: [String: String]) {
        let kept = FlatMap(labels.filter { options.nodeLabels.contains($0.key) })
        let old = nodes[name]?.labels ?? .empty
        nodes[name, default: IndexedNode()].labels = kept
        nodes[name]?.isThere = true
        if kept != old { lookAtPods(of: name) }
    }

    package mutating func remove(node name: String) {
        guard let old = nodes[name] else { return }
        nodes[name]?.labels = .empty
        nodes[name]?.isThere = false
        if !old.labels.isEmpty { lookAtPods(of: name) }
        if old.pods.isEmpty { nodes[name] = nil }
    }

    /// The names of the meshes that there are. Pods of others are in no mesh. Until this is said, any mesh is there.
    package mutating func setMeshes(_ names: Set<String>?) {
        guard names != meshes else { return }
        meshes = names
        for name in namespaces.keys {
            edit(name) { index, _ in index.look(at: Array(index.pods.keys)) }
        }
    }

    private mutating func edit(_ namespace: String, _ change: (inout NamespaceIndex, inout MeshWork) -> Void) {
        change(&namespaces[namespace, default: NamespaceIndex(name: namespace, options: options)], &work)
        if let place = namespaces.index(forKey: namespace), namespaces.values[place].isSpent {
            namespaces.remove(at: place)
            due.remove(namespace)
        } else {
            due.insert(namespace)
        }
    }

    private mutating func place(_ pod: ObjectKey, on node: String) {
        let old = namespaces[pod.namespace]?.pods[pod.name]?.pod?.nodeName ?? ""
        guard old != node, !options.nodeLabels.isEmpty else { return }
        if !old.isEmpty {
            nodes[old]?.pods.remove(pod)
            if nodes[old]?.isThere == false, nodes[old]?.pods.isEmpty == true { nodes[old] = nil }
        }
        if !node.isEmpty { nodes[node, default: IndexedNode()].pods.insert(pod) }
    }

    private mutating func lookAtPods(of node: String) {
        for pod in nodes[node]?.pods ?? [] {
            edit(pod.namespace) { index, _ in index.look(at: CollectionOfOne(pod.name)) }
        }
    }

    // MARK: - What follows

    /// Works out what follows from everything that was put and removed since the last time, and tells what is different now.
    package mutating func takeChanges() -> MeshChanges {
        var changes = MeshChanges()
        let surroundings = NamespaceIndex.Surroundings(meshes: meshes, nodes: nodes)
        for name in due {
            guard let place = namespaces.index(forKey: name) else { continue }
            namespaces.values[place].update(surroundings, &destinations, &work, &changes)
            if namespaces.values[place].isEmpty { namespaces.remove(at: place) }
        }
        due = []
        return changes
    }

    /// `nil` for a pod that is no dataplane.
    package func dataplane(_ key: ObjectKey) -> Dataplane? { namespaces[key.namespace]?.pods[key.name]?.dataplane }

    /// In no order; with no mesh given, of all. Takes time in proportion to all pods.
    package func dataplanes(mesh: String? = nil) -> [Dataplane] {
        namespaces.values.flatMap { index in
            index.pods.values.lazy.compactMap(\.dataplane).filter { mesh == nil || $0.mesh == mesh }
        }
    }

    package func service(_ id: ServiceID) -> MeshService? { destinations[id.mesh]?[id.name] }

    /// By `kuma.io/service`.
    package func services(mesh: String) -> [String: MeshService] { destinations[mesh] ?? [:] }

    /// The meshes that have a destination.
    package var meshesWithServices: some Collection<String> { destinations.keys }

    /// What is wrong with a pod that has a sidecar.
    package func problems(of pod: ObjectKey) -> [DataplaneProblem] {
        namespaces[pod.namespace]?.pods[pod.name]?.problems ?? []
    }

    /// All pods that something is wrong with. Takes time in proportion to all pods.
    package var problems: [ObjectKey: [DataplaneProblem]] {
        var result: [ObjectKey: [DataplaneProblem]] = [:]
        for (namespace, index) in namespaces {
            for (name, pod) in index.pods where !pod.problems.isEmpty {
                result[ObjectKey(namespace: namespace, name: name)] = pod.problems
            }
        }
        return result
    }
}

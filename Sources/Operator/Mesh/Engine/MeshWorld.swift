import Dataplanes
import EnvoyAPI
import EnvoyConfig
import KubeModel
import SwiftletAPI
import TrafficPolicy
import XDS

/// All meshes of a cluster: from pods, Services, Meshes and TrafficRoutes to what every proxy is to have.
///
/// A value without clock or I/O: the operator feeds it with what it watches, the dry run with what files or a cluster say, and both get the
/// same. What is put is only remembered; ``step()`` works out what follows from it, at a cost in proportion to what changed.
struct MeshWorld: Sendable {
    private(set) var index: MeshIndex
    private(set) var meshes: [String: Mesh] = [:]
    private(set) var routes: [String: TrafficRoute] = [:]
    private(set) var programmed: [String: ProgrammedMesh] = [:]
    /// Meshes whose own object changed, and those whose TrafficRoutes did.
    private var changedMeshes: Set<String> = []
    private var changedRoutes: [String: Set<String>] = [:]
    /// The generations that meshes which are gone, or were begun anew, had come to, so that numbers go on growing.
    private var lastGenerations: [String: UInt64] = [:]
    /// Meshes whose last step failed, and left a part of it behind.
    private var broken: Set<String> = []
    private let compile: ProgrammedMesh.Compile

    /// What is to be told to proxies.
    struct Publication: Sendable {
        var snapshots: [(proxy: ProxyID, snapshot: ProxySnapshot)] = []
        var removed: [ProxyID] = []
        /// Meshes whose configuration cannot be made. Their proxies go on with what they have; others' are not concerned.
        var failures: [(mesh: String, error: EnvoyConfigError)] = []

        var isEmpty: Bool { snapshots.isEmpty && removed.isEmpty }
    }

    /// - Parameter compile: goes one step of a compiler.
    init(
        options: DataplaneOptions = DataplaneOptions(),
        compile: @escaping ProgrammedMesh.Compile = ProgrammedMesh.compile
    ) {
        self.compile = compile
        index = MeshIndex(options: options)
        index.setMeshes([])
    }

    /// All Meshes and TrafficRoutes.
    var programmedKeys: [ProgrammedKey] {
        meshes.keys.map { .mesh($0) } + routes.keys.map { .route($0) }
    }

    mutating func put(_ input: MeshInput) {
        switch input {
        case .pod(let pod): index.put(pod)
        case .podGone(let key): index.remove(pod: key)
        case .service(let service): index.put(service)
        case .serviceGone(let key): index.remove(service: key)
        case .slice(let slice): index.put(slice)
        case .sliceGone(let key): index.remove(slice: key)
        case .namespace(let namespace): index.put(namespace)
        case .namespaceGone(let name): index.remove(namespace: name)
        case .node(let name, let labels): index.put(node: name, labels: labels)
        case .nodeGone(let name): index.remove(node: name)
        case .mesh(let mesh): put(mesh, name: mesh.metadata.name)
        case .meshGone(let name): put(nil as Mesh?, name: name)
        case .route(let route): put(route, name: route.metadata.name)
        case .routeGone(let name): put(nil as TrafficRoute?, name: name)
        }
    }

    private mutating func put(_ mesh: Mesh?, name: String) {
        let old = meshes[name]
        meshes[name] = mesh
        guard old?.spec != mesh?.spec || (old == nil) != (mesh == nil) else { return }
        changedMeshes.insert(name)
        index.setMeshes(Set(meshes.keys))
    }

    private mutating func put(_ route: TrafficRoute?, name: String) {
        let old = routes[name]
        routes[name] = route
        guard
            old?.spec != route?.spec || old?.mesh != route?.mesh || old?.unreadable != route?.unreadable
                || old?.metadata.creationTimestamp != route?.metadata.creationTimestamp
        else { return }
        for mesh in [old?.mesh, route?.mesh] { if let mesh { changedRoutes[mesh, default: []].insert(name) } }
    }

    /// As ``advance()``, for those who have no use for a part of it.
    ///
    /// - Throws: ``EnvoyConfigError`` when a resource cannot be encoded, which no input is known to cause.
    mutating func step() throws(EnvoyConfigError) -> Publication {
        let publication = advance()
        if let failure = publication.failures.first { throw failure.error }
        return publication
    }

    /// Works out what follows from everything that was put since the last step. A mesh that fails begins anew with its next change.
    mutating func advance() -> Publication {
        let changes = index.takeChanges()
        var steps: [String: ProgrammedMesh.Change] = [:]
        for (id, change) in changes.services {
            steps[id.mesh, default: .init()].services[id.name] = .some(index.service(id))
            if change != .changed { steps[id.mesh, default: .init()].hasOtherServices = true }
        }
        for key in changes.dataplanes.keys {
            let dataplane = index.dataplane(key)
            if let dataplane { steps[dataplane.mesh, default: .init()].dataplanes[key] = .some(dataplane) }
            // It may have come from another mesh.
            for (name, mesh) in programmed where name != dataplane?.mesh && mesh.has(key) {
                steps[name, default: .init()].dataplanes[key] = .some(nil)
            }
        }
        for (mesh, names) in changedRoutes { steps[mesh, default: .init()].routes = names }
        for mesh in changedMeshes { steps[mesh, default: .init()].hasOtherSettings = true }
        changedRoutes = [:]
        changedMeshes = []

        var publication = Publication()
        for (name, change) in steps.sorted(by: { $0.key < $1.key }) { step(name, change, &publication) }
        return publication
    }

    private mutating func step(
        _ name: String,
        _ change: ProgrammedMesh.Change,
        _ publication: inout Publication
    ) {
        var proxiesBefore: [ProxyID] = []
        if broken.remove(name) != nil, let rest = programmed.removeValue(forKey: name) {
            lastGenerations[name] = rest.generation
            proxiesBefore = rest.proxies
        }
        guard let mesh = meshes[name] else {
            publication.removed += proxiesBefore
            guard let gone = programmed.removeValue(forKey: name) else { return }
            lastGenerations[name] = gone.generation
            publication.removed += gone.proxies
            return
        }
        let services = index.services(mesh: name)
        var change = change
        if programmed[name] == nil { change.begin(with: index.dataplanes(mesh: name), services) }
        // Taken out while it changes, so that it is not copied.
        var state =
            programmed.removeValue(forKey: name)
            ?? ProgrammedMesh(mesh: mesh, routes: routes.values, after: lastGenerations[name] ?? 0, compile: compile)
        do {
            let update = try state.step(mesh: mesh, change, routes: routes.values, services: services)
            for (key, snapshot) in update.snapshots {
                publication.snapshots.append((ProxyID(mesh: name, key), snapshot))
            }
            publication.removed += update.removed.map { ProxyID(mesh: name, $0) }
        } catch {
            publication.failures.append((name, error))
            publication.removed += change.dataplanes.filter { $0.value == nil }.map { ProxyID(mesh: name, $0.key) }
            broken.insert(name)
        }
        publication.removed += proxiesBefore.filter { !state.has($0.pod) }
        programmed[name] = state
    }
}

extension ProxyID {
    init(mesh: String, _ pod: ObjectKey) {
        self.init(mesh: mesh, namespace: pod.namespace, name: pod.name)
    }

    /// The pod.
    var pod: ObjectKey { ObjectKey(namespace: namespace, name: name) }
}

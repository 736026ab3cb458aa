import Dataplanes
import EnvoyAPI
import KubeModel
import TrafficPolicy

/// The configuration of all proxies of one mesh, kept up to date.
///
/// A value without clock or I/O: what it has come to depends on what it was told last about each thing, not on the order of the changes. Every
/// resource is encoded once, and what did not change stays the very same object: the layers of a snapshot, and the resources in them,
/// may be compared by identity. A snapshot has three layers: what all proxies of the mesh have, what those with the same ``RouteView`` have
/// otherwise, and what is the proxy's own. A step costs what its change touches, apart from copying the dictionaries of the layers that
/// change.
package struct MeshCompiler: Sendable {
    private struct Proxy: Sendable {
        var dataplane: Dataplane {
            didSet { incarnation = dataplane.uid.description }
        }
        /// The uid of the pod.
        private(set) var incarnation: String
        var own = OwnLayer()
        var overlay: OverlayLayers.ID = nil
        var snapshot: ProxySnapshot?

        init(dataplane: Dataplane) {
            self.dataplane = dataplane
            incarnation = dataplane.uid.description
        }
    }

    /// Grows with every change that something follows from.
    package private(set) var generation: UInt64
    private var settings: MeshSettings
    private var catalog = ServiceCatalog()
    private var base = BaseLayer()
    private var overlays = OverlayLayers()
    private var proxies: [ObjectKey: Proxy] = [:]
    private var shared = SharedResources()
    private var countOfIPv6Dataplanes = 0

    /// A mesh with nothing in it.
    ///
    /// - Parameter generation: Of a compiler that came before, so that it goes on growing.
    package init(settings: MeshSettings, generation: UInt64 = 0) {
        self.settings = settings
        self.generation = generation
    }

    /// What a dataplane is to have at present.
    package func snapshot(of dataplane: ObjectKey) -> ProxySnapshot? { proxies[dataplane]?.snapshot }

    /// The dataplanes that have a snapshot.
    package var dataplanes: Set<ObjectKey> { Set(proxies.keys) }

    /// Goes one step.
    ///
    /// - Throws: When a resource cannot be encoded, which no input is known to cause. This value is not to be used any more then.
    package mutating func apply(_ change: MeshChange) throws(EnvoyConfigError) -> MeshUpdate {
        if let settings = change.settings { self.settings = settings }
        let services = change.services.filter { catalog.services[$0.key] != $0.value }
        let reshaped = catalog.apply(services)
        let removed = try update(change.dataplanes)
        let hasNewBase = try update(services: Set(services.keys), reshaped: reshaped)
        try update(change.views)
        overlays.finish()

        let hasNewOverlays = !services.isEmpty
        let candidates =
            hasNewBase || hasNewOverlays ? Set(proxies.keys) : Set(change.dataplanes.keys).union(change.views.keys)
        let snapshots = renew(candidates)
        if !snapshots.isEmpty || !removed.isEmpty { generation += 1 }
        return MeshUpdate(generation: generation, snapshots: snapshots, removed: removed)
    }

    /// - Returns: Those that are gone.
    private mutating func update(_ dataplanes: [ObjectKey: Dataplane?]) throws(EnvoyConfigError) -> Set<ObjectKey> {
        var removed: Set<ObjectKey> = []
        for (key, dataplane) in dataplanes {
            let old = proxies[key]
            if let old, IPAddress.isIPv6(old.dataplane.address) { countOfIPv6Dataplanes -= 1 }
            if let dataplane, IPAddress.isIPv6(dataplane.address) { countOfIPv6Dataplanes += 1 }
            guard let dataplane else {
                if let old {
                    overlays.leave(old.overlay)
                    proxies[key] = nil
                    removed.insert(key)
                }
                continue
            }
            if old?.dataplane == dataplane { continue }
            var proxy = old ?? Proxy(dataplane: dataplane)
            proxies[key] = nil
            proxy.dataplane = dataplane
            try proxy.own.update(dataplane, &shared)
            _ = proxy.own.seal()
            proxies[key] = proxy
        }
        return removed
    }

    /// - Returns: Whether what all proxies have is not what it was.
    private mutating func update(services: Set<String>, reshaped: Set<String>) throws(EnvoyConfigError) -> Bool {
        let hasIPv6 =
            switch settings.ipv6 {
            case .automatic: catalog.hasIPv6 || countOfIPv6Dataplanes > 0
            case .always: true
            case .never: false
            }
        try base.update(settings, ipv6: hasIPv6)
        var assignments: [EncodedResource] = []
        for service in services { assignments += try shared.refreshAssignments(of: service, catalog.services) }
        for assignment in assignments { base.update(assignment: assignment) }
        for service in reshaped { try base.update(service, catalog, &shared) }
        let hasNewBase = base.seal()
        if !services.isEmpty {
            let context = OverlayLayer.Context(catalog: catalog, base: base)
            try overlays.update(reshaped, assignments: assignments, context, &shared)
        }
        return hasNewBase
    }

    private mutating func update(_ views: [ObjectKey: RouteView]) throws(EnvoyConfigError) {
        let context = OverlayLayer.Context(catalog: catalog, base: base)
        for (key, view) in views {
            guard let proxy = proxies[key] else { continue }
            proxies[key]?.overlay = try overlays.move(from: proxy.overlay, to: view, context, &shared)
        }
    }

    /// - Returns: The snapshots that are not what they were.
    private mutating func renew(_ candidates: Set<ObjectKey>) -> [ObjectKey: ProxySnapshot] {
        var snapshots: [ObjectKey: ProxySnapshot] = [:]
        for key in candidates {
            guard let proxy = proxies[key] else { continue }
            let layers = [base.layer, overlays.layer(proxy.overlay), proxy.own.layer]
            // Another pod of the name is another proxy, also when it is to have the same.
            if let present = proxy.snapshot, present.incarnation == proxy.incarnation,
                zip(present.layers, layers).allSatisfy({ $0 === $1 })
            {
                continue
            }
            let snapshot = ProxySnapshot(layers: layers, generation: generation + 1, incarnation: proxy.incarnation)
            proxies[key]?.snapshot = snapshot
            snapshots[key] = snapshot
        }
        return snapshots
    }
}

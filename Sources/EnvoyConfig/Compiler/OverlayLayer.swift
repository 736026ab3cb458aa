import Dataplanes
import EnvoyAPI
import TrafficPolicy

/// What the proxies with one ``RouteView`` have otherwise than the mesh as a whole. Resources that are just as in the base are left to it.
///
/// A cluster has one load balancer for all of a view: that of the route to the cluster's own service, if this route uses the cluster;
/// otherwise that of the first service by name whose route does.
struct OverlayLayer: Sendable {
    private(set) var view = RouteView()
    private var table = ResourceTable()
    /// By decided service.
    private var parts: [String: OutboundResources] = [:]
    /// The decided services whose routes use a cluster.
    private var users: [Tags: Set<String>] = [:]
    /// The decided services whose protocol depends on a service.
    private var dependents: [String: Set<String>] = [:]

    var layer: ResourceLayer { table.layer }

    /// Makes this the layer of another view. Costs what differs between the two, apart from comparing them.
    mutating func move(to view: RouteView, _ context: Context, _ shared: inout SharedResources) throws(EnvoyConfigError)
    {
        var changed: Set<String> = []
        for (service, route) in view.decided where self.view.decided[service] != route { changed.insert(service) }
        for service in self.view.decided.keys where view.decided[service] == nil { changed.insert(service) }
        let old = self.view
        self.view = view
        try recompile(changed, formerly: old, context, &shared)
    }

    /// Services whose protocol, addresses or existence changed.
    mutating func update(_ services: Set<String>, _ context: Context, _ shared: inout SharedResources)
        throws(EnvoyConfigError)
    {
        var concerned: Set<String> = []
        for service in services {
            if view.decided[service] != nil { concerned.insert(service) }
            concerned.formUnion(dependents[service] ?? [])
        }
        try recompile(concerned, formerly: view, context, &shared)
    }

    mutating func update(assignment: EncodedResource) {
        if table.resource(.endpoint, assignment.name) != nil { table.set(assignment) }
    }

    /// - Returns: Whether the layer is a new one.
    mutating func seal() -> Bool { table.seal() }

    struct Context {
        var catalog: ServiceCatalog
        var base: BaseLayer
    }

    private mutating func recompile(
        _ services: Set<String>,
        formerly old: RouteView,
        _ context: Context,
        _ shared: inout SharedResources
    ) throws(EnvoyConfigError) {
        var touched: Set<Tags> = []
        for service in services {
            for destination in Self.dependencies(of: old.decided[service]) {
                dependents.remove(service, from: destination)
            }
            for destination in Self.dependencies(of: view.decided[service]) {
                dependents.insert(service, to: destination)
            }
            let before = parts[service]
            for tags in before?.destinations ?? [] {
                users.remove(service, from: tags)
                touched.insert(tags)
            }
            parts[service] = nil
            let after = try compile(service, context, &shared)
            for tags in after?.destinations ?? [] {
                users.insert(service, to: tags)
                touched.insert(tags)
            }
            parts[service] = after
            replace(before, with: after, context.base)
            hideUnusedRoutes(of: service, after, context.base)
        }
        // Those of one view hang together by their clusters: they are settled when all routes are.
        for tags in touched { try settle(tags, context, &shared) }
    }

    /// `nil` if the service is not there, or nothing is decided about it.
    private func compile(
        _ name: String,
        _ context: Context,
        _ shared: inout SharedResources
    ) throws(EnvoyConfigError) -> OutboundResources? {
        guard let route = view.decided[name], let service = context.catalog.services[name] else { return nil }
        let trafficProtocol = route.trafficProtocol(own: service.trafficProtocol) {
            context.catalog.trafficProtocol(of: $0)
        }
        return try shared.outbound(
            OutboundResources.Key(
                service: name,
                addresses: context.catalog.addresses(of: service).filter { $0.instance == nil },
                isHTTP: trafficProtocol.isHTTP,
                route: route
            )
        )
    }

    private mutating func replace(_ before: OutboundResources?, with after: OutboundResources?, _ base: BaseLayer) {
        let new = after?.resources ?? []
        for resource in before?.resources ?? []
        where !new.contains(where: { $0.type == resource.type && $0.name == resource.name }) {
            // Another service may have taken the address over.
            guard table.resource(resource.type, resource.name)?.isSame(as: resource) == true else { continue }
            table.remove(resource.type, resource.name)
        }
        for resource in new { set(resource, base) }
    }

    /// Where the traffic is no HTTP here though it is in the base, no listener fetches the base's routes.
    private mutating func hideUnusedRoutes(of service: String, _ outbound: OutboundResources?, _ base: BaseLayer) {
        let name = ResourceName.outboundRoute(service)
        if outbound?.resources.contains(where: { $0.type == .route }) == true { return }
        if outbound != nil, base.resource(.route, name) != nil {
            table.hide(.route, name)
        } else {
            table.remove(.route, name)
        }
    }

    private mutating func settle(
        _ tags: Tags,
        _ context: Context,
        _ shared: inout SharedResources
    ) throws(EnvoyConfigError) {
        guard let users = users[tags], let first = users.min() else {
            let name = tags.clusterName
            table.remove(.cluster, name)
            table.remove(.endpoint, name)
            return
        }
        let decider = users.contains(tags.service) ? tags.service : first
        let route = view.route(to: decider)
        let cluster = OutboundCluster(
            tags: tags,
            usesHTTP2: context.catalog.trafficProtocol(of: tags.service)?.isHTTP2 ?? false,
            loadBalancer: route.loadBalancer,
            origin: route.resourceOrigin
        )
        set(try shared.cluster(cluster), context.base)
        set(try shared.assignment(of: tags, context.catalog.services), context.base)
    }

    private mutating func set(_ resource: EncodedResource, _ base: BaseLayer) {
        if base.resource(resource.type, resource.name)?.hasSameContent(as: resource) == true {
            table.remove(resource.type, resource.name)
        } else {
            table.set(resource)
        }
    }

    /// The services on which the protocol, the listeners or the clusters of a route depend.
    private static func dependencies(of route: ServiceRoute?) -> Set<String> {
        guard let route else { return [] }
        return Set((route.rules.map(\.split) + [route.split]).joined().map(\.tags.service))
    }
}

extension [Tags: Set<String>] {
    fileprivate mutating func insert(_ service: String, to tags: Tags) { self[tags, default: []].insert(service) }

    fileprivate mutating func remove(_ service: String, from tags: Tags) {
        self[tags]?.remove(service)
        if self[tags]?.isEmpty == true { self[tags] = nil }
    }
}

extension [String: Set<String>] {
    fileprivate mutating func insert(_ service: String, to other: String) { self[other, default: []].insert(service) }

    fileprivate mutating func remove(_ service: String, from other: String) {
        self[other]?.remove(service)
        if self[other]?.isEmpty == true { self[other] = nil }
    }
}

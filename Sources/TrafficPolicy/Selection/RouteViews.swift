import Dataplanes

/// The views of all proxies of a mesh, each made once: proxies that match the same TrafficRoutes share one, and with it its storage.
package struct RouteViews: Sendable {
    package let table: RouteTable
    /// The services that views tell of.
    package let services: Set<String>
    private var views: [RouteCandidates: RouteView] = [:]
    private var distinct: Set<RouteView> = []
    private var resolved: [Decision: ServiceRoute] = [:]

    private struct Decision: Hashable {
        var index: Int
        var service: String
    }

    package init(table: RouteTable, services: Set<String>) {
        self.table = table
        self.services = services
    }

    /// The view of a proxy with these ``Dataplane/sourceTags``.
    package mutating func view(for sourceTags: [Tags]) -> RouteView {
        let candidates = table.candidates(for: sourceTags)
        if let known = views[candidates] { return known }
        let made = table.view(of: table.winners(among: candidates), services: services) { index, service in
            let decision = Decision(index: index, service: service)
            if let known = resolved[decision] { return known }
            let route = table.entries[index].route.resolvedIfValid(for: service)
            resolved[decision] = route
            return route
        }
        // Other candidates may come to the same.
        let view = distinct.insert(made).memberAfterInsert
        views[candidates] = view
        return view
    }

    /// How many different views were asked for so far.
    package var count: Int { distinct.count }
}

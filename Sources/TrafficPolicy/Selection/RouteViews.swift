import Dataplanes

/// The views of all proxies of a mesh, each made once: proxies for which the same TrafficRoutes decide share one, and with it its storage.
///
/// Most TrafficRoutes are for callers in general. So a view is made from that of its common source selectors by what the proxy's own ones
/// change, which takes time in proportion to the latter.
package struct RouteViews: Sendable {
    package let table: RouteTable
    /// The services that views tell of.
    package let services: Set<String>
    private var views: [RouteView] = []
    private var numbers: [RouteCandidates: Int] = [:]
    private var changes: [Change: Int] = [:]
    private var bases: [[Int]: Base] = [:]
    private var resolved: [Decision: ServiceRoute] = [:]

    /// What some source selectors come to by themselves.
    private struct Base {
        var bids: RouteBids
        var view: RouteView
    }

    /// A view as the difference from a base.
    private struct Change: Hashable {
        /// Source selectors.
        var base: [Int]
        /// Who decides instead, by service.
        var decided: [String: Int]
    }

    private struct Decision: Hashable {
        var index: Int
        var service: String
    }

    package init(table: RouteTable, services: Set<String>) {
        self.table = table
        self.services = services
    }

    /// How many views were made so far.
    package var count: Int { views.count }

    /// A view by its ``number(for:)``.
    package subscript(number: Int) -> RouteView { views[number] }

    /// The view of a proxy with these ``Dataplane/sourceTags``.
    package mutating func view(for sourceTags: [Tags]) -> RouteView { views[number(for: sourceTags)] }

    /// The number of a proxy's view. Proxies with the same number have the same view; numbers stay as long as this value.
    ///
    /// For what is kept by view: comparing numbers is cheap, comparing views is not.
    package mutating func number(for sourceTags: [Tags]) -> Int {
        let candidates = table.candidates(for: sourceTags)
        if let known = numbers[candidates] { return known }
        let number = makeNumber(for: candidates)
        numbers[candidates] = number
        return number
    }

    private mutating func makeNumber(for candidates: RouteCandidates) -> Int {
        let (common, own) = table.parts(of: candidates)
        let base = base(of: common)
        var bids = base.bids
        let named = table.add(own, to: &bids)
        guard bids.all == base.bids.all else {
            // Everything may be different.
            let whole = self.base(of: candidates.selectors)
            return number(of: Change(base: candidates.selectors, decided: [:]), from: whole.view)
        }
        var change = Change(base: common, decided: [:])
        for service in named.intersection(services) {
            let winner = bids.winner(for: service)
            if winner != base.bids.winner(for: service) { change.decided[service] = winner }
        }
        return number(of: change, from: base.view)
    }

    private mutating func number(of change: Change, from base: RouteView) -> Int {
        if let known = changes[change] { return known }
        var view = base
        for (service, index) in change.decided { view.decided[service] = resolve(index, service) }
        views.append(view)
        changes[change] = views.count - 1
        return views.count - 1
    }

    private mutating func base(of selectors: [Int]) -> Base {
        if let known = bases[selectors] { return known }
        let bids = table.bids(of: selectors)
        let base = Base(bids: bids, view: table.view(of: bids, services: services) { resolve($0, $1) })
        bases[selectors] = base
        return base
    }

    private mutating func resolve(_ index: Int, _ service: String) -> ServiceRoute? {
        let decision = Decision(index: index, service: service)
        if let known = resolved[decision] { return known }
        let route = table.entries[index].route.resolvedIfValid(for: service)
        resolved[decision] = route
        return route
    }
}

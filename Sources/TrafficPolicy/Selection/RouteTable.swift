import Dataplanes
import KubeModel
import SwiftletAPI

/// The TrafficRoutes of one mesh, indexed by what they select, so that the one that decides for a caller and a service is found quickly.
///
/// The rule (Kuma 2.14): of the TrafficRoutes whose sources match any tag set of the caller and whose destinations match the service, the
/// one with the highest ``SelectorRank`` decides, counting its most specific matching source and destination together; of equals the one
/// created last; of those the first by name. One decides; nothing is merged.
///
/// Cost of building: in proportion to the selectors. Of ``candidates(for:)``: to the distinct source selectors that name the caller's services
/// or none. Of a view: to the destinations of the TrafficRoutes that match, and to the services if one of them is for all.
package struct RouteTable: Sendable {
    /// A TrafficRoute that decides nothing because it is not valid.
    package struct Excluded: Hashable, Sendable {
        package var name: String
        package var errors: [FieldError]
    }

    package let mesh: String
    /// By name.
    package let excluded: [Excluded]
    /// In order of precedence among equally specific ones, so that the smaller index wins.
    let entries: [RouteEntry]
    private let sources: SelectorIndex

    /// - Parameters:
    ///   - mesh: routes of other meshes are left out.
    ///   - routes: in any order, with distinct names. Those that are being deleted still count.
    package init(mesh: String, routes: [TrafficRoute]) {
        self.mesh = mesh
        var excluded: [Excluded] = []
        var entries: [RouteEntry] = []
        for route in routes where route.mesh == mesh {
            let errors = route.validate()
            if errors.hasErrors {
                excluded.append(Excluded(name: route.metadata.name, errors: errors))
            } else {
                entries.append(RouteEntry(route))
            }
        }
        self.excluded = excluded.sorted { $0.name < $1.name }
        self.entries = entries.sorted { $0.precedes($1) }
        sources = SelectorIndex(self.entries.map(\.sources))
    }

    /// The TrafficRoutes that can decide, by name.
    package var routes: [TrafficRoute] { entries.map(\.route).sorted { $0.metadata.name < $1.metadata.name } }

    /// The TrafficRoutes that match a proxy as a source.
    ///
    /// - Parameter sourceTags: ``Dataplane/sourceTags``.
    package func candidates(for sourceTags: [Tags]) -> RouteCandidates {
        RouteCandidates(selectors: sources.matches(of: sourceTags))
    }

    /// The entries that match a proxy as a source.
    func matches(of candidates: RouteCandidates) -> Set<Int> {
        candidates.selectors.reduce(into: []) { $0.formUnion(sources.owners[$1]) }
    }

    /// Source selectors that name no service and those that do: the ones that many proxies have in common, and the others.
    func parts(of candidates: RouteCandidates) -> (common: [Int], own: [Int]) {
        let own = candidates.selectors.filter { sources.selectors[$0].service != nil }
        return (candidates.selectors.filter { sources.selectors[$0].service == nil }, own)
    }

    /// The bids of all entries that have one of these source selectors.
    func bids(of selectors: [Int]) -> RouteBids {
        var bids = RouteBids()
        _ = add(selectors, to: &bids)
        return bids
    }

    /// Adds the bids of all entries that have one of these source selectors, and tells for which single services they are better.
    func add(_ selectors: [Int], to bids: inout RouteBids) -> Set<String> {
        var services: Set<String> = []
        for number in selectors {
            let rank = sources.selectors[number].rank
            for index in sources.owners[number] {
                for destination in entries[index].destinations {
                    let bid = RouteBids.Bid(rank: rank + destination.rank, index: index)
                    guard bids.add(bid, for: destination.service), let service = destination.service else { continue }
                    services.insert(service)
                }
            }
        }
        return services
    }

    /// The routes of one proxy. ``RouteViews`` keeps and shares them.
    ///
    /// - Parameter services: those of the mesh; others are not in the view.
    package func view(for sourceTags: [Tags], services: Set<String>) -> RouteView {
        view(of: bids(of: candidates(for: sourceTags).selectors), services: services) { index, service in
            entries[index].route.resolvedIfValid(for: service)
        }
    }

    /// - Parameter resolve: what the entry at an index means for a service.
    func view(of bids: RouteBids, services: Set<String>, resolve: (Int, String) -> ServiceRoute?) -> RouteView {
        var view = RouteView()
        // Without a bid for all, only services that are named can be decided about.
        let decidable = bids.all == nil ? services.intersection(bids.named.keys) : services
        view.decided.reserveCapacity(decidable.count)
        for service in decidable {
            if let index = bids.winner(for: service) { view.decided[service] = resolve(index, service) }
        }
        return view
    }
}

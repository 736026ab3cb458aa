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

    /// The entries that match a proxy as a source, each with the rank of its most specific source selector that does.
    func matches(of candidates: RouteCandidates) -> [Int: SelectorRank] {
        var best: [Int: SelectorRank] = [:]
        for number in candidates.selectors {
            let rank = sources.selectors[number].rank
            for index in sources.owners[number] { best[index] = max(rank, best[index] ?? rank) }
        }
        return best
    }

    /// Who decides for each service.
    struct Winners: Hashable {
        /// Services that a candidate names, with the index of who decides.
        var named: [String: Int]
        /// Who decides for all other services; `nil` for nobody.
        var others: Int?

        func index(for service: String) -> Int? { named[service] ?? others }
    }

    /// Who decides, for any service.
    func winners(among candidates: RouteCandidates) -> Winners {
        /// Ordered by rank, then by precedence.
        struct Bid { var rank: SelectorRank, index: Int }
        func isBetter(_ bid: Bid, than other: Bid?) -> Bool {
            guard let other else { return true }
            return bid.rank != other.rank ? bid.rank > other.rank : bid.index < other.index
        }
        var named: [String: Bid] = [:]
        var others: Bid?
        for (index, rank) in matches(of: candidates) {
            for destination in entries[index].destinations {
                let bid = Bid(rank: rank + destination.rank, index: index)
                if let service = destination.service {
                    if isBetter(bid, than: named[service]) { named[service] = bid }
                } else if isBetter(bid, than: others) {
                    others = bid
                }
            }
        }
        let decided = named.mapValues { bid in
            others.map { isBetter($0, than: bid) ? $0.index : bid.index } ?? bid.index
        }
        return Winners(named: decided, others: others?.index)
    }

    /// The routes of one proxy. ``RouteViews`` keeps and shares them.
    ///
    /// - Parameter services: those of the mesh; others are not in the view.
    package func view(for sourceTags: [Tags], services: Set<String>) -> RouteView {
        let winners = winners(among: candidates(for: sourceTags))
        return view(of: winners, services: services) { index, service in
            entries[index].route.resolvedIfValid(for: service)
        }
    }

    /// - Parameter resolve: what the TrafficRoute at an index means for a service.
    func view(of winners: Winners, services: Set<String>, resolve: (Int, String) -> ServiceRoute?) -> RouteView {
        var view = RouteView()
        if let others = winners.others {
            view.decided.reserveCapacity(services.count)
            for service in services { view.decided[service] = resolve(winners.named[service] ?? others, service) }
        } else {
            for (service, index) in winners.named where services.contains(service) {
                view.decided[service] = resolve(index, service)
            }
        }
        return view
    }
}

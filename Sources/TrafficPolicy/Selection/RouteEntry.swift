import Dataplanes
import KubeModel
import SwiftletAPI

/// A TrafficRoute that may decide, ready for matching.
struct RouteEntry: Sendable {
    let route: TrafficRoute
    let sources: [TagSelector]
    let destinations: [TagSelector]

    init(_ route: TrafficRoute) {
        self.route = route
        sources = route.spec.sources.map { TagSelector($0.match) }
        destinations = route.spec.destinations.map { TagSelector($0.match) }
    }

    var name: String { route.metadata.name }

    /// The most specific source selector that any of the tag sets matches; the first of equals.
    func bestSource(for tagSets: [Tags]) -> TagSelector? {
        Self.best(of: sources) { selector in tagSets.contains(where: selector.matches) }
    }

    /// The most specific destination selector that matches the service; the first of equals.
    func bestDestination(for service: String) -> TagSelector? {
        // They select by nothing else.
        Self.best(of: destinations) { selector in selector.service.map { $0 == service } ?? true }
    }

    private static func best(of selectors: [TagSelector], where matches: (TagSelector) -> Bool) -> TagSelector? {
        var best: TagSelector?
        for selector in selectors where matches(selector) {
            if best.map({ $0.rank < selector.rank }) ?? true { best = selector }
        }
        return best
    }

    /// Whether it takes precedence over an entry that is exactly as specific: the later created one, then the first by name.
    ///
    /// An object that is not created yet counts as the latest.
    func precedes(_ other: RouteEntry) -> Bool {
        let (own, others) = (route.metadata.creationTimestamp, other.route.metadata.creationTimestamp)
        if own != others {
            guard let own else { return true }
            guard let others else { return false }
            return own > others
        }
        return name.utf8.lexicographicallyPrecedes(other.name.utf8)
    }
}

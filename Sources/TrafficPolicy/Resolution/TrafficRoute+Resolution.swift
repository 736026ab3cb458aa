import Dataplanes
import KubeModel
import SwiftletAPI

extension TrafficRoute {
    /// What this TrafficRoute means for traffic to one service: `*` replaced, shares of weight 0 left out. `nil` if it is not valid.
    package func resolved(for service: String) -> ServiceRoute? {
        validate().hasErrors ? nil : resolvedIfValid(for: service)
    }

    /// As ``resolved(for:)``, for a TrafficRoute that is known to be valid. What cannot be in a valid one is left out.
    func resolvedIfValid(for service: String) -> ServiceRoute? {
        guard let conf = spec.conf, let split = Self.resolve(conf.split, or: conf.destination, for: service) else {
            return nil
        }
        return ServiceRoute(
            origin: metadata.name,
            loadBalancer: conf.loadBalancer.flatMap(LoadBalancer.init) ?? .roundRobin,
            rules: conf.http.compactMap { rule in
                Self.resolve(rule.split, or: rule.destination, for: service).map { split in
                    HTTPRule(
                        match: RequestMatch(rule.match ?? RequestMatchSection()),
                        modification: rule.modify.map(RequestModification.init) ?? RequestModification(),
                        split: split
                    )
                }
            },
            split: split
        )
    }

    /// `nil` when nothing is left.
    private static func resolve(
        _ split: [TrafficRouteSplit]?,
        or destination: [String: String]?,
        for service: String
    ) -> [WeightedDestination]? {
        let shares = split ?? destination.map { [TrafficRouteSplit(weight: 1, destination: $0)] } ?? []
        let resolved = shares.compactMap { share -> WeightedDestination? in
            guard let weight = share.weight.flatMap(UInt32.init(exactly:)), weight > 0 else { return nil }
            return WeightedDestination(tags: Tags(resolving: share.destination, for: service), weight: weight)
        }
        return resolved.isEmpty ? nil : resolved
    }
}

extension Tags {
    /// The tags of a destination in a TrafficRoute: those of any value are left out, then those of the service called are filled in.
    ///
    /// Source: Kuma 2.14, `handleWildcardTagsFor`.
    init(resolving destination: [String: String], for service: String) {
        let exact = destination.filter { $0.value != TagSelector.anyValue }
        self.init(exact.merging([TagName.service: service]) { given, _ in given })
    }
}

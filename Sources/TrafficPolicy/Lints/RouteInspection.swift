import Dataplanes
import JSON
import SwiftletAPI

/// What can be found wrong with one valid TrafficRoute by itself.
struct RouteInspection {
    private let entry: RouteEntry
    private let contents: MeshContents
    /// Known services that it matches, by name, and what it means for each.
    private let routes: [(service: String, route: ServiceRoute)]

    init(entry: RouteEntry, contents: MeshContents) {
        self.entry = entry
        self.contents = contents
        let named = entry.destinations.compactMap(\.service)
        let isForAll = named.count < entry.destinations.count
        let matching = isForAll ? Set(contents.services.keys) : Set(named).filter { contents.services[$0] != nil }
        routes = matching.sorted().compactMap { service in
            entry.route.resolvedIfValid(for: service).map { (service, $0) }
        }
    }

    var lints: [RouteLint] { sourceLints + destinationLints + protocolLints + shareLints + servingLints }

    private func lint(_ kind: RouteLint.Kind, _ path: FieldPath, _ message: String) -> RouteLint {
        RouteLint(route: entry.name, kind: kind, finding: .warning(path, message))
    }

    private var sourceLints: [RouteLint] {
        entry.sources.enumerated().compactMap { index, selector in
            let isMatched = contents.dataplanes.contains { $0.sourceTags.contains(where: selector.matches) }
            return isMatched
                ? nil
                : lint(
                    .sourceMatchesNothing,
                    ["spec", "sources", .index(index), "match"],
                    "no proxy has \(selector.tags)"
                )
        }
    }

    private var destinationLints: [RouteLint] {
        entry.destinations.enumerated().compactMap { index, selector in
            let isMatched = selector.service.map { contents.services[$0] != nil } ?? !contents.services.isEmpty
            return isMatched
                ? nil
                : lint(
                    .destinationMatchesNothing,
                    ["spec", "destinations", .index(index), "match"],
                    "there is no service \(selector.service ?? "in the mesh")"
                )
        }
    }

    private var protocolLints: [RouteLint] {
        let plain = routes.filter { _, route in
            !route.trafficProtocol { contents.services[$0]?.trafficProtocol }.isHTTP
        }
        let advice = "set appProtocol of the Service's port to http if requests are meant"
        let split = plain.filter { $0.route.split.count > 1 }.map(\.service)
        let ruled = plain.filter { !$0.route.rules.isEmpty }.map(\.service)
        var lints: [RouteLint] = []
        if !split.isEmpty {
            lints.append(
                lint(
                    .splitsConnections,
                    ["spec", "conf", "split"],
                    "splits connections, not requests, because \(listing(split)) \(speak(split)) no HTTP: \(advice)"
                )
            )
        }
        if !ruled.isEmpty {
            lints.append(
                lint(
                    .rulesIgnored,
                    ["spec", "conf", "http"],
                    "has no effect on \(listing(ruled)), which \(speak(ruled)) no HTTP: \(advice)"
                )
            )
        }
        return lints
    }

    private func speak(_ services: [String]) -> String { services.count == 1 ? "speaks" : "speak" }

    /// Shares that nobody takes.
    private var shareLints: [RouteLint] {
        guard let conf = entry.route.spec.conf else { return [] }
        var lints = shareLints(conf.split, or: conf.destination, at: ["spec", "conf"])
        lints += weightLints(conf.split, at: ["spec", "conf", "split"])
        for (index, rule) in conf.http.enumerated() {
            lints += shareLints(rule.split, or: rule.destination, at: ["spec", "conf", "http", .index(index)])
            lints += weightLints(rule.split, at: ["spec", "conf", "http", .index(index), "split"])
        }
        return lints
    }

    /// Sums need not be 100. One that nearly is was hardly meant to be another.
    private func weightLints(_ split: [TrafficRouteSplit]?, at path: FieldPath) -> [RouteLint] {
        guard let split, split.count > 1 else { return [] }
        let weights = split.compactMap(\.weight)
        let total = weights.reduce(0, +)
        guard total != 100, (90...110).contains(total) else { return [] }
        let shares = weights.map { "\($0)/\(total)" }.joined(separator: ", ")
        return [
            lint(.weightsNearHundred, path, "the weights add up to \(total), not 100: the shares are \(shares)")
        ]
    }

    private func shareLints(
        _ split: [TrafficRouteSplit]?,
        or destination: [String: String]?,
        at path: FieldPath
    ) -> [RouteLint] {
        let places: [(path: FieldPath, destination: [String: String])] =
            split?.enumerated().filter { $0.element.weight != 0 }.map { index, share in
                let path = path.appending(key: "split").appending(index: index).appending(key: "destination")
                return (path, share.destination)
            } ?? destination.map { [(path.appending(key: "destination"), $0)] } ?? []
        return places.compactMap { shareLint($0.destination, at: $0.path) }
    }

    private func shareLint(_ destination: [String: String], at path: FieldPath) -> RouteLint? {
        // Each tag set once, in order of the services called.
        var seen: Set<Tags> = []
        let missing = routes.map { Tags(resolving: destination, for: $0.service) }.filter { tags in
            // That a service which is called has no endpoints at all is no fault of the route's.
            let isWholeService = tags.count == 1 && destination[TagName.service] == TagSelector.anyValue
            return !isWholeService && seen.insert(tags).inserted && endpoints(with: tags).isEmpty
        }
        guard let first = missing.first else { return nil }
        let message =
            if contents.services[first.service] == nil {
                "there is no service \(first.service): this share of the traffic fails"
            } else {
                """
                no ready endpoint has \(listing(missing.map(\.description)))\(unready(missing)): this share of the traffic fails
                """
            }
        return lint(.shareWithoutEndpoints, path, message)
    }

    /// Tells of pods that would do once they are ready.
    private func unready(_ tagSets: [Tags]) -> String {
        let selectors = tagSets.map { TagSelector($0.dictionary) }
        let count = contents.dataplanes.count { dataplane in
            dataplane.inbounds.contains { inbound in
                inbound.state == .notReady && selectors.contains { $0.matches(inbound.tags) }
            }
        }
        return count == 0 ? "" : ", though \(count) pod\(count == 1 ? " that is" : "s that are") not ready"
    }

    /// Services all of whose traffic fails.
    private var servingLints: [RouteLint] {
        let failing = routes.filter { service, route in
            let isWholeService = route.split.allSatisfy { $0.tags == [TagName.service: service] }
            return !isWholeService && route.split.allSatisfy { endpoints(with: $0.tags).isEmpty }
        }.map(\.service)
        guard !failing.isEmpty else { return [] }
        return [
            lint(
                .nothingServed,
                ["spec", "conf"],
                "all traffic to \(listing(failing)) fails: the weights of destinations with endpoints add up to nothing"
            )
        ]
    }

    private func endpoints(with tags: Tags) -> [Endpoint] {
        contents.services[tags.service]?.endpoints(with: tags) ?? []
    }
}

import Dataplanes
import KubeModel
import SwiftletAPI

/// Why one TrafficRoute decides about a caller's traffic to a service, and others do not.
package struct RouteDecision: Hashable, Sendable {
    /// A TrafficRoute that matches both the caller and the service.
    package struct Candidate: Hashable, Sendable {
        package var name: String
        /// Its most specific selectors that match.
        package var source: Tags
        package var destination: Tags
        package var sourceRank: SelectorRank
        package var destinationRank: SelectorRank
        /// `nil` for an object that is not created yet, which counts as the latest.
        package var creationTimestamp: Timestamp?

        package var rank: SelectorRank { sourceRank + destinationRank }
    }

    /// What made the difference between two candidates.
    package enum Rule: String, Hashable, Sendable {
        /// It selects by more tags.
        case moreTags
        /// It selects by as many tags, but more of them exactly.
        case moreExactTags
        /// It is as specific and was created later.
        case newer
        /// It is as specific and as old, and first by name.
        case firstByName
    }

    package struct Loser: Hashable, Sendable {
        package var candidate: Candidate
        /// Why the winner takes precedence over it.
        package var rule: Rule
    }

    package var service: String
    /// `nil` when none matches: the implicit route to all of the service applies.
    package var winner: Candidate?
    /// In the order in which they would take the winner's place.
    package var losers: [Loser]
}

extension RouteTable {
    /// Which TrafficRoute decides about the traffic of a proxy to a service, and why.
    ///
    /// - Parameter sourceTags: ``Dataplane/sourceTags``.
    package func decision(for sourceTags: [Tags], service: String) -> RouteDecision {
        // Entries are in order of precedence, and so stay those of equal rank.
        let candidates = matches(of: self.candidates(for: sourceTags)).sorted()
            .compactMap { entries[$0].candidate(for: sourceTags, service: service) }
            .enumerated()
            .sorted { ($1.element.rank, $0.offset) < ($0.element.rank, $1.offset) }
            .map(\.element)
        guard let winner = candidates.first else { return RouteDecision(service: service, winner: nil, losers: []) }
        return RouteDecision(
            service: service,
            winner: winner,
            losers: candidates.dropFirst().map { .init(candidate: $0, rule: .difference(winner, over: $0)) }
        )
    }
}

extension RouteEntry {
    fileprivate func candidate(for sourceTags: [Tags], service: String) -> RouteDecision.Candidate? {
        guard let destination = bestDestination(for: service), let source = bestSource(for: sourceTags) else {
            return nil
        }
        return RouteDecision.Candidate(
            name: name,
            source: source.tags,
            destination: destination.tags,
            sourceRank: source.rank,
            destinationRank: destination.rank,
            creationTimestamp: route.metadata.creationTimestamp
        )
    }
}

extension RouteDecision.Rule {
    fileprivate static func difference(
        _ winner: RouteDecision.Candidate,
        over loser: RouteDecision.Candidate
    ) -> RouteDecision.Rule {
        if winner.rank.total != loser.rank.total { return .moreTags }
        if winner.rank.exact != loser.rank.exact { return .moreExactTags }
        return winner.creationTimestamp != loser.creationTimestamp ? .newer : .firstByName
    }
}

extension RouteDecision: CustomStringConvertible {
    /// For people, a line for each candidate.
    package var description: String {
        guard let winner else { return "\(service): no TrafficRoute matches, all of the service gets the traffic" }
        return
            (["\(service): \(winner.name) decides, with \(winner.explanation)"]
            + losers.map { "  not \($0.candidate.name), with \($0.candidate.explanation): \($0.rule.explanation)" })
            .joined(separator: "\n")
    }
}

extension RouteDecision.Candidate {
    /// `3 tags, 2 exact: source kuma.io/service=*,version=v1, destination kuma.io/service=web`.
    package var explanation: String {
        "\(rank.total) tag\(rank.total == 1 ? "" : "s"), \(rank.exact) exact: source \(source), destination \(destination)"
    }
}

extension RouteDecision.Rule {
    /// Why the winner takes precedence.
    package var explanation: String {
        switch self {
        case .moreTags: "the winner selects by more tags"
        case .moreExactTags: "the winner selects more tags exactly"
        case .newer: "the winner is as specific and was created later"
        case .firstByName: "the winner is as specific and as old, and first by name"
        }
    }
}

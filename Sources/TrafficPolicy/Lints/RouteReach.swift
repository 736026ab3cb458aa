import Dataplanes
import JSON
import SwiftletAPI

/// Which TrafficRoutes decide anything at all for the proxies and services that there are.
struct RouteReach {
    private let table: RouteTable
    /// Those that match some proxy and some service.
    private var matching: Set<Int> = []
    /// Those that decide for some proxy and some service.
    private var deciding: Set<Int> = []
    /// For each that matches, which decide in its place.
    private var shadows: [Int: Set<Int>] = [:]

    init(table: RouteTable, contents: MeshContents) {
        self.table = table
        // Proxies are many, kinds of them few.
        for candidates in Set(contents.dataplanes.map { table.candidates(for: $0.sourceTags) }) {
            let bids = table.bids(of: candidates.selectors)
            let named = bids.named.keys.filter { contents.services[$0] != nil }
            let winners = Dictionary(uniqueKeysWithValues: named.map { ($0, bids.winner(for: $0)) })
            // Whoever wins anything, and so whom a TrafficRoute for all services meets.
            var all = Set(winners.values.compactMap { $0 })
            if contents.services.count > winners.count, let others = bids.all { all.insert(others.index) }
            deciding.formUnion(all)
            for index in table.matches(of: candidates) {
                for destination in table.entries[index].destinations {
                    if let service = destination.service {
                        if let winner = winners[service] ?? nil { note(index, winner) }
                    } else {
                        for winner in all { note(index, winner) }
                    }
                }
            }
        }
    }

    private mutating func note(_ index: Int, _ winner: Int) {
        matching.insert(index)
        if winner != index { shadows[index, default: []].insert(winner) }
    }

    /// A finding if the TrafficRoute matches something but decides nothing.
    func shadow(of index: Int) -> RouteLint? {
        guard matching.contains(index), !deciding.contains(index) else { return nil }
        let others = (shadows[index] ?? []).map { table.entries[$0].name }.sorted()
        return RouteLint(
            route: table.entries[index].name,
            kind: .shadowed,
            finding: .warning(
                ["spec"],
                """
                decides nothing: for every proxy and service that it matches, \(listing(others)) \
                \(others.count == 1 ? "is" : "are") more specific or newer
                """
            )
        )
    }
}

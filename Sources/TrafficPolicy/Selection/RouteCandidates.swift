/// Which TrafficRoutes match a proxy as a source, and how specifically. All that selection needs to know of a proxy: proxies with equal
/// candidates have equal views.
package struct RouteCandidates: Hashable, Sendable {
    struct Candidate: Hashable, Sendable {
        /// In the table.
        var index: Int
        /// Of the most specific source selector that matches.
        var rank: SelectorRank
    }

    /// By index.
    let candidates: [Candidate]

    package var isEmpty: Bool { candidates.isEmpty }
}

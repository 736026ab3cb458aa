/// What the entries of a table bid for services, of which the best bid wins.
struct RouteBids: Hashable, Sendable {
    struct Bid: Hashable, Sendable {
        /// Of source and destination together.
        var rank: SelectorRank
        /// Of the entry; the smaller takes precedence.
        var index: Int

        func isBetter(than other: Bid?) -> Bool {
            guard let other else { return true }
            return rank != other.rank ? rank > other.rank : index < other.index
        }
    }

    /// The best bids for single services.
    private(set) var named: [String: Bid] = [:]
    /// The best bid for all services.
    private(set) var all: Bid?

    /// Takes a bid for a service, or for all of them, and tells whether it is the best one yet of its kind.
    mutating func add(_ bid: Bid, for service: String?) -> Bool {
        guard let service else {
            guard bid.isBetter(than: all) else { return false }
            all = bid
            return true
        }
        guard bid.isBetter(than: named[service]) else { return false }
        named[service] = bid
        return true
    }

    /// Which entry decides about a service.
    func winner(for service: String) -> Int? {
        guard let bid = named[service] else { return all?.index }
        guard let all else { return bid.index }
        return all.isBetter(than: bid) ? all.index : bid.index
    }
}

/// Which connections of a server are open, and which of them makes way for a new one when there is no room. Pure.
///
/// An address beyond its share makes way for itself. When all places are taken, the address that has the most makes way: first the oldest
/// connection on which nothing was ever asked, then the one idle for longest, and where that is asked for the one that is answered for
/// longest. So whoever opens many connections loses his own, and one that is new always finds a place while others only wait.
package struct ConnectionTable<ID: Hashable & Sendable>: Sendable {
    package struct Limits: Hashable, Sendable {
        /// Connections at a time.
        package var total: Int
        /// Connections of one address at a time.
        package var perAddress: Int
        /// Whether one that is being answered may have to make way, too.
        package var dropsBusy: Bool

        package init(total: Int, perAddress: Int, dropsBusy: Bool = false) {
            self.total = total
            self.perAddress = perAddress
            self.dropsBusy = dropsBusy
        }
    }

    /// What becomes of a new connection.
    package enum Entrance: Hashable, Sendable {
        /// It has a place. The other one is out of the table and is to be closed.
        case admitted(closing: ID?)
        /// It is to be closed.
        case refused
    }

    private enum State: Int {
        /// Nothing was asked yet.
        case silent
        /// Something was asked, and answered.
        case idle
        case busy
    }

    private struct Entry {
        let address: String
        var state: State
        /// When it came to this state, in steps of ``step``.
        var since: UInt64
    }

    private let limits: Limits
    private var entries: [ID: Entry] = [:]
    private var counts: [String: Int] = [:]
    private var step: UInt64 = 0

    package init(limits: Limits) { self.limits = limits }

    package var count: Int { entries.count }

    package func contains(_ id: ID) -> Bool { entries[id] != nil }

    /// A new connection, on which nothing was asked yet.
    package mutating func enter(_ id: ID, from address: String) -> Entrance {
        let own = counts[address] ?? 0
        var victim: ID?
        if own >= limits.perAddress {
            victim = self.victim(of: address)
        } else if entries.count >= limits.total {
            victim = mostHeldVictim(for: own)
        } else {
            insert(id, address)
            return .admitted(closing: nil)
        }
        guard let victim else { return .refused }
        leave(victim)
        insert(id, address)
        return .admitted(closing: victim)
    }

    /// A request has come in.
    package mutating func begin(_ id: ID) { move(id, to: .busy) }

    /// It is answered.
    package mutating func end(_ id: ID) { move(id, to: .idle) }

    package mutating func leave(_ id: ID) {
        guard let entry = entries.removeValue(forKey: id) else { return }
        let left = (counts[entry.address] ?? 1) - 1
        counts[entry.address] = left > 0 ? left : nil
    }

    private mutating func insert(_ id: ID, _ address: String) {
        step += 1
        entries[id] = Entry(address: address, state: .silent, since: step)
        counts[address, default: 0] += 1
    }

    private mutating func move(_ id: ID, to state: State) {
        step += 1
        entries[id]?.state = state
        entries[id]?.since = step
    }

    /// The one to go of those of an address.
    private func victim(of address: String) -> ID? {
        entries.lazy.filter { _, entry in
            (entry.state != .busy || limits.dropsBusy) && entry.address == address
        }.min { ($0.value.state.rawValue, $0.value.since) < ($1.value.state.rawValue, $1.value.since) }?.key
    }

    /// The one to go for an address that has so many itself.
    private func mostHeldVictim(for own: Int) -> ID? {
        // What has said nothing yet has the least to lose, whoever it is.
        var held: [State: [String: Int]] = [:]
        for entry in entries.values { held[entry.state, default: [:]][entry.address, default: 0] += 1 }
        for state in [State.silent, .idle, .busy] where state != .busy || limits.dropsBusy {
            let addresses = (held[state] ?? [:]).filter { state == .silent || (counts[$0.key] ?? 0) > own }
            guard let most = addresses.values.max() else { continue }
            return entries.lazy.filter { _, entry in
                entry.state == state && addresses[entry.address] == most
            }.min { $0.value.since < $1.value.since }?.key
        }
        return nil
    }
}

/// How much there may be before anybody is admitted.
struct UnadmittedConnectionsLimits: Sendable {
    /// Connections of all addresses together.
    var connections: Int
    var connectionsPerAddress: Int
    /// What all of them sent together, in bytes.
    var bytes: Int
}

/// The connections on which nobody has shown yet who they are, and what they hold. Decides which of them have to go.
///
/// A value without clock or I/O. What is scarce is shared by source address: an address never gets room at the expense of another one that
/// has no more than it has, so that a crowd of connections from one place takes nothing from those that come from elsewhere. Within an
/// address the oldest has to go: it had its time, and an honest client behind the same address gets through.
struct UnadmittedConnections<ID: Hashable & Sendable>: Sendable {
    private struct Entry: Sendable {
        let address: String
        var bytes = 0
    }

    private struct Group: Sendable {
        /// In the order in which they came.
        var ids: [ID] = []
        var bytes = 0
    }

    private let limits: UnadmittedConnectionsLimits
    private var entries: [ID: Entry] = [:]
    private var groups: [String: Group] = [:]
    private(set) var bytes = 0

    init(limits: UnadmittedConnectionsLimits) { self.limits = limits }

    var count: Int { entries.count }

    /// Takes in a connection, which may cost others their place.
    ///
    /// - Returns: those that are to be closed; the connection itself when there is no room for it. They are no longer counted.
    mutating func enter(_ id: ID, from address: String) -> [ID] {
        guard entries[id] == nil else { return [] }
        var evicted: [ID] = []
        let own = groups[address]?.ids.count ?? 0
        if own >= limits.connectionsPerAddress, let oldest = groups[address]?.ids.first {
            evicted.append(oldest)
        } else if entries.count >= limits.connections {
            guard let largest = groups.values.max(by: { $0.ids.count < $1.ids.count }), largest.ids.count > own + 1,
                let oldest = largest.ids.first
            else { return [id] }
            evicted.append(oldest)
        }
        for id in evicted { leave(id) }
        entries[id] = Entry(address: address)
        groups[address, default: Group()].ids.append(id)
        return evicted
    }

    /// Counts what a connection sent. When all sent too much together, the one that sent most goes, of the address that sent most.
    ///
    /// - Returns: those that are to be closed, among them perhaps the connection itself. They are no longer counted.
    mutating func charge(_ id: ID, _ count: Int) -> [ID] {
        guard let address = entries[id]?.address else { return [] }
        entries[id]?.bytes += count
        groups[address]?.bytes += count
        bytes += count
        var evicted: [ID] = []
        while bytes > limits.bytes, let group = groups.values.max(by: { $0.bytes < $1.bytes }),
            let largest = group.ids.max(by: { (entries[$0]?.bytes ?? 0) < (entries[$1]?.bytes ?? 0) })
        {
            leave(largest)
            evicted.append(largest)
        }
        return evicted
    }

    /// A connection is admitted or closed. May be called again.
    mutating func leave(_ id: ID) {
        guard let entry = entries.removeValue(forKey: id) else { return }
        bytes -= entry.bytes
        groups[entry.address]?.ids.removeAll { $0 == id }
        groups[entry.address]?.bytes -= entry.bytes
        if groups[entry.address]?.ids.isEmpty == true { groups[entry.address] = nil }
    }
}

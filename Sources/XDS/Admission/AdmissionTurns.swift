import DequeModule

/// How many callers there may be, in all and of one address.
struct AdmissionTurnsLimits: Sendable {
    /// Callers that are looked at at a time.
    var places: Int
    var placesPerAddress: Int
    /// Callers that wait for a place.
    var waiting: Int
    var waitingPerAddress: Int
    /// Callers that were looked at and wait for something else, which takes no place.
    var pending: Int
    var pendingPerAddress: Int
}

/// Whose turn it is to be looked at: a bounded number of callers at a time, shared fairly by source address.
///
/// A value without clock or I/O. Addresses take turns, and none has more than a few places, so that whoever calls a thousand times keeps nobody
/// else waiting for longer than one turn of all addresses takes.
struct AdmissionTurns<Caller: Sendable>: Sendable {
    typealias Ticket = UInt64

    private struct Address: Sendable {
        /// Tickets in their order; those that gave up are still there.
        var line: Deque<Ticket> = []
        var waiting = 0
        var running = 0
        var pending = 0

        var isIdle: Bool { waiting == 0 && running == 0 && pending == 0 }
    }

    private let limits: AdmissionTurnsLimits
    private var callers: [Ticket: (address: String, caller: Caller)] = [:]
    private var addresses: [String: Address] = [:]
    /// Addresses of which somebody waits, in the order of their turns.
    private var ring: Deque<String> = []
    private var lastTicket: Ticket = 0
    private(set) var running = 0
    private(set) var pending = 0

    init(limits: AdmissionTurnsLimits) { self.limits = limits }

    var waiting: Int { callers.count }

    /// - Returns: `nil` when too many wait already.
    mutating func wait(_ caller: Caller, from address: String) -> Ticket? {
        guard callers.count < limits.waiting else { return nil }
        var entry = addresses[address] ?? Address()
        guard entry.waiting < limits.waitingPerAddress else { return nil }
        lastTicket += 1
        if entry.waiting == 0 { ring.append(address) }
        entry.waiting += 1
        entry.line.append(lastTicket)
        addresses[address] = entry
        callers[lastTicket] = (address, caller)
        return lastTicket
    }

    /// A caller waits no more.
    ///
    /// - Returns: the caller; `nil` when it is looked at already.
    mutating func giveUp(_ ticket: Ticket) -> Caller? {
        guard let (address, caller) = callers.removeValue(forKey: ticket) else { return nil }
        addresses[address]?.waiting -= 1
        if addresses[address]?.waiting == 0 {
            addresses[address]?.line.removeAll()
            ring.removeAll { $0 == address }
        } else if let line = addresses[address]?.line, line.count > 2 * limits.waitingPerAddress {
            let live = Deque(line.filter { callers[$0] != nil })
            addresses[address]?.line = live
        }
        forgetIfIdle(address)
        return caller
    }

    /// The caller to look at now, and its address; `nil` when nobody may be.
    mutating func next() -> (caller: Caller, address: String)? {
        guard running < limits.places else { return nil }
        for _ in 0..<ring.count {
            guard let address = ring.popFirst() else { return nil }
            guard var entry = addresses[address], entry.running < limits.placesPerAddress else {
                ring.append(address)
                continue
            }
            while let ticket = entry.line.popFirst() {
                guard let (_, caller) = callers.removeValue(forKey: ticket) else { continue }
                entry.waiting -= 1
                entry.running += 1
                addresses[address] = entry
                running += 1
                if entry.waiting > 0 { ring.append(address) }
                return (caller, address)
            }
            addresses[address] = entry
        }
        return nil
    }

    /// A caller was looked at.
    ///
    /// - Parameter staysPending: it waits for something else now.
    /// - Returns: whether it may; always for one that does not want to.
    mutating func looked(at address: String, staysPending: Bool) -> Bool {
        running -= 1
        addresses[address]?.running -= 1
        defer { forgetIfIdle(address) }
        guard staysPending else { return true }
        guard pending < limits.pending, (addresses[address]?.pending ?? 0) < limits.pendingPerAddress else {
            return false
        }
        pending += 1
        addresses[address]?.pending += 1
        return true
    }

    /// What a caller waited for came, or did not.
    mutating func settled(_ address: String) {
        pending -= 1
        addresses[address]?.pending -= 1
        forgetIfIdle(address)
    }

    /// Takes out all that wait.
    mutating func giveUpAll() -> [Caller] {
        defer {
            callers = [:]
            ring = []
            for address in addresses.keys {
                addresses[address]?.waiting = 0
                addresses[address]?.line = []
            }
        }
        return callers.values.map(\.caller)
    }

    private mutating func forgetIfIdle(_ address: String) {
        if addresses[address]?.isIdle == true { addresses[address] = nil }
    }
}

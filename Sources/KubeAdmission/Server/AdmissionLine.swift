/// Who is in and who waits at an ``AdmissionGate``. Pure.
///
/// Turns come in the order of arrival: what is small does not overtake what is large, which would else wait for ever. Those whose own address
/// has its share inside are passed over until something of theirs has left.
struct AdmissionLine: Sendable {
    private struct Waiter {
        let id: UInt64
        let weight: Int
        let address: String?
    }

    let limit: Int
    /// What one address may have inside. More than that passes as the only one of its address.
    let share: Int
    private var load = 0
    private var loads: [String: Int] = [:]
    private var inside: [UInt64: Waiter] = [:]
    private var waiting: [Waiter] = []

    init(limit: Int) {
        self.limit = max(1, limit)
        share = max(1, self.limit / 4 * 3)
    }

    func isInside(_ id: UInt64) -> Bool { inside[id] != nil }

    /// - Parameters:
    ///   - weight: how much of the limit it takes. What weighs more than that passes alone.
    ///   - address: `nil` knows no share.
    mutating func arrive(_ id: UInt64, weight: Int, from address: String?) {
        waiting.append(Waiter(id: id, weight: min(max(weight, 1), limit), address: address))
        admit()
    }

    /// It has left, or waits no more.
    mutating func leave(_ id: UInt64) {
        if let waiter = inside.removeValue(forKey: id) {
            load -= waiter.weight
            if let address = waiter.address {
                let left = (loads[address] ?? 0) - waiter.weight
                loads[address] = left > 0 ? left : nil
            }
        } else {
            waiting.removeAll { $0.id == id }
        }
        admit()
    }

    private mutating func admit() {
        var index = 0
        while index < waiting.count, load < limit {
            let waiter = waiting[index]
            let own = waiter.address.flatMap { loads[$0] } ?? 0
            guard waiter.address == nil || own == 0 || own + waiter.weight <= share else {
                index += 1
                continue
            }
            guard load + waiter.weight <= limit else { return }
            waiting.remove(at: index)
            inside[waiter.id] = waiter
            load += waiter.weight
            if let address = waiter.address { loads[address] = own + waiter.weight }
        }
    }
}

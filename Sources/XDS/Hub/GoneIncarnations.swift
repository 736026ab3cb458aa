import DequeModule

/// Uids of pods that are gone, the newest of them.
struct GoneIncarnations: Sendable {
    private let limit: Int
    private var order: Deque<String> = []
    private var known: Set<String> = []

    init(limit: Int) { self.limit = limit }

    var count: Int { known.count }

    func contains(_ uid: String) -> Bool { known.contains(uid) }

    mutating func insert(_ uid: String) {
        guard known.insert(uid).inserted else { return }
        order.append(uid)
        if order.count > limit, let oldest = order.popFirst() { known.remove(oldest) }
    }
}

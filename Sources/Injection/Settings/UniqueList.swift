/// Elements without repetition, in an order of their own.
///
/// Adding costs the same however many there are.
struct UniqueList<Element: Hashable> {
    private var slots: [Element?] = []
    private var places: [Element: Int] = [:]

    /// In the order added.
    var elements: [Element] { slots.compactMap { $0 } }

    var count: Int { places.count }

    func contains(_ element: Element) -> Bool { places[element] != nil }

    /// Puts an element at the end, unless it is there.
    ///
    /// - Returns: whether it was not.
    @discardableResult
    mutating func append(_ element: Element) -> Bool {
        guard places[element] == nil else { return false }
        places[element] = slots.count
        slots.append(element)
        return true
    }

    /// Puts an element at the end, also if it was somewhere else before.
    mutating func moveToEnd(_ element: Element) {
        if let old = places.updateValue(slots.count, forKey: element) { slots[old] = nil }
        slots.append(element)
    }
}

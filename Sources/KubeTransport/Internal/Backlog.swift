/// Calls that wait for their turn, first in first out.
struct Backlog<Element> {
    private var elements: [Element?] = []
    private var head = 0
    private(set) var count = 0

    init() {}

    var isEmpty: Bool { count == 0 }

    mutating func append(_ element: Element) {
        elements.append(element)
        count += 1
    }

    mutating func popFirst() -> Element? {
        while head < elements.count {
            let element = elements[head].take()
            head += 1
            if let element {
                count -= 1
                compact()
                return element
            }
        }
        return nil
    }

    /// Removes the first element that matches. Linear: only those leave this way that are cancelled or too late.
    mutating func removeFirst(where matches: (Element) -> Bool) {
        let found = elements[head...].firstIndex { element in
            guard let element else { return false }
            return matches(element)
        }
        guard let found else { return }
        elements[found] = nil
        count -= 1
        compact()
    }

    /// Gives up the places of those that left once they are the majority.
    private mutating func compact() {
        guard elements.count > 2 * count + 32 else { return }
        elements.removeAll { $0 == nil }
        head = 0
    }
}

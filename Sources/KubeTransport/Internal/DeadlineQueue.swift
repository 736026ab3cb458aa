/// Deadlines by id, earliest first: a binary heap which knows where each id is, so that moving or removing a deadline
/// costs a logarithm too, and a call that ends in time leaves nothing behind.
struct DeadlineQueue<ID: Hashable> {
    private struct Entry {
        var id: ID
        var deadline: MonotonicInstant
    }

    private var heap: [Entry] = []
    private var positions: [ID: Int] = [:]

    var count: Int { heap.count }

    /// The earliest deadline.
    var earliest: MonotonicInstant? { heap.first?.deadline }

    /// Sets, moves or (with `nil`) removes the deadline of `id`.
    mutating func set(_ id: ID, to deadline: MonotonicInstant?) {
        switch (positions[id], deadline) {
        case (let position?, let deadline?):
            heap[position].deadline = deadline
            restore(position)
        case (nil, let deadline?):
            heap.append(Entry(id: id, deadline: deadline))
            positions[id] = heap.count - 1
            restore(heap.count - 1)
        case (let position?, nil):
            remove(at: position)
        case (nil, nil):
            break
        }
    }

    /// Removes and returns an id whose deadline is not after `now`.
    mutating func popExpired(at now: MonotonicInstant) -> ID? {
        guard let first = heap.first, first.deadline <= now else { return nil }
        remove(at: 0)
        return first.id
    }

    private mutating func remove(at position: Int) {
        let last = heap.count - 1
        swapEntries(position, last)
        positions[heap.removeLast().id] = nil
        if position < last {
            restore(position)
        }
    }

    private mutating func restore(_ position: Int) {
        var position = position
        while position > 0, heap[position].deadline < heap[(position - 1) / 2].deadline {
            swapEntries(position, (position - 1) / 2)
            position = (position - 1) / 2
        }
        while true {
            var least = position
            for child in [2 * position + 1, 2 * position + 2] where child < heap.count {
                if heap[child].deadline < heap[least].deadline {
                    least = child
                }
            }
            guard least != position else { return }
            swapEntries(position, least)
            position = least
        }
    }

    private mutating func swapEntries(_ left: Int, _ right: Int) {
        guard left != right else { return }
        heap.swapAt(left, right)
        positions[heap[left].id] = left
        positions[heap[right].id] = right
    }
}

/// What is to happen, earliest first; what is due at the same time in the order of adding.
struct Agenda<Event> {
    private struct Entry {
        var time: Int64
        var order: Int
        var event: Event

        func precedes(_ other: Entry) -> Bool { time < other.time || time == other.time && order < other.order }
    }

    private var heap: [Entry] = []
    private var added = 0

    mutating func add(_ event: Event, at time: Int64) {
        added += 1
        heap.append(Entry(time: time, order: added, event: event))
        var position = heap.count - 1
        while position > 0 {
            let parent = (position - 1) / 2
            guard heap[position].precedes(heap[parent]) else { return }
            heap.swapAt(position, parent)
            position = parent
        }
    }

    mutating func next() -> (time: Int64, event: Event)? {
        guard let first = heap.first else { return nil }
        let last = heap.removeLast()
        guard !heap.isEmpty else { return (first.time, first.event) }
        heap[0] = last
        var position = 0
        while true {
            var least = position
            let left = 2 * position + 1
            if left < heap.count, heap[left].precedes(heap[least]) { least = left }
            if left + 1 < heap.count, heap[left + 1].precedes(heap[least]) { least = left + 1 }
            guard least != position else { break }
            heap.swapAt(least, position)
            position = least
        }
        return (first.time, first.event)
    }
}

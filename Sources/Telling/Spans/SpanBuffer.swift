import DequeModule
import KubeRuntime

/// Spans that wait to be sent: so many at most, in batches of so many at most, none older than so much.
struct SpanBuffer: ~Copyable {
    typealias Instant = TimeSource.Instant

    private let capacity: Int
    private let batch: Int
    private let interval: Duration
    private var spans = Deque<FinishedSpan>()
    /// When the oldest came.
    private var since: Instant?

    init(capacity: Int, batch: Int, interval: Duration) {
        self.capacity = capacity
        self.batch = batch
        self.interval = interval
    }

    /// - Returns: whether there was room. What is there stays: the beginning of a storm tells more than its end.
    mutating func add(_ span: FinishedSpan, now: Instant) -> Bool {
        guard spans.count < capacity else { return false }
        if spans.isEmpty { since = now }
        spans.append(span)
        return true
    }

    var isEmpty: Bool { spans.isEmpty }

    /// When the next batch is to be taken; `nil` when nothing waits. In the past when a batch is full.
    var due: Instant? { spans.count >= batch ? since : since?.advanced(by: interval) }

    /// - Parameter isLast: takes what is there, due or not.
    mutating func take(now: Instant, isLast: Bool = false) -> [FinishedSpan] {
        guard let due, isLast || due <= now else { return [] }
        let taken = Array(spans.prefix(batch))
        spans.removeFirst(taken.count)
        // Those left came later, but not long ago.
        since = spans.isEmpty ? nil : now
        return taken
    }

    /// - Returns: how many there were.
    mutating func removeAll() -> Int {
        defer { (spans, since) = ([], nil) }
        return spans.count
    }
}

import DequeModule
import HeapModule

/// Decides which key is worked on when.
///
/// Guarantees:
/// - A key is in the queue once, however often it is added, and is never given out twice at the same time. A key that is added while
///   it is worked on is given out again afterwards.
/// - Nothing is lost: after each `add` the key is given out at least once, unless the queue was shut down.
/// - A failed run advances the key's back-off, a success or a ``reset(_:now:)`` ends it. During a back-off the key runs early at most
///   once, when something is added with normal priority; if that run fails too, the back-off goes on as it was.
/// - What was added while a key is worked on keeps its priority, however that run ends.
/// - Keys of one priority are given out in the order in which they became ready. Low priority waits for normal priority, but not
///   for ever: see ``WorkQueueOptions/ageing``.
package struct WorkQueueMachine<Key: Hashable & Sendable>: ~Copyable {
    package typealias Instant = TimeSource.Instant

    private enum Phase {
        case ready(since: Instant)
        case delayed(until: Instant)
        case running(since: Instant)
    }

    private struct Entry {
        var phase: Phase
        var priority: WorkPriority
        /// The newest place in a line or in the heap; places with another ticket are void.
        var ticket: UInt64 = 0
        /// Asked for while running; no time means at once.
        var again: (at: Instant?, priority: WorkPriority)?
        var failures = 0
        /// When the present back-off ends; `nil` outside of one.
        var backoffEnd: Instant?
        /// Whether the present back-off's early run has been used.
        var ranEarly = false
    }

    private struct Place {
        let key: Key
        let ticket: UInt64
    }

    private struct Delayed: Comparable {
        let at: Instant
        let place: Place

        static func < (left: Self, right: Self) -> Bool {
            (left.at, left.place.ticket) < (right.at, right.place.ticket)
        }
        static func == (left: Self, right: Self) -> Bool { left.place.ticket == right.place.ticket }
    }

    private let options: WorkQueueOptions
    private var random: SplitMix64
    private var entries: [Key: Entry] = [:]
    private var normal = Deque<Place>()
    private var low = Deque<Place>()
    private var delays = Heap<Delayed>()
    private var delayedCount = 0
    private var lastTicket: UInt64 = 0
    private var normalSinceAged = 0

    /// Keys that are ready, by priority.
    package private(set) var depth: [WorkPriority: Int] = [.normal: 0, .low: 0]
    package private(set) var isShutDown = false

    package init(options: WorkQueueOptions = WorkQueueOptions(), seed: UInt64) {
        self.options = options
        random = SplitMix64(seed: seed)
    }

    // MARK: - Adding

    /// Asks for a run of the key, now or after a delay. Of several delays the earliest counts, of several priorities the highest.
    ///
    /// - Returns: whether this made a place in the queue, rather than being covered by one.
    @discardableResult
    package mutating func add(
        _ key: Key,
        priority: WorkPriority = .normal,
        after delay: Duration = .zero,
        now: Instant
    ) -> Bool {
        guard !isShutDown else { return false }
        let due = delay > .zero ? now.advanced(by: min(delay, options.maximumDelay)) : nil
        guard var entry = entries[key] else {
            var entry = Entry(phase: .ready(since: now), priority: priority)
            place(key, &entry, at: due, now: now)
            entries[key] = entry
            return true
        }
        defer { entries[key] = entry }
        switch entry.phase {
        case .running:
            let isNew = entry.again == nil
            entry.again = Self.merge(entry.again, (due, priority))
            return isNew
        case .ready(let since):
            guard priority > entry.priority else { return false }
            depth[entry.priority, default: 0] -= 1
            entry.priority = priority
            line(key, &entry, since: since)
            return false
        case .delayed(let until):
            entry.priority = max(entry.priority, priority)
            if entry.backoffEnd != nil {
                // A resync is no reason to try early, and must not use up the try of an edit.
                guard due == nil, priority > .low, !entry.ranEarly else { return false }
                entry.ranEarly = true
            } else if let due, due >= until {
                return false
            }
            delayedCount -= 1
            place(key, &entry, at: due, now: now)
            return true
        }
    }

    /// Forgets the key's failures, as its object is another one now. If it was held back by them it is ready at once.
    package mutating func reset(_ key: Key, now: Instant) {
        guard var entry = entries[key] else { return }
        let wasHeldBack = entry.backoffEnd != nil
        entry.failures = 0
        entry.backoffEnd = nil
        entry.ranEarly = false
        if wasHeldBack, case .delayed = entry.phase {
            delayedCount -= 1
            line(key, &entry, since: now)
        }
        entries[key] = entry
    }

    // MARK: - Taking

    /// The next key to work on, if one is ready.
    package mutating func take(now: Instant) -> WorkItem<Key>? {
        promote(now: now)
        guard let place = nextPlace(now: now), var entry = entries[place.key],
            case .ready(let since) = entry.phase
        else { return nil }
        depth[entry.priority, default: 0] -= 1
        entry.phase = .running(since: now)
        entries[place.key] = entry
        return WorkItem(
            key: place.key,
            priority: entry.priority,
            waited: since.duration(to: now),
            failures: entry.failures
        )
    }

    /// When a delayed key becomes ready next, after `now`; `nil` when none is delayed.
    package mutating func nextDeadline(now: Instant) -> Instant? {
        promote(now: now)
        return delays.min?.at
    }

    /// Gives back a key that was taken.
    ///
    /// - Precondition: the key was taken and not given back yet.
    package mutating func finish(_ key: Key, _ outcome: WorkOutcome, now: Instant) {
        guard var entry = entries[key], case .running = entry.phase else {
            preconditionFailure("a key was given back that was not taken")
        }
        var again = entry.again
        entry.again = nil
        switch outcome {
        case .success(let delay):
            forgetFailures(&entry)
            if let delay { again = Self.merge(again, (due(after: delay, now: now), entry.priority)) }
        case .givenUp:
            forgetFailures(&entry)
        case .postponed(let delay):
            again = Self.merge(again, (due(after: delay, now: now), entry.priority))
        case .held(let delay):
            entry.backoffEnd = now.advanced(by: max(.zero, min(delay, options.maximumDelay)))
            entry.ranEarly = true
            again = (entry.backoffEnd, max(entry.priority, again?.priority ?? .low))
        case .failure(let retryAfter):
            again = fail(&entry, retryAfter: retryAfter, added: again, now: now)
        }
        guard let again, !isShutDown else {
            entries[key] = nil
            entries.giveBackRoom()
            return
        }
        entry.priority = again.priority
        place(key, &entry, at: again.at, now: now)
        entries[key] = entry
    }

    /// Takes a key out that nobody works on, with its failures: there is nothing to do for it any more.
    package mutating func drop(_ key: Key) {
        switch entries[key]?.phase {
        case nil, .running: return
        case .ready: depth[entries[key]?.priority ?? .normal, default: 0] -= 1
        case .delayed: delayedCount -= 1
        }
        entries[key] = nil
        entries.giveBackRoom()
        guard normal.count + low.count > 2 * depth.values.reduce(0, +) + 64 else { return }
        normal = Deque(normal.filter { isCurrent($0) })
        low = Deque(low.filter { isCurrent($0) })
    }

    // MARK: - Ending

    /// Takes no more keys in and drops those that are delayed. Keys that are ready are still given out if `drains`, and else are
    /// dropped: whoever starts next lists everything again.
    package mutating func shutDown(drains: Bool) {
        isShutDown = true
        delays = Heap()
        delayedCount = 0
        entries = entries.filter { entry in
            switch entry.value.phase {
            case .running: true
            case .ready: drains
            case .delayed: false
            }
        }
        guard !drains else { return }
        normal = []
        low = []
        depth = [.normal: 0, .low: 0]
    }

    /// Whether nothing is ready and nothing is worked on.
    package var isDrained: Bool { entries.isEmpty }

    /// How long the keys that are worked on now have been, one figure each.
    package func running(now: Instant) -> [Duration] {
        entries.values.compactMap { entry in
            if case .running(let since) = entry.phase { since.duration(to: now) } else { nil }
        }
    }

    // MARK: - Back-off

    private func forgetFailures(_ entry: inout Entry) {
        entry.failures = 0
        entry.backoffEnd = nil
        entry.ranEarly = false
    }

    /// - Parameter added: what was asked for while the run went on.
    private mutating func fail(
        _ entry: inout Entry,
        retryAfter: Duration?,
        added: (at: Instant?, priority: WorkPriority)?,
        now: Instant
    ) -> (at: Instant?, priority: WorkPriority) {
        let minimum = retryAfter.map { min($0, options.maximumDelay) }
        let priority = max(entry.priority, added?.priority ?? .low)
        if entry.ranEarly, let end = entry.backoffEnd, end > now {
            let end = max(end, now.advanced(by: minimum ?? .zero))
            entry.backoffEnd = end
            return (end, priority)
        }
        let delay = options.backoff.delay(previousFailures: entry.failures, minimum: minimum, using: &random)
        entry.failures += 1
        entry.backoffEnd = now.advanced(by: delay)
        entry.ranEarly = added.map { $0.at == nil && $0.priority > .low } ?? false
        return (entry.ranEarly ? nil : entry.backoffEnd, priority)
    }

    private func due(after delay: Duration, now: Instant) -> Instant? {
        delay > .zero ? now.advanced(by: min(delay, options.maximumDelay)) : nil
    }

    private static func merge(
        _ first: (at: Instant?, priority: WorkPriority)?,
        _ second: (at: Instant?, priority: WorkPriority)
    ) -> (at: Instant?, priority: WorkPriority) {
        guard let first else { return second }
        let priority = max(first.priority, second.priority)
        guard let firstAt = first.at, let secondAt = second.at else { return (nil, priority) }
        return (min(firstAt, secondAt), priority)
    }

    // MARK: - Places

    private mutating func place(_ key: Key, _ entry: inout Entry, at due: Instant?, now: Instant) {
        guard let due, due > now else { return line(key, &entry, since: now) }
        entry.phase = .delayed(until: due)
        entry.ticket = nextTicket()
        delays.insert(Delayed(at: due, place: Place(key: key, ticket: entry.ticket)))
        delayedCount += 1
        // Moved and dropped delays leave void places behind; a key that is often asked for late must not grow the heap.
        if delays.count > 2 * delayedCount + 64 { delays = Heap(delays.unordered.filter { isCurrent($0.place) }) }
    }

    private mutating func line(_ key: Key, _ entry: inout Entry, since: Instant) {
        entry.phase = .ready(since: since)
        entry.ticket = nextTicket()
        let place = Place(key: key, ticket: entry.ticket)
        if entry.priority == .normal { normal.append(place) } else { low.append(place) }
        depth[entry.priority, default: 0] += 1
    }

    private mutating func nextTicket() -> UInt64 {
        lastTicket += 1
        return lastTicket
    }

    private func isCurrent(_ place: Place) -> Bool { entries[place.key]?.ticket == place.ticket }

    /// Moves what is due to the lines. Afterwards the first of the heap, if any, is a valid place that is not due.
    private mutating func promote(now: Instant) {
        while let first = delays.min {
            if isCurrent(first.place), var entry = entries[first.place.key] {
                guard first.at <= now else { return }
                delayedCount -= 1
                // A scheduled run, unlike an early one: when it fails it begins a back-off of its own.
                entry.backoffEnd = nil
                entry.ranEarly = false
                line(first.place.key, &entry, since: first.at)
                entries[first.place.key] = entry
            }
            _ = delays.popMin()
        }
    }

    private mutating func nextPlace(now: Instant) -> Place? {
        dropVoidPlaces()
        guard let lowFirst = low.first else {
            normalSinceAged = 0
            return normal.popFirst()
        }
        guard !normal.isEmpty else { return low.popFirst() }
        if case .ready(let since) = entries[lowFirst.key]?.phase, since.duration(to: now) >= options.ageing,
            normalSinceAged >= options.normalPerAged
        {
            normalSinceAged = 0
            return low.popFirst()
        }
        normalSinceAged += 1
        return normal.popFirst()
    }

    private mutating func dropVoidPlaces() {
        while let first = normal.first, !isCurrent(first) { normal.removeFirst() }
        while let first = low.first, !isCurrent(first) { low.removeFirst() }
    }
}

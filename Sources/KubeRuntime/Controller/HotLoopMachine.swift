/// When a key counts as running in a loop that its own writes drive.
package struct HotLoopOptions: Hashable, Sendable {
    /// More runs than this within ``window``, with one generation, are a hot loop.
    package var runs = 100
    package var window = Duration.seconds(60)
    /// How long each further run is held back: doubling from the shortest to the longest.
    package var shortestHold = Duration.seconds(1)
    package var longestHold = Duration.seconds(30)
    /// A key that did not run for so long is cured.
    package var cooldown = Duration.seconds(120)

    package init() {}
}

/// Finds keys that run again and again although nobody changed what they are to be, and slows them down.
package struct HotLoopMachine<Key: Hashable & Sendable>: ~Copyable {
    package typealias Instant = TimeSource.Instant

    package enum Verdict: Hashable, Sendable {
        case run
        /// Not now. `isFirst` when the loop was just found.
        case hold(Duration, isFirst: Bool)
    }

    private struct Record {
        var generation: Int64?
        var windowStart: Instant
        var lastRun: Instant
        var runs = 0
        var holds = 0
        /// Whether the next run has been held back already.
        var isServed = false
    }

    private let options: HotLoopOptions
    private var records: [Key: Record] = [:]
    private var purgeAt = 1024
    private var purgeDue: Instant?

    package init(options: HotLoopOptions = HotLoopOptions()) { self.options = options }

    /// Whether a key that is due may run.
    ///
    /// - Parameter generation: of the key's object; `nil` if it is gone or counts none.
    package mutating func admit(_ key: Key, generation: Int64?, now: Instant) -> Verdict {
        purge(now: now)
        var record = records[key] ?? Record(generation: generation, windowStart: now, lastRun: now)
        defer { records[key] = record }
        if record.generation != generation || record.lastRun.duration(to: now) > options.cooldown {
            record = Record(generation: generation, windowStart: now, lastRun: now)
        }
        if record.isServed {
            record.isServed = false
            record.lastRun = now
            return .run
        }
        if record.holds == 0, record.windowStart.duration(to: now) > options.window {
            record.windowStart = now
            record.runs = 0
        }
        if record.runs < options.runs {
            record.runs += 1
            record.lastRun = now
            return .run
        }
        let policy = BackoffPolicy(base: options.shortestHold, cap: options.longestHold)
        let hold = policy.ceiling(previousFailures: record.holds)
        record.holds += 1
        record.isServed = true
        return .hold(hold, isFirst: record.holds == 1)
    }

    /// Forgets who is cured: now and then, and before it is too many.
    private mutating func purge(now: Instant) {
        let due = purgeDue ?? now.advanced(by: options.cooldown)
        purgeDue = due
        guard now >= due || records.count >= purgeAt else { return }
        records = records.filter { $0.value.lastRun.duration(to: now) <= options.cooldown }
        purgeAt = max(1024, 2 * records.count)
        purgeDue = now.advanced(by: options.cooldown)
    }
}

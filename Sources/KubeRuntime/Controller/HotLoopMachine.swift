/// When the writes of a key count as a loop: each is undone, or changes nothing, and is made again.
package struct HotLoopOptions: Hashable, Sendable {
    /// More writes than this within ``window`` that each say what the last one to the same object said are a hot loop. What differs from
    /// the write before, such as the progress of a rollout, is none of them.
    package var repeats = 20
    /// So are more writes than this of whatever content: two of our own writes may undo each other.
    package var writes = 400
    package var window = Duration.seconds(60)
    /// How long each further run is held back: doubling from the shortest to the longest.
    package var shortestHold = Duration.seconds(1)
    package var longestHold = Duration.seconds(30)
    /// A key is cured that did not repeat a write for so long. Longer than the longest hold.
    package var cooldown = Duration.seconds(60)

    package init() {}
}

/// Finds keys whose writes are made again and again although nobody edited them, and slows these keys down.
///
/// Runs are not counted: a rollout of many pods causes as many as there is something to tell, and one that writes nothing costs next to nothing.
package struct HotLoopMachine<Key: Hashable & Sendable>: ~Copyable {
    package typealias Instant = TimeSource.Instant

    package enum Verdict: Hashable, Sendable {
        case run
        /// Not now.
        case hold(Duration)
    }

    private struct Record {
        var generation: Int64?
        var windowStart: Instant
        /// When a write last counted against the key, or, before there is a loop, when one was made.
        var last: Instant
        var repeats = 0
        var writes = 0
        var isLoop = false
        var holds = 0
        /// Whether the next run has been held back already.
        var isServed = false
        /// What was last written to each object.
        var contents: [Int: Int] = [:]
    }

    /// More objects than any key writes to.
    private static var mostTargets: Int { 64 }

    private let options: HotLoopOptions
    private var records: [Key: Record] = [:]
    private var purgeAt = 1024
    private var purgeDue: Instant?

    package init(options: HotLoopOptions = HotLoopOptions()) { self.options = options }

    /// Whether a key that is due may run.
    ///
    /// - Parameter generation: of the key's object; `nil` if it is gone or counts none.
    package mutating func admit(_ key: Key, generation: Int64?, now: Instant) -> Verdict {
        guard var record = records[key] else { return .run }
        if record.generation != generation || record.last.duration(to: now) > options.cooldown {
            records[key] = nil
            return .run
        }
        guard record.isLoop else { return .run }
        defer { records[key] = record }
        if record.isServed {
            record.isServed = false
            return .run
        }
        let policy = BackoffPolicy(base: options.shortestHold, cap: options.longestHold)
        let hold = policy.ceiling(previousFailures: record.holds)
        record.holds += 1
        record.isServed = true
        return .hold(hold)
    }

    /// Takes in what a run wrote.
    ///
    /// - Parameter generation: of the key's object when the run began.
    /// - Returns: whether this is what made it a loop, which is to be told.
    package mutating func wrote(
        _ writes: [ReconcileWrites.Write],
        _ key: Key,
        generation: Int64?,
        now: Instant
    ) -> Bool {
        guard !writes.isEmpty else { return false }
        purge(now: now)
        var record = records[key] ?? Record(generation: generation, windowStart: now, last: now)
        defer { records[key] = record }
        if record.generation != generation { record = Record(generation: generation, windowStart: now, last: now) }
        if !record.isLoop, record.windowStart.duration(to: now) > options.window {
            record.windowStart = now
            record.repeats = 0
            record.writes = 0
        }
        for write in writes {
            let isRepeated = record.contents.updateValue(write.content, forKey: write.target) == write.content
            record.writes += 1
            if isRepeated { record.repeats += 1 }
            if isRepeated || !record.isLoop || record.writes > options.writes { record.last = now }
        }
        if record.contents.count > Self.mostTargets { record.contents = [:] }
        guard !record.isLoop, record.repeats > options.repeats || record.writes > options.writes else { return false }
        record.isLoop = true
        return true
    }

    /// Forgets who is cured: now and then, and before it is too many.
    private mutating func purge(now: Instant) {
        let due = purgeDue ?? now.advanced(by: options.cooldown)
        purgeDue = due
        guard now >= due || records.count >= purgeAt else { return }
        records = records.filter { $0.value.last.duration(to: now) <= options.cooldown }
        purgeAt = max(1024, 2 * records.count)
        purgeDue = now.advanced(by: options.cooldown)
    }
}

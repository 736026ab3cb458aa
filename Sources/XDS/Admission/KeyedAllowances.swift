/// How often something may still happen, by key, such as a source address: a few times at once, and then at a steady pace.
///
/// A value without a clock. Keys that used nothing for a while are forgotten; when too many are known, the rest share one allowance.
package struct KeyedAllowances<Key: Hashable & Sendable>: Sendable {
    private struct Entry: Sendable {
        /// What was used and has not come back yet.
        var used: Double
        var at: ContinuousClock.Instant
        /// What was refused since the last that was allowed.
        var refused = 0
    }

    /// So many at once.
    package let burst: Double
    /// One comes back after so long.
    package let interval: Duration
    private let limit: Int
    private var entries: [Key: Entry] = [:]
    private var rest: Entry?

    /// - Parameter keys: the most that are told apart.
    package init(burst: Int, interval: Duration, keys: Int) {
        self.burst = Double(burst)
        self.interval = interval
        limit = keys
    }

    package var count: Int { entries.count }

    /// Whether one is left; uses none.
    package func isAllowed(_ key: Key, now: ContinuousClock.Instant) -> Bool {
        let entry = entries[key] ?? (entries.count < limit ? nil : rest)
        return entry.map { settled($0, now).used + 1 <= burst } ?? true
    }

    /// Uses one, also where none is left.
    ///
    /// - Returns: how many were refused since the last that was allowed; `nil` when this one is refused, too.
    @discardableResult
    package mutating func use(_ key: Key, now: ContinuousClock.Instant) -> Int? {
        if entries[key] == nil, entries.count >= limit { entries = entries.filter { settled($0.value, now).used > 0 } }
        let isKnown = entries[key] != nil || entries.count < limit
        var entry = settled((isKnown ? entries[key] : rest) ?? Entry(used: 0, at: now), now)
        defer { if isKnown { entries[key] = entry } else { rest = entry } }
        guard entry.used + 1 <= burst else {
            entry.refused += 1
            return nil
        }
        entry.used += 1
        defer { entry.refused = 0 }
        return entry.refused
    }

    /// Gives back all that a key used.
    package mutating func clear(_ key: Key) { entries[key] = nil }

    private func settled(_ entry: Entry, _ now: ContinuousClock.Instant) -> Entry {
        var entry = entry
        entry.used = max(0, entry.used - (now - entry.at) / interval)
        entry.at = now
        return entry
    }
}

/// Asks again until there is an answer that is not `nil`.
///
/// - Parameter limit: on an idle machine of the usual speed; see ``Patience``.
/// - Throws: ``NeverHappened`` after the limit, or what `probe` throws.
package func eventually<Value>(
    _ what: String,
    within limit: Duration = .seconds(90),
    _ probe: () async throws -> Value?
) async throws -> Value {
    let start = ContinuousClock.now
    while true {
        let waited = start.duration(to: .now)
        let isLast = waited >= limit && waited >= limit.patiently
        if let value = try await probe() { return value }
        if isLast { throw NeverHappened(description: "not within \(waited): \(what)") }
        try await Task.sleep(for: .milliseconds(30))
    }
}

/// Asks again until it is so.
package func eventually(
    _ what: String,
    within limit: Duration = .seconds(90),
    _ isSo: () async throws -> Bool
) async throws {
    try await eventually(what, within: limit) { try await isSo() ? () : nil }
}

/// Looks again and again for so long whether it still is so.
package func always(_ what: String, for duration: Duration, _ isSo: () async throws -> Bool) async throws {
    let end = ContinuousClock.now + duration
    while ContinuousClock.now < end {
        guard try await isSo() else { throw NeverHappened(description: "no longer: \(what)") }
        try await Task.sleep(for: .milliseconds(50))
    }
}

/// A test waited for something in vain.
package struct NeverHappened: Error, CustomStringConvertible {
    package var description: String

    package init(description: String) { self.description = description }
}

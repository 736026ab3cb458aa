import FoundationEssentials

/// The clocks of the runtime, as a parameter: tests pass one that stands still until told to go on.
package struct TimeSource: Sendable {
    package typealias Instant = ContinuousClock.Instant

    private let readNow: @Sendable () -> Instant
    private let readWall: @Sendable () -> MicroTime
    private let sleepUntil: @Sendable (Instant) async throws -> Void

    /// - Parameters:
    ///   - now: monotonic time.
    ///   - wall: the time of day, only for what people and the API server read.
    ///   - sleep: returns once `now` has reached the instant; throws `CancellationError` when the task is cancelled.
    package init(
        now: @escaping @Sendable () -> Instant,
        wall: @escaping @Sendable () -> MicroTime,
        sleep: @escaping @Sendable (Instant) async throws -> Void
    ) {
        readNow = now
        readWall = wall
        sleepUntil = sleep
    }

    /// The machine's clocks.
    package static let system = TimeSource(
        now: { ContinuousClock.now },
        wall: { MicroTime(secondsSinceEpoch: Date().timeIntervalSince1970) },
        sleep: { try await SleepTimer.shared.sleep(until: $0) }
    )

    package var now: Instant { readNow() }
    package var wall: MicroTime { readWall() }

    /// - Throws: `CancellationError` when the task is cancelled.
    package func sleep(until deadline: Instant) async throws { try await sleepUntil(deadline) }

    /// Runs `work` until it ends or the deadline comes, whichever is first.
    ///
    /// - Returns: `nil` when the deadline came first; `work` was then cancelled and has ended.
    package func run<Value: Sendable>(
        until deadline: Instant,
        _ work: @escaping @Sendable () async throws -> Value
    ) async throws -> Value? {
        try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask { try await work() }
            group.addTask {
                try await sleep(until: deadline)
                return nil
            }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
    }
}

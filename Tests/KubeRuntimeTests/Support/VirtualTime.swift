import KubeRuntime
import Synchronization

/// Clocks that stand still until a test moves them on.
final class VirtualTime: Sendable {
    private struct Sleeper {
        let deadline: TimeSource.Instant
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var now = start
        var sleepers: [Int: Sleeper] = [:]
        var cancelled: Set<Int> = []
        var lastSleeper = 0
    }

    static let start = ContinuousClock.now
    private let state = Mutex(State())

    var source: TimeSource {
        TimeSource(
            now: { self.state.withLock { $0.now } },
            wall: {
                let elapsed = self.state.withLock { VirtualTime.start.duration(to: $0.now) }
                return MicroTime(secondsSinceEpoch: 1_800_000_000 + elapsed / .seconds(1))
            },
            sleep: { try await self.sleep(until: $0) }
        )
    }

    var now: TimeSource.Instant { state.withLock { $0.now } }

    /// How many tasks sleep.
    var sleepers: Int { state.withLock { $0.sleepers.count } }

    func advance(by duration: Duration) {
        let due = state.withLock { state in
            state.now = state.now.advanced(by: duration)
            let now = state.now
            let ids = state.sleepers.filter { $0.value.deadline <= now }.keys
            return ids.compactMap { state.sleepers.removeValue(forKey: $0) }
        }
        for sleeper in due { sleeper.continuation.resume() }
    }

    /// Moves on to the next moment that somebody sleeps for; `false` when nobody does.
    func advanceToNextSleeper() -> Bool {
        let next: Duration? = state.withLock { state in
            state.sleepers.values.map(\.deadline).min().map { state.now.duration(to: $0) }
        }
        guard let next else { return false }
        advance(by: max(next, .zero))
        return true
    }

    /// Waits until so many tasks sleep, for at most five seconds of real time.
    func hasSleepers(_ count: Int) async -> Bool { await eventually { self.sleepers == count } }

    /// Moves on from sleeper to sleeper until a condition holds, for at most five seconds of real time.
    ///
    /// - Parameter mayMove: whether to move on at the moment.
    func advance(
        until condition: @escaping @Sendable () -> Bool,
        while mayMove: @escaping @Sendable () -> Bool = { true }
    ) async -> Bool {
        await eventually {
            if condition() { return true }
            if mayMove() { _ = self.advanceToNextSleeper() }
            return false
        }
    }

    private func sleep(until deadline: TimeSource.Instant) async throws {
        let id = state.withLock { state in
            state.lastSleeper += 1
            return state.lastSleeper
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let result: Result<Void, any Error>? = state.withLock { state in
                    if state.cancelled.remove(id) != nil { return .failure(CancellationError()) }
                    if state.now >= deadline { return .success(()) }
                    state.sleepers[id] = Sleeper(deadline: deadline, continuation: continuation)
                    return nil
                }
                if let result { continuation.resume(with: result) }
            }
        } onCancel: {
            let sleeper = state.withLock { state in
                let sleeper = state.sleepers.removeValue(forKey: id)
                if sleeper == nil { state.cancelled.insert(id) }
                return sleeper
            }
            sleeper?.continuation.resume(throwing: CancellationError())
        }
    }
}

/// An instant that lies so far after the start of virtual time.
func at(_ duration: Duration) -> TimeSource.Instant { VirtualTime.start.advanced(by: duration) }

/// Waits until a condition holds, for at most so much real time.
func eventually(within limit: Duration = .seconds(240), _ condition: @Sendable () async -> Bool) async -> Bool {
    let deadline = ContinuousClock.now.advanced(by: limit)
    var polls = 0
    while ContinuousClock.now < deadline {
        if await condition() { return true }
        polls += 1
        // What only other tasks of the test must do is done after a few turns; what a server must do takes longer.
        if polls < 1000 {
            await Task.yield()
        } else {
            do { try await Task.sleep(for: .milliseconds(2)) } catch { return false }
        }
    }
    return await condition()
}

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
            now: { self.now },
            wall: {
                MicroTime(secondsSinceEpoch: 1_800_000_000 + VirtualTime.start.duration(to: self.now) / .seconds(1))
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

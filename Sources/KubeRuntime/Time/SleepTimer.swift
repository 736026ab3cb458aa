import Dispatch
import HeapModule
import Synchronization

/// Lets any number of tasks sleep on one timer of the system.
///
/// `Task.sleep` keeps a timer for each sleep until its deadline, also when the sleep was cancelled long before. A runtime that guards
/// every piece of work by a deadline, which next to never comes, would carry thousands of them. Here a sleep that was cancelled is
/// gone.
final class SleepTimer: Sendable {
    static let shared = SleepTimer()

    private struct Sleep: Comparable {
        let deadline: ContinuousClock.Instant
        let id: UInt64

        static func < (left: Self, right: Self) -> Bool { (left.deadline, left.id) < (right.deadline, right.id) }
    }

    private struct State {
        var sleeps = Heap<Sleep>()
        var sleepers: [UInt64: CheckedContinuation<Void, any Error>] = [:]
        /// Sleeps that were cancelled before they could be entered above.
        var cancelled: Set<UInt64> = []
        var lastID: UInt64 = 0
        /// When the timer fires; `nil` when it need not.
        var armed: ContinuousClock.Instant?
        var timer: (any DispatchSourceTimer)?
    }

    private let state = Mutex(State())

    /// How many deadlines are held in memory.
    var heldDeadlines: Int { state.withLock { $0.sleeps.count } }

    /// Sleeps until the deadline, or at most a millisecond longer.
    ///
    /// - Throws: `CancellationError` when the task is cancelled.
    func sleep(until deadline: ContinuousClock.Instant) async throws {
        let id = state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        // A cancellation that came after the sleep was over must leave nothing behind.
        defer { state.withLock { _ = $0.cancelled.remove(id) } }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let isCancelled = state.withLock { state in
                    if state.cancelled.remove(id) != nil { return true }
                    state.sleepers[id] = continuation
                    state.sleeps.insert(Sleep(deadline: deadline, id: id))
                    arm(&state)
                    return false
                }
                if isCancelled { continuation.resume(throwing: CancellationError()) }
            }
        } onCancel: {
            let sleeper = state.withLock { state in
                let sleeper = state.sleepers.removeValue(forKey: id)
                if sleeper == nil { state.cancelled.insert(id) }
                if state.sleeps.count > 2 * state.sleepers.count + 64 {
                    let sleepers = state.sleepers
                    state.sleeps = Heap(state.sleeps.unordered.filter { sleepers[$0.id] != nil })
                }
                return sleeper
            }
            sleeper?.resume(throwing: CancellationError())
        }
    }

    /// Wakes those whose time has come.
    private func fire() {
        let due = state.withLock { state in
            var due: [CheckedContinuation<Void, any Error>] = []
            let now = ContinuousClock.now
            while let first = state.sleeps.min, first.deadline <= now || state.sleepers[first.id] == nil {
                state.sleeps.removeMin()
                if let sleeper = state.sleepers.removeValue(forKey: first.id) { due.append(sleeper) }
            }
            state.armed = nil
            arm(&state)
            return due
        }
        for sleeper in due { sleeper.resume() }
    }

    /// Sets the timer to the first deadline, unless it fires before that anyway.
    private func arm(_ state: inout State) {
        guard let first = state.sleeps.min, state.armed.map({ first.deadline < $0 }) ?? true else { return }
        state.armed = first.deadline
        let timer = state.timer ?? makeTimer()
        state.timer = timer
        let delay = ContinuousClock.now.duration(to: first.deadline).components
        // Longer than a day is as good as a day: the timer is then set again.
        let seconds = max(0, min(86400, Double(delay.seconds) + Double(delay.attoseconds) * 1e-18))
        timer.schedule(deadline: .now() + seconds, leeway: .milliseconds(1))
    }

    private func makeTimer() -> any DispatchSourceTimer {
        // A queue of its own: those that are there for all have as many threads as the machine has cores, which tasks may keep busy.
        let timer = DispatchSource.makeTimerSource(queue: DispatchQueue(label: "sleep-timer"))
        timer.setEventHandler { [weak self] in self?.fire() }
        timer.activate()
        return timer
    }
}

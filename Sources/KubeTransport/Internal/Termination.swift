import Synchronization

/// An event that happens once, and tasks that wait for it.
final class Termination: Sendable {
    private enum State {
        case pending([CheckedContinuation<Void, Never>])
        case happened
    }

    private let state = Mutex(State.pending([]))

    func signal() {
        let waiters = state.withLock { state -> [CheckedContinuation<Void, Never>] in
            defer { state = .happened }
            if case .pending(let waiters) = state { return waiters }
            return []
        }
        waiters.forEach { $0.resume() }
    }

    /// Returns once the event has happened. Not affected by cancellation.
    func wait() async {
        await withCheckedContinuation { continuation in
            let hasHappened = state.withLock { state in
                guard case .pending(let waiters) = state else { return true }
                state = .pending(waiters + [continuation])
                return false
            }
            if hasHappened {
                continuation.resume()
            }
        }
    }
}

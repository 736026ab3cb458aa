import Synchronization

/// A call that wakes one waiting task. Calls made while it isn't waiting are kept as one.
package final class WakeUp: Sendable {
    private enum State {
        case quiet
        case called
        case waiting(CheckedContinuation<Void, Never>)
    }

    private let state = Mutex(State.quiet)

    package init() {}

    package func call() {
        let waiter: CheckedContinuation<Void, Never>? = state.withLock { state in
            guard case .waiting(let waiter) = state else {
                state = .called
                return nil
            }
            state = .quiet
            return waiter
        }
        waiter?.resume()
    }

    /// Returns at the next call, at once when there was one since the last wait, and when the task is cancelled.
    ///
    /// - Precondition: one task at a time waits.
    package func wait() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isCalled = state.withLock { state in
                    switch state {
                    case .called:
                        state = .quiet
                        return true
                    case .quiet:
                        state = .waiting(continuation)
                        return false
                    case .waiting:
                        preconditionFailure("two tasks wait for one wake-up")
                    }
                }
                if isCalled { continuation.resume() }
            }
        } onCancel: {
            call()
        }
    }

    /// As ``wait()``, but not beyond the deadline; `nil` means none.
    package func wait(until deadline: TimeSource.Instant?, time: TimeSource) async {
        guard let deadline else { return await wait() }
        guard time.now < deadline else { return }
        await withTaskGroup { group in
            group.addTask { await self.wait() }
            // A cancelled sleep is one that is no longer needed.
            group.addTask { do { try await time.sleep(until: deadline) } catch {} }
            await group.next()
            group.cancelAll()
        }
    }
}

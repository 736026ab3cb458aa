import Synchronization

/// A value that tasks read at once and can wait for.
package final class ObservedValue<Value: Sendable>: Sendable {
    private struct Waiter {
        let isSatisfied: @Sendable (Value) -> Bool
        let continuation: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var value: Value
        var waiters: [UInt64: Waiter] = [:]
        /// Waits that were cancelled before they could be entered above.
        var cancelled: Set<UInt64> = []
        var lastWaiter: UInt64 = 0
    }

    private let state: Mutex<State>

    package init(_ value: Value) { state = Mutex(State(value: value)) }

    package var value: Value { state.withLock { $0.value } }

    /// Changes the value and wakes those whose condition the new value meets.
    @discardableResult
    package func update<Result: Sendable>(_ change: @Sendable (inout Value) -> Result) -> Result {
        let (result, satisfied) = state.withLock { state in
            let result = change(&state.value)
            guard !state.waiters.isEmpty else { return (result, [Waiter]()) }
            let value = state.value
            let ids = state.waiters.filter { $0.value.isSatisfied(value) }.keys
            return (result, ids.compactMap { state.waiters.removeValue(forKey: $0) })
        }
        for waiter in satisfied { waiter.continuation.resume(returning: true) }
        return result
    }

    /// Waits until the value meets the condition.
    ///
    /// - Parameter isSatisfied: quick and free of side effects; called under a lock at each change.
    /// - Returns: whether it does; `false` when the deadline came first or the task was cancelled.
    package func wait(
        until deadline: TimeSource.Instant?,
        time: TimeSource,
        for isSatisfied: @escaping @Sendable (Value) -> Bool
    ) async -> Bool {
        if isSatisfied(value) { return true }
        guard let deadline else { return await wait(for: isSatisfied) }
        do {
            return try await time.run(until: deadline) { await self.wait(for: isSatisfied) } ?? false
        } catch {
            return false
        }
    }

    private func wait(for isSatisfied: @escaping @Sendable (Value) -> Bool) async -> Bool {
        let id = state.withLock { state in
            state.lastWaiter += 1
            return state.lastWaiter
        }
        // A cancellation that came after the waiter was woken must leave nothing behind.
        defer { state.withLock { _ = $0.cancelled.remove(id) } }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let result: Bool? = state.withLock { state in
                    if isSatisfied(state.value) { return true }
                    if state.cancelled.remove(id) != nil { return false }
                    state.waiters[id] = Waiter(isSatisfied: isSatisfied, continuation: continuation)
                    return nil
                }
                if let result { continuation.resume(returning: result) }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                let waiter = state.waiters.removeValue(forKey: id)
                if waiter == nil { state.cancelled.insert(id) }
                return waiter
            }
            waiter?.continuation.resume(returning: false)
        }
    }
}

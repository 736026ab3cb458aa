import Synchronization

/// Notices that nothing was heard of a watch for some time, beside the task that reads it. Costs a wake-up in each such time.
final class SilenceWatch: Sendable {
    private struct State {
        var heard: TimeSource.Instant?
        var limit: Duration?
        var isSilent = false

        var due: TimeSource.Instant? {
            guard !isSilent, let heard, let limit else { return nil }
            return heard.advanced(by: limit)
        }
    }

    private let state = Mutex(State())
    private let wakeUp = WakeUp()
    private let time: TimeSource

    init(time: TimeSource) { self.time = time }

    /// Something was heard now.
    ///
    /// - Parameter limit: how long it may be silent from now on; `nil` if that says nothing.
    /// - Returns: whether it had been silent.
    @discardableResult
    func heard(limit: Duration?) -> Bool {
        let now = time.now
        let (wasSilent, isNew) = state.withLock { state in
            defer { state = State(heard: now, limit: limit) }
            return (state.isSilent, state.due == nil && limit != nil)
        }
        if isNew { wakeUp.call() }
        return wasSilent
    }

    /// Calls `onSilence` once for each silence, until the task is cancelled.
    func run(onSilence: @Sendable (_ since: TimeSource.Instant, Duration) -> Void) async {
        while !Task.isCancelled {
            guard let due = state.withLock({ $0.due }) else {
                await wakeUp.wait()
                continue
            }
            guard due <= time.now else {
                do { try await time.sleep(until: due) } catch { return }
                continue
            }
            let silence: (TimeSource.Instant, Duration)? = state.withLock { state in
                guard let due = state.due, due <= time.now, let limit = state.limit else { return nil }
                state.isSilent = true
                return (due, limit)
            }
            if let (since, limit) = silence { onSilence(since, limit) }
        }
    }
}

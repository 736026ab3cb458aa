import Logging

/// Waits until controllers may begin: every kind that they need has been listed.
///
/// Kinds that they can do without are waited for as long as they are on their way, and for a limited time at most. They are still
/// followed: when such a kind is installed later its objects come in like any change.
struct CacheSync: Sendable {
    let kinds: [RuntimeKind]
    let options: RuntimeOptions
    let time: TimeSource
    let logger: Logger

    /// - Returns: whether controllers may begin; `false` when the task was cancelled.
    func wait() async -> Bool {
        let start = time.now
        let lateAt = start.advanced(by: options.optionalWait)
        for kind in kinds {
            while !kind.isSettled(kind.reflector.kindState.value, isLate: time.now >= lateAt) {
                guard !Task.isCancelled else { return false }
                let reportAt = time.now.advanced(by: options.waitReport)
                let deadline = kind.isRequired || time.now >= lateAt ? reportAt : min(lateAt, reportAt)
                let isSettled = await kind.reflector.kindState.wait(until: deadline, time: time) {
                    kind.isSettled($0, isLate: false)
                }
                if !isSettled, !Task.isCancelled { report() }
            }
        }
        return !Task.isCancelled
    }

    private func report() {
        for kind in kinds where !kind.reflector.kindState.value.hasObjects {
            let state = kind.reflector.kindState.value
            logger.log(
                level: kind.isRequired ? .warning : .notice,
                kind.isRequired ? "waiting for objects" : "going on without objects",
                metadata: [
                    "resource": "\(kind.reflector.name)", "state": "\(state.phase.rawValue)",
                    "reason": "\(state.reason)",
                ]
            )
        }
    }
}

extension RuntimeKind {
    /// Whether this kind, in this state, is no reason to wait any more.
    func isSettled(_ state: KindState, isLate: Bool) -> Bool {
        if state.hasObjects { return true }
        return !isRequired && (isLate || state.phase == .forbidden || state.phase == .notInstalled)
    }
}

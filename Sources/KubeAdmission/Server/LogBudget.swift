import KubeRuntime
import Synchronization

/// Lets so many lines into the log in a time, since whoever reaches the port could fill it.
final class LogBudget: Sendable {
    private struct State {
        var windowEnd: TimeSource.Instant
        var left: Int
        var withheld = 0
    }

    private let lines: Int
    private let window: Duration
    private let time: TimeSource
    private let state: Mutex<State>

    init(lines: Int = 100, in window: Duration = .seconds(60), time: TimeSource) {
        self.lines = lines
        self.window = window
        self.time = time
        state = Mutex(State(windowEnd: time.now.advanced(by: window), left: lines))
    }

    /// Takes a line.
    ///
    /// - Returns: how many lines were withheld before this one; `nil` when this one is to be withheld as well.
    func take() -> Int? {
        let now = time.now
        return state.withLock { state in
            if now >= state.windowEnd {
                state.windowEnd = now.advanced(by: window)
                state.left = lines
            }
            guard state.left > 0 else {
                state.withheld += 1
                return nil
            }
            state.left -= 1
            defer { state.withheld = 0 }
            return state.withheld
        }
    }
}

import Synchronization

/// How often what callers cause is logged: by whom it is caused, and all together.
final class LogPaces: Sendable {
    /// Those who cause lines, and all of them.
    private enum Key: Hashable {
        case peer(String)
        case proxy(ProxyID)
    }

    private struct State {
        var callers = KeyedAllowances<Key>(burst: 10, interval: .seconds(10), keys: 2048)
        var all = KeyedAllowances<Bool>(burst: 200, interval: .milliseconds(100), keys: 2)
        /// What nobody has been told of yet.
        var suppressed = 0
    }

    private let state = Mutex(State())

    /// - Parameter log: is given how many lines were left out since the last one.
    func logRefusal(_ peer: String, now: ContinuousClock.Instant, _ log: (_ suppressed: Int) -> Void) {
        pace(.peer(peer), now, log)
    }

    /// - Parameter log: as above.
    func logRejection(_ proxy: ProxyID, now: ContinuousClock.Instant, _ log: (_ suppressed: Int) -> Void) {
        pace(.proxy(proxy), now, log)
    }

    private func pace(_ key: Key, _ now: ContinuousClock.Instant, _ log: (Int) -> Void) {
        let suppressed: Int? = state.withLock { state in
            guard state.callers.use(key, now: now) != nil, state.all.use(true, now: now) != nil else {
                state.suppressed += 1
                return nil
            }
            defer { state.suppressed = 0 }
            return state.suppressed
        }
        if let suppressed { log(suppressed) }
    }
}

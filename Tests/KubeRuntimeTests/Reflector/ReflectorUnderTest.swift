import KubeClient
import KubeModel
import KubeRuntime

/// A reflector machine behind a reference, at a time of its own, brought to where a test begins.
final class ReflectorUnderTest {
    private var machine: ReflectorMachine
    var now = at(.zero)

    init(watchList: Bool = false, seed: UInt64 = 1, _ change: (inout ReflectorOptions) -> Void = { _ in }) {
        var options = ReflectorOptions()
        options.usesWatchList = watchList
        change(&options)
        machine = ReflectorMachine(options: options, seed: seed, now: now)
    }

    var phase: KindState.Phase { machine.kindState.phase }
    var kindState: KindState { machine.kindState }
    var idleTimeout: Duration { machine.idleTimeout }
    var quietLimit: Duration? { machine.quietLimit }

    func start() -> ReflectorMachine.Action { machine.start(now: now) }
    func waited() -> ReflectorMachine.Action { machine.waited(now: now) }
    func answered() { machine.answered(now: now) }
    func listed(_ version: String, continue token: String? = nil) -> ReflectorMachine.Action {
        machine.listed(ListEnd(resourceVersion: version, continueToken: token), now: now)
    }
    func swept() -> ReflectorMachine.Action? { machine.swept(now: now) }
    func opened() { machine.watchOpened(now: now) }
    func received(_ version: UInt64?) -> Bool { machine.received(version.map { ResourceVersion($0) }) }
    func bookmarked(_ version: UInt64, end: Bool = false) -> ReflectorMachine.BookmarkEffect {
        machine.bookmarked(ResourceVersion(version), isInitialEventsEnd: end)
    }
    func ended() -> ReflectorMachine.Action { machine.ended(now: now) }
    func idled() -> ReflectorMachine.Action { machine.idled(now: now) }
    func failed(_ failure: ReflectorFailure) -> ReflectorMachine.Action { machine.failed(failure, now: now) }
    func failed(_ cause: ReflectorFailure.Cause) -> ReflectorMachine.Action {
        failed(ReflectorFailure(cause, "because"))
    }

    func streamingRefused() -> ReflectorMachine.Action { machine.streamingRefused() }

    /// Fails, waits as long as is asked for, if at all, and gives what is done then.
    func afterFailure(_ failure: ReflectorFailure) -> ReflectorMachine.Action {
        let action = failed(failure)
        guard case .wait(let deadline) = action else { return action }
        now = deadline
        return waited()
    }

    /// Lists at once, up to an open watch from version 10.
    func watchFromTen() {
        _ = start()
        _ = listed("10")
        _ = swept()
        opened()
        now = now.advanced(by: .seconds(5))
    }
}

/// What an action asks for, in a few words: timeouts vary.
func words(_ action: ReflectorMachine.Action?) -> String {
    switch action {
    case .list(let list):
        let version =
            switch list.version {
            case .any: "any"
            case .newest: "newest"
            case .notOlderThan(let version): "\(version)+"
            }
        return "list \(version)" + (list.limit.map { " by \($0)" } ?? "")
            + (list.continueToken.map { " at \($0)" } ?? "")
    case .sweep(let version): return "sweep \(version)"
    case .watch(let watch):
        return (watch.sendInitialEvents ? "watchlist " : "watch ") + (watch.version?.description ?? "newest")
    case .wait: return "wait"
    case nil: return "go on"
    }
}

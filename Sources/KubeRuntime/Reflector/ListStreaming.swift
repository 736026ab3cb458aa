import Logging
import Synchronization

/// What is known of whether an API server streams lists (`sendInitialEvents`), shared by the reflectors of all kinds.
///
/// A server that cannot, such as one whose etcd has no progress notifications, refuses it for every kind. So one reflector tries, the others wait for
/// what becomes of that, and after a refusal all of them list. It is tried again after a while, and when the server has another version.
package final class ListStreaming: Sendable {
    private enum Knowledge {
        case none
        /// A reflector asks.
        case trying
        case works
        case refused(until: TimeSource.Instant)

        var isTrying: Bool { if case .trying = self { true } else { false } }
    }

    private struct State {
        var knowledge = Knowledge.none
        /// In a row.
        var refusals = 0
        /// The server's version when it refused, and when it was last asked for.
        var version: String?
        var versionAskedAt: TimeSource.Instant?
    }

    /// For how long a refusal counts. A person has to upgrade something first.
    private static let rest = BackoffPolicy(base: .seconds(600), cap: .seconds(12 * 3600))
    /// How long the answer to the first attempt is waited for.
    private static let patience = Duration.seconds(10)
    /// The version is not asked for more often.
    private static let versionPace = Duration.seconds(60)

    private let state = ObservedValue(State())
    private let time: TimeSource
    private let logger: Logger
    private let serverVersion: @Sendable () async -> String?

    /// - Parameter serverVersion: asks the server which version it has; `nil` when it does not say.
    package init(
        time: TimeSource = .system,
        logger: Logger,
        serverVersion: @escaping @Sendable () async -> String? = { nil }
    ) {
        self.time = time
        self.logger = logger
        self.serverVersion = serverVersion
    }

    /// Whether a list may be asked for as a stream. Whoever may tells what became of it: ``accepted()``, ``refused(_:)`` or ``undecided()``.
    func mayStream() async -> Bool {
        let deadline = time.now.advanced(by: Self.patience)
        while true {
            let now = time.now
            let answer: Bool? = state.update { state in
                switch state.knowledge {
                case .works: return true
                case .refused(let until) where now < until: return false
                case .trying where now < deadline: return nil
                case .none, .trying, .refused:
                    state.knowledge = .trying
                    return true
                }
            }
            switch answer {
            case true?: return true
            case false?:
                guard await hasAnotherVersion() else { return false }
            case nil:
                _ = await state.wait(until: deadline, time: time) { !$0.knowledge.isTrying }
                if Task.isCancelled { return false }
            }
        }
    }

    /// The server took the request.
    func accepted() {
        state.update { state in
            state.knowledge = .works
            state.refusals = 0
        }
    }

    /// The server refused to stream.
    func refused(_ reason: String) async {
        let now = time.now
        let isNews = state.update { state in
            if case .refused = state.knowledge { return false }
            let rest = Self.rest.ceiling(previousFailures: state.refusals)
            state.knowledge = .refused(until: now.advanced(by: rest))
            state.refusals += 1
            state.version = nil
            state.versionAskedAt = now
            return true
        }
        guard isNews else { return }
        logger.info(
            "the API server does not stream lists; objects are listed instead",
            metadata: ["reason": "\(reason)"]
        )
        let version = await serverVersion()
        state.update { $0.version = version }
    }

    /// There was no answer that says anything about streaming.
    func undecided() {
        state.update { if $0.knowledge.isTrying { $0.knowledge = .none } }
    }

    /// Whether the server that refused was replaced by another; if so, what it refused counts no longer.
    private func hasAnotherVersion() async -> Bool {
        let now = time.now
        let known: String? = state.update { state in
            guard let version = state.version, let askedAt = state.versionAskedAt,
                askedAt.duration(to: now) >= Self.versionPace
            else { return nil }
            state.versionAskedAt = now
            return version
        }
        guard let known, let version = await serverVersion(), version != known else { return false }
        state.update { state in
            guard case .refused = state.knowledge else { return }
            state.knowledge = .none
            state.refusals = 0
        }
        return true
    }
}

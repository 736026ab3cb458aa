import KubeRuntime
import Synchronization

/// TLS handshakes with the xDS server that failed lately, by the address of the client.
///
/// Whoever reaches the port can fail: addresses are bounded in number, and so is what is logged.
final class HandshakeFailures: Sendable {
    struct Failure: Hashable, Sendable {
        /// One line, in OpenSSL's words.
        var reason: String
        var at: TimeSource.Instant
    }

    /// What to log of a failure.
    enum Notice: Hashable, Sendable {
        case nothing
        /// - Parameter unlogged: how many failures were not logged since the last one that was.
        case log(unlogged: Int)
    }

    /// How long a failure says something about its client, which tries again every few seconds.
    static let memory = Duration.seconds(120)
    static let most = 4096
    /// Between two lines of the log.
    static let pace = Duration.seconds(10)

    private struct State {
        var failures: [String: Failure] = [:]
        var logged: TimeSource.Instant?
        var unlogged = 0
    }

    private let state = Mutex(State())

    func note(_ address: String, _ reason: String, now: TimeSource.Instant) -> Notice {
        state.withLock { state in
            if state.failures.count >= Self.most, state.failures[address] == nil {
                state.failures = state.failures.filter { $0.value.at.duration(to: now) < Self.memory }
            }
            if state.failures.count < Self.most || state.failures[address] != nil {
                state.failures[address] = Failure(reason: reason, at: now)
            }
            if let logged = state.logged, logged.duration(to: now) < Self.pace {
                state.unlogged += 1
                return .nothing
            }
            defer { (state.logged, state.unlogged) = (now, 0) }
            return .log(unlogged: state.unlogged)
        }
    }

    /// Why the client at the address cannot connect; `nil` when it has not failed lately.
    func reason(_ address: String, now: TimeSource.Instant) -> String? {
        state.withLock { state in
            state.failures[address].flatMap { $0.at.duration(to: now) < Self.memory ? $0.reason : nil }
        }
    }
}

import FoundationEssentials
import KubeModel
import KubeRuntime
import Logging
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

    /// What a client's TLS alert says of it; `nil` for an error that says nothing, such as a connection that was closed.
    static func reason(_ error: any Error) -> String? {
        let text = "\(error)"
        guard let alert = text.firstRange(of: "_ALERT_") else { return nil }
        let name = text[alert.upperBound...].prefix { $0.isLetter || $0 == "_" }.lowercased()
        switch name {
        case "unknown_ca", "bad_certificate", "certificate_unknown":
            return "it does not trust the certificate authority of the xDS server (TLS alert \(name))"
        default: return "it refuses the TLS handshake with the xDS server (TLS alert \(name))"
        }
    }

    /// Of a client of IPv4 on a socket of IPv6: `10.0.0.1` for `::ffff:10.0.0.1`.
    static func plain(_ address: String) -> String {
        let prefix = "::ffff:"
        return address.hasPrefix(prefix) && address.contains(".") ? String(address.dropFirst(prefix.count)) : address
    }

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

    /// Notes a failure, and logs it at a limited rate.
    ///
    /// - Parameter pod: which pod has an address.
    func note(
        _ address: String,
        _ error: any Error,
        now: TimeSource.Instant,
        logger: Logger,
        pod: (String) -> ObjectKey?
    ) {
        let address = Self.plain(address)
        guard let reason = Self.reason(error), case .log(let unlogged) = note(address, reason, now: now) else { return }
        var metadata: Logger.Metadata = ["peer": "\(address)", "reason": "\(reason)"]
        if let pod = pod(address) { metadata["pod"] = "\(pod)" }
        if unlogged > 0 { metadata["unlogged"] = "\(unlogged)" }
        logger.warning("a client of the xDS server refused its certificate", metadata: metadata)
    }

    /// Why the client at the address cannot connect; `nil` when it has not failed lately.
    func reason(_ address: String, now: TimeSource.Instant) -> String? {
        state.withLock { state in
            state.failures[address].flatMap { $0.at.duration(to: now) < Self.memory ? $0.reason : nil }
        }
    }
}

import Synchronization

/// A file of trusted authorities that others may replace while we run, as happens when a cluster renews its own.
///
/// Read again at most once per ``FileCredentialSource/period``. While it cannot be read or holds no certificate, what was
/// last read stays in use.
package final class CertificateAuthorityFile: Sendable {
    private let path: String
    private let owner: String
    private let location: String?
    private let host: HostEnvironment
    private let state: Mutex<(authorities: [UInt8], readAt: Duration)>

    /// Reads the file for the first time.
    ///
    /// - Parameters:
    ///   - owner: whose the file is, as the start of errors.
    ///   - location: where it is named.
    /// - Throws: ``ConfigurationError`` when it cannot be read or holds no certificate.
    init(_ path: String, owner: String, location: String?, host: HostEnvironment) throws(ConfigurationError) {
        self.path = path
        self.owner = owner
        self.location = location
        self.host = host
        let readAt = host.uptime()
        state = Mutex((try Self.read(path, owner, location, host), readAt))
    }

    /// The authorities, PEM.
    package func authorities() -> [UInt8] {
        let now = host.uptime()
        return state.withLock { state in
            guard now - state.readAt >= FileCredentialSource.period else { return state.authorities }
            state.readAt = now
            do {
                state.authorities = try Self.read(path, owner, location, host)
            } catch {
                host.warn("still trusting the authorities read before: \(error)")
            }
            return state.authorities
        }
    }

    private static func read(
        _ path: String,
        _ owner: String,
        _ location: String?,
        _ host: HostEnvironment
    ) throws(ConfigurationError) -> [UInt8] {
        let bytes = try host.requiredFile(path, owner, location: location)
        guard let fault = PEM.fault(in: bytes, holding: .certificate) else { return bytes }
        throw ConfigurationError(.unreadable, "\(owner): \(path) \(fault)", location: location)
    }
}

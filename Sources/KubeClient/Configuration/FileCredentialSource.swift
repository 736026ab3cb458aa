import Synchronization

/// Credentials of a token or a client certificate, which may stand in files that others replace.
///
/// The files are read again at most once per ``period``, and at the next request after the server refused them. While a file
/// cannot be read or makes no sense, what was last read from it stays in use, as in client-go.
package final class FileCredentialSource: CredentialSource {
    /// Where the parts come from.
    struct Parts: Sendable {
        /// A value that never changes, used until ``tokenFile`` gives one.
        var authorization: String?
        /// Holds a bearer token; white space around it is ignored.
        var tokenFile: String?
        var clientCertificate: Part?
        var clientKey: Part?

        var readsFiles: Bool {
            if tokenFile != nil { return true }
            if case .file = clientCertificate { return true }
            if case .file = clientKey { return true }
            return false
        }
    }

    /// Content that is given, or the file that holds it.
    enum Part: Sendable {
        case bytes([UInt8])
        case file(String)
    }

    /// How long what was read is trusted, as in client-go.
    package static let period = Duration.seconds(60)

    private struct State {
        var credentials: Credentials
        var readAt: Duration
        var isRefused = false
    }

    private let parts: Parts
    private let place: KubeconfigPlace?
    private let host: HostEnvironment
    private let state: Mutex<State>

    /// Reads the files for the first time.
    ///
    /// - Parameter place: the user in the kubeconfig, for errors; `nil` in a pod.
    /// - Throws: ``ConfigurationError`` when a file cannot be read or does not hold what it should.
    init(_ parts: Parts, place: KubeconfigPlace?, host: HostEnvironment) throws(ConfigurationError) {
        self.parts = parts
        self.place = place
        self.host = host
        let readAt = host.uptime()
        self.state = Mutex(State(credentials: try Self.read(parts, place, host, before: nil), readAt: readAt))
    }

    package func credentials() async throws -> Credentials {
        guard parts.readsFiles else { return state.withLock(\.credentials) }
        let now = host.uptime()
        // Files are small and local: reading them under the lock keeps others from reading them too.
        return state.withLock { state in
            guard state.isRefused || now - state.readAt >= Self.period else { return state.credentials }
            state.readAt = now
            state.isRefused = false
            do {
                state.credentials = try Self.read(parts, place, host, before: state.credentials)
            } catch {
                host.warn("still using the credentials read before: \(error)")
            }
            return state.credentials
        }
    }

    package func invalidate(_ credentials: Credentials) async {
        state.withLock { state in
            if state.credentials == credentials { state.isRefused = true }
        }
    }

    private static func read(
        _ parts: Parts,
        _ place: KubeconfigPlace?,
        _ host: HostEnvironment,
        before: Credentials?
    ) throws(ConfigurationError) -> Credentials {
        let owner = place?.owner ?? "service account"
        var credentials = Credentials(authorization: parts.authorization)
        if let path = parts.tokenFile {
            do {
                credentials.authorization = try token(in: path, owner, place, host)
            } catch {
                // A file that is not there (yet) is no hindrance for whoever has a token besides.
                guard parts.authorization != nil else { throw error }
                if let before { credentials.authorization = before.authorization }
            }
        }
        if let certificate = parts.clientCertificate, let key = parts.clientKey {
            credentials.clientCertificatePEM =
                try pem(certificate, "client-certificate", .certificate, owner, place, host)
            credentials.clientKeyPEM = try pem(key, "client-key", .privateKey, owner, place, host)
        }
        return credentials
    }

    /// The header field's value for the token in a file.
    private static func token(
        in path: String,
        _ owner: String,
        _ place: KubeconfigPlace?,
        _ host: HostEnvironment
    ) throws(ConfigurationError) -> String {
        let location = place?.location("tokenFile")
        let bytes = try host.requiredFile(path, "\(owner): tokenFile", location: location)
        let token = String(decoding: bytes, as: UTF8.self)
        do {
            return try Authorization.bearer(token.trimmingWhitespace())
        } catch {
            let message = "\(owner): the token in \(path) \(error.reason)"
            throw ConfigurationError(.unreadable, message, location: location)
        }
    }

    private static func pem(
        _ part: Part,
        _ field: String,
        _ content: PEM.Content,
        _ owner: String,
        _ place: KubeconfigPlace?,
        _ host: HostEnvironment
    ) throws(ConfigurationError) -> [UInt8] {
        switch part {
        case .bytes(let bytes):
            guard let fault = PEM.fault(in: bytes, holding: content) else { return bytes }
            let location = place?.location("\(field)-data")
            throw ConfigurationError(.invalid, "\(owner): \(field)-data: \(fault)", location: location)
        case .file(let path):
            let location = place?.location(field)
            let bytes = try host.requiredFile(path, "\(owner): \(field)", location: location)
            guard let fault = PEM.fault(in: bytes, holding: content) else { return bytes }
            throw ConfigurationError(.unreadable, "\(owner): \(field): \(path) \(fault)", location: location)
        }
    }
}

extension FileCredentialSource: CustomStringConvertible, CustomReflectable {
    package var description: String { "FileCredentialSource(\(place?.owner ?? "service account"), <redacted>)" }

    package var customMirror: Mirror { Mirror(reflecting: description) }
}

extension String {
    /// Without the white space that editors and shells leave around a value.
    func trimmingWhitespace() -> String {
        let isSpace: (Character) -> Bool = { $0.isWhitespace }
        guard let first = firstIndex(where: { !isSpace($0) }), let last = lastIndex(where: { !isSpace($0) }) else {
            return ""
        }
        return String(self[first...last])
    }
}

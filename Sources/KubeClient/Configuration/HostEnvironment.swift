import KubeModel

/// What configuration and credentials take from the machine they run on. Everything is a parameter, so that a test can
/// stand for any machine at any time; ``live()`` is the real one.
package struct HostEnvironment: Sendable {
    /// The environment variables, as they were when the process started.
    package var variables: [String: String]
    /// An absolute path; relative paths of the command line and of `KUBECONFIG` start here.
    package var workingDirectory: String
    /// Reads a whole regular file of at most ``maximumFileSize`` bytes, see ``BoundedFile``; `nil` when there is none at that path.
    package var readFile: @Sendable (_ path: String) throws -> [UInt8]?
    /// Whether a person can type into our standard input.
    package var isStandardInputTerminal: @Sendable () -> Bool
    /// The time of day, which expiry times are compared with.
    package var now: @Sendable () -> Timestamp
    /// Time that never goes back, from any start.
    package var uptime: @Sendable () -> Duration
    package var processes: any ProcessRunner
    /// Told of what went wrong without consequence so far, such as a token file that cannot be read again.
    package var warn: @Sendable (_ message: String) -> Void

    /// Files above this size are refused: no kubeconfig, certificate or token comes near it.
    package static let maximumFileSize = 16 << 20

    package init(
        variables: [String: String],
        workingDirectory: String,
        readFile: @escaping @Sendable (_ path: String) throws -> [UInt8]?,
        isStandardInputTerminal: @escaping @Sendable () -> Bool,
        now: @escaping @Sendable () -> Timestamp,
        uptime: @escaping @Sendable () -> Duration,
        processes: any ProcessRunner,
        warn: @escaping @Sendable (_ message: String) -> Void
    ) {
        self.variables = variables
        self.workingDirectory = workingDirectory
        self.readFile = readFile
        self.isStandardInputTerminal = isStandardInputTerminal
        self.now = now
        self.uptime = uptime
        self.processes = processes
        self.warn = warn
    }
}

extension HostEnvironment {
    /// An environment variable that is set and not empty.
    func variable(_ name: String) -> String? {
        variables[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Reads a file that has to be there.
    ///
    /// - Parameter purpose: what the file is to whom, as the start of the error's message.
    func requiredFile(_ path: String, _ purpose: String, location: String?) throws(ConfigurationError) -> [UInt8] {
        let bytes: [UInt8]?
        do {
            bytes = try readFile(path)
        } catch {
            throw ConfigurationError(.unreadable, "\(purpose): cannot read \(path)", location: location, cause: error)
        }
        guard let bytes else {
            throw ConfigurationError(.unreadable, "\(purpose): there is no file \(path)", location: location)
        }
        return bytes
    }
}

/// The environment of a process often holds secrets.
extension HostEnvironment: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "HostEnvironment(<redacted>)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(reflecting: description) }
}

import JSON

/// One way to run an exec plugin: the plugin, and the cluster that it is told of.
struct ExecInvocation: Sendable {
    /// Without a terminal nobody can be asked anything: a plugin that takes longer than this hangs.
    static let timeLimit = Duration.seconds(60)
    /// The most that a plugin may write to its output and to its errors, in bytes.
    static let outputLimit = 1 << 20

    var plugin: ExecPlugin
    /// What the plugin is told of the cluster; `nil` for nothing.
    var cluster: JSONValue?

    /// Runs the plugin once.
    ///
    /// - Throws: ``ConfigurationError`` with code `plugin`, which holds what the plugin wrote to its standard error
    ///   but nothing of its standard output, where the credentials are; `CancellationError`.
    func run(on host: HostEnvironment) async throws -> ExecCredential {
        let isInteractive = try isInteractive(on: host)
        var environment = host.variables.merging(plugin.environment) { $1 }
        environment["KUBERNETES_EXEC_INFO"] =
            ExecCredential.request(plugin.apiVersion, cluster: cluster, isInteractive: isInteractive).encodedText()
        let command = ProcessCommand(
            executable: plugin.command,
            arguments: plugin.arguments,
            environment: environment,
            isInteractive: isInteractive,
            timeLimit: isInteractive ? nil : Self.timeLimit,
            outputLimit: Self.outputLimit
        )
        let result: ProcessResult
        do {
            result = try await host.processes.run(command)
        } catch let failure as ProcessFailure {
            throw error(failure)
        }
        guard result.status == .exited(0) else { throw error(result) }
        do {
            return try ExecCredential(parsing: result.standardOutput, version: plugin.apiVersion)
        } catch {
            throw self.error("its answer \(error.reason)")
        }
    }

    private func isInteractive(on host: HostEnvironment) throws(ConfigurationError) -> Bool {
        switch plugin.interactiveMode {
        case .never: return false
        case .ifAvailable: return host.isStandardInputTerminal()
        case .always:
            guard host.isStandardInputTerminal() else {
                throw error("it has interactiveMode Always, but standard input is not a terminal")
            }
            return true
        }
    }

    private func error(_ message: String) -> ConfigurationError {
        plugin.place.error(.plugin, "exec plugin \(plugin.command): \(message)")
    }

    private func error(_ failure: ProcessFailure) -> ConfigurationError {
        switch failure {
        case .notFound:
            let hint = plugin.installHint.map { "\n\($0)" } ?? ""
            return error("not found; install it or correct the command\(hint)")
        case .notStarted(let reason):
            let hint = plugin.installHint.map { "\n\($0)" } ?? ""
            return error("cannot be started: \(reason)\(hint)")
        case .tooMuchOutput:
            return error("wrote more than \(Self.outputLimit >> 10) KiB and was killed")
        case .tookTooLong:
            return error("took longer than \(Self.timeLimit.components.seconds) s and was killed")
        }
    }

    private func error(_ result: ProcessResult) -> ConfigurationError {
        let end =
            switch result.status {
            case .exited(let code): "failed with exit code \(code)"
            case .signaled(let signal): "was ended by signal \(signal)"
            }
        let said = Self.printable(result.standardError)
        return error(said.isEmpty ? end : "\(end): \(said)")
    }

    /// The end of what a plugin complained, without anything that could play with a terminal or a log.
    private static func printable(_ bytes: [UInt8]) -> String {
        let limit = 2048
        let text = String(decoding: bytes.suffix(limit), as: UTF8.self).trimmingWhitespace()
        let clean = String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { $0.properties.generalCategory == .control && $0 != "\n" ? " " : $0 }
            )
        )
        return bytes.count > limit ? "…\(clean)" : clean
    }
}

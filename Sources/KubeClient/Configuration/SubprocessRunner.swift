import Subprocess
import SystemPackage

/// Runs real programs.
///
/// Killing is done by `SIGKILL` to the program's process group, at once: what takes too long or floods us is not trusted
/// to end by itself.
package struct SubprocessRunner: ProcessRunner {
    package init() {}

    package func run(_ command: ProcessCommand) async throws -> ProcessResult {
        guard let timeLimit = command.timeLimit else { return try await runToEnd(command) }
        return try await withThrowingTaskGroup(of: ProcessResult?.self) { group in
            group.addTask { try await runToEnd(command) }
            group.addTask {
                try await Task.sleep(for: timeLimit)
                return nil
            }
            defer { group.cancelAll() }
            guard let first = try await group.next(), let result = first else {
                // Leaving the group cancels the run, which kills the program, and waits until it is gone.
                throw ProcessFailure.tookTooLong
            }
            return result
        }
    }

    private func runToEnd(_ command: ProcessCommand) async throws -> ProcessResult {
        let configuration = configuration(of: command)
        do {
            if command.isInteractive {
                let result = try await Subprocess.run(
                    configuration,
                    input: .currentStandardInput,
                    output: .bytes(limit: command.outputLimit),
                    error: .currentStandardError
                )
                try Task.checkCancellation()
                return ProcessResult(
                    status: .init(result.terminationStatus),
                    standardOutput: result.standardOutput,
                    standardError: []
                )
            }
            let result = try await Subprocess.run(
                configuration,
                input: .none,
                output: .bytes(limit: command.outputLimit),
                error: .bytes(limit: command.outputLimit)
            )
            try Task.checkCancellation()
            return ProcessResult(
                status: .init(result.terminationStatus),
                standardOutput: result.standardOutput,
                standardError: result.standardError
            )
        } catch let error as SubprocessError {
            try Task.checkCancellation()
            throw ProcessFailure(error)
        }
    }

    private func configuration(of command: ProcessCommand) -> Configuration {
        var options = PlatformOptions()
        let killsGroup = !command.isInteractive
        if killsGroup { options.processGroupID = 0 }
        options.teardownSequence = [
            .send(signal: .kill, toProcessGroup: killsGroup, allowedDurationToNextStep: .seconds(1))
        ]
        var environment: [Environment.Key: String] = [:]
        for (name, value) in command.environment {
            // A name that no shell could have set would make the whole environment unacceptable.
            guard let first = name.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first),
                !name.utf8.contains(UInt8(ascii: "=")), let key = Environment.Key(rawValue: name)
            else { continue }
            environment[key] = value
        }
        return Configuration(
            executable: command.executable.contains("/")
                ? .path(FilePath(command.executable)) : .name(command.executable),
            arguments: Arguments(command.arguments),
            environment: .custom(environment),
            platformOptions: options
        )
    }
}

extension ProcessResult.Status {
    init(_ status: TerminationStatus) {
        switch status {
        case .exited(let code): self = .exited(code)
        case .signaled(let signal): self = .signaled(signal)
        }
    }
}

extension ProcessFailure {
    init(_ error: SubprocessError) {
        switch error.code {
        case .executableNotFound: self = .notFound
        case .outputLimitExceeded: self = .tooMuchOutput
        default: self = .notStarted(error.description)
        }
    }
}

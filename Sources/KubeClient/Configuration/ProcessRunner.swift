/// Runs programs for exec plugins; the seam that lets tests do without them.
package protocol ProcessRunner: Sendable {
    /// Runs a program to its end.
    ///
    /// Output and errors are read at the same time, so the program never waits for us. Whatever it left running in the
    /// background is not waited for.
    ///
    /// - Throws: ``ProcessFailure`` when it could not be started, wrote too much or took too long; `CancellationError`
    ///   when the task was cancelled. In the latter three cases the program and all that it started are killed first.
    func run(_ command: ProcessCommand) async throws -> ProcessResult
}

/// A program to run.
package struct ProcessCommand: Sendable {
    /// An absolute path, or a name without `/` that is looked up in the `PATH` of ``environment``.
    package var executable: String
    package var arguments: [String]
    /// The whole environment of the program.
    package var environment: [String: String]
    /// Whether a person may talk to the program: it gets our standard input and our standard error, and stays in our
    /// process group, as the terminal demands. Otherwise its input is empty and its errors are collected.
    package var isInteractive: Bool
    /// How long it may take; `nil` for as long as it likes.
    package var timeLimit: Duration?
    /// The most that it may write to its output, and to its errors, in bytes.
    package var outputLimit: Int

    package init(
        executable: String,
        arguments: [String],
        environment: [String: String],
        isInteractive: Bool,
        timeLimit: Duration?,
        outputLimit: Int
    ) {
        self.executable = executable
        self.arguments = arguments
        self.environment = environment
        self.isInteractive = isInteractive
        self.timeLimit = timeLimit
        self.outputLimit = outputLimit
    }
}

/// How a program ended.
package struct ProcessResult: Sendable {
    package enum Status: Sendable, Hashable {
        case exited(Int32)
        case signaled(Int32)
    }

    package var status: Status
    package var standardOutput: [UInt8]
    /// Empty if it was interactive.
    package var standardError: [UInt8]

    package init(status: Status, standardOutput: [UInt8], standardError: [UInt8]) {
        self.status = status
        self.standardOutput = standardOutput
        self.standardError = standardError
    }
}

/// Why there is no ``ProcessResult``.
package enum ProcessFailure: Error, Hashable {
    case notFound
    case notStarted(String)
    case tooMuchOutput
    case tookTooLong
}

/// The environment and the output of a plugin hold secrets.
extension ProcessCommand: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "ProcessCommand(\(executable), <redacted>)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(reflecting: description) }
}

extension ProcessResult: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "ProcessResult(\(status), <redacted>)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(reflecting: description) }
}

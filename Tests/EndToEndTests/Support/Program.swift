import Subprocess
import SystemPackage

/// A program that was run to its end.
struct Program: Sendable {
    var status: Int32
    var output: String
    var errors: String

    /// What it may print on each of its two ways, in bytes.
    private static let outputLimit = 8 << 20

    /// - Parameter environment: set beside what this process has.
    /// - Throws: when it cannot be started, or prints too much.
    static func run(
        _ path: String,
        _ arguments: [String],
        input: String = "",
        environment: [String: String] = [:]
    ) async throws -> Program {
        let result = try await Subprocess.run(
            .path(FilePath(path)),
            arguments: Arguments(arguments),
            environment: .inherit.updating(environment.subprocessKeys),
            input: .string(input),
            output: .string(limit: outputLimit),
            error: .string(limit: outputLimit)
        )
        return Program(
            status: result.terminationStatus.code,
            output: result.standardOutput,
            errors: result.standardError
        )
    }
}

extension [String: String] {
    /// As Subprocess names variables; names that no environment can have are left out.
    var subprocessKeys: [Environment.Key: String?] {
        var result: [Environment.Key: String?] = [:]
        for (name, value) in self {
            if let key = Environment.Key(rawValue: name) { result[key] = value }
        }
        return result
    }
}

extension TerminationStatus {
    /// As a shell would tell it: the exit code, or 128 and the signal's number.
    var code: Int32 {
        switch self {
        case .exited(let code): code
        case .signaled(let signal): 128 + signal
        }
    }
}

/// A program did not do what a test needs.
struct ProgramError: Error, CustomStringConvertible {
    var description: String
}

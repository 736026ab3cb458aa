import Subprocess
import SystemPackage

/// A program that was run to its end.
struct Program: Sendable {
    var status: Int32
    var output: String
    var errors: String

    /// - Throws: what Subprocess throws when it cannot be started.
    static func run(_ path: String, _ arguments: [String], input: String = "") async throws -> Program {
        let result = try await Subprocess.run(
            path.contains("/") ? .path(FilePath(path)) : .name(path),
            arguments: Arguments(arguments),
            input: .string(input),
            output: .string(limit: 1 << 22),
            error: .string(limit: 1 << 22)
        )
        let status: Int32 =
            switch result.terminationStatus {
            case .exited(let code): code
            case .signaled(let signal): 128 + signal
            }
        return Program(status: status, output: result.standardOutput, errors: result.standardError)
    }
}

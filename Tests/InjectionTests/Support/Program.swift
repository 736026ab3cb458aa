import Subprocess
import SystemPackage
import Testing

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

    /// The output of a program that must end well.
    static func output(_ path: String, _ arguments: [String], input: String = "") async throws -> String {
        let run = try await run(path, arguments, input: input)
        try #require(run.status == 0, "\(path) \(arguments.joined(separator: " ")): \(run.errors) \(run.output)")
        return run.output
    }

    /// Runs `body` while the program runs, and then ends the program.
    ///
    /// - Throws: ``EndedEarly`` when the program ends first.
    static func run(
        _ path: String,
        _ arguments: [String],
        while body: @Sendable @escaping () async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: EndedEarly?.self) { group in
            group.addTask {
                var options = PlatformOptions()
                options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .seconds(5))]
                let result = try await Subprocess.run(
                    path.contains("/") ? .path(FilePath(path)) : .name(path),
                    arguments: Arguments(arguments),
                    platformOptions: options,
                    output: .discarded,
                    error: .string(limit: 1 << 24)
                )
                return EndedEarly(description: "\(path) ended: \(result.standardError.suffix(2000))")
            }
            group.addTask {
                try await body()
                return nil
            }
            defer { group.cancelAll() }
            if let early = try await group.next() ?? nil { throw early }
        }
    }
}

/// A program that should go on running did not.
struct EndedEarly: Error, CustomStringConvertible {
    var description: String
}

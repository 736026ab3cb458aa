import Synchronization

@testable import KubeClient

/// Programs whose runs are answered from a list; the last answer repeats.
final class ScriptedProcesses: ProcessRunner {
    struct Answer: Sendable {
        /// Awaited before the answer; ends early when the run is cancelled.
        var gate: Gate?
        var result: Result<ProcessResult, ProcessFailure>

        static func output(_ text: String, gate: Gate? = nil) -> Answer {
            Answer(
                gate: gate,
                result: .success(.init(status: .exited(0), standardOutput: Array(text.utf8), standardError: []))
            )
        }

        static func token(_ token: String, expires: String? = nil, gate: Gate? = nil) -> Answer {
            let expiry = expires.map { #","expirationTimestamp":"\#($0)""# } ?? ""
            return .output(
                #"""
                {"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"\#(token)"\#(expiry)}}
                """#,
                gate: gate
            )
        }

        static func failure(_ failure: ProcessFailure, gate: Gate? = nil) -> Answer {
            Answer(gate: gate, result: .failure(failure))
        }

        static func exit(_ code: Int32, _ errors: String, output: String = "") -> Answer {
            let result = ProcessResult(
                status: .exited(code),
                standardOutput: Array(output.utf8),
                standardError: Array(errors.utf8)
            )
            return Answer(gate: nil, result: .success(result))
        }
    }

    private let answers: [Answer]
    private let state = Mutex((commands: [ProcessCommand](), cancellations: 0))

    init(_ answers: [Answer]) {
        self.answers = answers
    }

    var commands: [ProcessCommand] { state.withLock(\.commands) }
    var runs: Int { state.withLock(\.commands.count) }
    var cancellations: Int { state.withLock(\.cancellations) }

    func run(_ command: ProcessCommand) async throws -> ProcessResult {
        let run = state.withLock { state in
            state.commands.append(command)
            return state.commands.count - 1
        }
        guard !answers.isEmpty else { throw ProcessFailure.notFound }
        let answer = answers[min(run, answers.count - 1)]
        await answer.gate?.wait()
        if Task.isCancelled {
            state.withLock { $0.cancellations += 1 }
            throw CancellationError()
        }
        return try answer.result.get()
    }
}

/// Holds one waiter back until it is opened, or the waiter is cancelled.
struct Gate: Sendable {
    private let stream: AsyncStream<Never>
    private let continuation: AsyncStream<Never>.Continuation

    init() {
        (stream, continuation) = AsyncStream.makeStream()
    }

    func wait() async {
        for await _ in stream {}
    }

    func open() {
        continuation.finish()
    }
}

/// Waits until something holds, without sleeping; gives up after ten seconds.
func becomesTrue(_ condition: () throws -> Bool) async rethrows -> Bool {
    // Other tests may hold the threads for long.
    let deadline = ContinuousClock.now + .seconds(90)
    while true {
        let isLast = ContinuousClock.now >= deadline
        if try condition() { return true }
        if isLast { return false }
        // A poll that is cancelled asks once more and ends.
        do { try await Task.sleep(for: .milliseconds(5)) } catch { return try condition() }
    }
}

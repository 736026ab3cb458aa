import Foundation
import Glibc
import PollingSupport
import Subprocess
import SystemPackage

/// The operator as people run it: a process of its own.
struct OperatorProcess: Sendable {
    private let log: URL
    private let id: pid_t

    /// Ends it without a warning; ``run(_:_:)`` then throws.
    func kill() { _ = Glibc.kill(id, SIGKILL) }

    /// Runs `body` while an operator looks after the WebServers of a namespace, and ends it by a SIGTERM.
    ///
    /// - Throws: what `body` throws; ``ProgramError`` with its last words when the operator does not end with 0.
    static func run<Value: Sendable>(
        namespace: String,
        _ body: @escaping @Sendable (OperatorProcess) async throws -> Value
    ) async throws -> Value {
        try await run(["--namespace", namespace], body)
    }

    /// Runs `body` while an operator with these flags runs, and ends it.
    ///
    /// - Throws: what `body` throws; ``ProgramError`` with its last words when the operator does not end with 0.
    static func run<Value: Sendable>(
        _ flags: [String],
        _ body: @escaping @Sendable (OperatorProcess) async throws -> Value
    ) async throws -> Value {
        let log = FileManager.default.temporaryDirectory.appending(path: "swiftlet-\(UUID().uuidString).log")
        defer { try? FileManager.default.removeItem(at: log) }
        let file = try FileDescriptor.open(
            FilePath(log.path),
            .writeOnly,
            options: [.create, .truncate, .append],
            permissions: .ownerReadWrite
        )
        let run = try await Subprocess.run(
            .path(FilePath(EndToEnd.swiftlet.path)),
            arguments: Arguments(
                [
                    "operator", "--kubeconfig", EndToEnd.kubeconfig, "--health-address", "127.0.0.1:0",
                    // One at a time, some of which are killed, and whose writes are counted.
                    "--no-leader-election",
                ] + flags
            ),
            input: .none,
            output: .fileDescriptor(file, closeAfterSpawningProcess: true),
            error: .combinedWithOutput
        ) { execution -> Result<Value, any Error> in
            let outcome: Result<Value, any Error>
            let process = OperatorProcess(log: log, id: execution.processIdentifier.value)
            do { outcome = .success(try await body(process)) } catch { outcome = .failure(error) }
            // One that has ended by itself tells it by its status.
            do { try execution.send(signal: .terminate) } catch {}
            return outcome
        }
        guard run.terminationStatus.isSuccess else {
            let text = String(decoding: try Data(contentsOf: log), as: UTF8.self)
            throw ProgramError(
                description: "the operator ended with \(run.terminationStatus): \(text.suffix(2_000))"
            )
        }
        return try run.closureResult.get()
    }

    /// How many requests other than reads it has sent, by its own metrics; `nil` as long as it serves none.
    func writes() async throws -> Int? {
        try await metrics { $0.hasPrefix("rest_client_requests_total{") && !$0.contains("method=\"GET\"") }
    }

    /// Waits until it has sent no request but reads for three seconds.
    func untilQuiet() async throws {
        try await eventually("the operator is quiet", within: .seconds(60)) {
            guard let before = try await writes() else { return false }
            try await Task.sleep(for: .seconds(3))
            return try await writes() == before
        }
    }

    /// The sum of those of its metrics that are counted; `nil` as long as it serves none.
    ///
    /// - Parameter isCounted: by the whole line, with name and labels.
    func metrics(_ isCounted: (Substring) -> Bool) async throws -> Int? {
        guard let port = try port else { return nil }
        let text = try await EndToEnd.fetch("http://127.0.0.1:\(port)/metrics")
        return text?.split(separator: "\n")
            .filter { !$0.hasPrefix("#") && isCounted($0) }
            .compactMap { $0.split(separator: " ").last.flatMap { Double($0) } }
            .reduce(0) { $0 + Int($1) }
    }

    /// Everything it has logged.
    func logged() throws -> String { String(decoding: try Data(contentsOf: log), as: UTF8.self) }

    /// Whether all kinds are synced.
    func isReady() async throws -> Bool {
        guard let port = try port else { return false }
        return try await EndToEnd.fetch("http://127.0.0.1:\(port)/readyz") != nil
    }

    /// Where health and metrics are served, as the log tells.
    private var port: Int? {
        get throws {
            let text = try logged()
            guard let line = text.split(separator: "\n").first(where: { $0.contains("serving health and metrics") }),
                let word = line.split(separator: " ").first(where: { $0.hasPrefix("port=") })
            else { return nil }
            return Int(word.dropFirst("port=".count))
        }
    }
}

import Foundation
import Subprocess
import SystemPackage

/// The operator as people run it: a process of its own.
struct OperatorProcess: Sendable {
    private let log: URL

    /// Runs `body` while an operator looks after a namespace, and ends it by a SIGTERM.
    ///
    /// - Throws: what `body` throws; ``ProgramError`` with its last words when the operator does not end with 0.
    static func run<Value: Sendable>(
        namespace: String,
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
            arguments: [
                "operator", "--kubeconfig", EndToEnd.kubeconfig, "--namespace", namespace, "--health-address",
                "127.0.0.1:0",
            ],
            input: .none,
            output: .fileDescriptor(file, closeAfterSpawningProcess: true),
            error: .combinedWithOutput
        ) { execution -> Result<Value, any Error> in
            let outcome: Result<Value, any Error>
            do { outcome = .success(try await body(OperatorProcess(log: log))) } catch { outcome = .failure(error) }
            try execution.send(signal: .terminate)
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
        guard let port = try port else { return nil }
        let text = try await EndToEnd.fetch("http://127.0.0.1:\(port)/metrics")
        return text?.split(separator: "\n")
            .filter { $0.hasPrefix("rest_client_requests_total{") && !$0.contains("method=\"GET\"") }
            .compactMap { $0.split(separator: " ").last.flatMap { Double($0) } }
            .reduce(0) { $0 + Int($1) }
    }

    /// Whether all kinds are synced.
    func isReady() async throws -> Bool {
        guard let port = try port else { return false }
        return try await EndToEnd.fetch("http://127.0.0.1:\(port)/readyz") != nil
    }

    /// Where health and metrics are served, as the log tells.
    private var port: Int? {
        get throws {
            let text = String(decoding: try Data(contentsOf: log), as: UTF8.self)
            guard let line = text.split(separator: "\n").first(where: { $0.contains("serving health and metrics") }),
                let word = line.split(separator: " ").first(where: { $0.hasPrefix("port=") })
            else { return nil }
            return Int(word.dropFirst("port=".count))
        }
    }
}

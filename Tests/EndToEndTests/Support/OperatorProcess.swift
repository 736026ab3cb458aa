import Foundation

/// The operator as people run it: a process of its own.
struct OperatorProcess: Sendable {
    private let log: URL

    /// Runs `body` while an operator looks after a namespace, and ends it by a SIGTERM.
    static func run<Value>(namespace: String, _ body: (OperatorProcess) async throws -> Value) async throws -> Value {
        let log = FileManager.default.temporaryDirectory.appending(path: "swiftlet-\(UUID().uuidString).log")
        try Data().write(to: log)
        defer { try? FileManager.default.removeItem(at: log) }
        let process = Process()
        process.executableURL = EndToEnd.swiftlet
        process.arguments = [
            "operator", "--kubeconfig", EndToEnd.kubeconfig, "--namespace", namespace, "--health-address",
            "127.0.0.1:0",
        ]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: log)
        process.standardError = process.standardOutput
        let ended = AsyncStream<Int32>.makeStream(bufferingPolicy: .bufferingNewest(1))
        process.terminationHandler = { process in
            ended.continuation.yield(process.terminationStatus)
            ended.continuation.finish()
        }
        try process.run()
        var outcome: Result<Value, any Error>
        do { outcome = .success(try await body(OperatorProcess(log: log))) } catch { outcome = .failure(error) }
        process.terminate()
        for await status in ended.stream where status != 0 {
            let text = String(decoding: try Data(contentsOf: log), as: UTF8.self)
            outcome = .failure(ProgramError(description: "the operator ended with \(status): \(text.suffix(2_000))"))
        }
        return try outcome.get()
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

import Foundation
import JSON
import KubeTransport
import Subprocess
import SystemPackage

/// A light cluster of a test's own, to whose processes it may do anything.
struct OwnCluster: Sendable {
    let kubeconfig: String
    private let name: String
    private let folder: String

    private static let scripts = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Cluster")

    /// Runs `body` while there is one.
    static func run<Value>(_ body: (OwnCluster) async throws -> Value) async throws -> Value {
        let name = "bad-\(UInt32.random(in: 0 ... .max))"
        let folder = FileManager.default.temporaryDirectory.appending(path: name).path
        let cluster = OwnCluster(kubeconfig: "\(folder)/kubeconfig", name: name, folder: folder)
        let outcome: Result<Value, any Error>
        do {
            try await cluster.script("up.sh", "light")
            outcome = .success(try await body(cluster))
        } catch {
            outcome = .failure(error)
        }
        // Not cut short by a cancellation, which would leave the cluster behind.
        try await Task { try await cluster.script("down.sh") }.value
        return try outcome.get()
    }

    /// Ends a process at once and begins it again.
    ///
    /// - Parameter meanwhile: done while it is away.
    func restart(_ process: String, _ meanwhile: () async throws -> Void = {}) async throws {
        try await script("process.sh", "stop", process)
        try await meanwhile()
        try await script("process.sh", "start", process)
    }

    /// Has a process stand still while `body` runs.
    func withFrozen<Value>(_ process: String, _ body: () async throws -> Value) async throws -> Value {
        try await script("process.sh", "freeze", process)
        let outcome: Result<Value, any Error>
        do { outcome = .success(try await body()) } catch { outcome = .failure(error) }
        try await Task { try await script("process.sh", "thaw", process) }.value
        return try outcome.get()
    }

    /// Has etcd forget all versions but the present one.
    func compact() async throws {
        let command = try String(contentsOfFile: "\(folder)/commands/etcd", encoding: .utf8)
        let words = command.split(separator: " ").map { $0.filter { $0 != "\\" } }
        guard let flag = words.firstIndex(of: "--listen-client-urls"), flag + 1 < words.count else {
            throw OperatorEnded(description: "where is etcd? \(command)")
        }
        let endpoint = TransportEndpoint(baseURL: words[flag + 1])
        let transport = try Transport()
        func ask(_ path: String, _ body: JSONValue) async throws -> JSONValue {
            let request = HTTPRequest(method: "POST", path: path, body: body.encoded())
            let answer = try await transport.perform(request, on: endpoint)
            guard answer.status == 200 else {
                throw OperatorEnded(description: "etcd: \(String(decoding: answer.body, as: UTF8.self))")
            }
            return try JSONValue(parsing: answer.body)
        }
        let range = try await ask("/v3/kv/range", ["key": "AA=="])
        let revision = range[path: "header", "revision"] ?? 0
        _ = try await ask("/v3/kv/compaction", ["revision": revision, "physical": true])
        await transport.shutdown()
    }

    private func script(_ file: String, _ arguments: String...) async throws {
        let run = try await Subprocess.run(
            .path(FilePath(Self.scripts.appending(path: file).path)),
            arguments: Arguments(arguments + ["--name", name, "--dir", folder]),
            input: .none,
            output: .string(limit: 1 << 20),
            error: .string(limit: 1 << 20)
        )
        guard run.terminationStatus.isSuccess else {
            throw OperatorEnded(description: "\(file) \(arguments): \(run.standardError)")
        }
    }
}

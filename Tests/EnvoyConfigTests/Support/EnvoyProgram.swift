import EnvoyAPI
import EnvoyConfig
import Foundation
import JSON
import Testing

/// A real Envoy, if there is one: `SWIFTLET_ENVOY` names the program.
enum EnvoyProgram {
    static let path = ProcessInfo.processInfo.environment["SWIFTLET_ENVOY"] ?? ""

    /// For tests that need it. The comment is what a run without it shows.
    static let isThere = ConditionTrait.enabled(if: !path.isEmpty, "needs a real Envoy: set SWIFTLET_ENVOY")

    struct Verdict {
        var isGood: Bool
        /// Envoy's own.
        var words: String
    }

    /// Whether Envoy would start with it.
    static func verdict(on snapshot: ProxySnapshot) async throws -> Verdict {
        let folder = FileManager.default.temporaryDirectory.appending(path: "swiftlet-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (file, words) = (folder.appending(path: "bootstrap.json"), folder.appending(path: "words"))
        try Data(try StaticBootstrap(snapshot).json().encoded()).write(to: file)
        try Data().write(to: words)
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = [
            "--mode", "validate", "--config-path", file.path, "--log-level", "error", "--concurrency", "1",
        ]
        process.standardOutput = try FileHandle(forWritingTo: words)
        process.standardError = process.standardOutput
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            process.terminationHandler = { _ in continuation.resume() }
            do { try process.run() } catch { continuation.resume(throwing: error) }
        }
        return Verdict(
            isGood: process.terminationStatus == 0,
            words: String(decoding: try Data(contentsOf: words), as: UTF8.self)
        )
    }

    /// Runs Envoy with it for as long as `body` runs.
    static func serving(_ snapshot: ProxySnapshot, _ body: () async throws -> Void) async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "swiftlet-\(UUID().uuidString).json")
        try Data(try StaticBootstrap(snapshot).json().encoded()).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = [
            "--config-path", file.path, "--log-level", "error", "--concurrency", "1", "--disable-hot-restart",
        ]
        try process.run()
        defer {
            // It was born with the signals of a worker thread blocked, so it would not hear another one.
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
        try await body()
    }
}

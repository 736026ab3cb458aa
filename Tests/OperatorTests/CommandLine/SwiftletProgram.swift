import Foundation
import JSON
import KubeModel

/// The program itself, as pipelines run it.
enum SwiftletProgram {
    /// Built beside the tests.
    static let path = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "swiftlet")

    /// The manifests that come with it.
    static let samples = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "manifests/samples").path

    struct Run {
        var status: Int32
        var output: String
        var errors: String
    }

    /// Runs it with text as standard input and no cluster to find. What it prints must fit into a pipe.
    static func run(_ arguments: [String], input: String = "", environment: [String: String] = [:]) throws -> Run {
        let process = Process()
        let (standardInput, output, errors) = (Pipe(), Pipe(), Pipe())
        process.executableURL = path
        process.arguments = arguments
        process.environment = ["PATH": "/usr/bin:/bin", "HOME": "/nonexistent"].merging(environment) { $1 }
        process.standardInput = standardInput
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        try standardInput.fileHandleForWriting.write(contentsOf: Data(input.utf8))
        try standardInput.fileHandleForWriting.close()
        let printed = try output.fileHandleForReading.readToEnd() ?? Data()
        let complaints = try errors.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return Run(
            status: process.terminationStatus,
            output: String(decoding: printed, as: UTF8.self),
            errors: String(decoding: complaints, as: UTF8.self)
        )
    }

    /// Runs `body` with a file that holds these objects.
    static func withFile(_ scene: MeshScene, _ body: (String) throws -> Void) throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "swiftlet-\(UUID().uuidString).yaml")
        let documents = scene.objects.map { String(decoding: $0.value.encoded(), as: UTF8.self) }
        try Data(documents.joined(separator: "\n---\n").utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        try body(file.path)
    }
}

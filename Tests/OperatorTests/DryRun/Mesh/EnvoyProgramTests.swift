import EnvoyAPI
import Foundation
import KubeClient
import Testing

@testable import Operator

/// How a program that plays Envoy is asked.
struct EnvoyProgramTests {
    private struct Played: ProcessRunner {
        var result: Result<ProcessResult, ProcessFailure>

        func run(_ command: ProcessCommand) async throws -> ProcessResult {
            #expect(command.arguments.prefix(3) == ["--mode", "validate", "--config-path"])
            #expect(command.timeLimit == .seconds(20))
            let file = try #require(command.arguments.dropFirst(3).first)
            let folder = URL(filePath: file).deletingLastPathComponent()
            let rights = try FileManager.default.attributesOfItem(atPath: folder.path)[.posixPermissions] as? Int
            #expect(rights == 0o700)
            #expect(String(decoding: try Data(contentsOf: URL(filePath: file)), as: UTF8.self).hasPrefix("{"))
            return try result.get()
        }
    }

    private func outcome(_ result: Result<ProcessResult, ProcessFailure>) async throws -> EnvoyVerdict.Answer.Outcome {
        let program = EnvoyProgram(path: "/envoy", runner: Played(result: result))
        return try await program.outcome(for: ProxySnapshot(layers: [], generation: 1))
    }

    private func exited(_ status: ProcessResult.Status, _ errors: String) -> Result<ProcessResult, ProcessFailure> {
        .success(ProcessResult(status: status, standardOutput: [], standardError: Array(errors.utf8)))
    }

    @Test func answersAreToldApart() async throws {
        #expect(try await outcome(exited(.exited(0), "OK")) == .accepted)
        let log = "[2026-01-01 10:00:00.000][7][critical][main] [source/server.cc:1] no such thing\nno such thing\n"
        #expect(try await outcome(exited(.exited(1), log)) == .rejected("no such thing"))
        #expect(try await outcome(exited(.signaled(9), "ouch")) == .failed("it ended by signal 9: ouch"))
        #expect(try await outcome(.failure(.tookTooLong)) == .failed("it took longer than 20.0 seconds"))
        #expect(try await outcome(.failure(.notFound)) == .failed("there is no such program"))
    }

    @Test func theFirstNamedProgramIsTaken() throws {
        let there = "/bin/sh"
        #expect(try EnvoyProgram.find(there, environment: ["SWIFTLET_ENVOY": "/nothing"])?.path == there)
        #expect(try EnvoyProgram.find(nil, environment: ["SWIFTLET_ENVOY": there])?.path == there)
        #expect(try EnvoyProgram.find(nil, environment: ["PATH": "/nonexistent"]) == nil)
        #expect(throws: ManifestError.self) { try EnvoyProgram.find("/nothing", environment: [:]) }
        #expect(throws: ManifestError.self) { try EnvoyProgram.find(nil, environment: ["SWIFTLET_ENVOY": "/nothing"]) }
    }
}

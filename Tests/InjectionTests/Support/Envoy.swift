import Foundation
import Injection
import JSON
import Testing

/// A real Envoy, if there is one: `SWIFTLET_ENVOY` names the program.
enum Envoy {
    static let path = ProcessInfo.processInfo.environment["SWIFTLET_ENVOY"] ?? ""

    /// For suites that need it. The comment is what a run without it shows.
    static let isThere = ConditionTrait.enabled(if: !path.isEmpty, "needs a real Envoy: set SWIFTLET_ENVOY")

    /// What Envoy itself says about the arguments of an injected sidecar.
    static func validate(_ outcome: InjectionOutcome) async throws -> Program {
        let folder = FileManager.default.temporaryDirectory.appending(path: "sidecar-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for (name, text) in try outcome.projectedFiles() {
            try Data(text.utf8).write(to: folder.appending(path: name))
        }
        let moved = try arguments(outcome).map {
            $0.replacingOccurrences(of: "/var/run/secrets/swiftlet", with: folder.path)
        }
        let run = try await Program.run(path, moved + ["--mode", "validate"])
        try FileManager.default.removeItem(at: folder)
        return run
    }

    /// The sidecar's arguments as the kubelet would expand them.
    static func arguments(_ outcome: InjectionOutcome) throws -> [String] {
        let arguments = outcome.container("kuma-sidecar")?["args"]?.arrayValue ?? []
        return arguments.compactMap(\.stringValue).map {
            VariableExpansion.expanded($0, InjectionOutcome.variables)
        }
    }

    /// Runs `body` while Envoy runs with these arguments.
    static func run(_ arguments: [String], _ body: @Sendable @escaping () async throws -> Void) async throws {
        try await Program.run(path, arguments, while: body)
    }
}

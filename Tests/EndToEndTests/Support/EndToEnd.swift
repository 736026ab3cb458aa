import Foundation
import Testing

/// A whole Kubernetes with a node, if there is one: `SWIFTLET_E2E_KUBECONFIG` names its kubeconfig, `SWIFTLET_KUBECTL` a kubectl.
enum EndToEnd {
    private static let environment = ProcessInfo.processInfo.environment
    static let kubeconfig = environment["SWIFTLET_E2E_KUBECONFIG"] ?? ""
    private static let kubectl = environment["SWIFTLET_KUBECTL"] ?? ""

    /// For suites that need it. The comment is what a run without it shows.
    static let isThere = ConditionTrait.enabled(
        if: !kubeconfig.isEmpty && !kubectl.isEmpty,
        "needs a whole Kubernetes: set SWIFTLET_E2E_KUBECONFIG and SWIFTLET_KUBECTL"
    )

    static let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    static let sample = repository.appending(path: "manifests/samples/webserver.yaml").path

    /// The program under test, built beside the tests.
    static let swiftlet = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
        .appending(path: "swiftlet")

    static func kubectl(_ arguments: [String], input: String = "") async throws -> Program {
        try await Program.run(kubectl, arguments, input: input, environment: ["KUBECONFIG": kubeconfig])
    }

    /// The body of a page; `nil` when it cannot be had.
    static func fetch(_ url: String) async throws -> String? {
        let arguments = ["--silent", "--show-error", "--fail", "--max-time", "5", "--noproxy", "*", url]
        let run = try await Program.run("/usr/bin/curl", arguments)
        return run.status == 0 ? run.output : nil
    }

    /// Runs `body` with a namespace of its own, which is deleted afterwards.
    ///
    /// - Parameter name: any if not given.
    static func withNamespace(
        _ name: String = "e2e-\(UInt32.random(in: 0 ... .max))",
        _ body: (KubectlNamespace) async throws -> Void
    ) async throws {
        try await Installation.shared.install()
        let namespace = KubectlNamespace(name: name)
        _ = try await namespace("create", "namespace", namespace.name)
        var failure: (any Error)?
        do { try await body(namespace) } catch { failure = error }
        _ = try await namespace("delete", "namespace", namespace.name, "--wait=false")
        if let failure { throw failure }
    }
}

/// Installs the CustomResourceDefinitions, once.
private actor Installation {
    static let shared = Installation()

    private var installation: Task<Void, any Error>?

    func install() async throws {
        if let installation { return try await installation.value }
        let installation = Task {
            let folder = EndToEnd.repository.appending(path: "crds").path
            for arguments in [
                ["apply", "--server-side", "--force-conflicts", "-f", folder],
                ["wait", "--for=condition=Established", "--timeout=30s", "-f", folder],
            ] {
                let run = try await EndToEnd.kubectl(arguments)
                guard run.status == 0 else { throw ProgramError(description: run.errors) }
            }
        }
        self.installation = installation
        try await installation.value
    }
}

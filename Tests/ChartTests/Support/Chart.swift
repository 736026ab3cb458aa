import Foundation
import JSON
import Testing
import YAML

/// The chart, rendered by the real Helm: `SWIFTLET_HELM` names it.
enum Chart {
    private static let environment = ProcessInfo.processInfo.environment
    private static let helm = environment["SWIFTLET_HELM"] ?? ""
    private static let kubectl = environment["SWIFTLET_KUBECTL"] ?? ""
    private static let kubeconfig = environment["SWIFTLET_TEST_KUBECONFIG"] ?? ""

    /// For suites that need Helm. The comment is what a run without it shows.
    static let isThere = ConditionTrait.enabled(if: !helm.isEmpty, "needs Helm: set SWIFTLET_HELM")
    /// For tests that have an API server judge what was rendered.
    static let hasServer = !kubectl.isEmpty && !kubeconfig.isEmpty

    static let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
    static let folder = repository.appending(path: "manifests/swiftlet")

    /// The name of the release and its namespace.
    static let release = "swiftlet"
    static let namespace = "swiftlet-system"

    /// Renders the chart with these values instead of its own.
    ///
    /// - Parameter version: of the cluster; a new one if not given.
    static func render(_ values: String, on version: String? = nil) async throws -> Program {
        var arguments = ["template", release, folder.path, "--namespace", namespace, "--values", "-"]
        if let version { arguments += ["--kube-version", version] }
        return try await Program.run(helm, arguments, input: values)
    }

    /// The objects that are rendered.
    static func objects(_ values: String, on version: String? = nil) async throws -> [JSONValue] {
        let run = try await render(values, on: version)
        try #require(run.status == 0, "\(values): \(run.errors)")
        return try YAML.documents(Array(run.output.utf8), source: "helm template").map(\.value)
    }

    /// What the operator is told by what was rendered.
    static func deployment(in objects: [JSONValue]) throws -> JSONValue {
        try #require(objects.first { $0["kind"] == "Deployment" })
    }

    static func arguments(of deployment: JSONValue) -> [String] {
        let containers = deployment[path: "spec", "template", "spec", "containers"]?.arrayValue ?? []
        return (containers.first?["args"]?.arrayValue ?? []).compactMap(\.stringValue)
    }

    /// The program, which is built beside the tests.
    static let swiftlet =
        URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "swiftlet").path

    /// The version of the server that judges.
    static func serverVersion() async throws -> String {
        let run = try await Program.run(kubectl, ["--kubeconfig", kubeconfig, "version", "--output", "json"])
        let version = try YAML.documents(Array(run.output.utf8), source: "kubectl version").first?.value
        return try #require(version?[path: "serverVersion", "gitVersion"]?.stringValue, "\(run.errors)")
    }

    static func lint() async throws -> Program {
        try await Program.run(helm, ["lint", "--strict", "--quiet", folder.path])
    }

    /// What the API server thinks of objects, without storing them.
    static func judge(_ objects: [JSONValue]) async throws -> Program {
        let arguments = [
            "--kubeconfig", kubeconfig, "apply", "--server-side", "--force-conflicts", "--dry-run=server", "-f", "-",
        ]
        return try await Program.run(kubectl, arguments, input: YAML.text(documents: objects))
    }

    /// Makes the namespaces that objects are rendered into, once.
    static func prepare(_ namespaces: [String]) async throws {
        for name in namespaces {
            let namespace: JSONValue = [
                "apiVersion": "v1", "kind": "Namespace", "metadata": ["name": .string(name)],
            ]
            let arguments = ["--kubeconfig", kubeconfig, "apply", "--server-side", "-f", "-"]
            let run = try await Program.run(kubectl, arguments, input: YAML.text(namespace))
            try #require(run.status == 0, "\(run.errors)")
        }
    }
}

@testable import KubeClient

enum Samples {
    static let certificate = "-----BEGIN CERTIFICATE-----\nMIIBCERT\n-----END CERTIFICATE-----\n"
    static let otherCertificate = "-----BEGIN CERTIFICATE-----\nMIIBOTHER\n-----END CERTIFICATE-----\n"
    static let key = "-----BEGIN PRIVATE KEY-----\nMIIBKEY\n-----END PRIVATE KEY-----\n"

    /// A kubeconfig of one context, whose user and cluster have these fields (lines of YAML).
    static func kubeconfig(user: String = "token: abc", cluster: String = "", context: String = "") -> String {
        """
        apiVersion: v1
        kind: Config
        current-context: dev
        clusters:
        - name: c1
          cluster:
            server: https://10.0.0.1:6443
        \(indented(cluster, 4))
        users:
        - name: alice
          user:
        \(indented(user, 4))
        contexts:
        - name: dev
          context:
            cluster: c1
            user: alice
        \(indented(context, 4))

        """
    }

    /// A machine whose `~/.kube/config` is ``kubeconfig(user:cluster:context:)``.
    static func host(
        user: String = "token: abc",
        cluster: String = "",
        context: String = "",
        files: [String: String] = [:],
        isTerminal: Bool = false,
        processes: ScriptedProcesses = ScriptedProcesses([])
    ) -> TestHost {
        let kubeconfig = kubeconfig(user: user, cluster: cluster, context: context)
        return TestHost(
            files: files.merging(["/home/u/.kube/config": kubeconfig]) { $1 },
            variables: ["HOME": "/home/u", "PATH": "/usr/bin:/bin", "INHERITED": "yes"],
            isTerminal: isTerminal,
            processes: processes
        )
    }

    private static func indented(_ text: String, _ width: Int) -> String {
        let indentation = String(repeating: " ", count: width)
        return text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.isEmpty ? "" : indentation + $0 }
            .joined(separator: "\n")
    }
}

/// The error that `body` throws, `nil` when it throws none or another type.
func configurationError(_ body: () throws -> some Any) -> ConfigurationError? {
    do {
        _ = try body()
        return nil
    } catch {
        return error as? ConfigurationError
    }
}

/// The error that `body` throws, `nil` when it throws none or another type.
func configurationError(_ body: () async throws -> some Any) async -> ConfigurationError? {
    do {
        _ = try await body()
        return nil
    } catch {
        return error as? ConfigurationError
    }
}

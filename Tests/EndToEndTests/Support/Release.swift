import Foundation
import PollingSupport
import Testing

/// An installation of the operator in the cluster, as people make it.
enum Release {
    private static let helm = ProcessInfo.processInfo.environment["SWIFTLET_HELM"] ?? ""
    static let isThere = ConditionTrait.enabled(if: !helm.isEmpty, "needs Helm: set SWIFTLET_HELM")

    static let namespace = "swiftlet-system"
    static let chart = EndToEnd.repository.appending(path: "manifests/swiftlet").path
    static let manifest = EndToEnd.repository.appending(path: "manifests/install.yaml").path
    static let system = KubectlNamespace(name: namespace)

    /// Runs Helm.
    ///
    /// - Throws: ``ProgramError`` when it does not end with 0.
    @discardableResult
    static func helm(_ arguments: String...) async throws -> String {
        let run = try await Program.run(
            helm,
            arguments + ["--namespace", namespace],
            environment: ["KUBECONFIG": EndToEnd.kubeconfig]
        )
        guard run.status == 0 else {
            let pods = try await system("describe", "pods")
            throw ProgramError(description: "helm \(arguments.joined(separator: " ")): \(run.errors)\n\(pods)")
        }
        return run.output
    }

    /// Takes away what other tests left that would be in the way of an installation.
    static func clear() async throws {
        try await system(
            "delete",
            "--ignore-not-found",
            "mutatingwebhookconfiguration/swiftlet-injector",
            "validatingwebhookconfiguration/swiftlet-validator",
            "clusterrole/swiftlet",
            "clusterrolebinding/swiftlet",
            "crd/meshes.kuma.io",
            "crd/trafficroutes.kuma.io",
            "crd/webservers.web.phys.app"
        )
        try await system("delete", "--ignore-not-found", "namespace", namespace)
    }

    // MARK: - The pods

    /// A pod of the operator.
    struct Pod: Hashable, Sendable {
        var name: String
        var address: String

        /// The sum of a metric, over those of its lines that are counted; `nil` when the pod does not answer.
        func metric(_ name: String, _ isCounted: (Substring) -> Bool = { _ in true }) async throws -> Double? {
            guard let text = try await EndToEnd.fetch("http://\(address):8080/metrics") else { return nil }
            return text.split(separator: "\n")
                .filter { ($0.hasPrefix("\(name){") || $0.hasPrefix("\(name) ")) && isCounted($0) }
                .compactMap { $0.split(separator: " ").last.flatMap { Double($0) } }
                .reduce(0, +)
        }

        func isLeading() async throws -> Bool { try await metric("leader_election_master_status") == 1 }
    }

    static func pods() async throws -> [Pod] {
        let path = #"{range .items[*]}{.metadata.name} {.status.podIP}{"\n"}{end}"#
        let selector = "app.kubernetes.io/component=operator"
        let text = try await system("get", "pods", "-l", selector, "-o", "jsonpath=\(path)")
        return text.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ").map(String.init)
            return words.count == 2 ? Pod(name: words[0], address: words[1]) : nil
        }
    }

    /// Pods that lead, as they say themselves. One that said so before another did, and says so still, leads beside it.
    static func leaders() async throws -> [Pod] {
        let pods = try await pods()
        var leading: [Pod] = []
        for pod in pods where try await pod.isLeading() { leading.append(pod) }
        guard leading.count > 1 else { return leading }
        var still: [Pod] = []
        for pod in leading where try await pod.isLeading() { still.append(pod) }
        return still
    }

    /// Runs `body` while somebody looks again and again who leads.
    ///
    /// - Returns: how often it was seen that one led, and the most that led at once.
    static func watchingLeaders(
        _ body: @escaping @Sendable () async throws -> Void
    ) async throws -> (seen: Int, most: Int) {
        let looking = Task {
            var result = (seen: 0, most: 0)
            while !Task.isCancelled {
                do {
                    let count = try await leaders().count
                    result = (result.seen + (count > 0 ? 1 : 0), max(result.most, count))
                    // Two processors carry the load of the test as well.
                    try await Task.sleep(for: .milliseconds(200))
                } catch {
                    // What cancellation interrupts is no finding.
                    guard Task.isCancelled else { throw error }
                }
            }
            return result
        }
        return try await withTaskCancellationHandler {
            let outcome: Result<Void, any Error>
            do { outcome = .success(try await body()) } catch { outcome = .failure(error) }
            looking.cancel()
            let result = try await looking.value
            try outcome.get()
            return result
        } onCancel: {
            looking.cancel()
        }
    }

    static func waitUntilOneLeads() async throws {
        try await eventually("one of two pods leads", within: .seconds(60)) {
            let count = try await pods().count
            guard count == 2 else { return false }
            return try await leaders().count == 1
        }
    }

    // MARK: - What is left

    /// The names of what an installation makes beside its pods, as far as they are there.
    static func remains() async throws -> [String] {
        let webhooks = "mutatingwebhookconfigurations,validatingwebhookconfigurations"
        let everywhere = try await system("get", "\(webhooks),clusterroles,clusterrolebindings", "-o", "name")
        let kinds = "deployments,services,secrets,configmaps,roles,rolebindings,serviceaccounts,poddisruptionbudgets"
        let here = try await system("get", kinds, "-o", "name")
        return (everywhere + here).split(separator: "\n").map(String.init).filter { $0.contains("/swiftlet") }
    }
}

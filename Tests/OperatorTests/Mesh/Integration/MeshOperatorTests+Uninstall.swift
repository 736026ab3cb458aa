import JSON
import KubeClient
import KubeModel
import KubeRuntime
import PollingSupport
import Synchronization
import Testing

@testable import Operator

extension MeshOperatorTests {
    private final class Told: Sendable {
        private let lines = Mutex<[String]>([])

        func add(_ line: String) { lines.withLock { $0.append(line) } }
        func take() -> [String] {
            lines.withLock { lines in
                defer { lines = [] }; return lines
            }
        }
    }

    func uninstall(
        _ space: TestNamespace,
        isDryRun: Bool = false,
        _ change: (inout UninstallScope) -> Void = { _ in }
    ) async throws -> [String] {
        var scope = UninstallScope(operatorNamespace: space.name)
        change(&scope)
        let told = Told()
        try await Uninstaller(client: space.client, scope: scope, isDryRun: isDryRun, tell: { told.add($0) }).run()
        return told.take()
    }

    /// What uninstalling says while a Lease of the namespace is renewed.
    private func refusal(_ space: TestNamespace, whileSomebodyRenews lease: String) async -> Uninstaller.Refusal? {
        await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                while true {
                    let now = TimeSource.system.wall
                    try await space.patch(.leases, lease, ["spec": ["renewTime": .string("\(now)")]])
                    try await Task.sleep(for: .milliseconds(300))
                }
            }
            let refusal = await #expect(throws: Uninstaller.Refusal.self) { try await uninstall(space) }
            group.cancelAll()
            do { try await group.waitForAll() } catch {}
            return refusal
        }
    }

    private static let registered = "MutatingWebhookConfiguration swiftlet-injector"

    @Test func afterUninstallNothingKeepsPodsFromStarting() async throws {
        try await TestNamespace.withMeshNamespace { space in
            try await space.withMesh { _, _ in
                try await space.annotate(["kuma.io/sidecar-injection": "enabled"])
                try await space.untilInjecting()
            }
            // Killed, and nobody answers: the webhook fails closed.
            try await eventually("pods are refused") {
                do {
                    _ = try await space.admitted("refused")
                    return false
                } catch { return true }
            }
            #expect(try await uninstall(space, isDryRun: true) == ["would delete \(Self.registered)", "1 to remove"])
            #expect(try await space.find(.mutatingWebhookConfigurations, "swiftlet-injector") != nil)

            #expect(try await uninstall(space) == ["deleted \(Self.registered)", "1 removed"])
            try await eventually("pods start") {
                do {
                    return try await !space.admitted("free").hasSidecar
                } catch { return false }
            }
            #expect(try await uninstall(space) == ["nothing of Swiftlet is left to remove"])
        }
    }

    @Test func whileAnOperatorRunsUninstallSaysToStopItFirst() async throws {
        try await TestNamespace.withMeshNamespace { space in
            let lease: JSONValue = ["holderIdentity": "swiftlet-0", "leaseDurationSeconds": 10]
            try await space.create(.leases, "swiftlet", ["spec": lease])
            let refusal = await refusal(space, whileSomebodyRenews: "swiftlet")
            #expect(refusal?.description.contains("swiftlet-0 holds the Lease \(space.name)/swiftlet") == true)
            // One that was killed holds nobody up for longer than its Lease.
            #expect(try await uninstall(space) == ["nothing of Swiftlet is left to remove"])
        }
    }

    @Test func uninstallTellsWhatElseWouldGoAndLeavesHelmItsOwn() async throws {
        try await TestNamespace.withMeshNamespace { space in
            let own = ["app.kubernetes.io/name": "swiftlet"]
            try await space.create(.configMaps, "ours", labels: own)
            let helm = own.merging(["app.kubernetes.io/managed-by": "Helm"]) { $1 }
            try await space.create(.configMaps, "charts", labels: helm)
            try await space.create(.configMaps, "somebodys")
            let told = try await uninstall(space, isDryRun: true) {
                $0.removesOperator = true
                $0.removesDefinitions = true
            }
            #expect(told.contains("would delete ConfigMap \(space.name)/ours"))
            #expect(told.contains("left ConfigMap \(space.name)/charts to Helm: helm uninstall removes it"))
            #expect(!told.contains { $0.contains("somebodys") })
            #expect(told.contains("would delete CustomResourceDefinition webservers.web.phys.app"))
            #expect(try await space.find(.configMaps, "ours") != nil)
        }
    }

    /// Helm would not make them again, and the operator that goes on would have nobody who asks it.
    @Test func whatHelmInstalledIsHelmsToRemove() async throws {
        try await TestNamespace.withMeshNamespace { space in
            try await space.registerInjector(asking: space.name)
            let labels = ["app.kubernetes.io/name": "swiftlet", "app.kubernetes.io/managed-by": "Helm"]
            let pod: JSONValue = [
                "metadata": ["labels": .strings(labels)], "spec": ["containers": [["name": "a", "image": "a"]]],
            ]
            let parts: JSONValue = [
                "metadata": ["annotations": ["meta.helm.sh/release-name": "mine"]],
                "spec": ["replicas": 0, "selector": ["matchLabels": .strings(labels)], "template": pod],
            ]
            try await space.create(.deployments, "any", parts, labels: labels)
            for isDryRun in [true, false] {
                let refusal = await #expect(throws: Uninstaller.Refusal.self) {
                    try await uninstall(space, isDryRun: isDryRun) { $0.removesOperator = true }
                }
                #expect(refusal?.description.contains("helm uninstall mine -n \(space.name) --wait") == true)
            }
            #expect(try await space.find(.mutatingWebhookConfigurations, "swiftlet-injector") != nil)
            #expect(try await space.find(.deployments, "any") != nil)
        }
    }

    @Test func webhooksOfAnOperatorElsewhereAreLeft() async throws {
        try await TestNamespace.withMeshNamespace { space in
            try await space.registerInjector(asking: "elsewhere")
            let left = "left \(Self.registered), which asks an operator in the namespace elsewhere"
            let nothing = "nothing of Swiftlet is left to remove"
            #expect(try await uninstall(space, isDryRun: true) == [left, nothing])
            #expect(try await uninstall(space) == [left, nothing])
            #expect(try await space.find(.mutatingWebhookConfigurations, "swiftlet-injector") != nil)
            #expect(
                try await uninstall(space) { $0.operatorNamespace = "elsewhere" } == [
                    "deleted \(Self.registered)", "1 removed",
                ]
            )
        }
    }

    @Test func anOperatorIsSeenToRunWhateverItsLeaseIsCalled() async throws {
        try await TestNamespace.withMeshNamespace { space in
            let lease: JSONValue = ["holderIdentity": "other-0", "leaseDurationSeconds": 3]
            try await space.create(
                .leases,
                "other",
                ["spec": lease],
                labels: ["app.kubernetes.io/name": "swiftlet"]
            )
            let refusal = await refusal(space, whileSomebodyRenews: "other")
            #expect(refusal?.description.contains("other-0 holds the Lease \(space.name)/other") == true)
        }
    }
}

extension TestNamespace {
    /// Registers the webhook for pods as a chart does, for pods that nobody makes.
    fileprivate func registerInjector(asking namespace: String) async throws {
        let target = WebhookTarget.service(ObjectKey(namespace: namespace, name: "swiftlet"), port: 443)
        var configuration = InjectorWebhooks(target: target, bundle: nil).configuration.object
        let nobody: JSONValue = ["matchLabels": ["swiftlet-tests": "nobody"]]
        configuration["webhooks"] = .array(
            (configuration["webhooks"]?.arrayValue ?? []).map { webhook in
                var webhook = webhook
                webhook["objectSelector"] = nobody
                return webhook
            }
        )
        _ = try await client.create(.mutatingWebhookConfigurations, configuration)
    }
}

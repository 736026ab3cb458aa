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

    private func uninstall(
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
            await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    while true {
                        let now = TimeSource.system.wall
                        try await space.patch(.leases, "swiftlet", ["spec": ["renewTime": .string("\(now)")]])
                        try await Task.sleep(for: .milliseconds(300))
                    }
                }
                let refusal = await #expect(throws: Uninstaller.Refusal.self) { try await uninstall(space) }
                #expect(refusal?.description.contains("swiftlet-0 holds the Lease \(space.name)/swiftlet") == true)
                group.cancelAll()
                do { try await group.waitForAll() } catch {}
            }
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
}

import JSON
import KubeClient
import KubeModel
import PollingSupport
import Subprocess
import Testing

@testable import Operator

extension BadClusterDays {
    /// The API server asks, and nobody answers.
    @Suite struct Webhooks {
        @Test func aDeadOperatorHoldsUpEnabledNamespacesAloneAndCatchesUp() async throws {
            try await TestNamespace.withMeshNamespace { space in
                try await TestCluster.withNamespace { plain in
                    try await plain.untilThere(.serviceAccounts, "default")
                    let mesh = try MeshProcess(plain)
                    try await LiveOperator.run(mesh.flags(), endsBy: .kill) { _ in
                        try await space.enable()
                        try await space.untilAnswered()
                    }
                    // A pod without its sidecar would be outside the mesh, and nobody would notice.
                    let refusal = await #expect(throws: KubeError.self) {
                        _ = try await space.client.create(.pods, space.pod("refused"))
                    }
                    #expect(refusal?.message.contains("namespaces.injector.swiftlet.phys.app") == true)
                    // Neither the operator's own namespace nor any other has to wait for it.
                    _ = try await plain.client.create(.pods, plain.pod("free"))
                    _ = try await plain.client.create(
                        .pods,
                        plain.pod("system").merging(namespace: "kube-system", name: "free-\(plain.name)")
                    )
                    // Somebody takes the label away, to have pods at all.
                    try await label(space, .null)
                    // The server learns of it a moment later.
                    try await eventually("pods are no longer held up") {
                        do throws(KubeError) {
                            _ = try await space.client.create(.pods, space.pod("slipped"))
                            return true
                        } catch {
                            guard error.message.contains("injector.swiftlet.phys.app") else { throw error }
                            return false
                        }
                    }
                    try await space.enable()

                    try await LiveOperator.run(mesh.flags()) { live in
                        try await space.untilAnswered()
                        #expect(try await space.client.create(.pods, space.pod("refused")).hasSidecar)
                        try await eventually("the slipped pod is told") {
                            try await space.list(.events).contains { event in
                                event.value["reason"] == "SidecarMissing"
                                    && event.value[path: "regarding", "name"] == "slipped"
                            }
                        }
                        let slipped = try await live.metric { line in
                            line.hasPrefix("swiftlet_pods_without_sidecar{") && line.contains(space.name)
                        }
                        #expect(slipped == 1)
                    }
                    try await plain.client.delete(
                        .pods,
                        ObjectKey(namespace: "kube-system", name: "free-\(plain.name)")
                    )
                }
            }
        }

        /// As when the operator was scaled to nothing: the Service is there, and nobody is behind it.
        @Test func aServiceWithoutEndpointsHoldsUpEnabledNamespacesAlone() async throws {
            try await TestNamespace.withMeshNamespace { space in
                try await TestCluster.withNamespace { plain in
                    try await plain.untilThere(.serviceAccounts, "default")
                    try await plain.create(
                        .services,
                        "swiftlet",
                        ["spec": ["selector": ["app": "swiftlet"], "ports": [["port": 443, "targetPort": 9443]]]]
                    )
                    let mesh = try MeshProcess(plain)
                    try await LiveOperator.run(mesh.flags(webhookHost: nil)) { _ in
                        try await eventually("the webhooks are registered") {
                            try await space.find(cluster: .mutatingWebhookConfigurations, InjectorWebhooks.name) != nil
                        }
                        try await space.enable()
                        try await eventually("enabled namespaces are refused") {
                            do {
                                _ = try await space.admitted("probe")
                                return false
                            } catch let error as KubeError {
                                return error.message.contains("namespaces.injector.swiftlet.phys.app")
                            }
                        }
                        let start = ContinuousClock.now
                        for index in 0..<5 { _ = try await plain.client.create(.pods, plain.pod("free-\(index)")) }
                        BadDayOptions.tell(
                            "5 pods beside a Service without endpoints in \(ContinuousClock.now - start)"
                        )
                    }
                }
            }
        }

        private func label(_ space: TestNamespace, _ value: JSONValue) async throws {
            _ = try await space.client.patch(
                .namespaces,
                ObjectKey(namespace: "", name: space.name),
                .merge(["metadata": ["labels": [.init("kuma.io/sidecar-injection"): value]]])
            )
        }
    }
}

extension JSONValue {
    fileprivate func merging(namespace: String, name: String) -> JSONValue {
        var value = self
        value[path: "metadata", "namespace"] = .string(namespace)
        value[path: "metadata", "name"] = .string(name)
        return value
    }
}

extension TestNamespace {
    /// Of no namespace; `nil` when there is none.
    fileprivate func find(cluster resource: APIResource, _ object: String) async throws -> JSONValue? {
        do throws(KubeError) {
            return try await client.get(resource, ObjectKey(namespace: "", name: object))
        } catch {
            guard error.isNotFound else { throw error }
            return nil
        }
    }
}

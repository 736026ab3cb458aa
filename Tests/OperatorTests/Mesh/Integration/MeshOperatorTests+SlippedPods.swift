import JSON
import KubeClient
import KubeModel
import KubeRuntime
import PollingSupport
import Testing
import WebServers

@testable import Operator

extension MeshOperatorTests {
    /// In one suite with the others, as only one mesh can be looked after at a time.
    @Suite(.serialized)
    struct SlippedPods {
        @Test func slippedPodsAreToldOfAndRestartedAsFarAsTheirBudgetAllows() async throws {
            try await TestNamespace.withMeshNamespace { space in
                // Before anybody asks for sidecars.
                try await createDeployment(space)
                try await start(try await pods(space, count: 2), space)
                _ = try await space.client.create(.pods, space.pod("alone"))
                try await space.withMesh { _, registry in
                    try await space.annotate(["kuma.io/sidecar-injection": "enabled"])
                    let set = try await space.list(APIResource.replicaSets).first
                    let setName = try #require(set).name
                    try await untilEvent("SidecarMissing", of: "ReplicaSet", setName, space)
                    try await untilEvent("SidecarMissing", of: "Pod", "alone", space)
                    try await eventually("they are counted") {
                        registry.text().contains("swiftlet_pods_without_sidecar{namespace=\"\(space.name)\"} 3\n")
                    }
                    try await space.untilInjecting()

                    // Nothing happens until somebody asks, and then no more than the budget allows.
                    let before = try await uids(space)
                    try await createBudget(space)
                    try await space.annotate([SlippedPod.restartAnnotation: "true"])
                    try await always("the budget holds them", for: .seconds(8)) { try await uids(space) == before }
                    try await space.delete(try #require(space.served.disruptionBudget), "web")

                    try await eventually("all but the lonely one have a sidecar", within: .seconds(120)) {
                        let pods = try await space.list(.pods).filter { $0.name != "alone" }
                        try await start(pods, space)
                        return pods.count == 2 && pods.allSatisfy(\.value.hasSidecar)
                    }
                    try await untilEvent("EvictedForSidecar", of: "ReplicaSet", setName, space)
                    #expect(try await space.find(.pods, "alone")?.value.hasSidecar == false)
                    try await eventually("one is left") {
                        registry.text().contains("swiftlet_pods_without_sidecar{namespace=\"\(space.name)\"} 1\n")
                    }
                }
            }
        }

        private func createDeployment(_ space: TestNamespace) async throws {
            let labels: JSONValue = ["app": "web"]
            try await space.create(
                .deployments,
                "web",
                [
                    "spec": [
                        "replicas": 2, "selector": ["matchLabels": labels],
                        "template": [
                            "metadata": ["labels": labels],
                            "spec": ["containers": [["name": "app", "image": "nginx"]]],
                        ],
                    ]
                ]
            )
        }

        private func createBudget(_ space: TestNamespace) async throws {
            let budgets = try #require(space.served.disruptionBudget)
            try await space.create(
                budgets,
                "web",
                ["spec": ["minAvailable": 2, "selector": ["matchLabels": ["app": "web"]]]]
            )
            try await eventually("the budget is counted") {
                let budget = try await space.get(budgets, "web").value
                return budget[path: "status", "currentHealthy"] == 2
            }
        }

        private func pods(_ space: TestNamespace, count: Int) async throws -> [DynamicObject] {
            try await eventually("there are \(count) pods") {
                let pods = try await space.list(.pods)
                return pods.count == count ? pods : nil
            }
        }

        private func uids(_ space: TestNamespace) async throws -> Set<String> {
            Set(try await space.list(.pods).compactMap { $0.value[path: "metadata", "uid"]?.stringValue })
        }

        /// In place of a kubelet: a pod that does not run can be evicted whatever its budget says.
        private func start(_ pods: [DynamicObject], _ space: TestNamespace) async throws {
            for pod in pods where pod.value[path: "status", "phase"] != "Running" {
                do {
                    let ready: JSONValue = ["type": "Ready", "status": "True"]
                    try await space.patch(
                        .pods,
                        pod.name,
                        ["status": ["phase": "Running", "conditions": [ready]]],
                        subresource: "status"
                    )
                } catch let error as KubeError where error.isNotFound {
                    // Evicted meanwhile.
                }
            }
        }

        private func untilEvent(_ reason: String, of kind: String, _ name: String, _ space: TestNamespace) async throws
        {
            try await eventually("\(reason) is told on \(kind) \(name)") {
                try await space.list(.events).contains { event in
                    event.value["reason"]?.stringValue == reason
                        && event.value[path: "regarding", "kind"]?.stringValue == kind
                        && event.value[path: "regarding", "name"]?.stringValue == name
                }
            }
        }
    }
}

extension APIResource {
    fileprivate static let replicaSets = APIResource(
        group: "apps",
        version: "v1",
        kind: "ReplicaSet",
        plural: "replicasets"
    )
}

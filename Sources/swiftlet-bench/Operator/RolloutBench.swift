import JSON
import KubeClient
import KubeModel
import SwiftletAPI
import Synchronization

/// Part g: what a rolling update of a large Deployment costs, and how late its end is told.
///
/// On an API server alone: pods are created, started, readied and deleted here, and the Deployment's status is written with each step, as the
/// controller manager and kubelets do.
struct RolloutBench: Sendable {
    let cluster: BenchCluster
    /// The path of the program.
    let binary: String
    let replicas: Int
    let progress: Progress

    /// How many pods are replaced at the same time, and how long each step of one takes.
    private static let lanes = 10
    private static let step = Duration.milliseconds(700)
    private static let key = ObjectKey(namespace: BenchCluster.namespaces[0], name: "rollout")

    private var client: KubeClient { cluster.client }

    func measure() async throws -> Section {
        try await cluster.installDefinitions()
        try await cluster.makeNamespaces()
        return try await OperatorProcess.running(binary, kubeconfig: cluster.kubeconfig) { process in
            try await process.ready()
            let labels = try await begin()
            progress.say("a Deployment of \(replicas) replicas is there")
            let before = try await process.idle(after: 1)
            let start = ContinuousClock.now
            try await edit()
            let counts = RolloutCounts(replicas: replicas, generation: try await deploymentGeneration())
            try await roll(labels, counts)
            let rolled = (ContinuousClock.now - start).seconds
            let told = try await finish(counts)
            let after = try await process.metrics()
            progress.say("the rollout is over after \(rolled.fixed(0)) s")
            let repaired = try await repair()
            try await clean()
            func difference(_ name: String) -> Double {
                after.sum(name, "controller=\"webserver\"") - before.sum(name, "controller=\"webserver\"")
            }
            return Section(
                title: "Operator: a rolling update of \(replicas) replicas",
                method: """
                    The image of a WebServer with \(replicas) replicas is changed. Each new pod is created, started and readied, and an old one deleted, \
                    \(Self.lanes) at a time; with each step the Deployment's status is written, \(counts.statuses) times in all. \
                    The end is told when Ready is True again after the last of these. Then the Service is deleted.
                    """,
                figures: [
                    Figure("the rollout", rolled, .seconds, beside: "as long as the pods take"),
                    Figure(
                        "reconciles",
                        difference("controller_runtime_reconcile_total"),
                        .count,
                        beside: "one for each 2 s, and for what turns a condition"
                    ),
                    Figure(
                        "writes",
                        Double(after.writes - before.writes),
                        .count,
                        beside: "one status for each reconcile"
                    ),
                    Figure("last pod ready to Ready=True", told, .milliseconds, beside: "at once"),
                    Figure("Service deleted to created again", repaired, .milliseconds, beside: "at once"),
                    Figure("hot loops", difference("controller_hot_loops_total"), .count, beside: "0: no alert"),
                ],
                hasWords: true
            )
        }
    }

    // MARK: - Steps

    /// - Returns: the labels of the Deployment's pods, all of which are ready.
    private func begin() async throws -> JSONValue {
        try await cluster.createUnlessPresent(
            WebServer.resource,
            [
                "apiVersion": .string(WebServer.resource.apiVersion), "kind": .string(WebServer.resource.kind),
                "metadata": ["name": .string(Self.key.name), "namespace": .string(Self.key.namespace)],
                "spec": ["webServerImage": "nginx:1.26", "replicas": .int(Int64(replicas))],
            ]
        )
        let deployment = try await found("the Deployment") { try await client.get(.deployments, Self.key) }
        let labels = deployment[path: "spec", "template", "metadata", "labels"] ?? [:]
        try await forEachConcurrently(replicas) { index in
            try await create("old-\(index)", labels)
            try await setReady("old-\(index)")
        }
        let counts = RolloutCounts(replicas: replicas, generation: try await deploymentGeneration())
        counts.finish()
        try await write(counts.status)
        _ = try await untilReady()
        return labels
    }

    private func edit() async throws {
        let generation = try await deploymentGeneration()
        _ = try await client.patch(WebServer.resource, Self.key, .merge(["spec": ["webServerImage": "nginx:1.27"]]))
        _ = try await found("the changed Deployment") { () async throws -> JSONValue? in
            try await deploymentGeneration() > generation ? .null : nil
        }
    }

    private func roll(_ labels: JSONValue, _ counts: RolloutCounts) async throws {
        try await write(counts.status)
        try await withThrowingDiscardingTaskGroup { group in
            for lane in 0..<Self.lanes {
                group.addTask {
                    for index in stride(from: lane, to: replicas, by: Self.lanes) {
                        try await create("new-\(index)", labels)
                        try await tell(counts) { $0.created() }
                        try await setStatus(
                            "new-\(index)",
                            [
                                "phase": "Pending", "conditions": [["type": "Ready", "status": "False"]],
                                "containerStatuses": [
                                    [
                                        "name": "web", "image": "nginx", "imageID": "", "ready": false,
                                        "restartCount": 0,
                                        "state": ["waiting": ["reason": "ContainerCreating"]],
                                    ]
                                ],
                            ]
                        )
                        try await Task.sleep(for: Self.step)
                        try await setReady("new-\(index)")
                        try await tell(counts) { $0.readied() }
                        try await delete("old-\(index)")
                        if index != replicas - 1 { try await tell(counts) { $0.deleted() } }
                        try await Task.sleep(for: Self.step)
                    }
                }
            }
        }
    }

    /// - Returns: seconds from the last status of the Deployment until the WebServer is ready.
    private func finish(_ counts: RolloutCounts) async throws -> Double {
        counts.finish()
        let start = ContinuousClock.now
        try await write(counts.status)
        return (try await untilReady() - start).seconds
    }

    /// - Returns: seconds until what was deleted is there again.
    private func repair() async throws -> Double {
        let old = DynamicObject(try await client.get(.services, Self.key)).uid
        let start = ContinuousClock.now
        try await client.delete(.services, Self.key)
        _ = try await found("the Service") { () async throws -> JSONValue? in
            let service = try await client.get(.services, Self.key)
            return DynamicObject(service).uid == old ? nil : service
        }
        return (ContinuousClock.now - start).seconds
    }

    private func clean() async throws {
        try await client.delete(WebServer.resource, Self.key)
        try await forEachConcurrently(replicas) { try await delete("new-\($0)") }
    }

    // MARK: - The cluster

    private func untilReady() async throws -> ContinuousClock.Instant {
        _ = try await found("Ready=True") { () async throws -> JSONValue? in
            let webServer = try await client.get(WebServer.resource, Self.key)
            let conditions = webServer[path: "status", "conditions"]?.arrayValue ?? []
            let isReady = conditions.contains { $0["type"] == "Ready" && $0["status"] == "True" }
            let generation = webServer[path: "metadata", "generation"]
            return isReady && webServer[path: "status", "observedGeneration"] == generation ? webServer : nil
        }
        return .now
    }

    private func found(_ what: String, _ probe: () async throws -> JSONValue?) async throws -> JSONValue {
        let deadline = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < deadline {
            do {
                if let value = try await probe() { return value }
            } catch let error as KubeError where error.isNotFound {
            }
            try await Task.sleep(for: .milliseconds(2))
        }
        throw BenchError("\(what) did not come")
    }

    private func deploymentGeneration() async throws -> Int64 {
        try await client.get(.deployments, Self.key)[path: "metadata", "generation"]?.intValue ?? 0
    }

    private func write(_ status: JSONValue) async throws {
        _ = try await client.patch(.deployments, Self.key, .merge(["status": status]), subresource: "status")
    }

    private func tell(_ counts: RolloutCounts, _ step: (RolloutCounts) -> Void) async throws {
        step(counts)
        try await write(counts.status)
    }

    private func create(_ name: String, _ labels: JSONValue) async throws {
        try await cluster.createUnlessPresent(
            .pods,
            [
                "apiVersion": "v1", "kind": "Pod",
                "metadata": [
                    "name": .string(name), "namespace": .string(Self.key.namespace), "labels": labels,
                ],
                "spec": ["containers": [["name": "web", "image": "nginx"]], "terminationGracePeriodSeconds": 0],
            ]
        )
    }

    private func setReady(_ name: String) async throws {
        try await setStatus(
            name,
            [
                "phase": "Running", "conditions": [["type": "Ready", "status": "True"]],
                "containerStatuses": [
                    [
                        "name": "web", "image": "nginx", "imageID": "", "ready": true, "restartCount": 0,
                        "state": ["running": ["startedAt": "2026-01-01T00:00:00Z"]],
                    ]
                ],
            ]
        )
    }

    private func setStatus(_ name: String, _ status: JSONValue) async throws {
        let key = ObjectKey(namespace: Self.key.namespace, name: name)
        _ = try await client.patch(.pods, key, .merge(["status": status]), subresource: "status")
    }

    private func delete(_ name: String) async throws {
        let key = ObjectKey(namespace: Self.key.namespace, name: name)
        try await client.delete(.pods, key, options: DeleteOptions(gracePeriodSeconds: 0))
    }
}

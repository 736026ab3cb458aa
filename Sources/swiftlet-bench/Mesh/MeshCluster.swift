import FoundationEssentials
import JSON
import KubeClient
import KubeModel
import KubeTransport
import Operator
import SwiftletAPI

/// The mesh's side of an API server without nodes.
struct MeshCluster: Sendable {
    let cluster: BenchCluster

    private static let serviceAccounts = APIResource(
        group: "",
        version: "v1",
        kind: "ServiceAccount",
        plural: "serviceaccounts"
    )

    /// The operator's flags.
    static func flags(xdsPort: UInt16) -> [String] {
        [
            "--operator-namespace", MeshObjects.operatorNamespace, "--xds-address", "127.0.0.1:\(xdsPort)",
            "--webhook-address", "127.0.0.1:0", "--webhook-host", "127.0.0.1",
        ]
    }

    func prepare() async throws {
        try await cluster.installDefinitions()
        for namespace in MeshObjects.namespaces { try await cluster.createUnlessPresent(.namespaces, namespace) }
        try await cluster.createUnlessPresent(
            Self.serviceAccounts,
            [
                "apiVersion": "v1", "kind": "ServiceAccount",
                "metadata": [
                    "name": .string(MeshObjects.account.name), "namespace": .string(MeshObjects.account.namespace),
                ],
                "automountServiceAccountToken": false,
            ]
        )
    }

    /// Makes everything, pods by way of the injector, and tells the pods as the server has them.
    func make(_ objects: MeshObjects) async throws -> [JSONValue] {
        try await forEachConcurrently(objects.services) { service in
            try await cluster.createUnlessPresent(.services, objects.service(service))
        }
        for service in 0..<MeshObjects.routes {
            try await cluster.createUnlessPresent(TrafficRoute.resource, objects.route(service))
        }
        let pods = try await mapConcurrently(objects.pods) { pod in
            let stored = try await stored(objects.podKey(pod), objects.pod(pod))
            try await setReady(pod, of: stored, objects, isReady: true)
            return stored
        }
        guard pods.allSatisfy({ Pods.hasSidecar($0) }) else { throw BenchError("a pod came without a sidecar") }
        return pods
    }

    /// The pod as the server has it, made if there is none yet.
    private func stored(_ key: ObjectKey, _ pod: JSONValue) async throws -> JSONValue {
        do {
            return try await cluster.client.create(.pods, pod)
        } catch  where error.isAlreadyExists {
            return try await cluster.client.get(.pods, key)
        }
    }

    private enum Pods {
        static func hasSidecar(_ pod: JSONValue) -> Bool {
            let containers = ["containers", "initContainers"].flatMap { pod[path: "spec", $0]?.arrayValue ?? [] }
            return containers.contains { $0["name"] == "kuma-sidecar" }
        }
    }

    /// Writes a pod's status as the kubelet does.
    func setReady(_ pod: Int, of stored: JSONValue, _ objects: MeshObjects, isReady: Bool) async throws {
        _ = try await cluster.client.patch(
            .pods,
            objects.podKey(pod),
            .merge(["status": objects.status(pod, of: stored, isReady: isReady)]),
            options: WriteOptions(fieldManager: "kubelet"),
            subresource: "status",
            as: ObjectMetaProjection.self
        )
    }

    func setWeight(_ canary: Int, _ service: Int, _ objects: MeshObjects) async throws {
        _ = try await cluster.client.patch(
            TrafficRoute.resource,
            objects.routeKey(service),
            .merge(["spec": ["conf": objects.conf(service, canary: canary)]]),
            as: ObjectMetaProjection.self
        )
    }

    /// A token as the kubelet gets it for a pod's sidecar.
    func token(for pod: JSONValue) async throws -> String {
        let account = MeshObjects.account
        let path = Self.serviceAccounts.path(namespace: account.namespace, name: account.name, subresource: "token")
        let answer = try await cluster.client.perform(
            "POST",
            path: path,
            body: [
                "apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest",
                "spec": [
                    "audiences": ["swiftlet-xds"], "expirationSeconds": 3600,
                    "boundObjectRef": [
                        "apiVersion": "v1", "kind": "Pod", "name": pod[path: "metadata", "name"] ?? "",
                        "uid": pod[path: "metadata", "uid"] ?? "",
                    ],
                ],
            ]
        )
        guard let token = answer[path: "status", "token"]?.stringValue else { throw BenchError("there is no token") }
        return token
    }

    /// Where the injector is, and by what it is known, once it is registered.
    func webhook() async throws -> TransportEndpoint {
        let key = ObjectKey(namespace: "", name: InjectorWebhooks.name)
        let deadline = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < deadline {
            do {
                let stored = try await cluster.client.get(.mutatingWebhookConfigurations, key)
                let configuration = stored["webhooks"]?.arrayValue?.first?["clientConfig"]
                if let url = configuration?["url"]?.stringValue, let bundle = configuration?["caBundle"]?.stringValue,
                    let authorities = Data(base64Encoded: bundle)
                {
                    return TransportEndpoint(
                        baseURL: String(url.dropLast(InjectorWebhooks.path.count)),
                        tls: TLSConfiguration(certificateAuthorities: Array(authorities))
                    )
                }
            } catch  where error.isNotFound {}
            try await Task.sleep(for: .milliseconds(50))
        }
        throw BenchError("the injector is not registered")
    }

    /// So that no pod waits for an injector that is gone.
    func unregister() async throws {
        let key = ObjectKey(namespace: "", name: InjectorWebhooks.name)
        do {
            try await cluster.client.delete(.mutatingWebhookConfigurations, key)
        } catch  where error.isNotFound {}
    }
}

/// What `work` gives for each of `0..<count`, at most ``BenchCluster/concurrency`` at a time.
func mapConcurrently<Value: Sendable>(
    _ count: Int,
    _ work: @escaping @Sendable (Int) async throws -> Value
) async throws -> [Value] {
    let workers = min(count, BenchCluster.concurrency)
    let parts = try await withThrowingTaskGroup(of: [(Int, Value)].self) { group in
        for worker in 0..<workers {
            group.addTask {
                var part: [(Int, Value)] = []
                for index in stride(from: worker, to: count, by: workers) {
                    part.append((index, try await work(index)))
                }
                return part
            }
        }
        return try await group.reduce(into: []) { $0 += $1 }
    }
    return parts.sorted { $0.0 < $1.0 }.map(\.1)
}

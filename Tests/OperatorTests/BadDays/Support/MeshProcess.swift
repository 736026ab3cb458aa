import JSON
import KubeClient
import KubeModel
import PollingSupport
import TestSupport

@testable import Operator

/// The flags of an operator that looks after the whole mesh of a cluster without nodes.
struct MeshProcess: Sendable {
    let space: TestNamespace
    let xdsPort: UInt16

    init(_ space: TestNamespace) throws {
        self.space = space
        xdsPort = try TestServer.closedPort()
    }

    /// Others do not have to wait for long when the holder was killed.
    private static let lease = ["--lease-duration", "3", "--renew-deadline", "2", "--retry-period", "0.5"]

    /// - Parameters:
    ///   - webhookHost: `nil` has the API server ask by way of a Service.
    ///   - isKilled: whether another operator is to follow soon. Otherwise the times are the usual ones, which a busy machine keeps.
    func flags(webhookHost: String? = "127.0.0.1", isKilled: Bool = true) -> [String] {
        let host = webhookHost.map { ["--webhook-host", $0] } ?? []
        return [
            "--operator-namespace", space.name, "--xds-address", "127.0.0.1:\(xdsPort)", "--xds-host", "127.0.0.1",
            "--xds-port", "\(xdsPort)", "--webhook-address", "127.0.0.1:0",
        ] + host + (isKilled ? Self.lease : [])
    }
}

extension TestNamespace {
    /// A pod's way to the mesh, as the kubelet makes it.
    func start(_ pod: JSONValue, address: String, isReady: Bool = true) async throws {
        let ready: JSONValue = ["type": "Ready", "status": .string(isReady ? "True" : "False")]
        let statuses = (pod[path: "spec", "containers"]?.arrayValue ?? []).map { container -> JSONValue in
            [
                "name": container["name"] ?? "", "image": "", "imageID": "", "restartCount": 0, "ready": .bool(isReady),
                "state": ["running": [:]],
            ]
        }
        try await patch(
            .pods,
            pod[path: "metadata", "name"]?.stringValue ?? "",
            [
                "status": [
                    "phase": "Running", "podIP": .string(address), "podIPs": [["ip": .string(address)]],
                    "conditions": [ready], "containerStatuses": .array(statuses),
                ]
            ],
            subresource: "status"
        )
    }

    /// The token of a pod's sidecar, as the kubelet gets it.
    func token(for pod: JSONValue) async throws -> String {
        let answer = try await client.create(
            subresource: "token",
            of: .serviceAccounts,
            key("default"),
            [
                "apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest",
                "spec": [
                    "audiences": [.string(TokenReview.audience)], "expirationSeconds": 3600,
                    "boundObjectRef": [
                        "apiVersion": "v1", "kind": "Pod", "name": pod[path: "metadata", "name"] ?? "",
                        "uid": pod[path: "metadata", "uid"] ?? "",
                    ],
                ],
            ]
        )
        guard let token = answer[path: "status", "token"]?.stringValue else {
            throw OperatorEnded(description: "there is no token in \(answer)")
        }
        return token
    }

    /// Waits until pods of the namespace get their sidecar, however often they are refused until then.
    func untilAnswered() async throws {
        try await eventually("pods of \(name) are injected") {
            do throws(KubeError) {
                return try await client.create(.pods, pod("probe"), options: WriteOptions(dryRun: true)).hasSidecar
            } catch {
                return false
            }
        }
    }

    /// Writes `kuma.io/sidecar-injection` into the namespace's labels, where selectors see it.
    func enable(_ namespace: String? = nil) async throws {
        _ = try await client.patch(
            .namespaces,
            ObjectKey(namespace: "", name: namespace ?? name),
            .merge(["metadata": ["labels": ["kuma.io/sidecar-injection": "enabled"]]])
        )
    }
}

import JSON
import KubeModel
import Testing

@testable import KubeClient

@Suite(RealCluster.isThere) struct ProjectionIntegrationTests {
    /// The same, but never asked for in protobuf.
    private struct JSONPod: WireObject {
        var pod: Pod

        var key: ObjectKey { pod.key }
        var uid: UID { pod.uid }
        var resourceVersion: ResourceVersion { pod.resourceVersion }

        init(json reader: inout JSONReader) throws { pod = try Pod(json: &reader) }
    }

    private static func pod(_ namespace: String, _ name: String, owner: UID) -> JSONValue {
        [
            "metadata": [
                "namespace": .string(namespace), "name": .string(name),
                "labels": ["app": "web", "pod-template-hash": "7d4b9c5f6"], "annotations": ["note": "größe"],
                "ownerReferences": [
                    [
                        "apiVersion": "v1", "kind": "ConfigMap", "name": "web-7d4b9c5f6", "controller": true,
                        "uid": .string(owner.description),
                    ]
                ],
            ],
            "spec": [
                "automountServiceAccountToken": false,
                "initContainers": [["name": "setup", "image": "busybox"]],
                "containers": [
                    ["name": "web", "image": "nginx", "ports": [["name": "http", "containerPort": 80]]],
                    ["name": "dns", "image": "dns", "ports": [["containerPort": 53, "protocol": "UDP"]]],
                ],
            ],
        ]
    }

    private static let status: JSONValue = [
        "status": [
            "phase": "Running", "podIP": "10.1.2.3", "podIPs": [["ip": "10.1.2.3"]],
            "conditions": [
                ["type": "Ready", "status": "True"],
                [
                    "type": "PodScheduled", "status": "False", "reason": "Unschedulable",
                    "message": "0/1 nodes are available",
                ],
            ],
            "initContainerStatuses": [
                [
                    "name": "setup", "image": "busybox", "imageID": "", "ready": true, "restartCount": 0,
                    "state": ["terminated": ["exitCode": 1, "reason": "Error", "message": "no luck"]],
                ]
            ],
            "containerStatuses": [
                [
                    "name": "web", "image": "nginx", "imageID": "", "ready": true, "restartCount": 3,
                    "state": ["running": ["startedAt": "2026-01-01T00:00:00Z"]],
                ],
                [
                    "name": "dns", "image": "dns", "imageID": "", "ready": false, "restartCount": 0,
                    "state": ["waiting": ["reason": "ImagePullBackOff", "message": "Back-off pulling image"]],
                ],
            ],
        ]
    ]

    @Test func podsAreTheSameInBothFormats() async throws {
        try await RealCluster.withNamespace { client, namespace in
            // It must be there: the garbage collector takes what belongs to nobody.
            let owner = DynamicObject(
                try await client.create(
                    .configMaps,
                    ["metadata": ["namespace": .string(namespace), "name": "web-7d4b9c5f6"]]
                )
            ).uid
            _ = try await eventually("the namespace has its service account") {
                do {
                    return try await client.create(.pods, Self.pod(namespace, "web-1", owner: owner))
                } catch let error as KubeError where error.isForbidden {
                    return nil
                }
            }
            let key = ObjectKey(namespace: namespace, name: "web-1")
            _ = try await client.patch(.pods, key, .merge(Self.status), subresource: "status")
            _ = try await client.create(.pods, Self.pod(namespace, "web-2", owner: owner))

            let options = ListOptions(namespace: namespace)
            var protobuf: [Pod] = []
            var json: [Pod] = []
            _ = try await client.list(.pods, as: Pod.self, options: options) { protobuf.append(try $0.get()) }
            _ = try await client.list(.pods, as: JSONPod.self, options: options) { json.append(try $0.get().pod) }
            #expect(protobuf == json)
            #expect(protobuf.map(\.name) == ["web-1", "web-2"])
            let pod = try #require(protobuf.first)
            try #require(protobuf.count == 2 && pod.containers.count == 3)
            #expect(pod.podIP == "10.1.2.3")
            #expect(pod.isReady && pod.phase == .running)
            #expect(pod.labels["app"] == "web" && pod.annotations["note"] == "größe")
            #expect(pod.controller?.name == "web-7d4b9c5f6")
            #expect(pod.ports.map(\.number) == [80, 53] && pod.ports.map(\.container) == ["web", "dns"])
            #expect(pod.ports.map(\.portProtocol) == [.tcp, .udp])
            #expect(pod.containers.map(\.name) == ["setup", "web", "dns"])
            #expect(pod.containers.map(\.isInit) == [true, false, false])
            #expect(pod.containers[0].state == .terminated(exitCode: 1, reason: "Error", message: "no luck"))
            #expect(pod.containers[2].state == .waiting(reason: "ImagePullBackOff", message: "Back-off pulling image"))
            #expect(pod.restartCount == 3)
            #expect(pod.schedulingMessage == "0/1 nodes are available")
            #expect(protobuf[1].phase == .pending && protobuf[1].podIP.isEmpty && !protobuf[1].isReady)
        }
    }

    @Test func metadataOfDeploymentsIsTheSameInBothFormats() async throws {
        try await RealCluster.withNamespace { client, namespace in
            let labels: JSONValue = ["app": "web"]
            _ = try await client.apply(
                .deployments,
                [
                    "apiVersion": "apps/v1", "kind": "Deployment",
                    "metadata": ["namespace": .string(namespace), "name": "web", "labels": labels],
                    "spec": [
                        "replicas": 0, "selector": ["matchLabels": labels],
                        "template": [
                            "metadata": ["labels": labels],
                            "spec": ["containers": [["name": "web", "image": "nginx"]]],
                        ],
                    ],
                ],
                options: WriteOptions(fieldManager: "mine")
            )
            let key = ObjectKey(namespace: namespace, name: "web")
            // The deployment controller goes on writing; both are read until they meet.
            _ = try await eventually("both formats give the same") {
                let whole = try await client.get(.deployments, key)
                let metadata = try await client.get(.deployments, key, as: ObjectMetaProjection.self).metadata
                return try DynamicObject(whole).metadata() == metadata ? metadata : nil
            }
        }
    }
}

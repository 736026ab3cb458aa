import JSON
import KubeModel

@testable import Dataplanes

/// Objects for tests, as the API server would send them.
enum Sample {
    struct PodShape {
        var name = "web-1"
        var namespace = "shop"
        var uid = ""
        var labels: [String: String] = [:]
        var annotations: [String: String] = [MeshMarks.injected: "true"]
        var address = "10.1.0.1"
        var phase = "Running"
        var reason = ""
        var node = ""
        var isDeleted = false
        /// Container, port, the port's name, protocol.
        var ports: [(container: String, number: Int64, name: String, transport: String)] = []
        /// Container and whether it is ready.
        var ready: [(container: String, isReady: Bool)] = []
        var readyInit: [(container: String, isReady: Bool)] = []
        /// Kind and name.
        var owner: (kind: String, name: String)?
    }

    static func pod(_ change: (inout PodShape) -> Void = { _ in }) throws -> Pod {
        var shape = PodShape()
        change(&shape)
        func statuses(_ list: [(container: String, isReady: Bool)]) -> JSONValue {
            .array(list.map { ["name": .string($0.container), "ready": .bool($0.isReady)] })
        }
        let owner: JSONValue? = shape.owner.map {
            [["apiVersion": "v1", "kind": .string($0.kind), "name": .string($0.name), "uid": "o", "controller": true]]
        }
        let containers = shape.ports.map { port -> JSONValue in
            [
                "name": .string(port.container),
                "ports": [
                    [
                        "containerPort": .int(port.number), "name": .string(port.name),
                        "protocol": .string(port.transport),
                    ]
                ],
            ]
        }
        return try read([
            "metadata": .compact([
                "name": .string(shape.name), "namespace": .string(shape.namespace),
                "uid": .string(shape.uid.isEmpty ? "uid-of-\(shape.name)" : shape.uid),
                "labels": .strings(shape.labels), "annotations": .strings(shape.annotations),
                "deletionTimestamp": shape.isDeleted ? "2024-01-01T00:00:00Z" : nil,
                "ownerReferences": owner,
            ]),
            "spec": ["containers": .array(containers), "nodeName": .string(shape.node)],
            "status": [
                "podIP": .string(shape.address), "phase": .string(shape.phase), "reason": .string(shape.reason),
                "containerStatuses": statuses(shape.ready), "initContainerStatuses": statuses(shape.readyInit),
            ],
        ])
    }

    static func service(
        _ name: String = "web",
        namespace: String = "shop",
        annotations: [String: String] = [:],
        selector: [String: String] = ["app": "web"],
        ports: [JSONValue] = [["port": 80, "targetPort": 8080]],
        clusterIPs: [String] = ["10.0.0.1"],
        type: String = "ClusterIP"
    ) throws -> KubeService {
        try read([
            "metadata": ["name": .string(name), "namespace": .string(namespace), "annotations": .strings(annotations)],
            "spec": [
                "type": .string(type), "selector": .strings(selector), "ports": .array(ports),
                "clusterIPs": .strings(clusterIPs),
            ],
        ])
    }

    static func namespace(
        _ name: String = "shop",
        labels: [String: String] = [:],
        annotations: [String: String] = [:]
    ) throws -> Namespace {
        try read([
            "metadata": ["name": .string(name), "labels": .strings(labels), "annotations": .strings(annotations)]
        ])
    }

    static func read<Object: WireObject>(_ value: JSONValue) throws -> Object {
        var reader = JSONReader(value.encoded())
        return try Object(json: &reader)
    }
}

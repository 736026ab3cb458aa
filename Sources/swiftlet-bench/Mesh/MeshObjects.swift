import JSON
import KubeModel
import SwiftletAPI
import XDS

/// A mesh of Services with two pods each, of versions v1 and v2; the first ones have TrafficRoutes. As people and the kubelet would write it.
struct MeshObjects: Sendable {
    static let namespace = "bench-mesh"
    static let operatorNamespace = "bench-system"
    /// As many of the Services have TrafficRoutes.
    static let routes = 10

    let services: Int

    var pods: Int { services * 2 }

    /// Made once for all who need them, like the namespaces of other parts.
    static var namespaces: [JSONValue] {
        [
            [
                "apiVersion": "v1", "kind": "Namespace",
                "metadata": ["name": .string(namespace), "labels": ["kuma.io/sidecar-injection": "enabled"]],
            ],
            ["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": .string(operatorNamespace)]],
        ]
    }

    static let account = ObjectKey(namespace: namespace, name: "default")

    func serviceName(_ service: Int) -> String { "svc-\(service)" }

    /// `kuma.io/service`.
    func serviceTag(_ service: Int) -> String { "\(serviceName(service))_\(Self.namespace)_svc_80" }

    func service(_ service: Int) -> JSONValue {
        [
            "apiVersion": "v1", "kind": "Service",
            "metadata": [
                "namespace": .string(Self.namespace), "name": .string(serviceName(service)),
                "annotations": ["80.service.kuma.io/protocol": "http"],
            ],
            "spec": [
                "selector": ["app": .string(serviceName(service))],
                "ports": [["name": "http", "port": 80, "targetPort": 8080]],
            ],
        ]
    }

    // MARK: - Pods

    func podKey(_ pod: Int) -> ObjectKey {
        ObjectKey(namespace: Self.namespace, name: "\(serviceName(pod / 2))-v\(pod % 2 + 1)-5d8f9c7b6d-x\(pod)")
    }

    /// The node id of its sidecar.
    func proxy(_ pod: Int) -> ProxyID {
        ProxyID(mesh: Mesh.defaultName, namespace: Self.namespace, name: podKey(pod).name)
    }

    /// As it is created, before the injector sees it.
    func pod(_ pod: Int) -> JSONValue {
        let (app, version) = (serviceName(pod / 2), "v\(pod % 2 + 1)")
        return [
            "apiVersion": "v1", "kind": "Pod",
            "metadata": [
                "namespace": .string(Self.namespace), "name": .string(podKey(pod).name),
                "labels": ["app": .string(app), "version": .string(version), "pod-template-hash": "5d8f9c7b6d"],
                "annotations": ["prometheus.io/scrape": "true", "prometheus.io/port": "8080"],
            ],
            "spec": [
                "serviceAccountName": .string(Self.account.name), "automountServiceAccountToken": false,
                "containers": [
                    [
                        "name": "app", "image": .string("registry.example.com/shop/\(app):\(version)"),
                        "ports": [["name": "http", "containerPort": 8080]],
                        "env": [["name": "VERSION", "value": .string(version)]],
                        "resources": [
                            "requests": ["cpu": "100m", "memory": "64Mi"], "limits": ["memory": "256Mi"],
                        ],
                        "livenessProbe": ["httpGet": ["path": "/healthz", "port": "http"], "periodSeconds": 10],
                        "readinessProbe": ["httpGet": ["path": "/ready", "port": "http"], "periodSeconds": 5],
                    ]
                ],
            ],
        ]
    }

    /// What the kubelet writes of a pod that runs.
    ///
    /// - Parameters:
    ///   - stored: the pod as the API server has it.
    ///   - isReady: whether the application is.
    func status(_ pod: Int, of stored: JSONValue, isReady: Bool) -> JSONValue {
        func container(_ spec: JSONValue, isReady: Bool, _ state: JSONValue) -> JSONValue {
            [
                "name": spec["name"] ?? "", "image": spec["image"] ?? "", "imageID": "sha256:0", "restartCount": 0,
                "ready": .bool(isReady), "started": true, "state": state,
            ]
        }
        let running: JSONValue = ["running": ["startedAt": "2026-01-05T08:30:05Z"]]
        let ended: JSONValue = ["terminated": ["exitCode": 0, "reason": "Completed"]]
        let address = "10.244.\(pod / 250).\(pod % 250 + 1)"
        return [
            "phase": "Running", "podIP": .string(address), "podIPs": [["ip": .string(address)]],
            "hostIP": "10.0.0.1", "startTime": "2026-01-05T08:30:00Z",
            "conditions": .array(
                ["Initialized", "Ready", "ContainersReady", "PodScheduled"].map { type in
                    let isTrue = isReady || type == "Initialized" || type == "PodScheduled"
                    return ["type": .string(type), "status": .string(isTrue ? "True" : "False")]
                }
            ),
            "containerStatuses": .array(
                (stored[path: "spec", "containers"]?.arrayValue ?? []).map { spec in
                    container(spec, isReady: isReady || spec["name"] != "app", running)
                }
            ),
            "initContainerStatuses": .array(
                (stored[path: "spec", "initContainers"]?.arrayValue ?? []).map { spec in
                    let isSidecar = spec["restartPolicy"] == "Always"
                    return container(spec, isReady: true, isSidecar ? running : ended)
                }
            ),
        ]
    }

    // MARK: - TrafficRoutes

    func routeKey(_ service: Int) -> ObjectKey { ObjectKey(namespace: "", name: "route-\(service)") }

    func route(_ service: Int) -> JSONValue {
        [
            "apiVersion": .string(TrafficRoute.resource.apiVersion), "kind": .string(TrafficRoute.resource.kind),
            "mesh": .string(Mesh.defaultName), "metadata": ["name": .string(routeKey(service).name)],
            "spec": [
                "sources": [["match": ["kuma.io/service": "*"]]],
                "destinations": [["match": ["kuma.io/service": .string(serviceTag(service))]]],
                "conf": conf(service, canary: 50),
            ],
        ]
    }

    /// - Parameter canary: the weight of version v2 of 100.
    func conf(_ service: Int, canary: Int) -> JSONValue {
        func part(_ version: String, _ weight: Int) -> JSONValue {
            let destination: JSONValue = [
                "kuma.io/service": .string(serviceTag(service)), "version": .string(version),
            ]
            return ["weight": .int(Int64(weight)), "destination": destination]
        }
        return ["split": [part("v1", 100 - canary), part("v2", canary)]]
    }
}

import JSON
import KubeModel

/// A running pod with a sidecar, to be changed.
struct JSONPod {
    var name: String
    var uid: String
    var annotations = ["kuma.io/sidecar-injected": "true"]
    var phase = "Running"
    var address = "10.0.0.1"
    var deletion: String?
    var isNative = false
    var state: JSONValue = ["running": [:]]

    init(name: String, uid: String) {
        self.name = name
        self.uid = uid
    }

    func pod() throws -> Pod {
        let list = isNative ? "initContainers" : "containers"
        let value: JSONValue = .compact([
            "metadata": .compact([
                "name": .string(name), "namespace": "shop", "uid": .string(uid), "annotations": .strings(annotations),
                "deletionTimestamp": deletion.map { .string($0) },
            ]),
            "spec": [list: [["name": "kuma-sidecar"]]],
            "status": [
                "phase": .string(phase), "podIP": .string(address),
                (isNative ? "initContainerStatuses" : "containerStatuses"): [["name": "kuma-sidecar", "state": state]],
            ],
        ])
        var reader = JSONReader(value.encoded())
        return try Pod(json: &reader)
    }
}

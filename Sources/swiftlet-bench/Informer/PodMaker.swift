import JSON
import KubeModel
import KubeRuntime

/// Makes pods as a busy cluster has them: some twenty of each ReplicaSet, two containers, and of everything that differs from pod to pod
/// in reality a value of its own.
struct PodMaker: Sendable {
    private let seed: UInt64

    init(seed: UInt64) { self.seed = seed }

    static let perReplicaSet = 20

    func key(_ index: Int) -> ObjectKey {
        let app = index / Self.perReplicaSet
        var random = generator(index)
        return ObjectKey(
            namespace: BenchCluster.namespaces[app % BenchCluster.namespaces.count],
            name: "\(appName(app))-\(replicaSetHash(app))-\(index)\(Self.letters(5, &random))"
        )
    }

    /// The pod as it is created.
    func pod(_ index: Int) -> JSONValue {
        let app = index / Self.perReplicaSet
        let key = key(index)
        return [
            "apiVersion": "v1", "kind": "Pod",
            "metadata": [
                "name": .string(key.name), "namespace": .string(key.namespace),
                "generateName": .string("\(appName(app))-\(replicaSetHash(app))-"), "labels": labels(app),
                "annotations": annotations(index), "ownerReferences": [owner(app)],
            ],
            "spec": [
                "containers": [webContainer(app), proxyContainer(app)], "serviceAccountName": "default",
                "automountServiceAccountToken": false, "nodeName": .string(nodeName(index)),
                "restartPolicy": "Always", "terminationGracePeriodSeconds": 30, "dnsPolicy": "ClusterFirst",
                "schedulerName": "default-scheduler", "priority": 0, "enableServiceLinks": true,
                "securityContext": ["runAsNonRoot": true, "fsGroup": 2000],
                "volumes": [
                    ["name": "config", "configMap": ["name": .string("\(appName(app))-config"), "defaultMode": 420]],
                    ["name": "cache", "emptyDir": [:]],
                ],
                "tolerations": [toleration("not-ready"), toleration("unreachable")],
            ],
        ]
    }

    /// The status that a kubelet would write.
    func status(_ index: Int) -> JSONValue {
        var random = generator(index)
        let ip = "10.\(244 + index / 65_536).\(index / 256 % 256).\(index % 256)"
        let app = index / Self.perReplicaSet
        return [
            "phase": "Running", "qosClass": "Burstable", "hostIP": .string("10.0.\(index % 100 / 10).\(index % 100)"),
            "podIP": .string(ip), "podIPs": [["ip": .string(ip)]], "startTime": "2026-01-05T08:30:00Z",
            "conditions": .array(
                ["Initialized", "Ready", "ContainersReady", "PodScheduled"].map { type in
                    [
                        "type": .string(type), "status": "True", "lastProbeTime": .null,
                        "lastTransitionTime": .string("2026-01-05T08:30:\(10 + random.next() % 50)Z"),
                    ]
                }
            ),
            "containerStatuses": [
                containerStatus("proxy", "registry.example.com/mesh/proxy:1.24.3", restarts: 0, &random),
                containerStatus("web", image(app), restarts: random.next() % 40 == 0 ? 1 : 0, &random),
            ],
        ]
    }

    // MARK: - Parts

    private func labels(_ app: Int) -> JSONValue {
        .strings([
            "app.kubernetes.io/name": appName(app), "app.kubernetes.io/instance": "\(appName(app))-production",
            "app.kubernetes.io/version": "1.\(app % 30).\(app % 7)", "app.kubernetes.io/managed-by": "Helm",
            "pod-template-hash": replicaSetHash(app), "team": "team-\(app % 25)",
            "tier": app % 3 == 0 ? "back" : "front",
        ])
    }

    private func annotations(_ index: Int) -> JSONValue {
        var random = generator(index)
        var appRandom = generator(index / Self.perReplicaSet)
        return .strings([
            "checksum/config": Self.hex(64, &appRandom), "prometheus.io/scrape": "true", "prometheus.io/port": "9090",
            "kubernetes.io/psp": "restricted", "cni.example.com/containerID": Self.hex(64, &random),
            "kubectl.kubernetes.io/restartedAt": "2026-01-05T08:29:00Z",
        ])
    }

    private func owner(_ app: Int) -> JSONValue {
        var random = SplitMix64(seed: seed &+ UInt64(app) &* 7919)
        let digits = Self.hex(32, &random)
        let cuts = [0, 8, 12, 16, 20, 32]
        let uid = zip(cuts, cuts.dropFirst()).map { digits.dropFirst($0).prefix($1 - $0) }.joined(separator: "-")
        return OwnerReference(
            apiVersion: "apps/v1",
            kind: "ReplicaSet",
            name: "\(appName(app))-\(replicaSetHash(app))",
            uid: UID(uid)
        ).json
    }

    private func webContainer(_ app: Int) -> JSONValue {
        [
            "name": "web", "image": .string(image(app)), "imagePullPolicy": "IfNotPresent",
            "args": [
                "--listen=:8080", .string("--upstream=\(appName(app + 1)).bench-\(app % 10).svc.cluster.local:8080"),
            ],
            "ports": [
                ["name": "http", "containerPort": 8080, "protocol": "TCP"],
                ["name": "metrics", "containerPort": 9090, "protocol": "TCP"],
            ],
            "env": [
                ["name": "APP", "value": .string(appName(app))],
                ["name": "POD_IP", "valueFrom": ["fieldRef": ["apiVersion": "v1", "fieldPath": "status.podIP"]]],
            ],
            "resources": resources(cpu: "\(100 + app % 9 * 50)m", memory: "\(128 + app % 5 * 64)Mi"),
            "readinessProbe": probe("/ready"),
            "volumeMounts": [
                ["name": "config", "mountPath": "/etc/web", "readOnly": true],
                ["name": "cache", "mountPath": "/var/cache/web"],
            ],
            "terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File",
        ]
    }

    private func proxyContainer(_ app: Int) -> JSONValue {
        [
            "name": "proxy", "image": "registry.example.com/mesh/proxy:1.24.3", "imagePullPolicy": "IfNotPresent",
            "ports": [["name": "proxy", "containerPort": 15001, "protocol": "TCP"]],
            "resources": resources(cpu: "50m", memory: "64Mi"),
            "terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File",
        ]
    }

    private func resources(cpu: String, memory: String) -> JSONValue {
        let requests: JSONValue = ["cpu": .string(cpu), "memory": .string(memory)]
        return ["requests": requests, "limits": ["memory": .string(memory)]]
    }

    private func probe(_ path: String) -> JSONValue {
        [
            "httpGet": ["path": .string(path), "port": 8080, "scheme": "HTTP"], "initialDelaySeconds": 1,
            "timeoutSeconds": 3, "periodSeconds": 10, "successThreshold": 1, "failureThreshold": 3,
        ]
    }

    private func toleration(_ taint: String) -> JSONValue {
        [
            "key": .string("node.kubernetes.io/\(taint)"), "operator": "Exists", "effect": "NoExecute",
            "tolerationSeconds": 300,
        ]
    }

    private func containerStatus(
        _ name: String,
        _ image: String,
        restarts: Int64,
        _ random: inout SplitMix64
    ) -> JSONValue {
        [
            "name": .string(name), "image": .string(image), "ready": true, "started": true,
            "restartCount": .int(restarts),
            "imageID": .string("registry.example.com/image@sha256:\(Self.hex(64, &random))"),
            "containerID": .string("containerd://\(Self.hex(64, &random))"), "lastState": [:],
            "state": ["running": ["startedAt": .string("2026-01-05T08:30:\(10 + random.next() % 50)Z")]],
        ]
    }

    // MARK: - Names

    private func appName(_ app: Int) -> String { "service-\(app)" }
    private func image(_ app: Int) -> String { "registry.example.com/apps/\(appName(app)):1.\(app % 30).\(app % 7)" }
    private func nodeName(_ index: Int) -> String { "node-\(index % 100).example.com" }

    private func replicaSetHash(_ app: Int) -> String {
        var random = generator(app)
        return Self.hex(10, &random)
    }

    private func generator(_ index: Int) -> SplitMix64 { SplitMix64(seed: seed &* 1_000_003 &+ UInt64(index)) }

    private static func hex(_ count: Int, _ random: inout SplitMix64) -> String {
        text(count, "0123456789abcdef", &random)
    }
    private static func letters(_ count: Int, _ random: inout SplitMix64) -> String {
        text(count, "bcdfghjklmnpqrstvwxz", &random)
    }

    private static func text(_ count: Int, _ alphabet: StaticString, _ random: inout SplitMix64) -> String {
        alphabet.withUTF8Buffer { letters in
            String(
                decoding: (0..<count).map { _ in letters[Int(random.next() % UInt64(letters.count))] },
                as: UTF8.self
            )
        }
    }
}

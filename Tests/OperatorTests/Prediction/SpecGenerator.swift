import JSON
import TestSupport

/// Makes valid specs of WebServers, and changes them, at random.
///
/// Zero values are among them, but for empty texts, which old servers refuse in custom resources. The numbers of replicas stay where no
/// autoscaler of the cluster would change them by itself, and are small: the pods are really made.
struct SpecGenerator {
    private var random: SeededGenerator

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    /// A spec with about half of all sections.
    mutating func spec() -> JSONValue {
        var spec: JSONValue = ["webServerImage": pick(Self.images)]
        for section in Self.sections.keys.sorted() where chance(2) { spec[section] = value(of: section) }
        return spec
    }

    /// The spec with up to four sections set anew, removed or spelt in another way.
    mutating func changed(_ spec: JSONValue) -> JSONValue {
        var result = spec
        for _ in 0..<Int.random(in: 0...4, using: &random) {
            guard let section = Self.sections.keys.sorted().randomElement(using: &random) else { continue }
            let new = chance(3) ? nil : value(of: section)
            // Old servers make null of what an apply leaves empty, and then refuse it in custom resources.
            result[section] = spec[section] != nil && new.map(Self.hasEmptyParts) == true ? nil : new
        }
        if chance(4) { result["webServerImage"] = pick(Self.images) }
        return result
    }

    // MARK: - Sections

    private mutating func value(of section: String) -> JSONValue? { Self.sections[section].map { pick($0) } }

    private static func hasEmptyParts(_ value: JSONValue) -> Bool {
        switch value {
        case .object(let members): members.isEmpty || members.values.contains(where: hasEmptyParts)
        case .array(let elements): elements.isEmpty || elements.contains(where: hasEmptyParts)
        default: false
        }
    }

    private mutating func pick(_ values: [JSONValue]) -> JSONValue { values.randomElement(using: &random) ?? .null }

    /// True once in `sides` times.
    private mutating func chance(_ sides: Int) -> Bool { Int.random(in: 0..<sides, using: &random) == 0 }

    private static let images: [JSONValue] = ["nginx", "nginx:1.22", "nginx:1.31", "example.com/team/web:v2"]

    private static let sections = containerSections.merging(podSections) { $1 }.merging(childSections) { $1 }

    private static let containerSections: [String: [JSONValue]] = [
        "port": [80, 8080, 3000],
        "command": [["nginx"], ["nginx", "-g", "daemon off;"], []],
        "args": [["-v"], ["--verbose"], []],
        "env": [
            [["name": "A", "value": "1"], ["name": "NOTHING"]],
            [["name": "B", "value": "2"], ["name": "A", "value": "1"]],
            [["name": "NODE", "valueFrom": ["fieldRef": ["fieldPath": "spec.nodeName"]]]],
            [["name": "NODE", "valueFrom": ["fieldRef": ["apiVersion": "v1", "fieldPath": "spec.nodeName"]]]],
            [["name": "LIMIT", "valueFrom": ["resourceFieldRef": ["resource": "limits.cpu", "divisor": 1]]]],
            [["name": "NOTHING"], ["name": "A", "value": "1"], ["name": "B", "value": "$(A)"]],
            [["name": "A", "value": "1"], ["name": "B", "value": "2"]],
            [
                [
                    "name": "KEY",
                    "valueFrom": ["secretKeyRef": ["name": "secrets", "key": "b", "optional": false]],
                ]
            ],
            [["name": "KEY", "valueFrom": ["secretKeyRef": ["name": "secrets", "key": "other", "optional": true]]]], [],
        ],
        "envFrom": [
            [["configMapRef": ["name": "settings", "optional": true]]],
            [["prefix": "S_", "secretRef": ["name": "secrets", "optional": true]]],
            [["configMapRef": ["name": "settings", "optional": false]]], [],
        ],
        "resources": [
            ["requests": ["cpu": "100m", "memory": "64Mi"]],
            ["requests": ["cpu": "0.1", "memory": "65536Ki"]],
            ["requests": ["cpu": 1], "limits": ["cpu": "1000m", "memory": "1e9"]],
            ["limits": ["memory": "1Gi", "ephemeral-storage": "2G"]], ["requests": [:], "limits": [:]], [:],
            ["requests": ["cpu": 0]],
        ],
        "imagePullPolicy": ["Always", "IfNotPresent", "Never"],
        "securityContext": [
            ["privileged": false], ["allowPrivilegeEscalation": false, "capabilities": ["drop": ["ALL"]]],
            ["runAsUser": 0, "readOnlyRootFilesystem": true], [:],
            ["capabilities": ["drop": ["ALL"], "add": []], "runAsGroup": 0, "runAsNonRoot": false],
            ["capabilities": [:], "seLinuxOptions": [:]],
        ],
        "livenessProbe": [
            ["tcpSocket": ["port": 80]], ["exec": ["command": ["true"]], "periodSeconds": 20],
            ["httpGet": ["port": "http", "scheme": "HTTP"], "initialDelaySeconds": 0],
            ["exec": ["command": ["true"]], "initialDelaySeconds": 0],
            ["tcpSocket": ["port": 80], "initialDelaySeconds": 0],
        ],
        "readinessProbe": [
            ["httpGet": ["path": "/healthz", "port": 80], "periodSeconds": 5],
            ["httpGet": ["port": 80, "httpHeaders": [["name": "Host", "value": "phys.app"]]]],
            ["httpGet": ["port": 80, "httpHeaders": []]],
        ],
        "startupProbe": [["httpGet": ["path": "/", "port": 80], "failureThreshold": 30]],
    ]

    private static let podSections: [String: [JSONValue]] = [
        "imagePullSecrets": [[["name": "registry"]], [["name": "other"], ["name": "registry"]], []],
        "serviceAccountName": ["default"],
        "nodeSelector": [["kubernetes.io/os": "linux"], ["disk": "ssd", "zone": "a"], [:]],
        "tolerations": [
            [["key": "web", "operator": "Exists", "effect": "NoSchedule"]],
            [["key": "web", "operator": "Equal", "value": "yes", "effect": "NoExecute", "tolerationSeconds": 60]],
            [["key": "web", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 0]], [],
        ],
        "affinity": [
            [
                "podAntiAffinity": [
                    "preferredDuringSchedulingIgnoredDuringExecution": [
                        [
                            "weight": 100,
                            "podAffinityTerm": [
                                "topologyKey": "kubernetes.io/hostname",
                                "labelSelector": ["matchLabels": ["app.kubernetes.io/name": "webserver"]],
                            ],
                        ]
                    ]
                ]
            ],
            [:], ["podAntiAffinity": ["preferredDuringSchedulingIgnoredDuringExecution": []], "nodeAffinity": [:]],
            [
                "podAffinity": [
                    "requiredDuringSchedulingIgnoredDuringExecution": [
                        ["topologyKey": "zone", "namespaces": [], "labelSelector": ["matchLabels": [:]]]
                    ]
                ]
            ],
            [
                "nodeAffinity": [
                    "preferredDuringSchedulingIgnoredDuringExecution": [
                        [
                            "weight": 1,
                            "preference": [
                                "matchExpressions": [["key": "disk", "operator": "Exists", "values": []]],
                                "matchFields": [],
                            ],
                        ]
                    ]
                ]
            ],
        ],
        "topologySpreadConstraints": [
            [["maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "ScheduleAnyway"]],
            [["maxSkew": 2, "topologyKey": "kubernetes.io/hostname", "whenUnsatisfiable": "DoNotSchedule"]],
            [
                [
                    "maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "ScheduleAnyway",
                    "labelSelector": ["matchLabels": [:], "matchExpressions": []],
                ]
            ], [],
        ],
        "podSecurityContext": [
            ["fsGroup": 101], ["runAsNonRoot": true, "runAsUser": 101, "supplementalGroups": [7, 8]],
            ["fsGroup": 0, "runAsNonRoot": false, "supplementalGroups": [], "sysctls": []], [:],
        ],
        "podLabels": [["team": "a"], ["team": "b", "tier": "front"], [:]],
        "podAnnotations": [["example.com/owner": "me"], ["example.com/owner": "you"], [:]],
        "configFrom": [
            [["configMap": ["name": "settings", "optional": true], "mountPath": "/etc/settings"]],
            [["configMap": ["name": "settings", "optional": false, "items": []], "mountPath": "/etc/settings"]],
            [
                [
                    "secret": ["name": "secrets", "items": [["key": "b", "path": "b", "mode": 0]]],
                    "mountPath": "/etc/a",
                ]
            ],
            [
                ["secret": ["name": "secrets"], "mountPath": "/etc/secrets", "readOnly": false],
                [
                    "configMap": ["name": "settings", "items": [["key": "a", "path": "b", "mode": 0o600]]],
                    "mountPath": "/etc/one", "subPath": "b",
                ],
            ],
        ],
        "persistentVolumeClaim": [
            ["name": "once", "mountPath": "/data"], ["name": "many", "mountPath": "/data", "readOnly": true],
            ["name": "missing", "mountPath": "/data", "subPath": "site"],
        ],
    ]

    private static let childSections: [String: [JSONValue]] = [
        "replicas": [0, 0, 0, 1, 2],
        "service": [
            ["port": 8080], ["type": "NodePort"], ["type": "LoadBalancer", "port": 443],
            ["annotations": ["example.com/scrape": "true"]], ["type": "ClusterIP"], ["annotations": [:]],
        ],
        "ingress": [
            ["host": "phys.app"], ["host": "phys.app", "ingressClass": "nginx", "tls": ["secretName": "certificate"]],
            ["ingressClass": "other", "path": "/app", "pathType": "Exact"],
            ["host": "*.phys.app", "annotations": ["nginx.ingress.kubernetes.io/proxy-body-size": "8m"]],
            ["host": "phys.app", "annotations": [:]],
        ],
        "autoscaling": [["maxReplicas": 4], ["maxReplicas": 6, "targetCPUUtilizationPercentage": 50]],
        "disruptionBudget": [
            ["maxUnavailable": 1], ["minAvailable": "50%"], ["minAvailable": 0], ["maxUnavailable": "25%"],
        ],
    ]
}

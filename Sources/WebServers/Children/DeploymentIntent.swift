import Crypto
import JSON
import KubeModel
import SwiftletAPI

/// The Deployment of a WebServer.
struct DeploymentIntent {
    let webServer: WebServer
    let observation: WebServerObservation

    var object: DynamicObject {
        let spec = webServer.spec
        let selector = WebServerNames.podSelector(webServer.metadata.name)
        return ChildIntent(webServer: webServer, resource: .deployments).object(
            annotations: [
                WebServerNames.scalingAnnotation: spec.autoscaling == nil ? Scaling.fixed : Scaling.autoscaler
            ],
            spec: .compact([
                "replicas": spec.fixedReplicas.map { .int(Int64($0)) },
                "selector": ["matchLabels": .strings(selector)],
                "strategy": strategy,
                "template": [
                    "metadata": .compact([
                        // The selector's labels win over those of the spec: a pod without them would be nobody's.
                        "labels": .strings(
                            spec.podLabels.merging(WebServerNames.labels(webServer.metadata.name)) { $1 }
                        ),
                        "annotations": podAnnotations.isEmpty ? nil : .strings(podAnnotations),
                    ]),
                    "spec": podSpec,
                ],
            ])
        )
    }

    /// Values of ``WebServerNames/scalingAnnotation``.
    enum Scaling {
        static let fixed = "fixed"
        static let autoscaler = "autoscaler"
    }

    // MARK: - Rollout

    /// Both forms are written out whole: what was once owned here can be given up again, whereas a `rollingUpdate` that the server
    /// filled in by itself would stay and make `Recreate` invalid.
    private var strategy: JSONValue {
        if Self.needsRecreate(webServer.spec, claim: observation.claim) { return ["type": "Recreate"] }
        return ["type": "RollingUpdate", "rollingUpdate": ["maxSurge": "25%", "maxUnavailable": "25%"]]
    }

    /// Whether a new pod might wait for ever for the volume that an old pod has: true of volumes that only one node can mount.
    static func needsRecreate(_ spec: WebServerSpec, claim: ObservedClaim?) -> Bool {
        guard let volume = spec.persistentVolumeClaim else { return false }
        let modes = claim?.accessModes ?? volume.accessModes.map(\.rawValue)
        return !modes.contains { $0 == "ReadWriteMany" || $0 == "ReadOnlyMany" }
    }

    private var podAnnotations: [String: String] {
        var annotations = webServer.spec.podAnnotations
        annotations[WebServerNames.configAnnotation] = configDigest
        return annotations
    }

    /// One digest over the content of all that `configFrom` names; `nil` when it names nothing.
    private var configDigest: String? {
        let keys = webServer.spec.configFrom.compactMap(\.key)
        guard !keys.isEmpty else { return nil }
        let text = keys.map { "\($0.description)=\(observation.configDigests[$0] ?? "")" }.joined(separator: "\n")
        return SHA256.hash(data: Array(text.utf8)).prefix(8).map {
            String($0 >> 4, radix: 16) + String($0 & 0xF, radix: 16)
        }.joined()
    }

    // MARK: - Pod

    private var podSpec: JSONValue {
        let spec = webServer.spec
        return JSONValue.compact([
            "containers": [container],
            "volumes": volumes.isEmpty ? nil : .array(volumes),
            "imagePullSecrets": spec.imagePullSecrets.map { .array($0.map(\.json)) },
            "serviceAccountName": spec.serviceAccountName.map(JSONValue.string),
            "nodeSelector": spec.nodeSelector.map(JSONValue.strings),
            "tolerations": spec.tolerations.map { .array($0.map(\.json)) },
            "affinity": spec.affinity?.json,
            "topologySpreadConstraints": spec.topologySpreadConstraints.map { .array($0.map(\.json)) },
            "securityContext": spec.podSecurityContext?.json,
        ]).withoutNulls
    }

    private var container: JSONValue {
        let spec = webServer.spec
        return .compact([
            "name": .string(WebServerNames.container),
            "image": .string(spec.webServerImage),
            "imagePullPolicy": (spec.imagePullPolicy?.rawValue).map(JSONValue.string),
            "command": spec.command.map(JSONValue.strings),
            "args": spec.args.map(JSONValue.strings),
            "env": spec.env.map { .array($0.map { StatedDefaults.variable($0.json) }) },
            "envFrom": spec.envFrom.map { .array($0.map(\.json)) },
            "resources": (spec.resources?.json).map(StatedDefaults.resources),
            "ports": [
                ["name": .string(WebServerNames.port), "containerPort": .int(Int64(spec.port)), "protocol": "TCP"]
            ],
            "securityContext": spec.securityContext?.json,
            "livenessProbe": (spec.livenessProbe?.json).map(StatedDefaults.probe),
            "readinessProbe": StatedDefaults.probe(spec.effectiveReadinessProbe.json),
            "startupProbe": (spec.startupProbe?.json).map(StatedDefaults.probe),
            "volumeMounts": mounts.isEmpty ? nil : .array(mounts),
        ])
    }

    private var mounts: [JSONValue] {
        var mounts: [JSONValue] = []
        if let volume = webServer.spec.persistentVolumeClaim {
            mounts.append(mount("data", path: volume.mountPath, readOnly: volume.readOnly, subPath: volume.subPath))
        }
        for (index, source) in webServer.spec.configFrom.enumerated() {
            mounts.append(
                mount("config-\(index)", path: source.mountPath, readOnly: source.readOnly, subPath: source.subPath)
            )
        }
        return mounts
    }

    private func mount(_ name: String, path: String, readOnly: Bool, subPath: String?) -> JSONValue {
        .compact([
            "name": .string(name), "mountPath": .string(path), "readOnly": readOnly ? true : nil,
            "subPath": subPath.map(JSONValue.string),
        ])
    }

    private var volumes: [JSONValue] {
        var volumes: [JSONValue] = []
        if let volume = webServer.spec.persistentVolumeClaim {
            // Read-only is said at the mount: on the volume it would keep a ReadWriteOnce claim from attaching on some drivers.
            volumes.append(["name": "data", "persistentVolumeClaim": ["claimName": .string(volume.name)]])
        }
        for (index, source) in webServer.spec.configFrom.enumerated() {
            guard let reference = source.reference else { continue }
            let items: JSONValue? = reference.items.map { items in
                .array(
                    items.map { item in
                        .compact([
                            "key": .string(item.key), "path": .string(item.path),
                            "mode": item.mode.map { .int(Int64($0)) },
                        ])
                    }
                )
            }
            let optional: JSONValue? = reference.optional ? true : nil
            let name = JSONValue.string("config-\(index)")
            if source.configMap != nil {
                volumes.append([
                    "name": name,
                    "configMap": .compact([
                        "name": .string(reference.name), "items": items, "optional": optional,
                        "defaultMode": StatedDefaults.fileMode,
                    ]),
                ])
            } else {
                volumes.append([
                    "name": name,
                    "secret": .compact([
                        "secretName": .string(reference.name), "items": items, "optional": optional,
                        "defaultMode": StatedDefaults.fileMode,
                    ]),
                ])
            }
        }
        return volumes
    }
}

import JSON

/// `kuma-sidecar`: a stock Envoy whose configuration is in its arguments.
struct SidecarContainer {
    let configuration: InjectorConfiguration
    let settings: SidecarSettings
    let bootstrap: EnvoyBootstrap

    /// The limit of one argument is 128 KiB on Linux, and an object's in etcd is 1.5 MiB.
    static let bootstrapLimit = 96 * 1024

    /// - Parameter bootstrapText: the bootstrap as JSON, for Kubernetes to expand.
    func json(bootstrapText: String) -> JSONValue {
        .compact([
            "name": .string(InjectionDecision.sidecarName),
            "image": .string(configuration.sidecarImage),
            "imagePullPolicy": configuration.imagePullPolicy.map(JSONValue.string),
            "command": .strings(configuration.sidecarCommand),
            "args": .strings(arguments(bootstrapText)),
            "env": .array(Self.fields + settings.environment.map(\.json)),
            "restartPolicy": configuration.usesNativeSidecars ? "Always" : nil,
            "resources": settings.resources.json(),
            "securityContext": securityContext,
            "startupProbe": configuration.usesNativeSidecars ? startupProbe : nil,
            "readinessProbe": readinessProbe,
            "lifecycle": ["preStop": ["httpGet": drainHook]],
            "volumeMounts": [
                [
                    "name": .string(SidecarVolumes.token),
                    "mountPath": .string(SidecarVolumes.tokenDirectory),
                    "readOnly": true,
                ]
            ],
        ])
    }

    private func arguments(_ bootstrapText: String) -> [String] {
        var arguments = [
            "--config-yaml", bootstrapText, "--log-level", settings.logLevel,
        ]
        // Without it Envoy has a thread per CPU that it sees.
        if settings.concurrency > 0 { arguments += ["--concurrency", "\(settings.concurrency)"] }
        if let levels = settings.componentLogLevel { arguments += ["--component-log-level", levels] }
        // Every answer from the start of a drain on asks the client to go elsewhere. Without hot restarts Envoy needs no shared memory.
        return arguments + [
            "--drain-time-s", "\(max(settings.drainTime, 1))", "--drain-strategy", "immediate", "--disable-hot-restart",
        ]
    }

    private static var fields: [JSONValue] {
        EnvironmentVariable.fields.map { field in
            [
                "name": .string(field.name),
                "valueFrom": ["fieldRef": ["apiVersion": "v1", "fieldPath": .string(field.path)]],
            ]
        }
    }

    private var securityContext: JSONValue {
        let user = JSONValue.int(Int64(settings.transparentProxy.uid))
        return [
            "runAsUser": user,
            "runAsGroup": user,
            "runAsNonRoot": true,
            "allowPrivilegeEscalation": false,
            "readOnlyRootFilesystem": true,
            "capabilities": ["drop": ["ALL"]],
            "seccompProfile": ["type": "RuntimeDefault"],
        ]
    }

    private var readiness: JSONValue {
        ["path": .string(EnvoyBootstrap.readinessPath), "port": .int(Int64(settings.readinessPort))]
    }

    /// Holds the containers that follow until the first configuration is live. Ten minutes: a restart of the sidecar would not bring back
    /// a control plane that is away, Envoy asks again by itself.
    private var startupProbe: JSONValue {
        ["httpGet": readiness, "periodSeconds": 1, "timeoutSeconds": 3, "failureThreshold": 600]
    }

    private var readinessProbe: JSONValue {
        [
            "httpGet": readiness, "periodSeconds": 2, "timeoutSeconds": 3, "successThreshold": 1, "failureThreshold": 5,
        ]
    }

    private var drainHook: JSONValue {
        ["path": .string(bootstrap.drain.path), "port": .int(Int64(settings.readinessPort))]
    }
}

import JSON

/// `kuma-init`: sets the traffic rules of the pod's network and ends.
struct InitContainer {
    static let name = "kuma-init"

    let configuration: InjectorConfiguration
    let settings: SidecarSettings

    var json: JSONValue {
        .compact([
            "name": .string(Self.name),
            "image": .string(configuration.initImage),
            "imagePullPolicy": configuration.imagePullPolicy.map(JSONValue.string),
            "command": .strings(configuration.initCommand),
            "args": .strings(["transparent-proxy", "install"] + settings.transparentProxy.arguments),
            "env": [["name": "XTABLES_LOCKFILE", "value": .string("\(SidecarVolumes.scratchDirectory)/xtables.lock")]],
            "resources": settings.initResources.json(storage: ("50M", "50M")),
            "securityContext": [
                "runAsUser": 0,
                "runAsGroup": 0,
                // The pod may demand otherwise of its own containers.
                "runAsNonRoot": false,
                "allowPrivilegeEscalation": false,
                "readOnlyRootFilesystem": true,
                "capabilities": ["add": ["NET_ADMIN", "NET_RAW"], "drop": ["ALL"]],
                "seccompProfile": ["type": "RuntimeDefault"],
            ],
            "volumeMounts": [
                ["name": .string(SidecarVolumes.initScratch), "mountPath": .string(SidecarVolumes.scratchDirectory)]
            ],
        ])
    }
}

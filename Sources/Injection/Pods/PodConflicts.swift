import JSON

/// What of a pod stands in the way of a sidecar. Injecting all the same would give a pod that the API server refuses or that breaks when it
/// runs.
struct PodConflicts {
    let pod: PodObject
    let settings: SidecarSettings

    /// - Throws: ``InjectionError`` for the first conflict.
    func check() throws(InjectionError) {
        guard !(try pod.named("containers").isEmpty) else {
            throw pod.error(.invalidPod, ["spec", "containers"], "must have at least one container")
        }
        for list in ["containers", "initContainers"] {
            for (index, container) in try pod.named(list).enumerated() {
                let path: FieldPath = ["spec", .key(list), .index(index)]
                if container["name"] == .string(InitContainer.name) {
                    throw pod.error(
                        .reservedName,
                        path.appending(key: "name"),
                        "a container named \(InitContainer.name) is added by injection: rename it"
                    )
                }
                // An init container with the sidecar's user is not redirected, which may well be meant.
                if list == "containers" { try checkUser(container, path) }
                try checkPorts(container, path)
            }
        }
        for (index, volume) in try pod.named("volumes").enumerated() {
            guard let name = volume["name"]?.stringValue, SidecarVolumes.names.contains(name) else { continue }
            throw pod.error(
                .reservedName,
                ["spec", "volumes", .index(index), "name"],
                "a volume named \(name) is added by injection: rename it"
            )
        }
    }

    /// Whoever runs as the sidecar's user bypasses the sidecar.
    private func checkUser(_ container: JSONValue, _ path: FieldPath) throws(InjectionError) {
        let uid = Int64(settings.transparentProxy.uid)
        let own = container[path: "securityContext", "runAsUser"]?.intValue
        let inherited = pod.value[path: "spec", "securityContext", "runAsUser"]?.intValue
        guard own ?? inherited == uid else { return }
        throw pod.error(
            .reservedUser,
            own == nil
                ? ["spec", "securityContext", "runAsUser"]
                : path.appending(key: "securityContext").appending(key: "runAsUser"),
            "user \(uid) is the sidecar's, whose traffic is not redirected: use another"
        )
    }

    private func checkPorts(_ container: JSONValue, _ path: FieldPath) throws(InjectionError) {
        for (index, entry) in (container["ports"]?.arrayValue ?? []).enumerated() {
            guard entry["protocol"]?.stringValue ?? "TCP" == "TCP", let port = entry["containerPort"]?.intValue,
                let conflict = settings.ports.first(where: { Int64($0.port) == port })
            else { continue }
            let remedy =
                switch conflict.port {
                case settings.adminPort: "set the annotation \(MetadataKey.adminPort)"
                case settings.probePort: "set the annotation \(MetadataKey.probePort)"
                default: "use another port"
                }
            throw pod.error(
                .reservedPort,
                path.appending(key: "ports").appending(index: index).appending(key: "containerPort"),
                "port \(port) is the sidecar's for \(conflict.use): \(remedy)"
            )
        }
    }
}

import JSON

/// What of a pod stands in the way of a sidecar. Injecting all the same would give a pod that the API server refuses or that breaks when it
/// runs.
struct PodConflicts {
    let pod: PodObject
    let settings: SidecarSettings

    /// Ports of the sidecar, and for what it uses them.
    private let uses: [Int64: String]

    init(pod: PodObject, settings: SidecarSettings) {
        self.pod = pod
        self.settings = settings
        uses = Dictionary(settings.ports.map { (Int64($0.port), $0.use) }, uniquingKeysWith: { first, _ in first })
    }

    /// - Throws: ``InjectionError`` for the first conflict, or for what there is too much of.
    func check() throws(InjectionError) {
        let lists = [("containers", try pod.named("containers")), ("initContainers", try pod.named("initContainers"))]
        guard !lists[0].1.isEmpty else {
            throw pod.error(.invalidPod, ["spec", "containers"], "must have at least one container")
        }
        let count = lists[0].1.count + lists[1].1.count
        try checkCount(count, InjectionLimits.containers, ["spec", "containers"], "containers")
        var ports = 0
        for (list, containers) in lists {
            for (index, container) in containers.enumerated() {
                try pod.step()
                ports += container["ports"]?.arrayValue?.count ?? 0
                try checkCount(ports, InjectionLimits.ports, ["spec", "containers"], "ports")
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
        let volumes = try pod.named("volumes")
        try checkCount(volumes.count, InjectionLimits.volumes, ["spec", "volumes"], "volumes")
        for (index, volume) in volumes.enumerated() {
            guard let name = volume["name"]?.stringValue, SidecarVolumes.names.contains(name) else { continue }
            throw pod.error(
                .reservedName,
                ["spec", "volumes", .index(index), "name"],
                "a volume named \(name) is added by injection: rename it"
            )
        }
    }

    private func checkCount(_ count: Int, _ limit: Int, _ path: FieldPath, _ what: String) throws(InjectionError) {
        guard count > limit else { return }
        throw pod.error(.tooLarge, path, "a pod with a sidecar may have at most \(limit) \(what)")
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
            try pod.step()
            guard entry["protocol"]?.stringValue ?? "TCP" == "TCP", let port = entry["containerPort"]?.intValue,
                let use = uses[port]
            else { continue }
            let remedy =
                switch UInt16(exactly: port) {
                case settings.adminPort: "set the annotation \(MetadataKey.adminPort)"
                case settings.probePort: "set the annotation \(MetadataKey.probePort)"
                default: "use another port"
                }
            throw pod.error(
                .reservedPort,
                path.appending(key: "ports").appending(index: index).appending(key: "containerPort"),
                "port \(port) is the sidecar's for \(use): \(remedy)"
            )
        }
    }
}

import JSON

/// What an earlier injection left in a pod that was copied without its labels or annotations, as `kubectl debug --copy-to` does.
///
/// Such a sidecar never gets its configuration: the control plane knows injected pods by their annotation, and their mesh by their label.
/// ``clean(_:)`` takes out all that injection had added, so that the pod can be injected anew.
struct StaleSidecar {
    /// What the copied sidecar starts with; `nil` when it cannot be read.
    private let bootstrap: JSONValue?

    /// `nil` for a pod that has no sidecar of this injector, or one that the control plane knows.
    init?(_ pod: PodObject) {
        let lists = ["initContainers", "containers"].compactMap { pod.value[path: "spec", $0]?.arrayValue }
        let sidecar = lists.joined().first {
            $0["name"]?.stringValue == InjectionDecision.sidecarName && Self.isOurs($0)
        }
        guard let sidecar else { return nil }
        let metadata = pod.value["metadata"]
        let isKnown =
            metadata?[path: "annotations", MetadataKey.injected] == "true"
            && metadata?[path: "labels", MetadataKey.mesh]?.stringValue != nil
        guard !isKnown else { return nil }
        bootstrap = Self.bootstrap(of: sidecar)
    }

    /// The mesh of the original; `nil` when it is not known.
    var mesh: String? { bootstrap?[path: "node", "metadata", "mesh"]?.stringValue }

    private static func isOurs(_ container: JSONValue) -> Bool {
        container["volumeMounts"]?.arrayValue?.contains {
            $0["name"]?.stringValue == SidecarVolumes.token
                && $0["mountPath"]?.stringValue == SidecarVolumes.tokenDirectory
        } == true
    }

    private static func bootstrap(of sidecar: JSONValue) -> JSONValue? {
        guard let arguments = sidecar["args"]?.arrayValue,
            let flag = arguments.firstIndex(of: "--config-yaml"), flag + 1 < arguments.count,
            let text = arguments[flag + 1].stringValue, text.utf8.count <= SidecarContainer.bootstrapLimit
        else { return nil }
        do {
            return try JSONValue(parsing: VariableExpansion.expanded(text, [:]))
        } catch {
            return nil
        }
    }

    // MARK: - Cleaning

    /// The pod without what injection had added, and with its own probes.
    func clean(_ pod: PodObject) throws(InjectionError) -> PodObject {
        var clean = pod.value
        let originals = probes
        for list in ["containers", "initContainers"] {
            guard pod.value[path: "spec", list]?.arrayValue != nil else { continue }
            var kept: [JSONValue] = []
            for container in try pod.named(list) where !Self.isAdded(container) {
                try pod.step()
                kept.append(Self.restored(container, originals))
            }
            // As before, a pod without init containers has no empty list of them.
            clean[path: "spec", list] = kept.isEmpty && list == "initContainers" ? nil : .array(kept)
        }
        if pod.value[path: "spec", "volumes"]?.arrayValue != nil {
            let volumes = try pod.named("volumes")
                .filter { !SidecarVolumes.names.contains($0["name"]?.stringValue ?? "") }
            clean[path: "spec", "volumes"] = volumes.isEmpty ? nil : .array(volumes)
        }
        return PodObject(clean, object: pod.object, path: pod.path)
    }

    private static func isAdded(_ container: JSONValue) -> Bool {
        [InjectionDecision.sidecarName, InitContainer.name].contains(container["name"]?.stringValue)
    }

    /// Where the kubelet asked the old sidecar, and what that asked the application.
    private struct Original: Hashable {
        var port: Int64
        var path: String?
    }

    private var probes: [Original: UInt16] {
        var probes: [Original: UInt16] = [:]
        for listener in bootstrap?[path: "static_resources", "listeners"]?.arrayValue ?? [] {
            guard let name = listener["name"]?.stringValue,
                let port = listener[path: "address", "socket_address", "port_value"]?.intValue
            else { continue }
            if name == EnvoyBootstrap.probeListener {
                probes[Original(port: port)] = 0
            } else if name.hasPrefix(EnvoyBootstrap.grpcProbeListenerPrefix),
                let own = UInt16(name.dropFirst(EnvoyBootstrap.grpcProbeListenerPrefix.count))
            {
                probes[Original(port: port, path: "grpc")] = own
            }
        }
        return probes
    }

    private static func restored(_ container: JSONValue, _ probes: [Original: UInt16]) -> JSONValue {
        var container = container
        for kind in ProbeRewriter.kinds {
            if let get = container[kind]?["httpGet"], let port = get["port"]?.intValue,
                probes[Original(port: port)] != nil, let path = get["path"]?.stringValue,
                let original = original(get, path)
            {
                container[kind]?["httpGet"] = original["httpGet"]
                if let socket = original["tcpSocket"] { container[kind]?["tcpSocket"] = socket }
            } else if let port = container[kind]?["grpc"]?["port"]?.intValue,
                let own = probes[Original(port: port, path: "grpc")]
            {
                container[kind]?["grpc"]?["port"] = .int(Int64(own))
            }
        }
        return container
    }

    /// The reverse of ``ProbeRewriter``; `nil` for a path that it did not write.
    private static func original(_ get: JSONValue, _ path: String) -> JSONValue? {
        if path.hasPrefix(ProbeTarget.tcpPrefix) {
            guard let port = UInt16(path.dropFirst(ProbeTarget.tcpPrefix.count)) else { return nil }
            return ["tcpSocket": ["port": .int(Int64(port))]]
        }
        let isSecure = path.hasPrefix("/https/")
        let rest = path.dropFirst(isSecure ? "/https/".count : 1)
        let digits = rest.prefix { $0 != "/" }
        guard let port = UInt16(digits) else { return nil }
        var get = get
        get["port"] = .int(Int64(port))
        get["path"] = .string(String(rest.dropFirst(digits.count)))
        if isSecure { get["scheme"] = "HTTPS" }
        return ["httpGet": get]
    }
}

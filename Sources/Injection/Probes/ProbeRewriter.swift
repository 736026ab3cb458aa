import JSON

/// Points the probes of a pod's containers at the sidecar.
///
/// The kubelet's connections come from outside of the pod: under redirection they would reach the sidecar's inbound listener, which knows
/// them not at all, or wants a certificate. Hooks (`lifecycle`) are left alone, and so are probes that are not redirected or not well formed.
struct ProbeRewriter {
    let pod: PodObject
    let probePort: UInt16
    let excludedPorts: [PortRange]
    /// Ports that no listener of the sidecar may take, besides those already taken.
    private let usedPorts: Set<UInt16>
    /// The least port that a further listener may have.
    private var nextPort: UInt16?
    private var grpcPorts: [UInt16: UInt16] = [:]
    private var found = UniqueList<ProbeTarget>()
    private(set) var warnings: [String] = []

    /// In the order found, without repetition.
    var targets: [ProbeTarget] { found.elements }

    init(pod: PodObject, probePort: UInt16, excludedPorts: [PortRange], usedPorts: Set<UInt16>) {
        self.pod = pod
        self.probePort = probePort
        self.excludedPorts = excludedPorts
        self.usedPorts = usedPorts
        nextPort = probePort == .max ? nil : probePort + 1
    }

    static let kinds = ["livenessProbe", "readinessProbe", "startupProbe"]

    mutating func rewrite(_ container: JSONValue) throws(InjectionError) -> JSONValue {
        var container = container
        for kind in Self.kinds {
            guard let probe = container[kind], case .object = probe else { continue }
            try pod.step()
            if let rewritten = try rewritten(probe, of: container, kind) { container[kind] = rewritten }
        }
        return container
    }

    /// `nil` for a probe that stays as it is.
    private mutating func rewritten(
        _ probe: JSONValue,
        of container: JSONValue,
        _ kind: String
    ) throws(InjectionError) -> JSONValue? {
        var probe = probe
        for action in ["httpGet", "tcpSocket", "grpc"] {
            guard let old = probe[action], case .object = old else { continue }
            // Another host is not this pod.
            if let host = old["host"], !host.isNull, host != "" { return nil }
            guard let port = port(old["port"], of: container) else {
                let name = container["name"]?.stringValue ?? ""
                warnings.append(
                    "\(pod.object): the \(kind) of container \(name) is left as it is: its port is not declared"
                )
                return nil
            }
            if excludedPorts.contains(where: { $0.contains(port) }) { return nil }
            switch action {
            case "httpGet":
                guard let new = try rewrittenGet(old, port) else { return nil }
                probe[action] = new
            case "tcpSocket":
                try add(.tcp(port: port))
                probe[action] = nil
                probe["httpGet"] = ["path": .string("\(ProbeTarget.tcpPrefix)\(port)"), "port": .int(Int64(probePort))]
            default:
                guard let own = try grpcPort(for: port) else { return nil }
                probe[action]?["port"] = .int(Int64(own))
            }
            return probe
        }
        return nil
    }

    private mutating func rewrittenGet(_ old: JSONValue, _ port: UInt16) throws(InjectionError) -> JSONValue? {
        let scheme = old["scheme"]?.stringValue ?? "HTTP"
        let text = old["path"]?.stringValue ?? ""
        guard ["HTTP", "HTTPS", ""].contains(scheme) else { return nil }
        let path = ProbePath(text).onTheWire
        let isSecure = scheme == "HTTPS"
        try add(isSecure ? .https(port: port, path: path) : .http(port: port, path: path))
        var new = old
        new["port"] = .int(Int64(probePort))
        // The text and not what is on the wire: the kubelet reads it again.
        new["path"] = .string("\(isSecure ? "/https" : "")/\(port)\(text.hasPrefix("/") ? "" : "/")\(text)")
        new["scheme"] = nil
        return new
    }

    /// `nil` when none is left.
    private mutating func grpcPort(for applicationPort: UInt16) throws(InjectionError) -> UInt16? {
        if let known = grpcPorts[applicationPort] { return known }
        while let port = nextPort {
            try pod.step()
            nextPort = port == .max ? nil : port + 1
            guard !usedPorts.contains(port) else { continue }
            grpcPorts[applicationPort] = port
            try add(.grpc(applicationPort: applicationPort, port: port))
            return port
        }
        return nil
    }

    private mutating func add(_ target: ProbeTarget) throws(InjectionError) {
        guard found.append(target), found.count > InjectionLimits.probes else { return }
        let message = "has more than the \(InjectionLimits.probes) different probes that a sidecar can answer"
        throw pod.error(.tooLarge, ["spec", "containers"], message)
    }

    private func port(_ value: JSONValue?, of container: JSONValue) -> UInt16? {
        if let name = value?.stringValue {
            let ports = container["ports"]?.arrayValue ?? []
            return port(ports.first { $0["name"]?.stringValue == name }?["containerPort"])
        }
        return port(value)
    }

    private func port(_ value: JSONValue?) -> UInt16? {
        value?.intValue.flatMap { $0 > 0 ? UInt16(exactly: $0) : nil }
    }
}

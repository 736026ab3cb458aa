import KubeModel

/// Makes the tags of a pod's inbounds (Kuma 2.14).
struct InboundTags {
    private let pod: Pod
    private let options: DataplaneOptions
    private let nodeTags: FlatMap
    /// What all inbounds have.
    private let podTags: [String: String]

    /// - Parameter nodeTags: those of the labels of the pod's node that become tags.
    init(of pod: Pod, nodeTags: FlatMap, options: DataplaneOptions) {
        self.pod = pod
        self.options = options
        self.nodeTags = nodeTags
        var tags = [TagName.namespace: pod.namespace]
        for (name, value) in pod.labels.entries where !value.isEmpty && !name.contains(MeshMarks.domain) {
            tags[name] = value
        }
        podTags = tags
    }

    /// - Parameter isGateway: a delegated gateway speaks tcp only; it is not told to speak anything else.
    func tags(for port: KubeService.Port, of service: KubeService, isGateway: Bool) -> Tags {
        var tags = podTags
        tags[TagName.serviceName] = service.name
        tags[TagName.servicePort] = String(port.number)
        tags[TagName.service] = service.serviceTag(of: port)
        addPlace(to: &tags)
        let spoken = service.protocolTag(of: port)
        if !isGateway || spoken == TrafficProtocol.tcp.rawValue { tags[TagName.protocolName] = spoken }
        if service.isHeadless { tags[TagName.instance] = pod.name }
        return Tags(tags)
    }

    /// The tags of a pod that no Service makes reachable.
    func servicelessTags() -> Tags {
        var tags = podTags
        tags[TagName.service] = "\(WorkloadName(of: pod).name)_\(pod.namespace)_svc"
        tags[TagName.protocolName] = TrafficProtocol.tcp.rawValue
        tags[TagName.instance] = pod.name
        addPlace(to: &tags)
        return Tags(tags)
    }

    private func addPlace(to tags: inout [String: String]) {
        if !options.zone.isEmpty { tags[TagName.zone] = options.zone }
        for (name, value) in nodeTags.entries { tags[name] = value }
    }
}

extension KubeService {
    /// What is said to be spoken on a port, in lower case: `appProtocol` if it is one that is known, else the annotation, else tcp.
    ///
    /// An annotation's value is given as it is, so that its effect can be seen even if it means nothing.
    func protocolTag(of port: Port) -> String {
        if let said = port.appProtocol?.lowercased(), Self.knownProtocols.contains(said) { return said }
        let said = annotations["\(port.number)\(MeshMarks.protocolSuffix)"]?.lowercased() ?? ""
        return said.isEmpty ? TrafficProtocol.tcp.rawValue : said
    }

    /// Those that Kuma 2.14 reads; tls and mysql are tcp to a proxy.
    static let knownProtocols = Set(TrafficProtocol.allCases.map(\.rawValue) + ["tls", "mysql"])
}

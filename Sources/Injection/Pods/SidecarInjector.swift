import JSON

/// Adds a sidecar to pods.
///
/// Everything of the pod that is not known here stays as it is; injecting twice does nothing the second time.
package struct SidecarInjector: Hashable, Sendable {
    package let configuration: InjectorConfiguration

    package init(_ configuration: InjectorConfiguration) {
        self.configuration = configuration
    }

    /// - Parameters:
    ///   - pod: as the API server hands it to a webhook, perhaps without a name.
    ///   - drainToken: what the kubelet proves itself with when it tells the sidecar that the pod ends. Letters and
    ///     digits; best random, and another for each pod. Whoever may read the pod knows it.
    /// - Throws: ``InjectionError`` when a sidecar was asked for and cannot be had. That the mesh exists is for the caller to check.
    package func inject(
        pod: JSONValue,
        namespace: NamespaceMetadata,
        drainToken: String
    ) throws(InjectionError) -> InjectionOutcome {
        try inject(PodObject(pod: pod, namespace: namespace.name), namespace: namespace, drainToken: drainToken)
    }

    func inject(
        _ pod: PodObject,
        namespace: NamespaceMetadata,
        drainToken: String
    ) throws(InjectionError) -> InjectionOutcome {
        let stale = StaleSidecar(pod)
        switch try InjectionDecision(pod, namespace: namespace, exceptions: configuration.exceptionLabels) {
        case .skip(let reason):
            var warnings = reason.isUnexpected ? ["\(pod.object): no sidecar injected: \(reason.words)"] : []
            if stale != nil {
                let why = "its \(InjectionDecision.sidecarName) was copied from another pod and gets no configuration"
                warnings.append("\(pod.object): the pod will not start: \(why); injection would renew it")
            }
            return InjectionOutcome(object: pod.value, action: .skipped(reason), warnings: warnings)
        case .inject(let mesh):
            guard let stale else { return try mutate(pod, mesh: mesh, namespace, drainToken: drainToken) }
            var outcome = try mutate(try stale.clean(pod), mesh: mesh, namespace, drainToken: drainToken)
            outcome.warnings.insert("\(pod.object): \(Self.copied(pod))", at: 0)
            return outcome
        }
    }

    private static func copied(_ pod: PodObject) -> String {
        let renewed = "the sidecar copied from another pod was replaced by a new one"
        guard pod.value[path: "metadata", "annotations", MetadataKey.injected] == nil else { return renewed }
        return
            "\(renewed), with default settings since the annotations were not copied (kubectl debug --keep-annotations)"
    }

    private func mutate(
        _ pod: PodObject,
        mesh: String,
        _ namespace: NamespaceMetadata,
        drainToken: String
    ) throws(InjectionError) -> InjectionOutcome {
        let metadata = try pod.metadata()
        var settings = try SidecarSettings(mesh: mesh, metadata, configuration)
        try PodConflicts(pod: pod, settings: settings).check()
        var mutated = pod.value
        let probes = try rewriteProbes(of: pod, settings, in: &mutated)
        settings.warnings += probes.warnings
        if !configuration.usesNativeSidecars, pod.runsToCompletion {
            let why =
                "a plain sidecar goes on when the application has ended, which native sidecars (Kubernetes 1.29) do not"
            settings.warnings.append("\(pod.object): the pod does not complete by itself: \(why)")
        }
        settings.warnings += refusals(pod, settings, namespace)
        settings.transparentProxy.excludedInboundPorts += excludedPorts(settings, probes.targets)

        let bootstrap = EnvoyBootstrap(
            settings: settings,
            controlPlane: configuration.controlPlane,
            reportsLoad: configuration.reportsLoad,
            probes: probes.targets,
            drain: .init(token: drainToken, wait: drainWait(settings, pod))
        )
        let text = bootstrap.json.encodedText()
        guard text.utf8.count <= SidecarContainer.bootstrapLimit else {
            let limit = SidecarContainer.bootstrapLimit
            let message =
                "the sidecar's configuration has \(text.utf8.count) bytes, more than the \(limit) allowed: has the pod too many probes?"
            throw pod.error(.tooLarge, ["spec", "containers"], message)
        }
        guard configuration.controlPlane.certificateAuthority.utf8.count <= SidecarContainer.bootstrapLimit else {
            let message =
                "the certificates by which the control plane is known have more than \(SidecarContainer.bootstrapLimit) bytes"
            throw pod.error(.tooLarge, ["metadata", "annotations"], message)
        }
        let sidecar = SidecarContainer(configuration: configuration, settings: settings, bootstrap: bootstrap)
        place(sidecar.json(bootstrapText: text), settings, try pod.named("containers").count == 1, in: &mutated)
        let volumes = try pod.named("volumes") + SidecarVolumes.json(configuration.controlPlane)
        mutated[path: "spec", "volumes"] = .array(volumes)
        mutated[path: "metadata", "labels"] = .strings(metadata.labels.merging([MetadataKey.mesh: mesh]) { $1 })
        mutated[path: "metadata", "annotations"] = .strings(annotations(metadata, settings, pod))
        return InjectionOutcome(object: mutated, action: .injected(settings), warnings: settings.warnings)
    }
}

extension SidecarInjector {
    private func rewriteProbes(
        of pod: PodObject,
        _ settings: SidecarSettings,
        in mutated: inout JSONValue
    ) throws(InjectionError) -> (targets: [ProbeTarget], warnings: [String]) {
        guard let probePort = settings.probePort else { return ([], []) }
        let lists = [("containers", try pod.named("containers")), ("initContainers", try pod.named("initContainers"))]
        let declared = lists.flatMap(\.1).flatMap { $0["ports"]?.arrayValue ?? [] }
            .compactMap { $0["containerPort"]?.intValue.flatMap(UInt16.init(exactly:)) }
        var rewriter = ProbeRewriter(
            pod: pod,
            probePort: probePort,
            excludedPorts: settings.transparentProxy.excludedInboundPorts,
            usedPorts: Set(declared).union(settings.ports.map(\.port)).union([TransparentProxySettings.defaultDNSPort])
        )
        var warnings: [String] = []
        for (list, containers) in lists where !containers.isEmpty {
            // The kubelet starts what follows an init container when its startup probe has succeeded, and a plain sidecar follows them all:
            // nobody would answer. Source: Kuma 2.14.
            guard list == "containers" || configuration.usesNativeSidecars else {
                warnings = unansweredProbes(pod, containers, settings)
                continue
            }
            var rewritten: [JSONValue] = []
            for container in containers { rewritten.append(try rewriter.rewrite(container)) }
            mutated[path: "spec", list] = .array(rewritten)
        }
        return (rewriter.targets, rewriter.warnings + warnings)
    }

    /// Of init containers that start after the traffic rules and before a plain sidecar.
    private func unansweredProbes(
        _ pod: PodObject,
        _ containers: [JSONValue],
        _ settings: SidecarSettings
    ) -> [String] {
        guard settings.isInitFirst else { return [] }
        let probed = containers.filter { container in
            ["httpGet", "tcpSocket", "grpc"].contains { container["startupProbe"]?[$0] != nil }
        }
        return probed.compactMap { $0["name"]?.stringValue }.map {
            "\(pod.object): the startupProbe of init container \($0) cannot succeed with \(MetadataKey.initFirst): "
                + "its traffic is redirected before the sidecar runs; leave the annotation out, or exclude the port"
        }
    }

    /// Why the API server would refuse the pod for what injection adds to it.
    private func refusals(
        _ pod: PodObject,
        _ settings: SidecarSettings,
        _ namespace: NamespaceMetadata
    ) -> [String] {
        var reasons: [String] = []
        if let level = namespace.podSecurityLevel {
            reasons.append(
                "Pod Security level \(level) of namespace \(namespace.name) refuses the pod: \(InitContainer.name) needs "
                    + "NET_ADMIN and NET_RAW, which only \(NamespaceMetadata.podSecurityLabel)=privileged allows"
            )
        }
        let limits = namespace.limits
        reasons += limits.objections(to: InitContainer.name, settings.initResources)
            .map { "\($0): set \(MetadataKey.initResources)" }
        reasons += limits.objections(to: InjectionDecision.sidecarName, settings.resources)
            .map { "\($0): set \(MetadataKey.sidecarResources)" }
        return reasons.map { "\(pod.object): \($0)" }
    }

    /// The kubelet's way to the sidecar.
    private func excludedPorts(_ settings: SidecarSettings, _ probes: [ProbeTarget]) -> [PortRange] {
        guard settings.transparentProxy.redirectsInbound else { return [] }
        var ports = [settings.readinessPort]
        if let port = settings.probePort { ports.append(port) }
        for case .grpc(_, let port) in probes { ports.append(port) }
        return ports.map(PortRange.init)
    }

    /// A native sidecar is told to end after the application has ended. A plain container is told at the same moment, so that it must be
    /// held for as long as the application may take; five seconds are left to end in.
    private func drainWait(_ settings: SidecarSettings, _ pod: PodObject) -> Int {
        configuration.usesNativeSidecars ? 0 : min(settings.drainTime, max(pod.terminationGracePeriod - 5, 0))
    }

    /// A native sidecar starts after the traffic rules and before everything else, so that init containers have a mesh. A plain one is the
    /// first of the containers; the pod's own init containers would find no proxy, so that the rules come last unless the pod says so.
    private func place(
        _ sidecar: JSONValue,
        _ settings: SidecarSettings,
        _ hasOneContainer: Bool,
        in pod: inout JSONValue
    ) {
        let rules = InitContainer(configuration: configuration, settings: settings).json
        let initContainers = pod[path: "spec", "initContainers"]?.arrayValue ?? []
        if configuration.usesNativeSidecars {
            pod[path: "spec", "initContainers"] = .array([rules, sidecar] + initContainers)
        } else {
            let containers = pod[path: "spec", "containers"]?.arrayValue ?? []
            pod[path: "spec", "containers"] = .array([sidecar] + containers)
            pod[path: "spec", "initContainers"] = .array(
                settings.isInitFirst ? [rules] + initContainers : initContainers + [rules]
            )
        }
    }

    private func annotations(
        _ metadata: MetadataReader,
        _ settings: SidecarSettings,
        _ pod: PodObject
    ) -> [String: String] {
        let rules = settings.transparentProxy
        var added = [
            MetadataKey.injected: "true",
            MetadataKey.ipFamilyMode: rules.ipFamilyMode.rawValue,
            MetadataKey.adminPort: "\(settings.adminPort)",
            MetadataKey.tokenSource: SidecarVolumes.tokenSource,
        ]
        if !configuration.controlPlane.certificateAuthority.isEmpty {
            added[MetadataKey.trustBundle] = SecretFile.trustBundle(
                authorities: configuration.controlPlane.certificateAuthority
            )
        }
        for (key, value) in settings.fixedValues { added[key] = value }
        if let port = settings.probePort { added[MetadataKey.probePort] = "\(port)" }
        let containers = pod.value[path: "spec", "containers"]?.arrayValue ?? []
        if containers.count == 1, metadata.annotations[MetadataKey.defaultContainer] == nil {
            added[MetadataKey.defaultContainer] = containers[0]["name"]?.stringValue
        }
        return metadata.annotations.merging(added) { $1 }
    }
}

import JSON

/// What one pod's sidecar is like: the injector's configuration with what the pod's labels and annotations change.
package struct SidecarSettings: Hashable, Sendable {
    package var mesh: String
    /// A delegated gateway takes its traffic itself: only what it sends goes through the sidecar, and its probes are left alone.
    package var isGateway: Bool
    package var transparentProxy: TransparentProxySettings
    /// How long the sidecar discourages connections before it ends, in seconds.
    package var drainTime: Int
    /// Threads; 0 for one per CPU that Envoy sees.
    package var concurrency: Int
    package var logLevel: String
    package var componentLogLevel: String?
    package var adminPort: UInt16
    package var readinessPort: UInt16
    /// `nil` when application probes are left alone.
    package var probePort: UInt16?
    package var resources: SidecarResources
    package var initResources: SidecarResources
    /// Whether the traffic rules are set before the pod's own init containers, where there are no native sidecars.
    package var isInitFirst: Bool
    package var environment: [EnvironmentVariable]
    /// For people: settings that mean nothing here.
    package var warnings: [String]
}

extension SidecarSettings {
    /// - Throws: ``InjectionError`` for the first label or annotation whose value is not understood.
    init(mesh: String, _ metadata: MetadataReader, _ configuration: InjectorConfiguration) throws(InjectionError) {
        self.mesh = mesh
        let gateway = try metadata.labelOrAnnotation(MetadataKey.gateway, Self.isGateway)
        isGateway = gateway ?? false
        drainTime = try metadata.annotation(MetadataKey.drainTime, SettingValue.seconds) ?? configuration.drainTime
        concurrency =
            try metadata.annotation(MetadataKey.concurrency, SettingValue.concurrency) ?? configuration.concurrency
        logLevel = try metadata.text(MetadataKey.logLevel, EnvoyLogLevel.level) ?? configuration.logLevel
        componentLogLevel = try metadata.text(MetadataKey.componentLogLevel, EnvoyLogLevel.componentLevels)
        let adminPort = try metadata.annotation(MetadataKey.adminPort, SettingValue.portOrDefault)
        self.adminPort = (adminPort ?? nil) ?? configuration.adminPort
        readinessPort = configuration.readinessPort
        let probePort = try metadata.annotation(MetadataKey.probePort, SettingValue.portOrOff)
        self.probePort = isGateway ? nil : probePort ?? configuration.probePort
        resources = try configuration.resources.adjusted(by: metadata, keys: .sidecar)
        initResources = try configuration.initResources.adjusted(
            by: metadata,
            keys: .initContainer,
            followsLone: true
        )
        isInitFirst = try metadata.annotation(MetadataKey.initFirst, SettingValue.isEnabled) ?? false
        environment = try metadata.annotation(MetadataKey.environment, EnvironmentVariable.list) ?? []
        transparentProxy = configuration.transparentProxy
        transparentProxy.redirectsInbound = !isGateway
        warnings = IneffectiveAnnotation.all(in: metadata).map(\.warning)
        try readTrafficSettings(metadata, dnsPort: configuration.dnsPort)
        try checkPorts(metadata)
        for (key, value) in fixedValues {
            guard let given = metadata.annotations[key], given != value else { continue }
            if key == MetadataKey.transparentProxying, given == "true" || given == "yes" { continue }
            let why = "it is the same for all pods, and written by the injector as \(value)"
            warnings.append(IneffectiveAnnotation(object: metadata.object, key: key, why: why).warning)
        }
    }

    /// What injection writes into annotations and no pod can change.
    var fixedValues: [(key: String, value: String)] {
        let rules = transparentProxy
        return [
            (MetadataKey.transparentProxying, "enabled"), (MetadataKey.sidecarUID, "\(rules.uid)"),
            (MetadataKey.outboundPort, "\(rules.outboundPort)"),
        ] + (rules.redirectsInbound ? [(MetadataKey.inboundPort, "\(rules.inboundPort)")] : [])
    }

    /// Ports that the sidecar listens on, and for what.
    var ports: [(port: UInt16, use: String)] {
        [
            (adminPort, "Envoy's admin"), (readinessPort, "readiness"),
            (transparentProxy.outboundPort, "outbound traffic"),
        ]
            + (transparentProxy.redirectsInbound ? [(transparentProxy.inboundPort, "inbound traffic")] : [])
            + (probePort.map { [($0, "application probes")] } ?? [])
    }

    private mutating func readTrafficSettings(
        _ metadata: MetadataReader,
        dnsPort: UInt16?
    ) throws(InjectionError) {
        if let ports = try metadata.annotation(MetadataKey.excludeInboundPorts, PortRange.list) {
            transparentProxy.excludedInboundPorts += ports
        }
        if let ports = try metadata.annotation(MetadataKey.excludeOutboundPorts, PortRange.list) {
            transparentProxy.excludedOutboundPorts += ports
        }
        if let blocks = try metadata.annotation(MetadataKey.excludeInboundIPs, AddressBlock.list) {
            transparentProxy.excludedInboundAddresses += blocks
        }
        if let blocks = try metadata.annotation(MetadataKey.excludeOutboundIPs, AddressBlock.list) {
            transparentProxy.excludedOutboundAddresses += blocks
        }
        if let users = try metadata.annotation(MetadataKey.excludeOutboundPortsForUIDs, UserPortExclusion.list) {
            transparentProxy.excludedOutboundPortsForUsers += users
        }
        if let mode = try metadata.text(MetadataKey.ipFamilyMode, IPFamilyMode.init(setting:)) {
            transparentProxy.ipFamilyMode = mode
        }
        if try metadata.annotation(MetadataKey.builtinDNS, SettingValue.isEnabled) == true {
            transparentProxy.dnsPort = dnsPort
            if dnsPort == nil {
                let why = "sidecars are not configured to answer DNS"
                warnings.append("\(metadata.object): the annotation \(MetadataKey.builtinDNS) has no effect: \(why)")
            }
        }
    }

    private func checkPorts(_ metadata: MetadataReader) throws(InjectionError) {
        var uses: [UInt16: String] = [:]
        for (port, use) in ports {
            guard let other = uses.updateValue(use, forKey: port) else { continue }
            let key = port == probePort ? MetadataKey.probePort : MetadataKey.adminPort
            throw InjectionError(
                .invalidSetting,
                object: metadata.object,
                path: metadata.path.appending(key: "annotations").appending(key: key),
                "port \(port) cannot serve both \(other) and \(use): choose another"
            )
        }
    }

    private static func isGateway(_ text: String) throws(SettingProblem) -> Bool {
        if text == "provided" { return true }
        if text == "builtin" {
            throw SettingProblem(
                "there are no built-in gateways: use \"enabled\" for a gateway of your own, or leave it out"
            )
        }
        return try SettingValue.isEnabled(text)
    }
}

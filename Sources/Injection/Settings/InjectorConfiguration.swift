/// What an injector gives every pod; a pod's own settings are in ``SidecarSettings``.
package struct InjectorConfiguration: Hashable, Sendable {
    /// A stock Envoy.
    package var sidecarImage: String
    /// Looked up in the image's `PATH`; the image's own entry point is not used.
    package var sidecarCommand = ["envoy"]
    /// Our own image, which sets the traffic rules.
    package var initImage: String
    package var initCommand = ["swiftlet"]
    /// `nil` for the cluster's default.
    package var imagePullPolicy: String?
    package var controlPlane: ControlPlaneEndpoint
    /// Whether the server runs native sidecars: init containers that restart always, from Kubernetes 1.29 on.
    package var usesNativeSidecars: Bool
    /// Pods with one of these labels are left alone; `*` stands for any value.
    package var exceptionLabels = ["openshift.io/build.name": "*", "openshift.io/deployer-pod-for.name": "*"]

    /// What a pod gets that sets nothing else, in seconds.
    package var drainTime = 30
    /// Envoy's own default, which 0 stands for, is a thread per core of the node.
    package var concurrency = 2
    package var logLevel = "info"
    package var adminPort: UInt16 = 9901
    /// Where the kubelet asks for readiness. The same in every pod, since the control plane need not know it.
    package var readinessPort: UInt16 = 9902
    /// Where application probes are answered; `nil` leaves them alone.
    package var probePort: UInt16? = 9001
    package var resources = SidecarResources()
    /// Of the init container.
    package var initResources = SidecarResources.initContainer
    /// The ports, the user and the families; exclusions here are given to every pod.
    package var transparentProxy = TransparentProxySettings()
    /// Where sidecars answer DNS for pods that ask for it; `nil` when none can.
    package var dnsPort: UInt16?
    /// Whether sidecars report load to the control plane.
    package var reportsLoad = true

    package init(
        sidecarImage: String,
        initImage: String,
        controlPlane: ControlPlaneEndpoint,
        usesNativeSidecars: Bool
    ) {
        self.sidecarImage = sidecarImage
        self.initImage = initImage
        self.controlPlane = controlPlane
        self.usesNativeSidecars = usesNativeSidecars
    }
}

/// Where sidecars find their control plane, and how each knows the other.
package struct ControlPlaneEndpoint: Hashable, Sendable {
    /// A DNS name or an IP address.
    package var host: String
    package var port: UInt16
    /// The name in the server's certificate; `nil` when it is `host`. Needed where `host` is an address.
    package var serverName: String?
    /// The certificates by which the server is known, as PEM: what a sidecar trusts until its namespace has the ConfigMap
    /// ``SecretFile/configMapName``. Empty to wait for that.
    package var certificateAuthority: String
    /// Of the sidecar's token: no other service accepts it.
    package var tokenAudience = "swiftlet-xds"
    /// In seconds; the kubelet replaces a token after 80 % of it. At least 600.
    package var tokenLifetime = 3600

    package init(host: String, port: UInt16, serverName: String? = nil, certificateAuthority: String) {
        self.host = host
        self.port = port
        self.serverName = serverName
        self.certificateAuthority = certificateAuthority
    }
}

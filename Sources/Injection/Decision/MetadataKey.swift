/// The labels and annotations that injection reads and writes. Source: the annotations of Kuma 2.14; those under `swiftlet.phys.app` are
/// this program's own.
package enum MetadataKey {
    /// Label or annotation of a pod or a namespace: whether pods get a sidecar.
    package static let injection = "kuma.io/sidecar-injection"
    /// Label or annotation of a pod or a namespace: the name of the mesh. Injection writes it as a label.
    package static let mesh = "kuma.io/mesh"
    /// Label or annotation of a pod: a delegated gateway, see ``SidecarSettings/isGateway``.
    package static let gateway = "kuma.io/gateway"

    package static let excludeInboundPorts = "traffic.kuma.io/exclude-inbound-ports"
    package static let excludeOutboundPorts = "traffic.kuma.io/exclude-outbound-ports"
    package static let excludeInboundIPs = "traffic.kuma.io/exclude-inbound-ips"
    package static let excludeOutboundIPs = "traffic.kuma.io/exclude-outbound-ips"
    package static let excludeOutboundPortsForUIDs = "traffic.kuma.io/exclude-outbound-ports-for-uids"
    package static let ipFamilyMode = "kuma.io/transparent-proxying-ip-family-mode"
    package static let builtinDNS = "kuma.io/builtin-dns"

    package static let drainTime = "kuma.io/sidecar-drain-time"
    package static let concurrency = "kuma.io/sidecar-proxy-concurrency"
    package static let environment = "kuma.io/sidecar-env-vars"
    package static let logLevel = "kuma.io/envoy-log-level"
    package static let componentLogLevel = "kuma.io/envoy-component-log-level"
    package static let adminPort = "kuma.io/envoy-admin-port"
    package static let probePort = "kuma.io/application-probe-proxy-port"
    package static let initFirst = "kuma.io/init-first"

    package static let cpuRequest = "swiftlet.phys.app/sidecar-cpu-request"
    package static let cpuLimit = "swiftlet.phys.app/sidecar-cpu-limit"
    package static let memoryRequest = "swiftlet.phys.app/sidecar-memory-request"
    package static let memoryLimit = "swiftlet.phys.app/sidecar-memory-limit"

    package static let initCPURequest = "swiftlet.phys.app/init-cpu-request"
    package static let initCPULimit = "swiftlet.phys.app/init-cpu-limit"
    package static let initMemoryRequest = "swiftlet.phys.app/init-memory-request"
    package static let initMemoryLimit = "swiftlet.phys.app/init-memory-limit"

    /// For messages: the annotations of a container's resources.
    static let sidecarResources = "the annotations swiftlet.phys.app/sidecar-{cpu,memory}-{request,limit}"
    static let initResources = "the annotations swiftlet.phys.app/init-{cpu,memory}-{request,limit}"

    /// Written by injection: `true` on every pod with a sidecar.
    package static let injected = "kuma.io/sidecar-injected"
    /// Written by injection: the authorities that the sidecar trusts while its namespace has no ConfigMap ``SecretFile/configMapName``. Sidecars
    /// of pods without it know those in their arguments, for good.
    package static let trustBundle = "swiftlet.phys.app/trust-bundle"
    /// Written by injection: tells the sidecar where its token is.
    static let tokenSource = "swiftlet.phys.app/sidecar-token"
    static let sidecarUID = "kuma.io/sidecar-uid"
    static let transparentProxying = "kuma.io/transparent-proxying"
    static let inboundPort = "kuma.io/transparent-proxying-inbound-port"
    static let outboundPort = "kuma.io/transparent-proxying-outbound-port"
    static let defaultContainer = "kubectl.kubernetes.io/default-container"
}

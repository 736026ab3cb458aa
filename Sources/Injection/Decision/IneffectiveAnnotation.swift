/// An annotation that Kuma 2.14 reads from pods and that means nothing here: it is reported, not obeyed.
struct IneffectiveAnnotation: Hashable {
    /// The pod, as a user knows it.
    let object: String
    let key: String
    let why: String

    var warning: String { "\(object): the annotation \(key) has no effect: \(why)" }

    /// Those of a pod, by key.
    static func all(in metadata: MetadataReader) -> [IneffectiveAnnotation] {
        let known = reasons.filter { metadata.annotations[$0.key] != nil }
            .map { IneffectiveAnnotation(object: metadata.object, key: $0.key, why: $0.value) }
        // One stands for all applications that a pod names.
        let aggregate = metadata.annotations.keys.filter { $0.hasPrefix(aggregatePrefix) }.min()
            .map { IneffectiveAnnotation(object: metadata.object, key: $0, why: metrics) }
        return known.sorted { $0.key < $1.key } + (aggregate.map { [$0] } ?? [])
    }

    private static let metrics = "metrics are Envoy's own, and settings of a Mesh's metrics are not supported"
    private static let outbounds = "a sidecar has outbounds for all Services of its mesh"
    private static let zoneProxy = "there are no zone proxies: the sidecar of such a pod gets no configuration"
    private static let noBPF = "only iptables is supported"
    private static let aggregatePrefix = "prometheus.metrics.kuma.io/aggregate-"

    /// Source of the keys: `metadata/annotations.go` of Kuma 2.14.
    static let reasons: [String: String] = [
        "kuma.io/virtual-probes": "application probes are rewritten unless \(MetadataKey.probePort) is 0",
        "kuma.io/virtual-probes-port": "use \(MetadataKey.probePort)",
        "kuma.io/wait-for-dataplane-ready":
            "there is no agent to wait; native sidecars start in order by themselves",
        "kuma.io/container-patches": "there are no ContainerPatch objects",
        "kuma.io/service-account-token-volume": "the sidecar has a token of its own",
        "kuma.io/transparent-proxying-ebpf": noBPF,
        "kuma.io/transparent-proxying-ebpf-bpf-fs-path": noBPF,
        "kuma.io/transparent-proxying-ebpf-cgroup-path": noBPF,
        "kuma.io/transparent-proxying-ebpf-tc-attach-iface": noBPF,
        "kuma.io/transparent-proxying-ebpf-instance-ip-env-var-name": noBPF,
        "kuma.io/transparent-proxying-ebpf-programs-source-path": noBPF,
        "kuma.io/builtin-dns-port": "the port is part of the injector's configuration",
        "kuma.io/builtin-dns-logging": "not supported",
        "kuma.io/builtindns": "use \(MetadataKey.builtinDNS)",
        "kuma.io/builtindnsport": "the port is part of the injector's configuration",
        "kuma.io/xds-transport-protocol-variant": "the transport is always delta xDS",
        "kuma.io/transparent-proxying-reachable-services": outbounds,
        "kuma.io/reachable-backends": outbounds,
        "kuma.io/direct-access-services": "pods are reached through the addresses of Services only",
        "kuma.io/tags": "there are no built-in gateways",
        "kuma.io/workload": "a workload is known by its owner",
        "kuma.io/ingress": zoneProxy,
        "kuma.io/egress": zoneProxy,
        "kuma.io/ingress-public-address": zoneProxy,
        "kuma.io/ingress-public-port": zoneProxy,
        "prometheus.metrics.kuma.io/port": metrics,
        "prometheus.metrics.kuma.io/path": metrics,
        "traffic.kuma.io/drop-invalid-packets": "not supported",
        "traffic.kuma.io/iptables-logs": "not supported",
        "traffic.kuma.io/transparent-proxy-config": "settings come from single annotations only",
        "traffic.kuma.io/transparent-proxy-configmap-name": "settings come from annotations only",
        "k8s.kuma.io/spire-support": "not supported",
    ]
}

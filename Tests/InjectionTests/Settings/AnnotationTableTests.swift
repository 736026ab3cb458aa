import Injection
import JSON
import Testing

/// Each annotation that Kuma 2.14 reads from pods, in the spellings that its readers know and in those that they do not, with what becomes of
/// it. Source: `metadata/annotations.go`, `containers/factory.go` and `injector.go` of Kuma 2.14.
struct AnnotationTableTests {
    /// What an annotation leads to: a text of its effect, or `nil` for a refusal.
    struct Row: Sendable, CustomTestStringConvertible {
        let key: String
        let value: String
        let effect: String?

        init(_ key: String, _ value: String, _ effect: String?) {
            (self.key, self.value, self.effect) = (key, value, effect)
        }

        var testDescription: String { "\(key): \"\(value)\"" }
    }

    private static func rows(_ key: String, _ values: [(String, String?)]) -> [Row] {
        values.map { Row(key, $0.0, $0.1) }
    }

    /// As `GetEnabled` reads.
    private static func flags(_ key: String, on: String, off: String) -> [Row] {
        rows(
            key,
            ["enabled", "true", "yes"].map { ($0, on) } + ["disabled", "false", "no"].map { ($0, off) }
                + ["", "True", "ENABLED", "1", "0", "on", "y", " true", "true "].map { ($0, nil) }
        )
    }

    static let rows: [Row] =
        // A duration of Go; kuma-dp hands whole seconds to Envoy, cut off.
        rows(
            "kuma.io/sidecar-drain-time",
            [
                ("30s", "30"), ("1m", "60"), ("1m30s", "90"), ("1.5m", "90"), ("1.5s", "1"), ("500ms", "1"),
                ("0s", "1"),
                ("0", "1"), ("1h", "3600"), ("25h", "90000"), ("+5s", "5"), ("1500ms500ms", "2"), (".5m", "30"),
                ("1us", "1"), ("30", nil), ("", nil), ("1d", nil), ("-1s", nil), (" 30s", nil), ("30 s", nil),
                ("30S", nil),
                ("99999999999999999999s", nil), ("2000000h", nil), ("forever", nil),
            ]
        )
        // `GetUint32`; 0 is no --concurrency at all.
        + rows(
            "kuma.io/sidecar-proxy-concurrency",
            [
                ("0", "none"), ("1", "1"), ("4", "4"), ("04", "4"), ("1024", "1024"), ("", nil), ("-1", nil),
                ("+1", nil),
                ("1.0", nil), ("0x2", nil), (" 2", nil), ("two", nil), ("1e1", nil), ("1_0", nil), ("4294967296", nil),
            ]
        )
        + rows(
            "kuma.io/envoy-admin-port",
            [
                ("9911", "9911"), ("0", "9901"), ("00", "9901"), ("65535", "65535"), ("65536", nil), ("", nil),
                ("-1", nil),
                ("9911.0", nil), ("admin", nil),
            ]
        )
        + rows(
            "kuma.io/application-probe-proxy-port",
            [("9100", "9100"), ("0", "off"), ("65535", "65535"), ("", nil), ("65536", nil), ("off", nil), ("-1", nil)]
        )
        // Handed on to Envoy, which knows warn and warning.
        + rows(
            "kuma.io/envoy-log-level",
            [
                ("trace", "trace"), ("debug", "debug"), ("info", "info"), ("warning", "warning"), ("warn", "warning"),
                ("error", "error"), ("critical", "critical"), ("off", "off"), ("", "info"), ("loud", nil),
                ("INFO", nil),
            ]
        )
        + rows(
            "kuma.io/envoy-component-log-level",
            [
                ("upstream:debug", "upstream:debug"),
                ("upstream:debug,connection:trace", "upstream:debug,connection:trace"),
                ("upstream:warn", "upstream:warning"), ("upstream:debug, http:off", "upstream:debug,http:off"),
                ("", "none"), ("upstream", nil), ("upstream:loud", nil), (",", nil),
            ]
        )
        + rows(
            "kuma.io/sidecar-env-vars",
            [
                ("A=1", "A=1"), ("A=1;B=2", "A=1 B=2"), ("A=1;B=2;A=3", "B=2 A=3"), ("A=", "A="), ("A=x=y", "A=x=y"),
                ("A=1;", "A=1"), ("A=a b", "A=a b"), ("", ""), ("A", nil), ("=1", nil), ("1A=x", nil),
            ]
        )
        + flags("kuma.io/init-first", on: "kuma-init migrate", off: "migrate kuma-init")
        + flags("kuma.io/builtin-dns", on: "15053", off: "off")
        + rows(
            "kuma.io/transparent-proxying-ip-family-mode",
            [
                ("dualstack", "dualstack"), ("ipv4", "ipv4"), ("", "dualstack"), ("ipv6", nil), ("IPv4", nil),
                ("both", nil),
            ]
        )
        + rows(
            "kuma.io/gateway",
            [
                ("enabled", "gateway"), ("true", "gateway"), ("yes", "gateway"), ("provided", "gateway"),
                ("disabled", "none"), ("false", "none"), ("no", "none"), ("builtin", nil), ("", nil), ("perhaps", nil),
            ]
        )
        + ["in", "out"].flatMap { direction in
            rows(
                "traffic.kuma.io/exclude-\(direction)bound-ports",
                [
                    ("80", "80"), ("80,443", "80 443"), ("80, 443 ", "80 443"), ("8000-8010", "8000-8010"), ("", ""),
                    ("80,,443", "80 443"), ("0", nil), ("65536", nil), ("http", nil), ("10-5", nil), ("1-2-3", nil),
                ]
            )
                + rows(
                    "traffic.kuma.io/exclude-\(direction)bound-ips",
                    [
                        ("10.0.0.1", "10.0.0.1/32"), ("10.0.0.0/8,fd00::/8", "10.0.0.0/8 fd00::/8"),
                        ("10.0.0.1 , fe80::1", "10.0.0.1/32 fe80::1/128"), ("", ""), (",", ""), ("10.0.0.0/33", nil),
                        ("host", nil), ("10.0.0", nil),
                    ]
                )
        }
        + rows(
            "traffic.kuma.io/exclude-outbound-ports-for-uids",
            [
                ("tcp:22:1000-2000", "tcp:22:1000-2000"), ("udp:53:1001", "udp:53:1001"),
                ("80:1002", "tcp,udp:80:1002"),
                ("1003", "tcp,udp:1-65535:1003"), ("*:*:7", "tcp,udp:1-65535:7"), ("tcp,udp:53:1", "tcp,udp:53:1"),
                ("80,443:5;6", "tcp,udp:80,443:5 tcp,udp:1-65535:6"), ("", ""), ("tcp:80:*", nil), ("1,2", nil),
                ("sctp:80:1", nil), ("a:b:c:d", nil), ("x", nil),
            ]
        )
        + rows("kuma.io/mesh", [("lab", "lab"), ("", "default"), ("my.mesh", "my.mesh"), ("A", nil), ("a b", nil)])
        + flags("kuma.io/sidecar-injection", on: "injected", off: "left alone")

    private static let pod: JSONValue = {
        var pod = simplePod
        pod[path: "spec", "initContainers"] = [["name": "migrate", "image": "i"]]
        return pod
    }()

    private static func effect(of key: String, _ outcome: InjectionOutcome) -> String? {
        guard let settings = outcome.settings else { return "left alone" }
        let rules = settings.transparentProxy
        switch key {
        case "kuma.io/sidecar-drain-time": return outcome.sidecarArgument("--drain-time-s")
        case "kuma.io/sidecar-proxy-concurrency": return outcome.sidecarArgument("--concurrency") ?? "none"
        case "kuma.io/envoy-admin-port": return "\(settings.adminPort)"
        case "kuma.io/application-probe-proxy-port": return settings.probePort.map { "\($0)" } ?? "off"
        case "kuma.io/envoy-log-level": return outcome.sidecarArgument("--log-level")
        case "kuma.io/envoy-component-log-level": return outcome.sidecarArgument("--component-log-level") ?? "none"
        case "kuma.io/sidecar-env-vars":
            return settings.environment.map { "\($0.name)=\($0.value)" }.joined(separator: " ")
        case "kuma.io/init-first": return outcome.names("initContainers").joined(separator: " ")
        case "kuma.io/builtin-dns": return rules.dnsPort.map { "\($0)" } ?? "off"
        case "kuma.io/transparent-proxying-ip-family-mode": return rules.ipFamilyMode.rawValue
        case "kuma.io/gateway": return settings.isGateway ? "gateway" : "none"
        case "traffic.kuma.io/exclude-inbound-ports":
            // The last two are the sidecar's own.
            return rules.excludedInboundPorts.dropLast(2).map(\.description).joined(separator: " ")
        case "traffic.kuma.io/exclude-outbound-ports":
            return rules.excludedOutboundPorts.map(\.description).joined(separator: " ")
        case "traffic.kuma.io/exclude-inbound-ips":
            return rules.excludedInboundAddresses.map(\.description).joined(separator: " ")
        case "traffic.kuma.io/exclude-outbound-ips":
            return rules.excludedOutboundAddresses.map(\.description).joined(separator: " ")
        case "traffic.kuma.io/exclude-outbound-ports-for-uids":
            return rules.excludedOutboundPortsForUsers.map(\.description).joined(separator: " ")
        case "kuma.io/mesh": return settings.mesh
        default: return "injected"
        }
    }

    @Test(arguments: rows)
    func isReadAsKumaReadsIt(row: Row) throws {
        var configuration = InjectorConfiguration.sample(native: false)
        configuration.dnsPort = 15053
        var pod = Self.pod
        pod[path: "metadata", "annotations"] = [row.key: .string(row.value)]
        do {
            let outcome = try SidecarInjector(configuration).inject(pod)
            #expect(Self.effect(of: row.key, outcome) == row.effect)
        } catch let error as InjectionError {
            #expect(row.effect == nil, "\(error)")
            #expect(error.path.description == "metadata.annotations[\(row.key)]")
        }
    }

    /// Those that Kuma 2.14 reads and that mean nothing here.
    static let withoutEffect = [
        "kuma.io/virtual-probes", "kuma.io/virtual-probes-port", "kuma.io/wait-for-dataplane-ready",
        "kuma.io/container-patches", "kuma.io/service-account-token-volume", "kuma.io/transparent-proxying-ebpf",
        "kuma.io/transparent-proxying-ebpf-bpf-fs-path", "kuma.io/transparent-proxying-ebpf-cgroup-path",
        "kuma.io/transparent-proxying-ebpf-tc-attach-iface",
        "kuma.io/transparent-proxying-ebpf-instance-ip-env-var-name",
        "kuma.io/transparent-proxying-ebpf-programs-source-path", "kuma.io/builtin-dns-port",
        "kuma.io/builtin-dns-logging", "kuma.io/builtindns", "kuma.io/builtindnsport",
        "kuma.io/xds-transport-protocol-variant", "kuma.io/transparent-proxying-reachable-services",
        "kuma.io/reachable-backends", "kuma.io/direct-access-services", "kuma.io/tags", "kuma.io/workload",
        "kuma.io/ingress", "kuma.io/egress", "kuma.io/ingress-public-address", "kuma.io/ingress-public-port",
        "prometheus.metrics.kuma.io/port", "prometheus.metrics.kuma.io/path",
        "prometheus.metrics.kuma.io/aggregate-app-port", "prometheus.metrics.kuma.io/aggregate-app-path",
        "prometheus.metrics.kuma.io/aggregate-app-enabled", "prometheus.metrics.kuma.io/aggregate-app-address",
        "traffic.kuma.io/drop-invalid-packets", "traffic.kuma.io/iptables-logs",
        "traffic.kuma.io/transparent-proxy-config", "traffic.kuma.io/transparent-proxy-configmap-name",
        "k8s.kuma.io/spire-support",
    ]

    /// Those that are the same for all pods.
    static let fixed = [
        "kuma.io/sidecar-uid", "kuma.io/transparent-proxying", "kuma.io/transparent-proxying-inbound-port",
        "kuma.io/transparent-proxying-outbound-port",
    ]

    @Test(arguments: withoutEffect + fixed, ["", "enabled", "15099", "refs: []"])
    func whatHasNoEffectIsSaid(key: String, value: String) throws {
        var pod = Self.pod
        pod[path: "metadata", "annotations"] = [key: .string(value)]
        let warnings = try SidecarInjector.native.inject(pod).warnings
        if key == "kuma.io/transparent-proxying", value == "enabled" {
            #expect(warnings.isEmpty)
        } else {
            #expect(warnings.count == 1)
            #expect(warnings.first?.hasPrefix("Pod shop/web-*: the annotation \(key) has no effect: ") == true)
        }
    }
}

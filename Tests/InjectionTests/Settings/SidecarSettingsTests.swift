import Injection
import JSON
import Testing

struct SidecarSettingsTests {
    private func settings(_ annotations: [String: String]) throws -> SidecarSettings {
        try #require(try outcome(annotations).settings)
    }

    private func outcome(_ annotations: [String: String], native: Bool = true) throws -> InjectionOutcome {
        var pod = simplePod
        pod[path: "metadata", "annotations"] = .strings(annotations)
        return try SidecarInjector(.sample(native: native)).inject(pod)
    }

    @Test func whatIsNotSetIsTheConfigurations() throws {
        let settings = try settings([:])
        #expect(settings.drainTime == 30)
        #expect(settings.concurrency == 2)
        #expect(settings.logLevel == "info")
        #expect(settings.adminPort == 9901)
        #expect(settings.probePort == 9001)
        #expect(settings.resources == SidecarResources())
        #expect(settings.warnings.isEmpty)
    }

    @Test(
        arguments: [
            ("0", 0), ("0s", 0), ("5s", 5), ("1m30s", 90), ("1h", 3600), ("1500ms500ms", 2), ("24h", 86_400),
            ("1.5m", 90), ("500ms", 0), ("25h", 90_000), ("4294967295s", 4_294_967_295),
        ] as [(String, Int)]
    )
    func durationsAreGos(text: String, seconds: Int) throws {
        #expect(try settings(["kuma.io/sidecar-drain-time": text]).drainTime == seconds)
    }

    @Test(
        arguments: [
            ("kuma.io/sidecar-drain-time", "30"), ("kuma.io/sidecar-drain-time", ""),
            ("kuma.io/sidecar-drain-time", "-1s"),
            ("kuma.io/sidecar-drain-time", "4294967296s"),
            ("kuma.io/sidecar-drain-time", "99999999999999999999s"), ("kuma.io/sidecar-drain-time", "1x"),
            ("kuma.io/sidecar-proxy-concurrency", "-1"), ("kuma.io/sidecar-proxy-concurrency", "two"),
            ("kuma.io/sidecar-proxy-concurrency", "100000"),
            ("kuma.io/envoy-log-level", "loud"), ("kuma.io/envoy-log-level", "info\n--mode"),
            ("kuma.io/envoy-component-log-level", "upstream"), ("kuma.io/envoy-component-log-level", "upstream:loud"),
            ("kuma.io/envoy-component-log-level", ","), ("kuma.io/envoy-component-log-level", "Up:info"),
            ("kuma.io/envoy-admin-port", "x"), ("kuma.io/envoy-admin-port", "65536"),
            ("kuma.io/envoy-admin-port", "+1"),
            ("kuma.io/envoy-admin-port", "9902"), ("kuma.io/envoy-admin-port", "15001"),
            ("kuma.io/application-probe-proxy-port", "9901"), ("kuma.io/application-probe-proxy-port", "off"),
            ("kuma.io/gateway", "builtin"), ("kuma.io/gateway", "perhaps"), ("kuma.io/init-first", "1"),
            ("kuma.io/transparent-proxying-ip-family-mode", "ipv6"), ("kuma.io/builtin-dns", "1"),
            ("traffic.kuma.io/exclude-inbound-ports", "80,x"), ("traffic.kuma.io/exclude-outbound-ports", "0"),
            ("traffic.kuma.io/exclude-inbound-ips", "10.0.0.0/33"), ("traffic.kuma.io/exclude-outbound-ips", "host"),
            ("traffic.kuma.io/exclude-outbound-ports-for-uids", "tcp:1:*"),
            ("kuma.io/sidecar-env-vars", "A"), ("kuma.io/sidecar-env-vars", "=b"), ("kuma.io/sidecar-env-vars", "1A=b"),
            ("kuma.io/sidecar-env-vars", "POD_NAME=x"), ("swiftlet.phys.app/sidecar-cpu-request", "-1"),
            ("swiftlet.phys.app/sidecar-memory-limit", "much"), ("swiftlet.phys.app/sidecar-memory-limit", "1Mi"),
            ("swiftlet.phys.app/sidecar-memory-request", "2Gi"), ("swiftlet.phys.app/sidecar-cpu-limit", "0"),
        ]
    )
    func whatIsNotUnderstoodIsRefusedByName(key: String, value: String) throws {
        let error = try #require(throws: InjectionError.self) { try outcome([key: value]) }
        #expect(error.reason == .invalidSetting)
        #expect(error.path.description == "metadata.annotations[\(key)]")
        #expect(error.object == "Pod shop/web-*")
    }

    @Test func everySettingArrives() throws {
        let outcome = try outcome(
            [
                "kuma.io/sidecar-drain-time": "10s", "kuma.io/sidecar-proxy-concurrency": "4",
                "kuma.io/envoy-log-level": "debug", "kuma.io/envoy-component-log-level": "upstream:trace, http:off",
                "kuma.io/envoy-admin-port": "19901", "kuma.io/sidecar-env-vars": "A=1;B=x=y;A=2",
                "traffic.kuma.io/exclude-inbound-ports": "22, 23", "traffic.kuma.io/exclude-outbound-ports": "3306",
                "traffic.kuma.io/exclude-inbound-ips": "10.0.0.1", "traffic.kuma.io/exclude-outbound-ips": "fd00::/8",
                "traffic.kuma.io/exclude-outbound-ports-for-uids": "tcp:80:1;53:2",
                "kuma.io/transparent-proxying-ip-family-mode": "ipv4",
                "swiftlet.phys.app/sidecar-cpu-request": "200m", "swiftlet.phys.app/sidecar-cpu-limit": "1",
                "swiftlet.phys.app/sidecar-memory-request": "1Gi", "swiftlet.phys.app/sidecar-memory-limit": "2Gi",
            ]
        )
        #expect(outcome.sidecarArgument("--drain-time-s") == "10")
        #expect(outcome.sidecarArgument("--concurrency") == "4")
        #expect(outcome.sidecarArgument("--log-level") == "debug")
        #expect(outcome.sidecarArgument("--component-log-level") == "upstream:trace,http:off")
        #expect(try outcome.bootstrap()[path: "admin", "address", "socket_address", "port_value"] == 19901)
        let sidecar = outcome.container("kuma-sidecar")
        #expect(
            sidecar?["env"]?.arrayValue?.suffix(2) == [["name": "B", "value": "x=y"], ["name": "A", "value": "2"]]
        )
        #expect(sidecar?[path: "resources", "requests", "cpu"] == "200m")
        #expect(sidecar?[path: "resources", "limits", "cpu"] == "1")
        #expect(sidecar?[path: "resources", "limits", "memory"] == "2Gi")
        let flags = outcome.container("kuma-init")?["args"]?.arrayValue?.compactMap(\.stringValue) ?? []
        #expect(Array(flags.prefix(2)) == ["transparent-proxy", "install"])
        let rules = try TransparentProxySettings(arguments: Array(flags.dropFirst(2)))
        #expect(rules == outcome.settings?.transparentProxy)
        #expect(rules.excludedInboundPorts.map(\.description) == ["22", "23", "9902", "9001"])
        #expect(rules.ipFamilyMode == .ipv4)
        #expect(rules.excludedOutboundPortsForUsers.map(\.description) == ["tcp:80:1", "tcp,udp:53:2"])
        #expect(outcome.object[path: "metadata", "annotations", "kuma.io/envoy-admin-port"] == "19901")
    }

    @Test func amountsThatAreNoneAreNotWritten() throws {
        var configuration = InjectorConfiguration.sample()
        configuration.resources = SidecarResources(
            cpuRequest: nil,
            cpuLimit: nil,
            memoryRequest: nil,
            memoryLimit: nil
        )
        let outcome = try SidecarInjector(configuration).inject(simplePod)
        let resources = outcome.container("kuma-sidecar")?["resources"]
        #expect(resources?["requests"] == ["ephemeral-storage": "50M"])
        #expect(resources?["limits"] == ["ephemeral-storage": "1G"])
    }

    @Test(arguments: ["enabled", "provided", "true"])
    func aGatewaysTrafficAndProbesAreItsOwn(value: String) throws {
        var pod = simplePod
        pod[path: "metadata", "annotations"] = ["kuma.io/gateway": .string(value)]
        let probe: JSONValue = ["httpGet": ["path": "/", "port": 8080]]
        pod[path: "spec", "containers"] = [["name": "web", "readinessProbe": probe]]
        let outcome = try SidecarInjector.native.inject(pod)
        #expect(outcome.settings?.isGateway == true)
        #expect(outcome.container("web")?["readinessProbe"] == probe)
        let flags = outcome.container("kuma-init")?["args"]?.arrayValue ?? []
        #expect(flags.contains("--redirect-inbound=false"))
    }

    @Test func dnsNeedsASidecarThatAnswers() throws {
        let annotations = ["kuma.io/builtin-dns": "enabled"]
        let without = try outcome(annotations)
        #expect(without.settings?.transparentProxy.dnsPort == nil)
        #expect(without.warnings.count == 1)
        var configuration = InjectorConfiguration.sample()
        configuration.dnsPort = 15053
        var pod = simplePod
        pod[path: "metadata", "annotations"] = .strings(annotations)
        let with = try SidecarInjector(configuration).inject(pod)
        #expect(with.settings?.transparentProxy.dnsPort == 15053)
        #expect(with.warnings.isEmpty)
    }

    @Test func whatHasNoEffectIsSaid() throws {
        let warnings = try outcome(["kuma.io/virtual-probes": "enabled", "kuma.io/container-patches": "p"]).warnings
        #expect(warnings.count == 2)
        #expect(warnings.allSatisfy { $0.hasPrefix("Pod shop/web-*: the annotation kuma.io/") })
    }
}

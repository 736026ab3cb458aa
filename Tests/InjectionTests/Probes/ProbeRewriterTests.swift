import Injection
import JSON
import Testing

struct ProbeRewriterTests {
    /// A row: a probe, what it becomes (`nil` for unchanged), and what the sidecar asks.
    struct Row: Sendable, CustomTestStringConvertible {
        var probe: String
        var becomes: String?
        var asks: [ProbeTarget] = []
        var annotations: [String: String] = [:]

        var testDescription: String { probe }
    }

    static let rows: [Row] = [
        Row(
            probe: "{httpGet: {path: /health, port: 8080}, periodSeconds: 3}",
            becomes: "{httpGet: {path: /8080/health, port: 9001}, periodSeconds: 3}",
            asks: [.http(port: 8080, path: "/health")]
        ),
        Row(
            probe: "{httpGet: {path: /health, port: http}}",
            becomes: "{httpGet: {path: /8080/health, port: 9001}}",
            asks: [.http(port: 8080, path: "/health")]
        ),
        Row(
            probe: "{httpGet: {port: 8080, scheme: HTTP}}",
            becomes: "{httpGet: {path: /8080/, port: 9001}}",
            asks: [.http(port: 8080, path: "/")]
        ),
        Row(
            probe: "{httpGet: {path: health, port: 8080.0}}",
            becomes: "{httpGet: {path: /8080/health, port: 9001}}",
            asks: [.http(port: 8080, path: "/health")]
        ),
        Row(
            probe: "{httpGet: {path: '/a b?c=/d#e', port: 8080}}",
            becomes: "{httpGet: {path: '/8080/a b?c=/d#e', port: 9001}}",
            asks: [.http(port: 8080, path: "/a%20b")]
        ),
        Row(
            probe: "{httpGet: {path: /a%2Fb, port: 8080}}",
            becomes: "{httpGet: {path: /8080/a%2Fb, port: 9001}}",
            asks: [.http(port: 8080, path: "/a%2Fb")]
        ),
        Row(
            probe: "{httpGet: {path: /50%, port: 8080}}",
            becomes: "{httpGet: {path: /8080/50%, port: 9001}}",
            asks: [.http(port: 8080, path: "/50%25")]
        ),
        Row(
            probe: "{httpGet: {path: /é, port: 8443, scheme: HTTPS, httpHeaders: [{name: Host, value: x}]}}",
            becomes: "{httpGet: {path: /https/8443/é, port: 9001, httpHeaders: [{name: Host, value: x}]}}",
            asks: [.https(port: 8443, path: "/%C3%A9")]
        ),
        Row(
            probe: "{tcpSocket: {port: http}, failureThreshold: 2}",
            becomes: "{httpGet: {path: /tcp/8080, port: 9001}, failureThreshold: 2}",
            asks: [.tcp(port: 8080)]
        ),
        // 9002 is a port of the application.
        Row(
            probe: "{grpc: {port: 50051, service: s}}",
            becomes: "{grpc: {port: 9003, service: s}}",
            asks: [.grpc(applicationPort: 50051, port: 9003)]
        ),
        Row(
            probe: "{httpGet: {path: /, port: 8080}}",
            becomes: "{httpGet: {path: /8080/, port: 9100}}",
            asks: [.http(port: 8080, path: "/")],
            annotations: ["kuma.io/application-probe-proxy-port": "9100"]
        ),
        Row(probe: "{exec: {command: [ls]}}"),
        Row(probe: "{httpGet: {path: /, port: 8080, host: example.com}}"),
        Row(probe: "{tcpSocket: {port: 8080, host: example.com}}"),
        Row(probe: "{httpGet: {path: /, port: nowhere}}"),
        Row(probe: "{httpGet: {path: /, port: 0}}"), Row(probe: "{httpGet: {path: /, port: 65536}}"),
        Row(probe: "{httpGet: {path: /, port: 80.5}}"), Row(probe: "{httpGet: {path: /}}"),
        Row(probe: "{httpGet: {path: /, port: 8080, scheme: ftp}}"),
        Row(probe: "{httpGet: 7}"), Row(probe: "[]"), Row(probe: "{}"),
        Row(
            probe: "{httpGet: {path: /, port: 8080}}",
            annotations: ["kuma.io/application-probe-proxy-port": "0"]
        ),
        Row(
            probe: "{httpGet: {path: /, port: 8080}}",
            annotations: ["traffic.kuma.io/exclude-inbound-ports": "8000-8090"]
        ),
    ]

    @Test(arguments: rows, ["livenessProbe", "readinessProbe", "startupProbe"])
    func theKubeletAsksTheSidecar(row: Row, kind: String) throws {
        let probe = try yaml(row.probe)
        var pod = try yaml(
            """
            metadata: {name: web}
            spec:
              containers:
              - name: web
                ports: [{name: http, containerPort: 8080}, {name: taken, containerPort: 9002}]
                lifecycle: {preStop: {httpGet: {path: /stop, port: 8080}}}
            """
        )
        pod[path: "metadata", "annotations"] = .strings(row.annotations)
        var container = try #require(pod[path: "spec", "containers"]?[0])
        container[kind] = probe
        pod[path: "spec", "containers"] = [container]
        let outcome = try SidecarInjector.native.inject(pod)
        let after = outcome.container("web")
        #expect(try after?[kind] == yaml(row.becomes ?? row.probe))
        #expect(after?["lifecycle"] == container["lifecycle"])
        // A probe that was rewritten has a route, or a listener of its own; and one that was not has neither.
        let bootstrap = try outcome.bootstrap()
        let clusters = bootstrap[path: "static_resources", "clusters"]?.arrayValue?.compactMap {
            $0["name"]?.stringValue
        }
        let expected = row.asks.map { "swiftlet:probes:\($0.kind.rawValue):\($0.applicationPort)" }
        #expect(clusters == ["swiftlet:control-plane", "swiftlet:admin"] + expected)
        for case .http(_, let path) in row.asks {
            #expect(bootstrap.encodedText().contains("\"prefix_rewrite\":\"\(path)\""))
        }
        for case .grpc(_, let port) in row.asks {
            let excluded = outcome.settings?.transparentProxy.excludedInboundPorts ?? []
            #expect(excluded.contains { $0.contains(port) })
        }
    }

    @Test func probesThatAskTheSameShareTheirRoute() throws {
        let pod = try yaml(
            """
            metadata: {name: web}
            spec:
              containers:
              - name: a
                livenessProbe: {httpGet: {path: /h, port: 8080}}
                readinessProbe: {httpGet: {path: /h, port: 8080}}
                startupProbe: {grpc: {port: 7}}
              - name: b
                livenessProbe: {httpGet: {path: /i, port: 8080}}
                readinessProbe: {grpc: {port: 7}}
                startupProbe: {grpc: {port: 8}}
              initContainers:
              - name: c
                restartPolicy: Always
                startupProbe: {tcpSocket: {port: 9}}
            """
        )
        let outcome = try SidecarInjector.native.inject(pod)
        let resources = try outcome.bootstrap()["static_resources"]
        #expect(resources?["clusters"]?.arrayValue?.count == 6)
        #expect(resources?["listeners"]?.arrayValue?.count == 4)
        #expect(outcome.container("c")?[path: "startupProbe", "httpGet", "path"] == "/tcp/9")
        #expect(outcome.container("b")?[path: "readinessProbe", "grpc", "port"] == 9002)
        #expect(outcome.container("b")?[path: "startupProbe", "grpc", "port"] == 9003)
        let ports = outcome.settings?.transparentProxy.excludedInboundPorts.map(\.description)
        #expect(ports == ["9902", "9001", "9002", "9003"])
    }

    private static let helper = """
        metadata: {name: mailer}
        spec:
          initContainers:
          - name: secrets-agent
            restartPolicy: Always
            ports: [{containerPort: 8200}]
            startupProbe: {tcpSocket: {port: 8200}}
          containers: [{name: app, livenessProbe: {tcpSocket: {port: 8080}}}]
        """

    /// The kubelet starts the next container when the probe has succeeded: nobody could answer before a plain sidecar runs.
    @Test func probesOfInitContainersBeforeThePlainSidecarAreLeftAlone() throws {
        let pod = try yaml(Self.helper)
        let plain = try SidecarInjector.plain.inject(pod)
        #expect(plain.container("secrets-agent") == pod[path: "spec", "initContainers"]?[0])
        #expect(plain.container("app")?[path: "livenessProbe", "httpGet", "path"] == "/tcp/8080")
        #expect(plain.warnings.isEmpty)
        let native = try SidecarInjector.native.inject(pod)
        #expect(native.container("secrets-agent")?[path: "startupProbe", "httpGet", "path"] == "/tcp/8200")
        #expect(native.names("initContainers") == ["kuma-init", "kuma-sidecar", "secrets-agent"])
    }

    @Test func aProbeThatCannotSucceedBehindTheRulesIsReported() throws {
        var pod = try yaml(Self.helper)
        pod[path: "metadata", "annotations"] = ["kuma.io/init-first": "true"]
        let warnings = try SidecarInjector.plain.inject(pod).warnings
        #expect(warnings.count == 1)
        let start = "Pod shop/mailer: the startupProbe of init container secrets-agent cannot succeed"
        #expect(warnings.first?.hasPrefix(start) == true)
        #expect(try SidecarInjector.native.inject(pod).warnings.isEmpty)
    }

    @Test func aProbeOfAnUndeclaredPortIsReported() throws {
        let pod = try yaml(
            "{metadata: {name: w}, spec: {containers: [{name: web, livenessProbe: {httpGet: {port: nowhere}}}]}}"
        )
        let warnings = try SidecarInjector.native.inject(pod).warnings
        #expect(
            warnings == [
                "Pod shop/w: the livenessProbe of container web is left as it is: its port is not declared"
            ]
        )
    }
}

import Foundation
import Injection
import JSON
import PollingSupport
import TestSupport
import Testing

struct EnvoyBootstrapTests {
    @Test func tellsWhoThePodIs() throws {
        var pod = simplePod
        pod[path: "metadata", "labels", "kuma.io/mesh"] = "blue"
        let bootstrap = try SidecarInjector.native.inject(pod).bootstrap()
        #expect(bootstrap[path: "node", "id"] == "blue.web-1.shop")
        #expect(bootstrap[path: "node", "cluster"] == "blue")
        #expect(bootstrap[path: "node", "metadata", "dataplane.admin.port"] == "9901")
    }

    @Test func waitsForItsFirstConfiguration() throws {
        let dynamic = try SidecarInjector.native.inject(simplePod).bootstrap()["dynamic_resources"]
        #expect(dynamic?[path: "ads_config", "api_type"] == "DELTA_GRPC")
        #expect(dynamic?[path: "ads_config", "set_node_on_first_message_only"] == true)
        #expect(dynamic?[path: "cds_config", "initial_fetch_timeout"] == "0s")
        #expect(dynamic?[path: "lds_config", "initial_fetch_timeout"] == "0s")
    }

    @Test(
        arguments: [
            ("swiftlet.swiftlet-system.svc", nil, "swiftlet.swiftlet-system.svc", "DNS"),
            ("10.1.2.3", "swiftlet.test", "swiftlet.test", "DNS"), ("fd00::1", "swiftlet.test", "swiftlet.test", "DNS"),
            ("10.1.2.3", nil, "10.1.2.3", "IP_ADDRESS"), ("fd00::1", nil, "fd00::1", "IP_ADDRESS"),
        ] as [(String, String?, String, String)]
    )
    func theServerIsKnownByItsName(host: String, name: String?, verified: String, kind: String) throws {
        var configuration = InjectorConfiguration.sample()
        configuration.controlPlane.host = host
        configuration.controlPlane.serverName = name
        let bootstrap = try SidecarInjector(configuration).inject(simplePod).bootstrap()
        let cluster = try bootstrap.controlPlane()
        let endpoint = cluster[path: "load_assignment", "endpoints"]?[0]?["lb_endpoints"]?[0]?["endpoint"]
        #expect(endpoint?[path: "address", "socket_address"] == ["address": .string(host), "port_value": 5678])
        let tls = cluster[path: "transport_socket", "typed_config"]
        let validation = tls?[path: "common_tls_context", "combined_validation_context"]
        // Without a name to verify, Envoy would take a missing bundle for leave to trust everybody.
        #expect(
            validation?[path: "default_validation_context", "match_typed_subject_alt_names"] == [
                ["san_type": .string(kind), "matcher": ["exact": .string(verified)]]
            ]
        )
        #expect(tls?["sni"]?.stringValue == (kind == "DNS" ? verified : nil))
        let service = bootstrap[path: "dynamic_resources", "ads_config", "grpc_services"]?[0]?["envoy_grpc"]
        #expect(service?["authority"] == .string(verified))
        #expect(service?["cluster_name"] == cluster["name"])
    }

    /// Whom it trusts is not part of what it starts with, which cannot be changed while it runs.
    @Test func whomToTrustIsReadFromAFileThatTheKubeletReplaces() throws {
        let outcome = try SidecarInjector.native.inject(simplePod)
        let bootstrap = try outcome.bootstrap()
        #expect(!bootstrap.encodedText().contains("BEGIN CERTIFICATE"))
        let directory = "/var/run/secrets/swiftlet"
        let context = try bootstrap.controlPlane()[path: "transport_socket", "typed_config", "common_tls_context"]
        let secret = context?[path: "combined_validation_context", "validation_context_sds_secret_config"]
        #expect(secret?["name"] == "swiftlet-trust-bundle")
        #expect(
            secret?[path: "sds_config", "path_config_source"] == [
                "path": .string("\(directory)/trust-bundle.json"), "watched_directory": ["path": .string(directory)],
            ]
        )
        let files = try outcome.projectedFiles()
        #expect(SecretFile.authorities(inTrustBundle: files["trust-bundle.json"] ?? "") == sampleCertificate)
        let token = try JSONValue(parsing: files["token.json"] ?? "")["resources"]?[0]
        #expect(token?[path: "generic_secret", "secret", "filename"] == "/var/run/secrets/swiftlet/token")
    }

    /// The kubelet takes the last of several sources of a file.
    @Test func aConfigMapReplacesTheBundleAndNothingElse() throws {
        let outcome = try SidecarInjector.native.inject(simplePod)
        let map = ["trust-bundle.json": "new", "ca.crt": "pem", "token": "stolen", "token.json": "elsewhere"]
        let files = try outcome.projectedFiles(configMap: map)
        #expect(files["trust-bundle.json"] == "new")
        #expect(files["token"] == "the token")
        #expect(files["token.json"]?.contains("/var/run/secrets/swiftlet/token") == true)
    }

    @Test func withoutCertificatesTheSidecarWaitsForTheConfigMap() throws {
        var configuration = InjectorConfiguration.sample()
        configuration.controlPlane.certificateAuthority = ""
        let outcome = try SidecarInjector(configuration).inject(simplePod)
        #expect(outcome.object[path: "metadata", "annotations", MetadataKey.trustBundle] == nil)
        #expect(try outcome.projectedFiles()["trust-bundle.json"] == "")
        configuration.controlPlane.certificateAuthority = String(repeating: "x", count: 100_000)
        let error = #expect(throws: InjectionError.self) { try SidecarInjector(configuration).inject(simplePod) }
        #expect(error?.reason == .tooLarge)
    }

    @Test func loadIsReportedOnlyIfWanted() throws {
        var configuration = InjectorConfiguration.sample()
        #expect(try SidecarInjector(configuration).inject(simplePod).bootstrap()["cluster_manager"] != nil)
        configuration.reportsLoad = false
        #expect(try SidecarInjector(configuration).inject(simplePod).bootstrap()["cluster_manager"] == nil)
    }

    @Test func whatThePodSaysIsNotExpanded() throws {
        var pod = simplePod
        let probe: JSONValue = ["httpGet": ["path": "/$(POD_NAME)/$$/$x", "port": 8080]]
        pod[path: "spec", "containers"] = [["name": "web", "image": "nginx", "livenessProbe": probe]]
        let text = try SidecarInjector.native.inject(pod).bootstrap().encodedText()
        #expect(text.contains(#""/8080/$(POD_NAME)/$$/$x""#))
        #expect(!text.contains("/web-1/"))
    }

    @Test(
        arguments: [
            ("$(A)", "1"), ("$$(A)", "$(A)"), ("$(B)", "$(B)"), ("$", "$"), ("$$", "$"), ("$$$(A)", "$1"),
            ("$(A", "$(A"),
            ("a$b", "a$b"), ("$(A)$(A)", "11"),
        ]
    )
    func expansionIsKubernetes(text: String, expanded: String) {
        #expect(VariableExpansion.expanded(text, ["A": "1"]) == expanded)
    }
}

/// What a real Envoy makes of it.
@Suite(.serialized, Envoy.isThere)
struct RealEnvoyTests {
    /// Ports of this machine for those that ``probedPod`` and the sidecar name.
    private struct Ports: Sendable {
        let http, tcp, grpc, admin, readiness, probes, inbound: UInt16
        /// Nobody listens on these.
        let https, otherTCP: RefusingPort

        init() throws {
            http = try TestServer.closedPort()
            tcp = try TestServer.closedPort()
            grpc = try TestServer.closedPort()
            admin = try TestServer.closedPort()
            readiness = try TestServer.closedPort()
            probes = try TestServer.closedPort()
            inbound = try TestServer.closedPort()
            https = try RefusingPort()
            otherTCP = try RefusingPort()
        }

        func replacing(in text: String) -> String {
            [("28080", http), ("28081", tcp), ("28082", grpc), ("28443", https.port), ("28083", otherTCP.port)]
                .reduce(text) { $0.replacing($1.0, with: "\($1.1)") }
        }
    }

    static let probedPod = """
        metadata: {name: web}
        spec:
          terminationGracePeriodSeconds: 8
          containers:
          - name: web
            ports: [{name: http, containerPort: 28080}]
            livenessProbe: {httpGet: {path: "/health z?full=1", port: http}}
            readinessProbe: {tcpSocket: {port: 28081}}
            startupProbe: {httpGet: {path: /s, port: 28443, scheme: HTTPS}}
          - name: side
            livenessProbe: {grpc: {port: 28082, service: x}}
            readinessProbe: {tcpSocket: {port: 28083}}
            startupProbe: {httpGet: {path: /$$(POD_NAME), port: 28080}}
        """

    @Test(arguments: [true, false], ["", "swiftlet.test"])
    func acceptsTheBootstrap(native: Bool, serverName: String) async throws {
        var configuration = InjectorConfiguration.sample(native: native)
        configuration.controlPlane.serverName = serverName.isEmpty ? nil : serverName
        for pod in [simplePod, try yaml(Self.probedPod)] {
            let run = try await Envoy.validate(SidecarInjector(configuration).inject(pod))
            #expect(run.status == 0, "\(run.errors)")
        }
    }

    /// Without a control plane to wait for, and on ports of this test.
    @Test func answersTheKubelet() async throws {
        var configuration = InjectorConfiguration.sample(native: false)
        let ports = try Ports()
        configuration.adminPort = ports.admin
        configuration.readinessPort = ports.readiness
        configuration.probePort = ports.probes
        configuration.drainTime = 3
        let outcome = try SidecarInjector(configuration).inject(yaml(ports.replacing(in: Self.probedPod)))
        var bootstrap = try outcome.bootstrap()
        bootstrap["dynamic_resources"] = nil
        bootstrap["cluster_manager"] = nil
        let clusters = bootstrap[path: "static_resources", "clusters"]?.arrayValue ?? []
        bootstrap[path: "static_resources", "clusters"] = .array(
            clusters.filter { $0["name"] != "swiftlet:control-plane" }
        )
        // An inbound listener as the control plane would send it.
        var listeners = bootstrap[path: "static_resources", "listeners"]?.arrayValue ?? []
        listeners.append(try Self.inboundListener(ports.inbound))
        bootstrap[path: "static_resources", "listeners"] = .array(listeners)
        var arguments = try Envoy.arguments(outcome)
        arguments[1] = bootstrap.encodedText()
        try await Envoy.run(arguments) {
            try await Program.run("python3", ["-c", applicationProgram, "\(ports.http)", "\(ports.tcp)"]) {
                try await Self.askAll(ports)
            }
        }
    }

    private static func askAll(_ ports: Ports) async throws {
        let sidecar = "http://127.0.0.1:\(ports.readiness)"
        let probes = "http://127.0.0.1:\(ports.probes)"
        try await answers("200", "\(sidecar)/ready")
        try await answers("200", "\(probes)/\(ports.http)/health%20z?full=1")
        try await answers("200", "\(probes)/\(ports.http)/$$(POD_NAME)")
        // Nobody listens there, nobody asked for that, and a data path there is none.
        try await answers("404", "\(probes)/\(ports.http)/other")
        try await answers("503", "\(probes)/https/\(ports.https.port)/s")
        try await answers("200", "\(probes)/tcp/\(ports.tcp)")
        try await answers("503", "\(probes)/tcp/\(ports.otherTCP.port)")
        try await answers("404", "\(probes)/tcp/\(ports.http)")
        try await answers("404", "\(sidecar)/drain/guess")
        let inbound = "http://127.0.0.1:\(ports.inbound)/"
        #expect(try await !asksToLeave(inbound))
        let start = ContinuousClock.now
        let drain = ["--max-time", "60", "\(sidecar)//drain/secret"]
        #expect(try await status(drain) == "200")
        // Three seconds to drain, which is no more than the eight to end in less five.
        #expect((.seconds(2.9) ..< .seconds(5).patiently).contains(ContinuousClock.now - start))
        // It still serves, but asks every client to go elsewhere.
        #expect(try await asksToLeave(inbound))
        try await answers("200", "\(sidecar)/ready")
    }

    private static func inboundListener(_ port: UInt16) throws -> JSONValue {
        try yaml(
            """
            name: inbound
            traffic_direction: INBOUND
            address: {socket_address: {address: 127.0.0.1, port_value: \(port)}}
            filter_chains:
            - filters:
              - name: envoy.filters.network.http_connection_manager
                typed_config:
                  "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                  stat_prefix: inbound
                  route_config:
                    virtual_hosts:
                    - {name: all, domains: ["*"], routes: [{match: {prefix: /}, direct_response: {status: 204}}]}
                  http_filters:
                  - name: envoy.filters.http.router
                    typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router}
            """
        )
    }

    private static func asksToLeave(_ url: String) async throws -> Bool {
        let answer = try await Program.output("curl", ["-s", "-i", "--noproxy", "*", "--max-time", "60", url])
        #expect(answer.contains("204"))
        return answer.contains("connection: close")
    }

    private static func answers(_ code: String, _ url: String) async throws {
        let deadline = ContinuousClock.now + .seconds(90).patiently
        var last = ""
        while ContinuousClock.now < deadline {
            last = try await status(["--max-time", "5", url])
            if last == code { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        Issue.record("\(url): \(last) instead of \(code)")
    }

    private static func status(_ arguments: [String]) async throws -> String {
        let format = ["-s", "-o", "/dev/null", "--globoff", "--noproxy", "*", "-w", "%{http_code}"]
        return try await Program.run("curl", format + arguments).output
    }
}

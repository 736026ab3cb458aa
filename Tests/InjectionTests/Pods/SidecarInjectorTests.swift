import Injection
import JSON
import Testing

struct SidecarInjectorTests {
    private func pod(initContainers: [String] = [], annotations: [String: String] = [:]) -> JSONValue {
        var pod = simplePod
        pod[path: "metadata", "annotations"] = .strings(annotations)
        if !initContainers.isEmpty {
            pod[path: "spec", "initContainers"] = .array(initContainers.map { ["name": .string($0), "image": "i"] })
        }
        return pod
    }

    @Test func aNativeSidecarStartsAfterTheRulesAndBeforeEverythingElse() throws {
        let outcome = try SidecarInjector.native.inject(pod(initContainers: ["migrate", "warm"]))
        #expect(outcome.names("initContainers") == ["kuma-init", "kuma-sidecar", "migrate", "warm"])
        #expect(outcome.names("containers") == ["web"])
        let sidecar = outcome.container("kuma-sidecar")
        #expect(sidecar?["restartPolicy"] == "Always")
        #expect(sidecar?[path: "startupProbe", "httpGet", "port"] == 9902)
    }

    @Test func aPlainSidecarIsTheFirstContainer() throws {
        let outcome = try SidecarInjector.plain.inject(pod(initContainers: ["migrate"]))
        #expect(outcome.names("containers") == ["kuma-sidecar", "web"])
        #expect(outcome.names("initContainers") == ["migrate", "kuma-init"])
        #expect(outcome.container("kuma-sidecar")?["restartPolicy"] == nil)
        #expect(outcome.container("kuma-sidecar")?["startupProbe"] == nil)
        let first = try SidecarInjector.plain.inject(
            pod(initContainers: ["migrate"], annotations: ["kuma.io/init-first": "true"])
        )
        #expect(first.names("initContainers") == ["kuma-init", "migrate"])
    }

    @Test(arguments: [true, false])
    func theSidecarMayDoNothingButItsWork(native: Bool) throws {
        let outcome = try SidecarInjector(.sample(native: native)).inject(simplePod)
        let sidecar = try #require(outcome.container("kuma-sidecar"))
        #expect(
            sidecar["securityContext"] == [
                "runAsUser": 5678, "runAsGroup": 5678, "runAsNonRoot": true, "allowPrivilegeEscalation": false,
                "readOnlyRootFilesystem": true, "capabilities": ["drop": ["ALL"]],
                "seccompProfile": ["type": "RuntimeDefault"],
            ]
        )
        #expect(
            sidecar["resources"] == [
                "requests": ["cpu": "50m", "memory": "64Mi", "ephemeral-storage": "50M"],
                "limits": ["memory": "512Mi", "ephemeral-storage": "1G"],
            ]
        )
        #expect(sidecar[path: "readinessProbe", "httpGet"] == ["path": "/ready", "port": 9902])
        #expect(sidecar["image"] == "envoyproxy/envoy:v1.34.0")
        let rules = try #require(outcome.container("kuma-init"))
        #expect(rules[path: "securityContext", "capabilities"] == ["add": ["NET_ADMIN", "NET_RAW"], "drop": ["ALL"]])
        #expect(rules[path: "securityContext", "runAsUser"] == 0)
        #expect(
            rules[path: "resources", "limits"] == ["cpu": "100m", "memory": "64Mi", "ephemeral-storage": "50M"]
        )
        #expect(rules[path: "resources", "requests"] == rules[path: "resources", "limits"])
    }

    @Test func onlyTheSidecarHasTheToken() throws {
        let outcome = try SidecarInjector.native.inject(simplePod)
        let volumes = outcome.object[path: "spec", "volumes"]?.arrayValue ?? []
        let sources = volumes.first { $0["name"] == "kuma-sidecar-token" }?[path: "projected", "sources"]?.arrayValue
        let token = sources?.last
        #expect(
            token?["serviceAccountToken"]
                == ["audience": "swiftlet-xds", "expirationSeconds": 3600, "path": "token"]
        )
        for name in ["web", "kuma-init", "kuma-sidecar"] {
            let mounts = outcome.container(name)?["volumeMounts"]?.arrayValue ?? []
            #expect(mounts.contains { $0["name"] == "kuma-sidecar-token" } == (name == "kuma-sidecar"))
        }
        let credentials = try outcome.bootstrap().encodedText()
        #expect(credentials.contains("/var/run/secrets/swiftlet/token.json"))
    }

    private static let tokenSource =
        #"{"resources":[{"@type":"type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret","#
        + #""generic_secret":{"secret":{"filename":"/var/run/secrets/swiftlet/token","#
        + #""watched_directory":{"path":"/var/run/secrets/swiftlet"}}},"name":"swiftlet-token"}]}"#

    @Test func metadataSaysWhatWasDone() throws {
        let outcome = try SidecarInjector.plain.inject(pod(annotations: ["mine": "kept"]))
        #expect(
            outcome.object[path: "metadata", "annotations"] == [
                "mine": "kept", "kuma.io/sidecar-injected": "true", "kuma.io/sidecar-uid": "5678",
                "kuma.io/transparent-proxying": "enabled", "kuma.io/transparent-proxying-inbound-port": "15006",
                "kuma.io/transparent-proxying-outbound-port": "15001",
                "kuma.io/transparent-proxying-ip-family-mode": "dualstack", "kuma.io/envoy-admin-port": "9901",
                "kuma.io/application-probe-proxy-port": "9001", "kubectl.kubernetes.io/default-container": "web",
                "swiftlet.phys.app/trust-bundle": .string(SecretFile.trustBundle(authorities: sampleCertificate)),
                "swiftlet.phys.app/sidecar-token": .string(Self.tokenSource),
            ]
        )
        #expect(outcome.object[path: "metadata", "labels"] == ["app": "web", "kuma.io/mesh": "default"])
        #expect(outcome.metricLabels == ("success", ""))
        let chosen = try SidecarInjector.plain.inject(
            pod(annotations: ["kubectl.kubernetes.io/default-container": "x"])
        )
        #expect(chosen.object[path: "metadata", "annotations", "kubectl.kubernetes.io/default-container"] == "x")
    }

    /// Drain time, grace period, native, and the wait in seconds.
    @Test(
        arguments: [
            (nil, nil, true, nil), (nil, nil, false, 25), ("10s", nil, false, 10), ("60s", 90, false, 60),
            ("60s", 30, false, 25), ("10s", 3, false, nil), ("0s", nil, false, nil), ("60s", 90, true, nil),
        ] as [(String?, Int64?, Bool, Int?)]
    )
    func aPlainSidecarOutlivesItsApplication(drain: String?, grace: Int64?, native: Bool, wait: Int?) throws {
        var pod = pod(annotations: drain.map { ["kuma.io/sidecar-drain-time": $0] } ?? [:])
        pod[path: "spec", "terminationGracePeriodSeconds"] = grace.map(JSONValue.int)
        let outcome = try SidecarInjector(.sample(native: native)).inject(pod)
        let hook = outcome.container("kuma-sidecar")?[path: "lifecycle", "preStop", "httpGet"]
        #expect(hook == ["path": "/drain/secret", "port": 9902])
        let bootstrap = try outcome.bootstrap().encodedText()
        #expect(bootstrap.contains("fixed_delay") == (wait != nil))
        if let wait { #expect(bootstrap.contains(#""fixed_delay":"\#(wait)s""#)) }
    }

    @Test(arguments: ["Never", "OnFailure", "Always"], [true, false])
    func aJobIsWarnedThatAPlainSidecarGoesOn(policy: String, native: Bool) throws {
        var pod = simplePod
        pod[path: "spec", "restartPolicy"] = .string(policy)
        let warnings = try SidecarInjector(.sample(native: native)).inject(pod).warnings
        #expect(warnings.contains { $0.contains("does not complete") } == (policy != "Always" && !native))
    }

    @Test func aConcurrencyOfZeroIsLeftToEnvoy() throws {
        let outcome = try SidecarInjector.native.inject(pod(annotations: ["kuma.io/sidecar-proxy-concurrency": "0"]))
        #expect(outcome.settings?.concurrency == 0)
        #expect(outcome.sidecarArgument("--concurrency") == nil)
        #expect(outcome.sidecarArgument("--log-level") == "info")
    }

    @Test func whatIsNotKnownStays() throws {
        var pod = try yaml(
            """
            metadata: {name: web, future: {a: [1, 2.5, null]}}
            spec:
              future: {nested: [{x: 1}]}
              volumes: [{name: v, futureVolume: {y: true}}]
              containers: [{name: web, future: "$(X)", ports: [{containerPort: 1, future: 2}]}]
            status: {future: 3}
            """
        )
        let outcome = try SidecarInjector.native.inject(pod)
        var object = outcome.object
        object[path: "metadata", "labels"] = nil
        object[path: "metadata", "annotations"] = nil
        object[path: "spec", "initContainers"] = nil
        object[path: "spec", "volumes"] = .array((object[path: "spec", "volumes"]?.arrayValue ?? []).dropLast(2))
        #expect(object == pod)
        pod[path: "spec", "hostNetwork"] = true
        #expect(try SidecarInjector.native.inject(pod).object == pod)
    }

    @Test(arguments: [true, false])
    func injectingAgainDoesNothing(native: Bool) throws {
        let injector = SidecarInjector(.sample(native: native))
        let once = try injector.inject(yaml(RealEnvoyTests.probedPod))
        let twice = try injector.inject(once.object)
        #expect(twice.object == once.object)
        #expect(twice.action == .skipped(.alreadyInjected))
        // Nor does it with another configuration.
        #expect(try SidecarInjector(.sample(native: !native)).inject(once.object).object == once.object)
    }

    @Test func aBootstrapThatNoKernelTakesIsRefused() throws {
        var pod = simplePod
        pod[path: "spec", "containers"] = .array(
            (1...400).map { index in
                let path = JSONValue.string("/\(index)/" + String(repeating: "x", count: 200))
                return [
                    "name": .string("c\(index)"),
                    "livenessProbe": ["httpGet": ["path": path, "port": .int(Int64(index))]],
                ]
            }
        )
        let error = try #require(throws: InjectionError.self) { try SidecarInjector.native.inject(pod) }
        #expect(error.reason == .tooLarge)
    }
}

import Injection
import JSON
import TestSupport
import Testing

/// Workloads as people write them, and as they should not: right, or refused with a clear word, and never broken.
struct OddWorkloadTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var name: String
        /// Of a pod, below `spec`; `metadata` where the row is about it.
        var spec: String
        var metadata = "{name: web}"
        /// `injected`, a reason for skipping, or what the error says.
        var outcome = "injected"
        /// Names of the containers afterwards, where the sidecar is native.
        var initContainers: [String]?
        var containers: [String]?

        var testDescription: String { name }
    }

    private static let reserved = "runAsUser: user 5678 is the sidecar's"

    static let rows: [Row] = [
        Row(name: "plain", spec: "{containers: [{name: web}]}", containers: ["web"]),
        Row(name: "host network", spec: "{hostNetwork: true, containers: [{name: web}]}", outcome: "host_network"),
        Row(name: "no host network", spec: "{hostNetwork: false, containers: [{name: web}]}"),
        Row(name: "host ports", spec: "{containers: [{name: web, ports: [{containerPort: 80, hostPort: 80}]}]}"),
        Row(
            name: "sidecar there",
            spec: "{containers: [{name: web}, {name: kuma-sidecar}]}",
            outcome: "already_injected"
        ),
        Row(
            name: "native sidecar there",
            spec: "{containers: [{name: web}], initContainers: [{name: kuma-sidecar}]}",
            outcome: "already_injected"
        ),
        Row(
            name: "init containers first",
            spec: "{initContainers: [{name: a}, {name: b}], containers: [{name: web}]}",
            initContainers: ["kuma-init", "kuma-sidecar", "a", "b"]
        ),
        Row(
            name: "another native sidecar",
            spec: "{initContainers: [{name: logs, restartPolicy: Always}], containers: [{name: web}]}",
            initContainers: ["kuma-init", "kuma-sidecar", "logs"]
        ),
        Row(
            name: "no containers",
            spec: "{containers: []}",
            outcome: "spec.containers: must have at least one container"
        ),
        Row(name: "containers missing", spec: "{}", outcome: "spec.containers: must have at least one container"),
        Row(name: "containers null", spec: "{containers: null}", outcome: "must have at least one container"),
        Row(name: "no spec", spec: "null", outcome: "must have at least one container"),
        Row(name: "spec of another type", spec: "[1]", outcome: "must have at least one container"),
        Row(
            name: "containers no list",
            spec: "{containers: {name: web}}",
            outcome: "spec.containers: expected array, found object"
        ),
        Row(
            name: "container no object",
            spec: "{containers: [web]}",
            outcome: "spec.containers[0]: expected object, found string"
        ),
        Row(
            name: "container null",
            spec: "{containers: [{name: web}, null]}",
            outcome: "spec.containers[1]: expected object"
        ),
        Row(
            name: "container without a name",
            spec: "{containers: [{image: x}]}",
            outcome: "spec.containers[0].name: expected string"
        ),
        Row(
            name: "name of another type",
            spec: "{containers: [{name: 7}]}",
            outcome: "spec.containers[0].name: expected string"
        ),
        Row(
            name: "init containers no list",
            spec: "{containers: [{name: web}], initContainers: 7}",
            outcome: "spec.initContainers: expected array, found integer"
        ),
        Row(
            name: "init containers null",
            spec: "{containers: [{name: web}], initContainers: null}",
            initContainers: ["kuma-init", "kuma-sidecar"]
        ),
        Row(
            name: "volumes no list",
            spec: "{containers: [{name: web}], volumes: x}",
            outcome: "spec.volumes: expected array"
        ),
        Row(name: "volumes null", spec: "{containers: [{name: web}], volumes: null}"),
        Row(
            name: "our init container's name",
            spec: "{containers: [{name: web}], initContainers: [{name: kuma-init}]}",
            outcome: "spec.initContainers[0].name: a container named kuma-init"
        ),
        Row(
            name: "our volume's name",
            spec: "{containers: [{name: web}], volumes: [{name: data}, {name: kuma-sidecar-token}]}",
            outcome: "spec.volumes[1].name: a volume named kuma-sidecar-token"
        ),
        Row(
            name: "the sidecar's user",
            spec: "{containers: [{name: web}, {name: db, securityContext: {runAsUser: 5678}}]}",
            outcome: "spec.containers[1].securityContext.\(reserved)"
        ),
        Row(
            name: "the sidecar's user for the pod",
            spec: "{securityContext: {runAsUser: 5678}, containers: [{name: web}]}",
            outcome: "spec.securityContext.\(reserved)"
        ),
        Row(
            name: "the sidecar's user for the pod only in name",
            spec: "{securityContext: {runAsUser: 5678}, containers: [{name: web, securityContext: {runAsUser: 1}}]}"
        ),
        Row(
            name: "the sidecar's user in an init container",
            spec: "{containers: [{name: web}], initContainers: [{name: i, securityContext: {runAsUser: 5678}}]}"
        ),
        Row(
            name: "the admin's port",
            spec: "{containers: [{name: web, ports: [{containerPort: 80}, {containerPort: 9901}]}]}",
            outcome:
                "spec.containers[0].ports[1].containerPort: port 9901 is the sidecar's for Envoy's admin: set the annotation kuma.io/envoy-admin-port"
        ),
        Row(
            name: "the admin's port, moved",
            spec: "{containers: [{name: web, ports: [{containerPort: 9901}]}]}",
            metadata: "{annotations: {kuma.io/envoy-admin-port: '9911'}}"
        ),
        Row(
            name: "the probes' port",
            spec: "{containers: [{name: web, ports: [{containerPort: 9001}]}]}",
            outcome: "probe-proxy-port"
        ),
        Row(
            name: "the probes' port without probes",
            spec: "{containers: [{name: web, ports: [{containerPort: 9001}]}]}",
            metadata: "{annotations: {kuma.io/application-probe-proxy-port: '0'}}"
        ),
        Row(
            name: "the inbound port",
            spec: "{containers: [{name: web, ports: [{containerPort: 15006}]}]}",
            outcome: "use another port"
        ),
        Row(
            name: "a datagram port of ours",
            spec: "{containers: [{name: web, ports: [{containerPort: 15006, protocol: UDP}]}]}"
        ),
        Row(name: "ports of other types", spec: "{containers: [{name: web, ports: [7, {containerPort: x}, null]}]}"),
        Row(name: "ports no list", spec: "{containers: [{name: web, ports: x}]}"),
        Row(name: "Windows", spec: "{os: {name: windows}, containers: [{name: web}]}", outcome: "windows"),
        Row(
            name: "Windows nodes",
            spec: "{nodeSelector: {kubernetes.io/os: windows}, containers: [{name: web}]}",
            outcome: "windows"
        ),
        Row(
            name: "Windows nodes by their old label",
            spec: "{nodeSelector: {beta.kubernetes.io/os: windows}, containers: [{name: web}]}",
            outcome: "windows"
        ),
        Row(
            name: "Linux nodes by their old label",
            spec: "{nodeSelector: {beta.kubernetes.io/os: linux}, containers: [{name: web}]}"
        ),
        Row(name: "no metadata", spec: "{containers: [{name: web}]}", metadata: "null"),
        Row(name: "labels null", spec: "{containers: [{name: web}]}", metadata: "{labels: null, annotations: null}"),
        Row(
            name: "metadata of another type",
            spec: "{containers: [{name: web}]}",
            metadata: "[x]",
            outcome: "metadata: expected object, found array"
        ),
        Row(
            name: "labels of another type",
            spec: "{containers: [{name: web}]}",
            metadata: "{labels: [a]}",
            outcome: "metadata.labels: expected object, found array"
        ),
        Row(
            name: "a label's value of another type",
            spec: "{containers: [{name: web}]}",
            metadata: "{labels: {version: 1}}",
            outcome: "metadata.labels.version: expected string, found integer"
        ),
        Row(
            name: "an annotation's value of another type",
            spec: "{containers: [{name: web}]}",
            metadata: "{annotations: {kuma.io/gateway: true}}",
            outcome: "metadata.annotations[kuma.io/gateway]: expected string, found boolean"
        ),
        Row(
            name: "grace period of another type",
            spec: "{terminationGracePeriodSeconds: soon, containers: [{name: web}]}"
        ),
        Row(name: "negative grace period", spec: "{terminationGracePeriodSeconds: -9, containers: [{name: web}]}"),
        Row(
            name: "security context of another type",
            spec: "{securityContext: 1, containers: [{name: web, securityContext: x}]}"
        ),
        Row(name: "host network of another type", spec: "{hostNetwork: 'true', containers: [{name: web}]}"),
        Row(name: "non-root pod", spec: "{securityContext: {runAsNonRoot: true}, containers: [{name: web}]}"),
        Row(
            name: "no token for the application",
            spec: "{automountServiceAccountToken: false, containers: [{name: web}]}"
        ),
        Row(
            name: "probe by name",
            spec:
                "{containers: [{name: web, ports: [{name: h, containerPort: 1}], livenessProbe: {httpGet: {port: h}}}]}"
        ),
        Row(
            name: "probe by a name twice",
            spec:
                "{containers: [{name: web, livenessProbe: {httpGet: {port: h}}}, {name: b, ports: [{name: h, containerPort: 1}]}]}"
        ),
        Row(
            name: "probes of other types",
            spec:
                "{containers: [{name: web, livenessProbe: 7, readinessProbe: {httpGet: [1]}, startupProbe: {tcpSocket: {port: {}}}}]}"
        ),
        Row(
            name: "probe with two actions",
            spec: "{containers: [{name: web, livenessProbe: {httpGet: {port: 1}, tcpSocket: {port: 2}}}]}"
        ),
        Row(
            name: "containers of one name",
            spec: "{containers: [{name: web}, {name: web}]}",
            containers: ["web", "web"]
        ),
        Row(name: "ephemeral containers", spec: "{containers: [{name: web}], ephemeralContainers: [{name: debug}]}"),
        Row(name: "job", spec: "{restartPolicy: Never, activeDeadlineSeconds: 5, containers: [{name: web}]}"),
    ]

    @Test(arguments: rows)
    func isRightOrCleanlyRefused(row: Row) throws {
        let pod: JSONValue = .compact([
            "apiVersion": "v1", "kind": "Pod", "metadata": try Self.value(row.metadata),
            "spec": try Self.value(row.spec),
        ])
        for injector in [SidecarInjector.native, .plain] {
            do {
                let outcome = try injector.inject(pod)
                switch outcome.action {
                case .injected:
                    #expect(row.outcome == "injected")
                    try Self.checkInjected(outcome, of: pod, by: injector)
                    if injector == .native {
                        if let names = row.initContainers { #expect(outcome.names("initContainers") == names) }
                        if let names = row.containers { #expect(outcome.names("containers") == names) }
                    }
                case .skipped(let reason):
                    #expect(reason.rawValue == row.outcome)
                    #expect(outcome.object == pod)
                case .notAWorkload: Issue.record("a pod is a workload")
                }
            } catch let error as InjectionError {
                #expect(error.description.contains(row.outcome), "\(error)")
                #expect(error.description.hasPrefix("Pod shop/"))
            }
        }
    }

    @Test func hugeAnnotationsAreKept() throws {
        var pod = simplePod
        let huge = String(repeating: "é$(POD_NAME)", count: 20_000)
        pod[path: "metadata", "annotations"] = ["huge": .string(huge)]
        let outcome = try SidecarInjector.native.inject(pod)
        #expect(outcome.object[path: "metadata", "annotations", "huge"] == .string(huge))
        #expect(outcome.sidecarArgument("--config-yaml")?.utf8.count ?? .max < 16_384)
        // In a message such a text is cut.
        pod[path: "metadata", "annotations"] = ["kuma.io/gateway": .string(huge)]
        let error = try #require(throws: InjectionError.self) { try SidecarInjector.native.inject(pod) }
        #expect(error.description.utf8.count < 2000)
    }

    /// Whatever is put anywhere in a pod: an answer, and the rest of the pod untouched.
    @Test func noPodIsBroken() throws {
        var generator = SeededGenerator(seed: 2026)
        let pods = try [simplePod, yaml(RealEnvoyTests.probedPod)]
        var refused = 0
        for round in 0..<200 {
            let pod = Self.mutated(pods[round % 2], using: &generator)
            for injector in [SidecarInjector.native, .plain] {
                do {
                    let outcome = try injector.inject(pod)
                    if case .injected = outcome.action {
                        try Self.checkInjected(outcome, of: pod, by: injector)
                    } else {
                        #expect(outcome.object == pod)
                    }
                } catch is InjectionError {
                    refused += 1
                }
            }
        }
        #expect((10..<300).contains(refused))
    }

    /// What holds for every pod with a sidecar.
    private static func checkInjected(_ outcome: InjectionOutcome, of pod: JSONValue, by injector: SidecarInjector)
        throws
    {
        let names = outcome.names("containers") + outcome.names("initContainers")
        #expect(names.filter { $0 == "kuma-sidecar" }.count == 1)
        #expect(names.filter { $0 == "kuma-init" }.count == 1)
        #expect(try outcome.bootstrap()[path: "node", "id"]?.stringValue?.hasSuffix(".web-1.shop") == true)
        #expect(try injector.inject(outcome.object).object == outcome.object)
        for list in ["containers", "initContainers"] {
            let ours = ["kuma-sidecar", "kuma-init"]
            let kept = (outcome.object[path: "spec", list]?.arrayValue ?? [])
                .filter { !ours.contains($0["name"]?.stringValue ?? "") }
            let before = pod[path: "spec", list]?.arrayValue ?? []
            #expect(kept.map(withoutProbes) == before.map(withoutProbes))
        }
    }

    private static func withoutProbes(_ container: JSONValue) -> JSONValue {
        var container = container
        for probe in ["livenessProbe", "readinessProbe", "startupProbe"] { container[probe] = nil }
        return container
    }

    /// One value anywhere replaced by one that may not fit.
    private static func mutated(_ value: JSONValue, using generator: inout SeededGenerator) -> JSONValue {
        let strange: [JSONValue] = [
            .null, true, -1, 5678, 9901, 1.5, "", "$(POD_NAME)", "enabled", "kuma-sidecar", [], [[]], [:],
            ["name": "x"],
        ]
        guard Int.random(in: 0..<5, using: &generator) > 0 else {
            return strange.randomElement(using: &generator) ?? .null
        }
        switch value {
        case .object(var members):
            guard let key = members.keys.sorted().randomElement(using: &generator), let member = members[key] else {
                break
            }
            members[key] = mutated(member, using: &generator)
            return .object(members)
        case .array(var elements):
            guard let index = elements.indices.randomElement(using: &generator) else { break }
            elements[index] = mutated(elements[index], using: &generator)
            return .array(elements)
        default: break
        }
        return strange.randomElement(using: &generator) ?? .null
    }

    private static func value(_ text: String) throws -> JSONValue? { text == "null" ? .null : try yaml(text) }
}

import JSON
import KubeModel
import Testing

@testable import Dataplanes

@Suite struct PodConversionTests {
    private static func convert(
        _ pod: Pod,
        _ services: [KubeService] = [],
        in namespace: Namespace? = nil,
        node: FlatMap = .empty,
        meshes: Set<String>? = nil,
        options: DataplaneOptions = DataplaneOptions()
    ) -> PodConversion {
        PodConversion(of: pod, in: namespace, services: services, node: node, meshes: meshes, options: options)
    }

    private static func web(_ change: (inout Sample.PodShape) -> Void = { _ in }) throws -> Pod {
        try Sample.pod {
            $0.labels = ["app": "web"]
            change(&$0)
        }
    }

    // MARK: - Which pods

    @Test(arguments: [
        ([MeshMarks.injected: "true"], true),
        ([MeshMarks.injected: "enabled"], true),
        ([MeshMarks.injected: "yes"], true),
        ([MeshMarks.injected: "false"], false),
        ([MeshMarks.injected: "maybe"], false),
        ([:], false),
        (["kuma.io/sidecar-injection": "enabled"], false),
        ([MeshMarks.injected: "true", MeshMarks.ingress: "enabled"], false),
        ([MeshMarks.injected: "true", MeshMarks.egress: "enabled"], false),
        ([MeshMarks.injected: "true", MeshMarks.egress: "disabled"], true),
    ])
    func podsWithASidecarAreDataplanes(annotations: [String: String], isOne: Bool) throws {
        let conversion = Self.convert(try Self.web { $0.annotations = annotations })
        #expect((conversion.dataplane != nil) == isOne)
        #expect(conversion.problems.isEmpty)
    }

    @Test(arguments: [
        ("10.1.0.1", "Running", "", true),
        ("10.1.0.1", "Pending", "", true),
        ("", "Running", "", false),
        ("10.1.0.1", "Succeeded", "", false),
        ("10.1.0.1", "Failed", "", false),
        ("10.1.0.1", "Running", "Evicted", false),
        ("10.1.0.1", "Running", "NodeLost", true),
    ])
    func podsThatHaveEndedAreNone(address: String, phase: String, reason: String, isOne: Bool) throws {
        let pod = try Self.web {
            ($0.address, $0.phase, $0.reason) = (address, phase, reason)
        }
        #expect((Self.convert(pod).dataplane != nil) == isOne)
    }

    // MARK: - Which mesh

    @Test(
        arguments: [
            ([:], [:], [:], [:], "default"),
            ([:], [:], [:], ["kuma.io/mesh": "d"], "d"),
            ([:], [:], ["kuma.io/mesh": "c"], ["kuma.io/mesh": "d"], "c"),
            ([:], ["kuma.io/mesh": "b"], ["kuma.io/mesh": "c"], ["kuma.io/mesh": "d"], "b"),
            (["kuma.io/mesh": "a"], ["kuma.io/mesh": "b"], ["kuma.io/mesh": "c"], ["kuma.io/mesh": "d"], "a"),
            (["kuma.io/mesh": ""], [:], ["kuma.io/mesh": "c"], [:], "c"),
        ] as [([String: String], [String: String], [String: String], [String: String], String)]
    )
    func meshIsSaidByPodOrNamespace(
        labels: [String: String],
        annotations: [String: String],
        namespaceLabels: [String: String],
        namespaceAnnotations: [String: String],
        mesh: String
    ) throws {
        let pod = try Self.web {
            $0.labels = labels
            $0.annotations.merge(annotations) { $1 }
        }
        let namespace = try Sample.namespace(labels: namespaceLabels, annotations: namespaceAnnotations)
        #expect(Self.convert(pod, in: namespace).dataplane?.mesh == mesh)
    }

    @Test func aPodOfAMeshThatIsNotThereIsNone() throws {
        let pod = try Self.web { $0.labels["kuma.io/mesh"] = "other" }
        let conversion = Self.convert(pod, meshes: ["default"])
        #expect(conversion.dataplane == nil && conversion.problems == [.missingMesh(name: "other")])
        #expect(Self.convert(pod, meshes: ["other"]).dataplane?.mesh == "other")
    }

    // MARK: - Inbounds

    @Test func everyPortOfEveryServiceIsAnInbound() throws {
        let pod = try Self.web {
            $0.labels = ["app": "web", "version": "v1", "empty": "", "kuma.io/mesh": "default", "k8s.kuma.io/x": "y"]
        }
        let services = [
            try Sample.service("web", ports: [["port": 80, "targetPort": 8080], ["port": 443]]),
            try Sample.service("admin", ports: [["port": 9000, "targetPort": 9003]]),
        ]
        let dataplane = try #require(
            Self.convert(pod, services, options: DataplaneOptions(zone: "z")).dataplane
        )
        #expect(dataplane.key == pod.key && dataplane.uid == pod.uid && dataplane.address == "10.1.0.1")
        #expect(dataplane.inbounds.map(\.service) == ["admin_shop_svc_9000", "web_shop_svc_80", "web_shop_svc_443"])
        #expect(dataplane.inbounds.map(\.port) == [9003, 8080, 443])
        #expect(
            dataplane.inbounds[1].tags == [
                "app": "web", "version": "v1", "k8s.kuma.io/namespace": "shop", "k8s.kuma.io/service-name": "web",
                "k8s.kuma.io/service-port": "80", "kuma.io/service": "web_shop_svc_80", "kuma.io/protocol": "tcp",
                "kuma.io/zone": "z",
            ]
        )
        #expect(dataplane.gateway == nil && dataplane.sourceTags.count == 3)
        #expect(Self.convert(pod, services).dataplane?.inbounds[0].tags["kuma.io/zone"] == nil)
    }

    @Test func aHeadlessServiceTellsTheInstance() throws {
        let service = try Sample.service(clusterIPs: ["None"])
        #expect(Self.convert(try Self.web(), [service]).dataplane?.inbounds[0].tags["kuma.io/instance"] == "web-1")
    }

    @Test func labelsOfTheNodeBecomeTags() throws {
        let node: FlatMap = [
            "topology.kubernetes.io/zone": "eu-1a", "kubernetes.io/hostname": "n1", "kubernetes.io/arch": "amd64",
        ]
        let tags = try #require(
            Self.convert(try Self.web(), [try Sample.service()], node: node).dataplane?.inbounds[0].tags
        )
        #expect(tags["topology.kubernetes.io/zone"] == "eu-1a" && tags["kubernetes.io/hostname"] == "n1")
        #expect(tags["kubernetes.io/arch"] == nil)
    }

    @Test func namedPortsAreThoseThatAContainerDeclares() throws {
        let pod = try Self.web {
            $0.ports = [("a", 53, "web", "UDP"), ("b", 8080, "web", "TCP"), ("c", 9090, "metrics", "TCP")]
        }
        let service = try Sample.service(ports: [
            ["port": 80, "targetPort": "web"], ["port": 81, "targetPort": "gone"], ["port": 82, "targetPort": 9090],
            ["port": 83, "targetPort": "web", "protocol": "UDP"],
        ])
        let conversion = Self.convert(pod, [service])
        #expect(conversion.dataplane?.inbounds.map(\.port) == [8080, 9090])
        #expect(conversion.dataplane?.inbounds.map(\.name) == ["web", "metrics"])
        #expect(conversion.problems == [.unresolvedPort(service: "web", port: 81, target: "gone")])
    }

    @Test func servicesThatAreIgnoredOrHaveNoPodsMakeNone() throws {
        let services = [
            try Sample.service("a", annotations: ["kuma.io/ignore": "true"]),
            try Sample.service("b", type: "ExternalName"),
            try Sample.service("c", ports: [["port": 53, "protocol": "UDP"], ["port": 54, "protocol": "SCTP"]]),
        ]
        let dataplane = try #require(Self.convert(try Self.web(), services).dataplane)
        #expect(dataplane.inbounds.map(\.isServiceless) == [true])
        let kept = try Sample.service("d", annotations: ["kuma.io/ignore": "false"])
        #expect(Self.convert(try Self.web(), services + [kept]).dataplane?.inbounds.map(\.service) == ["d_shop_svc_80"])
    }

    @Test func ignoredSelectorLabelsMakeAnIgnoredInbound() throws {
        let service = try Sample.service(selector: ["app": "web", "hash": "2"])
        let pod = try Self.web { $0.labels = ["app": "web", "hash": "1"] }
        #expect(!service.selects(pod) && service.selects(pod, ignoring: ["hash"]))
        let options = DataplaneOptions(ignoredSelectorLabels: ["hash"])
        #expect(Self.convert(pod, [service], options: options).dataplane?.inbounds.map(\.state) == [.ignored])
        let selected = try Self.web { $0.labels = ["app": "web", "hash": "2"] }
        #expect(Self.convert(selected, [service], options: options).dataplane?.inbounds.map(\.state) == [.ready])
    }

    // MARK: - Protocol

    @Test(
        arguments: [
            (nil, nil, "tcp", .tcp, false),
            (nil, "http", "http", .http, false),
            (nil, "HTTP2", "http2", .http2, false),
            (nil, "", "tcp", .tcp, false),
            (nil, "mongo", "mongo", .tcp, true),
            ("grpc", "http", "grpc", .grpc, false),
            ("GRPC", nil, "grpc", .grpc, false),
            ("mongo", nil, "tcp", .tcp, false),
            ("kubernetes.io/h2c", "http", "http", .http, false),
            ("kafka", nil, "kafka", .kafka, false),
            ("tls", "http", "tls", .tcp, false),
        ] as [(String?, String?, String, TrafficProtocol, Bool)]
    )
    func protocolIsSaidByTheServiceAndThenByAnnotation(
        appProtocol: String?,
        annotation: String?,
        tag: String,
        spoken: TrafficProtocol,
        isProblem: Bool
    ) throws {
        let service = try Sample.service(
            annotations: annotation.map { ["80.service.kuma.io/protocol": $0] } ?? [:],
            ports: [.compact(["port": 80, "appProtocol": appProtocol.map(JSONValue.string)])]
        )
        let conversion = Self.convert(try Self.web(), [service])
        let inbound = try #require(conversion.dataplane?.inbounds.first)
        #expect(inbound.tags["kuma.io/protocol"] == tag && inbound.trafficProtocol == spoken)
        #expect(
            conversion.problems == (isProblem ? [.unknownProtocol(service: "web", port: 80, value: tag)] : [])
        )
    }

    // MARK: - Readiness

    struct Readiness: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var ready: [(String, Bool)] = []
        var readyInit: [(String, Bool)] = []
        var isDeleted = false
        /// Of the port that container `web` declares, of a port that none declares, and of the pod without Services.
        var states: [Inbound.State]
    }

    @Test(arguments: [
        Readiness(testDescription: "nothing is known", states: [.ready, .ready, .ready]),
        Readiness(testDescription: "all ready", ready: [("web", true)], states: [.ready, .ready, .ready]),
        Readiness(testDescription: "owner not ready", ready: [("web", false)], states: [.notReady, .ready, .notReady]),
        Readiness(testDescription: "other not ready", ready: [("b", false)], states: [.ready, .ready, .notReady]),
        Readiness(
            testDescription: "sidecar not ready",
            ready: [("web", true), ("kuma-sidecar", false)],
            states: [.notReady, .notReady, .notReady]
        ),
        Readiness(
            testDescription: "native sidecar not ready",
            readyInit: [("kuma-sidecar", false)],
            states: [.notReady, .notReady, .notReady]
        ),
        Readiness(
            testDescription: "init containers do not matter",
            ready: [("web", true)],
            readyInit: [("web", false), ("kuma-init", false), ("kuma-sidecar", true)],
            states: [.ready, .ready, .ready]
        ),
        Readiness(
            testDescription: "being deleted",
            ready: [("web", true)],
            isDeleted: true,
            states: [.notReady, .notReady, .notReady]
        ),
    ])
    func readinessIsThatOfTheContainerAndTheSidecar(_ row: Readiness) throws {
        let pod = try Self.web {
            $0.ports = [("web", 8080, "", "TCP")]
            $0.ready = row.ready
            $0.readyInit = row.readyInit
            $0.isDeleted = row.isDeleted
        }
        let service = try Sample.service(ports: [["port": 80, "targetPort": 8080], ["port": 81, "targetPort": 9999]])
        let inbounds =
            (Self.convert(pod, [service]).dataplane?.inbounds ?? [])
            + (Self.convert(pod).dataplane?.inbounds ?? [])
        #expect(inbounds.map(\.state) == row.states)
    }

    // MARK: - Without Services

    @Test(
        arguments: [
            ("web-7d9f8b6c5d-x2x4z", ("ReplicaSet", "web-7d9f8b6c5d"), "7d9f8b6c5d", "web"),
            (
                "a-name-that-was-cut-offx2x4z", ("ReplicaSet", "a-name-that-was-cut-off-and-so-on-7d9"), "7d9",
                "a-name-that-was-cut-off-and-so-on"
            ),
            ("web-abc-x2x4z", ("ReplicaSet", "web-abc"), nil, "web-abc"),
            ("web-abc-x2x4z", ("ReplicaSet", "web-abc"), "abd", "web-abc"),
            ("report-28391234-x2x4z", ("Job", "report-28391234"), nil, "report"),
            ("my-report-1609459200-x2x4z", ("Job", "my-report-1609459200"), nil, "my-report"),
            ("report-x2x4z", ("Job", "report"), nil, "report"),
            // Made by hand: a day is no time of a CronJob, and neither is a version.
            ("import-20260131-x2x4z", ("Job", "import-20260131"), nil, "import-20260131"),
            ("import-7-x2x4z", ("Job", "import-7"), nil, "import-7"),
            ("28391234-x2x4z", ("Job", "28391234"), nil, "28391234"),
            ("db-0", ("StatefulSet", "db"), nil, "db"),
            ("my-db-0", ("StatefulSet", "my-db"), nil, "my-db"),
            ("queue-reader-0", ("StatefulSet", "queue-reader"), nil, "queue-reader"),
            ("queue-writer-x7k2p", ("DaemonSet", "queue-writer"), nil, "queue-writer"),
            ("old-x2x4z", ("ReplicationController", "old"), nil, "old"),
            ("web-1-abcde", ("Notebook", "web"), nil, "web"),
            ("one-two-three-four", nil, nil, "one-two-three-four"),
            ("lonely", nil, nil, "lonely"),
        ] as [(String, (String, String)?, String?, String)]
    )
    func podsWithoutServicesAreKnownByTheirWorkload(
        name: String,
        owner: (String, String)?,
        hash: String?,
        workload: String
    ) throws {
        let pod = try Sample.pod {
            $0.name = name
            $0.owner = owner.map { (kind: $0.0, name: $0.1) }
            $0.labels["pod-template-hash"] = hash
        }
        let inbounds = try #require(Self.convert(pod).dataplane?.inbounds)
        #expect(inbounds.map(\.port) == [49151] && inbounds.map(\.isServiceless) == [true])
        #expect(inbounds[0].service == "\(workload)_shop_svc")
        #expect(inbounds[0].tags["kuma.io/instance"] == name && inbounds[0].tags["kuma.io/protocol"] == "tcp")
    }

    /// A Rollout owns its ReplicaSets as a Deployment does; Kuma knows Deployments alone, and takes the pod.
    @Test func podsOfAnotherControllersReplicaSetAreKnownByTheirName() throws {
        let pod = try Sample.pod {
            $0.name = "web-7d9-x2x4z"
            $0.owner = ("ReplicaSet", "web-7d9")
            $0.labels["rollouts-pod-template-hash"] = "7d9"
        }
        #expect(Self.convert(pod).dataplane?.inbounds.first?.service == "web-7d9-x2x4z_shop_svc")
    }

    // MARK: - Ports of the sidecar

    @Test(
        arguments: [
            (9901, [:], true), (9902, [:], true), (15001, [:], true), (15006, [:], true), (9001, [:], true),
            (8080, [:], false), (9903, [:], false),
            (9901, ["kuma.io/envoy-admin-port": "9911"], false), (9911, ["kuma.io/envoy-admin-port": "9911"], true),
            (9001, ["kuma.io/application-probe-proxy-port": "0"], false),
            (9100, ["kuma.io/application-probe-proxy-port": "9100"], true),
            (15016, ["kuma.io/transparent-proxying-inbound-port": "15016"], true),
            (15011, ["kuma.io/transparent-proxying-outbound-port": "15011"], true),
            (9901, ["kuma.io/envoy-admin-port": "x"], true),
        ] as [(Int64, [String: String], Bool)]
    )
    func portsOfTheSidecarAreNoInbounds(port: Int64, annotations: [String: String], isOwn: Bool) throws {
        let service = try Sample.service("admin", ports: [["port": 80, "targetPort": .int(port)]])
        let named = try Sample.service("named", ports: [["port": 81, "targetPort": "x"]])
        let pod = try Self.web { shape in
            shape.annotations.merge(annotations) { $1 }
            shape.ports = [("web", port, "x", "TCP")]
        }
        let conversion = Self.convert(pod, [service, named])
        let inbounds = try #require(conversion.dataplane?.inbounds)
        if isOwn {
            #expect(inbounds.map(\.isServiceless) == [true])
            #expect(
                conversion.problems == [
                    .sidecarPort(service: "admin", port: 80, target: UInt16(port)),
                    .sidecarPort(service: "named", port: 81, target: UInt16(port)),
                ]
            )
            #expect(
                conversion.problems.first?.description
                    == "Service admin, port 80: port \(port) of the pod is its sidecar's own; the port is left out"
            )
            #expect(MeshService.destinations(of: service, dataplanes: [try #require(conversion.dataplane)]).isEmpty)
        } else {
            #expect(inbounds.map(\.port) == [UInt16(port), UInt16(port)] && conversion.problems.isEmpty)
        }
    }

    @Test func aGatewayTakesItsInboundTrafficItself() throws {
        let pod = try Self.web { $0.annotations[MeshMarks.gateway] = "enabled" }
        let service = try Sample.service(ports: [["port": 80, "targetPort": 9001]])
        let conversion = Self.convert(pod, [service])
        #expect(conversion.dataplane?.gateway?.service == "web_shop_svc_80" && conversion.problems.isEmpty)
    }

    // MARK: - What is not heeded

    @Test(
        arguments: [
            (["internalTrafficPolicy": "Local"], [:], "internalTrafficPolicy: Local"),
            (["internalTrafficPolicy": "Cluster"], [:], nil), (["internalTrafficPolicy": .null], [:], nil),
            (["trafficDistribution": "PreferClose"], [:], "trafficDistribution: PreferClose"),
            (["trafficDistribution": "PreferSameNode"], [:], "trafficDistribution: PreferSameNode"),
            (["trafficDistribution": .null], [:], nil),
            (
                [:], ["service.kubernetes.io/topology-mode": "Auto"],
                "annotation service.kubernetes.io/topology-mode: Auto"
            ),
            (
                [:], ["service.kubernetes.io/topology-aware-hints": "auto"],
                "annotation service.kubernetes.io/topology-aware-hints: auto"
            ),
            ([:], ["service.kubernetes.io/topology-mode": "Disabled"], nil),
        ] as [([String: JSONValue], [String: String], String?)]
    )
    func aServiceThatAsksForEndpointsNearbyIsNamed(
        fields: [String: JSONValue],
        annotations: [String: String],
        setting: String?
    ) throws {
        let spec: [String: JSONValue] = [
            "selector": ["app": "web"], "ports": [["port": 80, "targetPort": 8080]], "clusterIP": "10.0.0.1",
        ]
        let service: KubeService = try Sample.read([
            "metadata": ["name": "web", "namespace": "shop", "annotations": .strings(annotations)],
            "spec": .object(spec.merging(fields) { $1 }),
        ])
        let conversion = Self.convert(try Self.web(), [service])
        #expect(conversion.dataplane?.inbounds.count == 1)
        #expect(
            conversion.problems.map(\.description)
                == (setting.map {
                    ["Service web, \($0): not supported by the mesh; proxies send to all endpoints of the Service"]
                } ?? [])
        )
    }

    // MARK: - Gateways

    @Test(
        arguments: [
            ("enabled", "web_shop_svc_80", nil, true),
            ("provided", nil, "gate_shop_svc", true),
            ("disabled", nil, nil, true),
            ("builtin", nil, nil, false),
        ] as [(String, String?, String?, Bool)]
    )
    func aGatewayHasTagsAndNoInbounds(value: String, service: String?, name: String?, isFine: Bool) throws {
        let pod = try Self.web {
            $0.annotations[MeshMarks.gateway] = value
            $0.owner = ("ReplicaSet", "gate-1")
            $0.labels["pod-template-hash"] = "1"
        }
        let conversion = Self.convert(pod, [try Sample.service(ports: [["port": 80, "appProtocol": "http"]])])
        let dataplane = try #require(conversion.dataplane)
        #expect(dataplane.gateway?["kuma.io/service"] == service)
        #expect(dataplane.gateway?["kuma.io/service-name"] == name)
        #expect(dataplane.gateway?["kuma.io/protocol"] == nil)
        #expect(dataplane.inbounds.isEmpty == (service != nil || name != nil))
        #expect(conversion.problems == (isFine ? [] : [.unknownGateway(value: value)]))
    }

    @Test func aProvidedGatewayWithoutADeploymentIsKnownByItsService() throws {
        let pod = try Self.web { $0.annotations[MeshMarks.gateway] = "provided" }
        let gateway = Self.convert(pod, [try Sample.service()]).dataplane?.gateway
        #expect(gateway?.service == "web_shop_svc_80" && gateway?["kuma.io/protocol"] == "tcp")
    }
}

import JSON
import KubeClient
import KubeModel
import SwiftletAPI
import Testing

@testable import Operator

/// What is found out about clusters that lack something.
struct DoctorTests {
    /// A cluster with all that the operator wants, less some.
    private struct Cluster: Sendable {
        /// Group versions that are not served.
        var missing: Set<String> = []
        /// `verb resource`; subresources as `resource/subresource`.
        var denied: Set<String> = []
        /// Of an operator that is installed; `nil` for none.
        var arguments: [String]?

        private static let kinds: [String: [JSONValue]] = [
            "web.phys.app/v1alpha1": [resource("webservers", "WebServer")],
            "networking.k8s.io/v1": [
                resource("ingresses", "Ingress"), resource("ingressclasses", "IngressClass", false),
            ],
            "autoscaling/v2": [resource("horizontalpodautoscalers", "HorizontalPodAutoscaler")],
            "kuma.io/v1alpha1": [
                resource("meshes", "Mesh", false), resource("trafficroutes", "TrafficRoute", false),
            ],
            "policy/v1": [resource("poddisruptionbudgets", "PodDisruptionBudget")],
            "discovery.k8s.io/v1": [resource("endpointslices", "EndpointSlice")],
        ]

        private static func resource(_ plural: String, _ kind: String, _ isNamespaced: Bool = true) -> JSONValue {
            [
                "name": .string(plural), "kind": .string(kind), "namespaced": .bool(isNamespaced),
                "verbs": ["list", "watch"],
            ]
        }

        private var served: [String] { Self.kinds.keys.filter { !missing.contains($0) }.sorted() }

        func answer(_ request: ScriptedAPI.Request) -> ScriptedAPI.Answer {
            switch request.path {
            case "/version": return ScriptedAPI.Answer(body: ["gitVersion": "v1.34.1", "major": "1", "minor": "34"])
            case "/api": return ScriptedAPI.Answer(body: ["kind": "APIVersions", "versions": ["v1"]])
            case "/apis":
                let groups = served.map { groupVersion -> JSONValue in
                    let group = groupVersion.prefix { $0 != "/" }
                    return ["name": .string(String(group)), "versions": [["groupVersion": .string(groupVersion)]]]
                }
                return ScriptedAPI.Answer(body: ["kind": "APIGroupList", "groups": .array(groups)])
            case "/apis/apps/v1/namespaces/ops/deployments":
                return ScriptedAPI.Answer(body: ["items": .array(arguments.map { [Self.deployment($0)] } ?? [])])
            case "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
                "/apis/authorization.k8s.io/v1/subjectaccessreviews":
                return ScriptedAPI.Answer(
                    status: 201,
                    body: ["status": ["allowed": .bool(!denied.contains(Self.right(request.body)))]]
                )
            default:
                let groupVersion = request.path.dropFirst("/apis/".count)
                let kinds = Self.kinds[String(groupVersion)] ?? []
                return ScriptedAPI.Answer(body: ["kind": "APIResourceList", "resources": .array(kinds)])
            }
        }

        private static func deployment(_ arguments: [String]) -> JSONValue {
            ["spec": ["template": ["spec": ["containers": [["args": .strings(["operator"] + arguments)]]]]]]
        }

        static func right(_ review: JSONValue) -> String {
            let attributes = review[path: "spec", "resourceAttributes"] ?? [:]
            func text(_ member: String) -> String { attributes[member]?.stringValue ?? "" }
            let subresource = text("subresource")
            return "\(text("verb")) \(text("resource"))\(subresource.isEmpty ? "" : "/\(subresource)")"
        }
    }

    private func findings(
        of cluster: Cluster,
        namespace: String? = nil,
        install: InstallState.Place? = nil
    ) async throws -> (all: [Doctor.Finding], requests: [ScriptedAPI.Request]) {
        try await ScriptedAPI.serve {
            cluster.answer($0)
        } _: { client, api in
            let discovery = Discovery(client: client)
            let doctor = Doctor(client: client, discovery: discovery, namespace: namespace, install: install)
            return (try await doctor.examine(), api.requests)
        }
    }

    @Test func aGoodClusterHasNoFindingButGoodOnesAndIsLeftAsItWas() async throws {
        let (all, requests) = try await findings(of: Cluster())
        #expect(all.first?.message == "Kubernetes v1.34.1")
        #expect(all.allSatisfy { $0.severity == .ok && $0.remedy.isEmpty })
        #expect(all.map(\.subject).suffix(Permission.all.count) == Permission.all.map(\.subject)[...])
        #expect(all.contains { $0.subject == "webservers.web.phys.app" && $0.message == "v1alpha1 is served" })
        for request in requests where request.method != "GET" {
            #expect(request.line == "POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews")
        }
        let asked = requests.filter { $0.method == "POST" }.map { Cluster.right($0.body) }
        let wanted = Permission.all.flatMap { permission in
            permission.verbs.map { verb in
                "\(verb) \(permission.resource.plural)\(permission.subresource.map { "/\($0)" } ?? "")"
            }
        }
        #expect(asked == wanted)
    }

    /// Endpoints are deprecated, and servers warn whoever asks for them.
    @Test(arguments: [true, false])
    func endpointsAreReadFromSlicesWhereTheyAreServed(areServed: Bool) async throws {
        let cluster = Cluster(missing: areServed ? [] : ["discovery.k8s.io/v1"], arguments: [])
        let requests = try await findings(of: cluster, install: InstallState.Place(namespace: "ops")).requests
        let asked = requests.filter { $0.path.contains("endpoint") }.map(\.line)
        let slices = "/apis/discovery.k8s.io/v1/namespaces/ops/endpointslices"
        #expect(asked.count == 1)
        if areServed {
            #expect(asked.first?.hasPrefix("GET \(slices)?") == true)
            #expect(asked.first?.contains("service-name") == true, "\(asked)")
        } else {
            #expect(asked.first?.hasPrefix("GET /api/v1/namespaces/ops/endpoints/") == true)
        }
    }

    @Test(
        arguments: [
            ([["addresses": ["10.0.0.1"], "conditions": ["ready": true]]], true),
            ([["addresses": ["10.0.0.1"], "conditions": ["ready": false]]], false),
            ([["addresses": ["10.0.0.1"]]], true), ([["addresses": []]], false), ([], false),
        ] as [(JSONValue, Bool)]
    )
    func anEndpointIsReadyUnlessItSaysOtherwise(endpoints: JSONValue, isReady: Bool) {
        #expect(ServiceEndpoints.haveReadyAddress(inSlices: [[:], ["endpoints": endpoints]]) == isReady)
        let subset: JSONValue =
            isReady ? ["addresses": [["ip": "10.0.0.1"]]] : ["notReadyAddresses": [["ip": "10.0.0.1"]]]
        #expect(ServiceEndpoints.haveReadyAddress(inEndpoints: ["subsets": [subset]]) == isReady)
    }

    @Test func theMissingResourceIsAProblemWithTheCommandThatInstallsIt() async throws {
        let all = try await findings(of: Cluster(missing: ["web.phys.app/v1alpha1"])).all
        let problems = all.filter { $0.severity == .problem }
        #expect(problems.map(\.subject) == ["webservers.web.phys.app"])
        #expect(problems.first?.message == "is not installed")
        #expect(problems.first?.remedy.contains("swiftlet crds | kubectl apply") == true)
    }

    @Test func aKindThatIsNotServedIsAWarningThatNamesTheFeature() async throws {
        let all = try await findings(of: Cluster(missing: ["policy/v1", "autoscaling/v2"])).all
        let warnings = all.filter { $0.severity == .warning }
        #expect(warnings.map(\.subject) == ["horizontalpodautoscalers.autoscaling", "poddisruptionbudgets.policy"])
        try #require(warnings.count == 2)
        #expect(warnings[0].message.contains("spec.autoscaling does nothing here"))
        #expect(warnings[1].message.contains("spec.disruptionBudget does nothing here"))
        #expect(!all.contains { $0.severity == .problem })
    }

    @Test func aMissingRightIsAProblemThatNamesVerbPlaceAndPurpose() async throws {
        let cluster = Cluster(denied: ["watch secrets", "list secrets", "patch webservers/status"])
        let all = try await findings(of: cluster).all
        let problems = all.filter { $0.severity == .problem }
        #expect(problems.map(\.subject) == ["webservers.web.phys.app/status", "secrets"])
        try #require(problems.count == 2)
        #expect(problems[0].message == "may not patch in all namespaces, so cannot tell how a WebServer is")
        #expect(problems[1].message.hasPrefix("may not list, watch in all namespaces, so cannot roll pods"))
        #expect(problems.allSatisfy { $0.remedy.contains("swiftlet crds --role") })
    }

    /// Where an install is that was told this, which right is missing, and whether that is a problem.
    @Test(
        arguments: [
            (["--no-web-servers"], "create persistentvolumeclaims", false),
            (["--no-mesh"], "create tokenreviews", false), (["--no-injection"], "create pods/eviction", false),
            (["--no-injection"], "create tokenreviews", true),
            (["--no-leader-election"], "update leases", false), (["--no-mesh"], "update leases", true),
            (["--certificate-secret=given"], "update secrets", false), ([], "update secrets", true),
            (["--namespace=a"], "list ingressclasses", false), ([], "list ingressclasses", true),
        ] as [([String], String, Bool)]
    )
    func onlyWhatAnInstallNeedsIsMissed(arguments: [String], denied: String, isProblem: Bool) async throws {
        let cluster = Cluster(denied: [denied], arguments: ["--no-register-webhooks"] + arguments)
        let place = InstallState.Place(namespace: "ops")
        let (all, requests) = try await findings(of: cluster, install: place)
        let problems = all.filter { $0.message.hasPrefix("may not") }
        #expect(problems.isEmpty != isProblem, "\(problems)")
        let asked = requests.filter { $0.path.hasSuffix("/subjectaccessreviews") }
        #expect(!asked.isEmpty)
        for request in asked {
            #expect(request.body[path: "spec", "user"] == "system:serviceaccount:ops:default")
        }
    }

    @Test func namespacesAreAskedAboutEachForWhatTheInstallNeedsThere() async throws {
        let cluster = Cluster(arguments: ["--namespace=a", "--namespace=b", "--lease-name=l"])
        let (_, requests) = try await findings(of: cluster, install: InstallState.Place(namespace: "ops"))
        let attributes = requests.filter { $0.path.hasSuffix("/subjectaccessreviews") }
            .compactMap { $0.body[path: "spec", "resourceAttributes"] }
        #expect(Set(attributes.compactMap { $0["namespace"]?.stringValue }) == ["a", "b", "ops"])
        #expect(attributes.allSatisfy { $0["namespace"] != nil })
        #expect(Set(attributes.compactMap { $0["name"]?.stringValue }) == ["l"])
        let lists = requests.filter { $0.method == "GET" && $0.path.hasSuffix("/webservers") }.map(\.path)
        #expect(lists.count == 2 && lists.allSatisfy { $0.contains("/namespaces/") })
    }

    @Test func oneNamespaceIsAskedAboutForWhatIsInNamespacesAlone() async throws {
        let (all, requests) = try await findings(of: Cluster(denied: ["list pods"]), namespace: "team")
        #expect(all.contains { $0.message.hasPrefix("may not list in namespace team") })
        for request in requests where request.method == "POST" {
            let attributes = request.body[path: "spec", "resourceAttributes"]
            let isNamespaced = attributes?["resource"]?.stringValue != "ingressclasses"
            #expect(attributes?["namespace"] == (isNamespaced ? "team" : nil))
        }
    }
}

import Injection
import JSON
import KubeModel
import KubeRuntime
import SwiftletAPI
import Testing

@testable import KubeAdmission
@testable import Operator

struct InjectionHandlerTests {
    private let namespaces = Store<Namespace>()
    private let meshes = Store<Mesh>()
    private let registry = PrometheusRegistry()
    private let limits = NamespaceLimitStores()

    init() throws {
        meshes.beginFill()
        meshes.put(MeshSample.mesh())
        meshes.endFill(resourceVersion: ResourceVersion(1))
    }

    private static func request(
        labels: [String: String] = [:],
        annotations: [String: String] = [:],
        operation: AdmissionOperation = .create,
        plural: String = "pods",
        subresource: String? = nil,
        namespace: String = "shop",
        spec: JSONValue = ["containers": [["name": "app", "image": "nginx"]]]
    ) -> AdmissionRequest {
        AdmissionRequest(
            uid: "1",
            kind: APIResource.pods.groupVersionKind,
            groupVersion: GroupVersion(group: "", version: "v1"),
            plural: plural,
            subresource: subresource,
            name: "web-1",
            namespace: namespace,
            operation: operation,
            object: [
                "metadata": [
                    "name": "web-1", "labels": .strings(labels), "annotations": .strings(annotations),
                ],
                "spec": spec,
            ]
        )
    }

    private func respond(
        to request: AdmissionRequest,
        isReady: Bool = true,
        namespace: @escaping @Sendable () -> ScriptedAPI.Answer = { .refusal(404, "NotFound") }
    ) async throws -> (response: AdmissionResponse, requests: [String]) {
        try await ScriptedAPI.serve({ _ in namespace() }) { client, api in
            let handler = InjectionHandler(
                namespaces: NamespaceLookup(store: namespaces, client: client, time: .system),
                meshes: meshes,
                injector: { isReady ? MeshSample.injector : nil },
                metrics: InjectionMetrics(factory: registry),
                logger: TestCluster.silent,
                limits: limits
            )
            return (try await handler.respond(to: request), api.requests.map(\.line))
        }
    }

    private func count(_ result: String, _ reason: String) -> Bool {
        registry.text().contains("sidecar_injection_total{reason=\"\(reason)\",result=\"\(result)\"} 1\n")
    }

    @Test func aPodOfAnEnabledNamespaceGetsASidecar() async throws {
        namespaces.put(try MeshSample.namespace(annotations: ["kuma.io/sidecar-injection": "enabled"]))
        let (response, requests) = try await respond(to: Self.request())
        #expect(response.isAllowed)
        let paths = response.patch.compactMap { $0["path"]?.stringValue }
        #expect(paths.contains("/spec/initContainers"), "\(paths)")
        // The namespace is known: nobody has to be asked.
        #expect(requests.isEmpty)
        #expect(count("success", ""))
    }

    @Test func aNamespaceThatWasJustMadeIsAskedFor() async throws {
        let object: JSONValue = ["metadata": ["name": "shop", "labels": ["kuma.io/sidecar-injection": "enabled"]]]
        let (response, requests) = try await respond(to: Self.request()) { .init(body: object) }
        #expect(!response.patch.isEmpty)
        #expect(requests == ["GET /api/v1/namespaces/shop"])
    }

    @Test func aNamespaceThatCannotBeReadIsForTheFailurePolicyToDecide() async throws {
        await #expect(throws: (any Error).self) {
            _ = try await respond(to: Self.request()) { .refusal(403, "Forbidden") }
        }
    }

    /// Whoever reaches the port would else have the operator ask for whatever they like, with its rights.
    @Test(arguments: ["", ".", "..", "shop/secrets", "../v1/secrets", "a?watch=true", "shop%2f..", "UPPER", "a.b"])
    func whatIsNoNamespaceIsAskedForNowhere(_ namespace: String) async throws {
        try await ScriptedAPI.serve({ _ in .init(body: ["metadata": ["name": "shop"]]) }) { client, api in
            let lookup = NamespaceLookup(store: namespaces, client: client, time: .system)
            let handler = InjectionHandler(
                namespaces: lookup,
                meshes: meshes,
                injector: { MeshSample.injector },
                metrics: InjectionMetrics(factory: registry),
                logger: TestCluster.silent
            )
            await #expect(throws: NamespaceLookup.Unknown.self) {
                try await handler.respond(to: Self.request(namespace: namespace))
            }
            #expect(api.requests.map(\.line) == [])
        }
    }

    /// What the API server says about names that a stranger gives is not for strangers.
    @Test(arguments: [404, 403, 500])
    func whatTheAPIServerSaysOfANamespaceIsNotToldBack(_ code: Int64) async throws {
        let secret = "secrets \"shop-key\" not found"
        try await ScriptedAPI.serve({ _ in .refusal(code, "Reason", secret) }) { client, _ in
            let handler = InjectionHandler(
                namespaces: NamespaceLookup(store: namespaces, client: client, time: .system),
                meshes: meshes,
                injector: { MeshSample.injector },
                metrics: InjectionMetrics(factory: registry),
                logger: TestCluster.silent
            )
            let endpoints = AdmissionEndpoints(
                handlers: ["/inject": { try await handler.respond(to: $0) }],
                metrics: registry,
                logger: TestCluster.silent
            )
            let review: JSONValue = [
                "apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview",
                "request": [
                    "uid": "1", "kind": ["group": "", "version": "v1", "kind": "Pod"],
                    "resource": ["group": "", "version": "v1", "resource": "pods"], "namespace": "elsewhere",
                    "operation": "CREATE", "object": ["spec": ["containers": [["name": "app"]]]],
                ],
            ]
            let answer = try await endpoints.respond(to: "POST", "/inject", contentType: "application/json") { _ in
                review.encoded()
            }
            #expect(answer.status == 500)
            let text = String(decoding: answer.body, as: UTF8.self)
            #expect(!text.contains("shop-key") && !text.contains("elsewhere"), "\(text)")
        }
    }

    /// A flood of invented names costs the API server a few reads, and one name one read.
    @Test func namesThatStrangersInventAreSeldomAskedFor() async throws {
        try await ScriptedAPI.serve({ _ in .refusal(404, "NotFound") }) { client, api in
            var limits = NamespaceReads.Limits()
            (limits.burst, limits.rate) = (5, 0)
            limits.memory = .seconds(3600)
            let lookup = NamespaceLookup(store: namespaces, client: client, limits: limits, time: .system)
            await withTaskGroup(of: Void.self) { group in
                for index in 0..<200 {
                    group.addTask {
                        await #expect(throws: NamespaceLookup.Unknown.self) {
                            try await lookup.metadata(of: index < 100 ? "same" : "other-\(index)")
                        }
                    }
                }
            }
            #expect(api.requests.count <= 5)
            #expect(api.requests.filter { $0.path.hasSuffix("/same") }.count <= 1)
        }
    }

    @Test func whatNobodyAskedForIsLeftAlone() async throws {
        namespaces.put(try MeshSample.namespace())
        let (response, _) = try await respond(to: Self.request())
        #expect(response == .allowed())
        #expect(count("skipped", "not_requested"))
        namespaces.put(try MeshSample.namespace(labels: ["kuma.io/sidecar-injection": "enabled"]))
        let out = try await respond(to: Self.request(labels: ["kuma.io/sidecar-injection": "disabled"]))
        #expect(out.response == .allowed())
        #expect(count("skipped", "disabled_on_pod"))
    }

    @Test func aPodThatCannotHaveOneIsAdmittedWithAWarning() async throws {
        namespaces.put(try MeshSample.namespace(labels: ["kuma.io/sidecar-injection": "enabled"]))
        let request = Self.request(spec: ["hostNetwork": true, "containers": [["name": "app"]]])
        let (response, _) = try await respond(to: request)
        #expect(response.isAllowed && response.patch.isEmpty)
        #expect(response.warnings.first?.contains("host's network") == true, "\(response.warnings)")
        #expect(count("skipped", "host_network"))
    }

    @Test func aPodOfAMeshThatIsNotThereIsRefused() async throws {
        namespaces.put(try MeshSample.namespace(labels: ["kuma.io/sidecar-injection": "enabled"]))
        let (response, _) = try await respond(to: Self.request(labels: ["kuma.io/mesh": "lab"]))
        #expect(response.denial?.code == 422)
        #expect(
            response.denial?.message
                == "Pod shop/web-1: no sidecar injected: there is no Mesh \"lab\": create it, or name another by the label kuma.io/mesh"
        )
        #expect(count("failed", "invalid_setting"))
        meshes.put(MeshSample.mesh("lab"))
        #expect(try await respond(to: Self.request(labels: ["kuma.io/mesh": "lab"])).response.isAllowed)
    }

    @Test func aSettingThatMeansNothingIsRefusedByItsName() async throws {
        namespaces.put(try MeshSample.namespace(labels: ["kuma.io/sidecar-injection": "enabled"]))
        let (response, _) = try await respond(to: Self.request(annotations: ["kuma.io/envoy-admin-port": "x"]))
        #expect(response.denial?.message.contains("metadata.annotations[kuma.io/envoy-admin-port]") == true)
    }

    @Test func untilSidecarsCanTrustSomebodyThereIsNoAnswer() async throws {
        namespaces.put(try MeshSample.namespace(labels: ["kuma.io/sidecar-injection": "enabled"]))
        await #expect(throws: (any Error).self) { _ = try await respond(to: Self.request(), isReady: false) }
    }

    @Test(arguments: [
        request(operation: .update), request(operation: .delete), request(plural: "deployments"),
        request(subresource: "ephemeralcontainers"),
    ])
    func everythingButNewPodsPasses(_ request: AdmissionRequest) async throws {
        // Not even ready, and not needed.
        #expect(try await respond(to: request, isReady: false).response == .allowed())
    }

    @Test func whatTheNamespaceWouldRefuseIsToldBeforehand() async throws {
        namespaces.put(try MeshSample.namespace(labels: ["kuma.io/sidecar-injection": "enabled"]))
        func metadata(_ namespace: String) -> JSONValue {
            ["name": "team", "namespace": .string(namespace), "uid": "u", "resourceVersion": "1"]
        }
        func range(_ namespace: String) throws -> LimitRange {
            try MeshSample.read([
                "metadata": metadata(namespace),
                "spec": [
                    "limits": [
                        ["type": "Pod", "max": ["cpu": "1m"]],
                        ["type": "Container", "min": ["cpu": "60m"], "max": ["x": 1]],
                    ]
                ],
            ])
        }
        func quota(_ spec: JSONValue) throws -> ResourceQuota {
            try MeshSample.read(["metadata": metadata("shop"), "spec": spec, "status": ["hard": ["pods": "1"]]])
        }
        func warnings() async throws -> [String] { try await respond(to: Self.request()).response.warnings }

        limits.ranges.put(try range("other"))
        limits.quotas.put(try quota(["hard": ["limits.cpu": "4"], "scopes": ["BestEffort"]]))
        #expect(try await warnings().isEmpty)
        limits.ranges.put(try range("shop"))
        let annotations = "set the annotations swiftlet.phys.app/sidecar-{cpu,memory}-{request,limit}"
        let range =
            "Pod shop/web-1: LimitRange team has a minimum for cpu, and kuma-sidecar requests less: \(annotations)"
        #expect(try await warnings() == [range])
        limits.quotas.put(try quota(["hard": ["limits.cpu": "4"], "scopes": .null, "scopeSelector": .null]))
        let quota =
            "Pod shop/web-1: ResourceQuota team counts limits.cpu, and kuma-sidecar has no limit: \(annotations)"
        #expect(try await warnings() == [range, quota])
    }

    @Test func aRequestThatHasEndedGetsNoPatch() async throws {
        namespaces.put(try MeshSample.namespace(labels: ["kuma.io/sidecar-injection": "enabled"]))
        try await ScriptedAPI.serve({ _ in .refusal(404, "NotFound") }) { client, _ in
            let handler = InjectionHandler(
                namespaces: NamespaceLookup(store: namespaces, client: client, time: .system),
                meshes: meshes,
                injector: { MeshSample.injector },
                metrics: InjectionMetrics(factory: registry),
                logger: TestCluster.silent
            )
            let task = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return try await handler.respond(to: Self.request())
            }
            await #expect(throws: CancellationError.self) { _ = try await task.value }
        }
        #expect(count("failed", "cancelled"))
    }

    @Test func twoPodsHaveTwoTokens() async throws {
        namespaces.put(try MeshSample.namespace(labels: ["kuma.io/sidecar-injection": "enabled"]))
        let (first, second) = (try await respond(to: Self.request()), try await respond(to: Self.request()))
        #expect(first.response.patch != second.response.patch)
    }
}

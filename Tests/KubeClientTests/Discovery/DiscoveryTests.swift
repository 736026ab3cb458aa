import JSON
import KubeModel
import TestSupport
import Testing

@testable import KubeClient

@Suite struct DiscoveryTests {
    private static let aggregated = Script.Answer.json(
        200,
        """
        {"kind":"APIGroupDiscoveryList","apiVersion":"apidiscovery.k8s.io/v2","items":[
          {"metadata":{"name":"apps"},"versions":[{"version":"v1","freshness":"Current","resources":[
            {"resource":"deployments","responseKind":{"group":"apps","version":"v1","kind":"Deployment"},"scope":"Namespaced",
             "singularResource":"deployment","verbs":["get","list","watch"],"shortNames":["deploy"],"categories":["all"],
             "subresources":[{"subresource":"scale","responseKind":{"kind":"Scale"},"verbs":["get","update"]}]}]}]},
          {"metadata":{"name":"metrics.k8s.io"},"versions":[{"version":"v1beta1","freshness":"Stale","resources":[]}]}]}
        """
    )
    private static let aggregatedCore = Script.Answer.json(
        200,
        """
        {"kind":"APIGroupDiscoveryList","items":[{"metadata":{},"versions":[{"version":"v1","resources":[
          {"resource":"namespaces","responseKind":{"kind":"Namespace"},"scope":"Cluster","verbs":["get"]},{"broken":1}]}]}]}
        """
    )

    @Test func aggregatedDiscoveryTakesTwoRequests() async throws {
        try await withClient(answering: [Self.aggregatedCore, Self.aggregated]) { client, script in
            let served = try await Discovery(client: client).servedResources()
            #expect(script.requests.map(\.path) == ["/api", "/apis"])
            #expect(
                script.requests[0].header("Accept")?.hasPrefix("application/json;g=apidiscovery.k8s.io;v=v2;") == true
            )
            #expect(served.all.map(\.resource.description) == ["namespaces", "deployments.apps"])
            #expect(served.failures.keys.map(\.description) == ["metrics.k8s.io/v1beta1"])
            let deployments = try #require(served[GroupVersionKind(group: "apps", version: "v1", kind: "Deployment")])
            #expect(deployments.resource == .deployments)
            #expect(deployments.isWatchable)
            #expect(deployments.subresources == ["scale"])
            #expect(served.resource(for: APIResource.namespaces.groupVersionKind) == .namespaces)
        }
    }

    /// A server before 1.26, of which one group does not answer.
    private static let old: TestServer.Handler = { connection in
        while let request = try connection.readRequest() {
            switch request.path {
            case "/api": try connection.respond(200, #"{"kind":"APIVersions","versions":["v1"]}"#)
            case "/apis":
                try connection.respond(
                    200,
                    """
                    {"kind":"APIGroupList","groups":[{"name":"autoscaling","versions":[
                      {"groupVersion":"autoscaling/v2beta2"},{"groupVersion":"autoscaling/v1"}],
                      "preferredVersion":{"groupVersion":"autoscaling/v1"}},
                     {"name":"down.example.org","versions":[{"groupVersion":"down.example.org/v1"}]}]}
                    """
                )
            case "/api/v1":
                try connection.respond(
                    200,
                    """
                    {"kind":"APIResourceList","groupVersion":"v1","resources":[
                      {"name":"pods","singularName":"","namespaced":true,"kind":"Pod","verbs":["list","watch"],"shortNames":["po"]},
                      {"name":"pods/status","namespaced":true,"kind":"Pod","verbs":["patch"]}]}
                    """
                )
            case "/apis/autoscaling/v1", "/apis/autoscaling/v2beta2":
                try connection.respond(
                    200,
                    """
                    {"resources":[{"name":"horizontalpodautoscalers","namespaced":true,"kind":"HorizontalPodAutoscaler",
                      "verbs":["list"],"shortNames":["hpa"]}]}
                    """
                )
            default: try connection.respond(503, "service unavailable")
            }
        }
    }

    @Test func olderServersAreAskedGroupByGroupAndOneThatIsDownCostsOnlyItself() async throws {
        try await withClient(of: Self.old) { client, _ in
            let served = try await Discovery(client: client).servedResources()
            let versions = served.all.map { "\($0.resource.apiVersion) \($0.resource.plural)" }
            #expect(
                versions == [
                    "v1 pods", "autoscaling/v1 horizontalpodautoscalers",
                    "autoscaling/v2beta2 horizontalpodautoscalers",
                ]
            )
            #expect(served.failures.keys.map(\.description) == ["down.example.org/v1"])
            #expect(served.failures.values.first == "503: service unavailable")
            #expect(served.named("po")?.subresources == ["status"])
            let kind = GroupKind(group: "autoscaling", kind: "HorizontalPodAutoscaler")
            #expect(served.preferred(for: kind)?.version == "v1")
            #expect(served.preferred(for: kind, among: ["v2", "v2beta2", "v1"])?.version == "v2beta2")
            #expect(served.preferred(for: kind, among: ["v2"]) == nil)
        }
    }

    @Test func whatIsServedIsKeptUntilItIsAskedForAnew() async throws {
        let empty = Script.Answer.json(200, #"{"kind":"APIGroupList","groups":[]}"#)
        let answers = [empty, empty, Self.aggregatedCore, Self.aggregated, .json(403, "{}")]
        try await withClient(answering: answers) { client, script in
            let discovery = Discovery(client: client)
            _ = try await discovery.servedResources()
            let before = try await discovery.servedResources()
            #expect(before.all.isEmpty)
            #expect(script.requests.count == 2)
            let found = try await discovery.resource(for: APIResource.deployments.groupVersionKind)
            #expect(found == .deployments)
            await #expect(throws: KubeError.self) { try await discovery.refresh() }
            let after = try await discovery.servedResources()
            #expect(after.all.count == 2)
        }
    }

    @Test func theServersVersionIsAskedForOnce() async throws {
        let answer = Script.Answer.json(200, #"{"major":"1","minor":"20+","gitVersion":"v1.20.2-x"}"#)
        try await withClient(answering: [answer]) { client, _ in
            let discovery = Discovery(client: client)
            for _ in 0..<2 {
                let version = try await discovery.serverVersion()
                #expect(version == ServerVersion(gitVersion: "v1.20.2-x", major: 1, minor: 20))
            }
        }
    }
}

@Suite struct ServedResourcesTests {
    private static let served = ServedResources([
        ServedResource(resource: .pods, singular: "pod", shortNames: ["po"]),
        ServedResource(resource: .events.with(group: ""), singular: "event", shortNames: ["ev"]),
        ServedResource(resource: .deployments, singular: "deployment", shortNames: ["deploy"]),
        ServedResource(resource: .events, singular: "event", shortNames: ["ev"]),
        ServedResource(
            resource: APIResource(group: "x.io", version: "v1", kind: "Po", plural: "pos"),
            shortNames: ["pod"]
        ),
    ])

    @Test(
        arguments: [
            ("pods", "pods"), ("pod", "pods"), ("po", "pos.x.io"), ("PODS", "pods"), ("Pod", "pods"),
            ("deploy", "deployments.apps"),
            ("deployments.apps", "deployments.apps"), ("deployment.v1.apps", "deployments.apps"), ("events", "events"),
            ("events.events.k8s.io", "events.events.k8s.io"), ("events.v1", "events"), ("pods.v1", "pods"),
            ("pods.v2", nil),
            ("deployments.v2.apps", nil), ("nothing", nil), ("", nil), (".", nil),
        ] as [(String, String?)]
    )
    func findsWhatAPersonMeans(word: String, resource: String?) {
        #expect(Self.served.named(word)?.resource.description == resource)
    }
}

extension APIResource {
    fileprivate func with(group: String) -> APIResource {
        var copy = self
        copy.group = group
        return copy
    }
}

import JSON
import Testing

@testable import Operator

/// Mesh reports as people and programs read them.
struct MeshReportTextTests {
    private func text(_ manifests: String, _ scene: MeshScene = .shop()) async throws -> ReportText {
        ReportText([], mesh: try await scene.report(manifests))
    }

    @Test func peopleReadSharesThenResources() async throws {
        let text = try await text(MeshScene.canary(90, 10)).forPeople(colored: false)
        #expect(
            text.contains(
                """
                # traffic to web_shop_svc_80 (10.1.0.2:80) of mesh default: 1 proxy of caller_shop_svc_80
                #   VERSION      BEFORE               AFTER
                #   v1           66.7%, 2 endpoints   90%, 2 endpoints
                #   v2           33.3%, 1 endpoint    10%, 1 endpoint
                #   decided by   no TrafficRoute      canary
                #   protocol http: shares are of requests

                """
            )
        )
        #expect(text.contains("+++ planned/kuma.io.v1alpha1.TrafficRoute..canary\n@@ -0,0 "))
        #expect(text.contains("--- before/default/route/outbound:web_shop_svc_80\n"))
        #expect(text.contains("\n-      cluster: web_shop_svc_80\n") || text.contains("weightedClusters"))
        #expect(text.contains("# Envoy was not asked: there is no Envoy here"))
        #expect(
            text.hasSuffix(
                """
                1 to create, 0 to change, 0 to delete; \
                Envoy resources: 4 to add, 1 to change, 0 to remove, for 1 of 4 proxies

                """
            )
        )
    }

    @Test func whatFailsAndWhatBalancesIsShownWhereItIsOfInterest() async throws {
        let missing = MeshScene.canary(90, 10).replacing("version: v2", with: "version: v3")
            .replacing("  conf:", with: "  conf:\n    loadBalancer: {random: {}}")
        let text = try await text(missing).forPeople(colored: false)
        #expect(text.contains("#   fails: no endpoint   -                    10%\n"))
        #expect(text.contains("#   load balancer        roundRobin           random\n"))
    }

    @Test func rulesForRequestsAreListed() async throws {
        let ruled =
            MeshScene.canary(90, 10) + """

                    http:
                    - match: {method: {exact: GET}, path: {prefix: /api}, headers: {x-user: {regex: "a.*"}}}
                      destination: {kuma.io/service: \(MeshScene.web), version: v2}
                """
        let text = try await text(ruled).forPeople(colored: false)
        #expect(text.contains("#   after, GET /api*, x-user: ~a.*: v2 of web_shop_svc_80 100% (1 endpoint)\n"))
    }

    @Test func noChangesIsOneLine() async throws {
        var scene = MeshScene.shop()
        try scene.add(route: MeshScene.canary(90, 10))
        let text = try await text(MeshScene.canary(90, 10), scene)
        #expect(!text.hasChanges)
        #expect(text.forPeople(colored: true) == "no changes\n")
    }

    @Test func programsReadTheSame() async throws {
        let document = try await text(MeshScene.canary(90, 10)).forPrograms
        #expect(document[path: "summary", "create"] == 1)
        #expect(document[path: "summary", "envoyResources"] == ["add": 4, "change": 1, "remove": 0])
        let mesh = try #require(document["mesh"])
        #expect(mesh["changes"]?[0]?["action"] == "create")
        #expect(mesh["changes"]?[0]?["namespace"] == nil)
        #expect(mesh["proxies"] == ["affected": 1, "total": 4])
        let outbound = try #require(mesh["outbounds"]?[0])
        #expect(outbound["callers"] == [["service": "caller_shop_svc_80", "proxies": 1]])
        #expect(outbound[path: "before", "versions"]?[0]?["percent"] == 66.67)
        #expect(outbound[path: "before", "decidedBy"] == nil)
        #expect(
            outbound[path: "after", "versions"]?[0] == [
                "service": "web_shop_svc_80", "version": "v1", "percent": 90, "endpoints": 2,
            ]
        )
        #expect(outbound[path: "after", "decidedBy"] == "canary")
        let route = try #require(mesh["resources"]?.arrayValue?.last)
        #expect(route["action"] == "change" && route["type"] == "route")
        #expect(route[path: "before", "name"] == "outbound:web_shop_svc_80")
        #expect(mesh[path: "envoy", "asked"] == false)
    }
}

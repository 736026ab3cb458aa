import EnvoyAPI
import JSON
import KubeModel
import Testing
import TrafficPolicy

@testable import Operator

/// What `swiftlet inspect` shows, from files alone.
struct InspectionTests {
    private func objects(_ scene: MeshScene) async throws -> MeshObjects {
        var objects = try await MeshObjects.read(from: scene.state)
        objects.assumeNamedMeshes()
        return objects
    }

    /// The cells of a table: at least three spaces apart.
    private func columns(_ table: String) -> [[String]] {
        table.split(separator: "\n").map { line in
            line.replacing("   ", with: "\t").split(separator: "\t").map { cell in
                String(cell.drop { $0 == " " })
            }
        }
    }

    @Test func dataplanesAreListed() async throws {
        var scene = MeshScene.shop()
        scene.add(pod: "web-4", labels: ["app": "web"], address: "10.2.0.9", isReady: false)
        scene.add(pod: "lone", labels: ["team": "a"], address: "10.2.0.8")
        let inspection = DataplaneInspection(try await objects(scene), options: InspectionOptions())
        let lines = columns(inspection.table)
        #expect(lines[0] == ["NAMESPACE", "NAME", "MESH", "ADDRESS", "INBOUNDS", "READY", "SERVICES", "TAGS"])
        #expect(lines[1] == ["shop", "caller-1", "default", "10.2.0.1", "8080", "1/1", MeshScene.caller, "app=caller"])
        #expect(lines[2] == ["shop", "lone", "default", "10.2.0.8", "none", "-", "lone_shop_svc", "team=a"])
        #expect(lines[5].dropFirst(5) == ["1/1", MeshScene.web, "app=web,version=v2"])
        #expect(lines[6].dropFirst(5) == ["0/1", MeshScene.web, "app=web"])
        #expect(inspection.warnings == [])
        #expect(inspection.documents.count == 6)
        #expect(inspection.documents[0]["kind"] == "Dataplane")
    }

    @Test func dataplanesOfOneNamespaceOrMeshCanBeAskedFor() async throws {
        var options = InspectionOptions()
        options.namespace = "elsewhere"
        #expect(DataplaneInspection(try await objects(.shop()), options: options).dataplanes.isEmpty)
        options = InspectionOptions()
        options.mesh = "other"
        #expect(DataplaneInspection(try await objects(.shop()), options: options).dataplanes.isEmpty)
        options.mesh = "default"
        #expect(DataplaneInspection(try await objects(.shop()), options: options).dataplanes.count == 4)
    }

    @Test func aPodOfAMeshThatIsNotThereIsAProblem() async throws {
        var scene = MeshScene.shop()
        scene.add(
            pod: "stray",
            labels: ["kuma.io/mesh": "gone"],
            address: "10.2.0.9"
        )
        let inspection = DataplaneInspection(try await objects(scene), options: InspectionOptions())
        #expect(inspection.dataplanes.count == 4)
        #expect(
            inspection.warnings == ["pod shop/stray: Mesh \"gone\" does not exist; the pod is in no mesh until it does"]
        )
    }

    @Test func routesTellWinnerRuleAndLosers() async throws {
        var scene = MeshScene.shop()
        try scene.add(route: MeshScene.canary(90, 10))
        try scene.add(route: MeshScene.canary(50, 50, name: "older"), at: "2024-01-01T00:00:00Z")
        try scene.add(route: MeshScene.canary(50, 50, name: "general", source: "*"))
        let report = try RouteInspectionReport(
            try await objects(scene),
            options: InspectionOptions(),
            source: MeshScene.caller,
            destination: MeshScene.web
        )
        let entry = try #require(report.entries.first)
        #expect(report.entries.count == 1)
        #expect(entry.decision.winner?.name == "canary")
        #expect(entry.decision.losers.map(\.candidate.name) == ["older", "general"])
        #expect(
            columns(report.text)[1] == [
                "default", "\(MeshScene.caller) (1)", MeshScene.web, "http", "canary", "newer than older",
                "v1 90% (2 endpoints), v2 10% (1 endpoint)",
            ]
        )
        #expect(report.text.contains("not older, with 2 tags, 2 exact"))
        #expect(report.text.contains("not general, with 2 tags, 1 exact"))
        let item = try #require(report.document["items"]?[0])
        #expect(item[path: "winner", "name"] == "canary")
        #expect(item["losers"]?[1]?["rule"] == "moreExactTags")
        #expect(report.warnings.contains { $0.hasPrefix("TrafficRoute older: spec: decides nothing") })
    }

    @Test func withoutRoutesEverythingIsForAll() async throws {
        let report = try RouteInspectionReport(try await objects(.shop()), options: InspectionOptions())
        // All callers are alike, so they are told together.
        #expect(report.entries.map(\.decision.service) == [MeshScene.caller, MeshScene.web])
        #expect(report.entries.allSatisfy { $0.callers.map(\.proxies) == [1, 3] && $0.decision.winner == nil })
        #expect(columns(report.text)[1][5] == "none matches")
    }

    @Test func envoyShowsWhatAPodIsToHave() async throws {
        var scene = MeshScene.shop()
        try scene.add(route: MeshScene.canary(90, 10))
        let key = ObjectKey(namespace: "shop", name: "caller-1")
        let objects = try await objects(scene)
        let whole = try EnvoyInspection(objects, options: InspectionOptions(), pod: key)
        #expect(columns(whole.table).contains { $0.first == "route" && $0.last == "TrafficRoute canary" })
        let routes = try EnvoyInspection(
            objects,
            options: InspectionOptions(),
            pod: key,
            types: [.route],
            name: "web_shop"
        ).dump()
        let configs = try #require(routes["configs"]?.arrayValue)
        #expect(configs.count == 1)
        #expect(configs[0]["@type"] == "type.googleapis.com/envoy.admin.v3.RoutesConfigDump")
        let route = try #require(configs[0]["dynamicRouteConfigs"]?[0]?["routeConfig"])
        #expect(route["name"] == "outbound:web_shop_svc_80")
        #expect(route["@type"] == "type.googleapis.com/envoy.config.route.v3.RouteConfiguration")
        let listeners = try EnvoyInspection(objects, options: InspectionOptions(), pod: key, types: [.listener]).dump()
        #expect(listeners["configs"]?[0]?["dynamicListeners"]?[0]?[path: "activeState", "listener"] != nil)
    }

    @Test(arguments: [
        ("nobody", "there is none"), ("bare", "none is asked for"), ("late", "has to be made anew"),
        ("new", "it has no address"), ("stray", "Mesh \"gone\" does not exist"),
    ])
    func aPodWithoutEnvoyIsExplained(name: String, reason: String) async throws {
        var scene = MeshScene.shop()
        scene.add(
            pod: "bare",
            labels: ["kuma.io/sidecar-injection": "disabled"],
            address: "10.2.0.9",
            hasSidecar: false
        )
        scene.add(pod: "late", labels: [:], address: "10.2.0.10", hasSidecar: false)
        scene.add(pod: "new", labels: [:], address: "")
        scene.add(pod: "stray", labels: ["kuma.io/mesh": "gone"], address: "10.2.0.11")
        let objects = try await objects(scene)
        #expect {
            try EnvoyInspection(
                objects,
                options: InspectionOptions(),
                pod: ObjectKey(namespace: "shop", name: name)
            )
        } throws: {
            "\($0)".hasPrefix("pod shop/\(name): ") && "\($0)".contains(reason)
        }
    }
}

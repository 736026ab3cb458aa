import Dataplanes
import EnvoyAPI
import JSON
import KubeModel
import Testing
import TrafficPolicy

@testable import Operator

/// What is told of Meshes and TrafficRoutes, from files alone.
struct MeshDryRunTests {
    private let scene = MeshScene.shop()

    private func ids(_ report: MeshReport, _ verb: ResourceChange.Verb) -> [String] {
        report.resources.filter { $0.verb == verb }.map { String("\($0.id)".prefix { $0 != "-" }) }
    }

    private func versions(_ side: OutboundChange.Side?) -> [String: [Double]] {
        Dictionary(
            uniqueKeysWithValues: (side?.shares.versions ?? []).map {
                ($0.version ?? "", [($0.fraction * 100).rounded(), Double($0.endpoints)])
            }
        )
    }

    @Test func aNewRouteChangesTheTrafficOfItsSourceAlone() async throws {
        let report = try #require(try await scene.report(MeshScene.canary(90, 10)))
        #expect(report.changes.map(\.verb) == [.create])
        let outbound = try #require(report.outbounds.first)
        #expect(report.outbounds.count == 1)
        #expect(outbound.service == MeshScene.web)
        #expect(outbound.addresses == ["10.1.0.2:80"])
        #expect(outbound.callers == [CallerCount(name: MeshScene.caller, proxies: 1)])
        #expect(versions(outbound.before) == ["v1": [67, 2], "v2": [33, 1]])
        #expect(versions(outbound.after) == ["v1": [90, 2], "v2": [10, 1]])
        #expect(outbound.before?.decidedBy == nil)
        #expect(outbound.after?.decidedBy == "canary")
        #expect(report.affectedProxies == 1)
        #expect(report.proxies == 4)
        #expect(
            ids(report, .add) == ["cluster web_shop_svc_80", "cluster web_shop_svc_80"]
                + ["endpoint web_shop_svc_80", "endpoint web_shop_svc_80"]
        )
        #expect(ids(report, .change) == ["route outbound:web_shop_svc_80"])
        #expect(ids(report, .remove) == [])
        #expect(report.resources.allSatisfy { $0.proxies == [ObjectKey(namespace: "shop", name: "caller-1")] })
        #expect(report.warnings == [])
        #expect(report.notes == [])
        guard case .notAsked(let reason) = report.verdict else { Issue.record("asked"); return }
        #expect(reason.contains("--envoy"))
    }

    @Test func proxiesWithTheSameChangeAreToldOnce() async throws {
        let report = try #require(try await scene.report(MeshScene.canary(90, 10, source: "*")))
        #expect(
            report.outbounds.map(\.callers) == [
                [CallerCount(name: MeshScene.caller, proxies: 1), CallerCount(name: MeshScene.web, proxies: 3)]
            ]
        )
        #expect(report.resources.count == 5)
        #expect(report.resources.allSatisfy { $0.proxies.count == 4 })
        #expect(report.affectedProxies == 4)
    }

    @Test func whatIsStoredAlreadyIsNoChange() async throws {
        var scene = scene
        try scene.add(route: MeshScene.canary(90, 10))
        let same = try #require(try await scene.report(MeshScene.canary(90, 10)))
        #expect(!same.hasChanges && same.outbounds.isEmpty)
        let other = try #require(try await scene.report(MeshScene.canary(0, 100)))
        #expect(other.changes.map(\.verb) == [.change])
        #expect(versions(other.outbounds.first?.before) == ["v1": [90, 2], "v2": [10, 1]])
        #expect(versions(other.outbounds.first?.after) == ["v2": [100, 1]])
        #expect(ids(other, .remove) == ["cluster web_shop_svc_80", "endpoint web_shop_svc_80"])
        #expect(ids(other, .change) == ["route outbound:web_shop_svc_80"])
    }

    @Test func aDeletionGivesTheTrafficBackToTheNextRoute() async throws {
        var scene = scene
        try scene.add(route: MeshScene.canary(90, 10))
        try scene.add(route: MeshScene.canary(50, 50, name: "older"), at: "2024-01-01T00:00:00Z")
        let report = try #require(try await scene.report("", deleting: ["canary"]))
        #expect(report.changes.map(\.verb) == [.delete])
        #expect(report.outbounds.first?.before?.decidedBy == "canary")
        #expect(report.outbounds.first?.after?.decidedBy == "older")
        #expect(ids(report, .change) == ["route outbound:web_shop_svc_80"])
        await #expect(throws: ManifestError.self) { try await scene.report("", deleting: ["nothing"]) }
    }

    /// Another TrafficRoute's time counts, not that of the manifest.
    @Test func aChangedRouteKeepsItsPlaceAmongTheOthers() async throws {
        var scene = scene
        try scene.add(route: MeshScene.canary(90, 10), at: "2024-01-01T00:00:00Z")
        try scene.add(route: MeshScene.canary(50, 50, name: "newer"))
        let report = try #require(try await scene.report(MeshScene.canary(10, 90)))
        #expect(report.changes.count == 1)
        #expect(report.outbounds.isEmpty && report.resources.isEmpty)
        #expect(report.warnings.contains { $0.contains("newer is more specific or newer") })
    }

    @Test func aRouteThatTakesOverLeavesTheOtherWithoutWork() async throws {
        var scene = scene
        try scene.add(route: MeshScene.canary(90, 10))
        let report = try #require(try await scene.report(MeshScene.canary(1, 1, name: "late")))
        #expect(report.outbounds.map { $0.after?.decidedBy } == ["late"])
        #expect(
            report.warnings == [
                "TrafficRoute canary: spec: decides nothing: for every proxy and service that it matches, late is more specific or newer"
            ]
        )
    }

    @Test func lintsNameFileAndLine() async throws {
        let missing = MeshScene.canary(90, 10).replacing("version: v2", with: "version: v3")
        let report = try #require(try await scene.report(missing))
        #expect(report.outbounds.first?.after?.shares.unserved == 0.1)
        #expect(report.warnings.count == 1)
        #expect(report.warnings[0].hasPrefix("standard input:11:"))
        #expect(report.warnings[0].contains("TrafficRoute canary: spec.conf.split[1].destination"))
        let tcp = try #require(try await MeshScene.shop(appProtocol: nil).report(MeshScene.canary(90, 10)))
        #expect(tcp.warnings.contains { $0.contains("splits connections, not requests") })
        #expect(tcp.outbounds.first?.after?.trafficProtocol == .tcp)
    }

    @Test func mistakesAreToldBeforeAnythingElse() async throws {
        let wrong = MeshScene.canary(90, 10).replacing("weight: 90", with: "weight: -1")
        await #expect {
            try await scene.report(wrong)
        } throws: { "\($0)".hasPrefix("standard input:10:") && "\($0)".contains("spec.conf.split[0].weight") }
        await #expect {
            try await scene.report(wrong.replacing("kuma.io/v1alpha1", with: "kuma.io/v1"))
        } throws: { "\($0)".contains("unknown version; kuma.io/v1alpha1 is the one there is") }
    }

    @Test func aNewMeshBringsItsPodsIn() async throws {
        var scene = MeshScene()
        scene.add(mesh: "other")
        scene.add(namespace: "shop")
        scene.add(service: "web", address: "10.1.0.2", appProtocol: "http")
        scene.add(pod: "web-1", labels: ["app": "web"], address: "10.2.0.2")
        let mesh = "{apiVersion: kuma.io/v1alpha1, kind: Mesh, metadata: {name: default}, spec: {}}"
        let report = try #require(try await scene.report(mesh))
        #expect(report.outbounds.map(\.service) == [MeshScene.web])
        #expect(report.outbounds.first?.before == nil)
        #expect(report.affectedProxies == 1)
        #expect(ids(report, .change).isEmpty && ids(report, .remove).isEmpty)
        #expect(ids(report, .add).contains("listener outbound:10.1.0.2:80"))
    }

    @Test func aMeshThatAsksForWhatIsNotThereSaysSo() async throws {
        let mesh = """
            apiVersion: kuma.io/v1alpha1
            kind: Mesh
            metadata: {name: default}
            spec:
              networking: {outbound: {passthrough: false}}
              mtls: {enabledBackend: a, backends: [{name: a, type: builtin}]}
            """
        let report = try #require(try await scene.report(mesh))
        #expect(report.warnings == ["standard input:6:3: Mesh default: spec.mtls: is accepted, but has no effect yet"])
        #expect(ids(report, .remove) == ["cluster outbound:passthrough:ipv4"])
        #expect(ids(report, .change) == ["listener outbound:passthrough:ipv4"])
        #expect(report.outbounds.isEmpty)
        #expect(report.affectedProxies == 4)
    }

    @Test func podsWithoutSidecarAndAMissingMeshAreNoted() async throws {
        var scene = MeshScene()
        scene.add(namespace: "shop", labels: ["kuma.io/sidecar-injection": "enabled"])
        scene.add(service: "web", address: "10.1.0.2", appProtocol: "http")
        scene.add(pod: "web-1", labels: ["app": "web"], address: "10.2.0.2", hasSidecar: false)
        scene.add(
            pod: "web-2",
            labels: ["app": "web", "kuma.io/sidecar-injection": "disabled"],
            address: "10.2.0.3",
            hasSidecar: false
        )
        let report = try #require(try await scene.report(MeshScene.canary(90, 10)))
        #expect(report.proxies == 0)
        #expect(report.notes.count == 2)
        #expect(report.notes[0].contains("the Mesh default, which the operator makes, is taken as present"))
        #expect(report.notes[1] == "1 pod that is to have a sidecar has none and does not count: shop/web-1")
    }

    @Test func otherObjectsAreNoConcern() async throws {
        #expect(try await scene.report("{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}") == nil)
    }

    /// Objects of the files are there before and after.
    @Test func otherObjectsOfTheFilesCountAsPresent() async throws {
        var mesh = MeshScene()
        mesh.add(mesh: "default")
        let files =
            try MeshScene.manifests(MeshScene.canary(90, 10))
            + scene.objects.map { try MeshScene.manifests(String(decoding: $0.value.encoded(), as: UTF8.self))[0] }
            .filter { $0.object.kind != "Mesh" }
        let report = try #require(try await MeshDryRun(state: mesh.state).report(on: files))
        #expect(report.proxies == 4)
        #expect(report.outbounds.map(\.service) == [MeshScene.web])
    }
}

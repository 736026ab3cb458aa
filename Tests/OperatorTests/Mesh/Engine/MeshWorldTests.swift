import EnvoyAPI
import KubeModel
import SwiftletAPI
import Synchronization
import Testing
import TrafficPolicy
import XDS

@testable import EnvoyConfig
@testable import Operator

struct MeshWorldTests {
    /// A mesh of `web` in two versions and `api`.
    private func shop() throws -> MeshWorld {
        var world = MeshWorld()
        world.put(.mesh(MeshSample.mesh()))
        world.put(.service(try MeshSample.service("web")))
        world.put(.service(try MeshSample.service("api", address: "10.0.0.2")))
        world.put(.pod(try MeshSample.pod("web-1", version: "v1", address: "10.1.0.1")))
        world.put(.pod(try MeshSample.pod("web-2", version: "v2", address: "10.1.0.2")))
        world.put(.pod(try MeshSample.pod("api-1", app: "api", address: "10.1.0.3")))
        return world
    }

    private func told(_ publication: MeshWorld.Publication) -> Set<ProxyID> {
        Set(publication.snapshots.map(\.proxy))
    }

    private func generation(_ world: MeshWorld, _ mesh: String = "default") throws -> UInt64 {
        try #require(world.programmed[mesh]).generation
    }

    @Test func nothingFollowsFromNothing() throws {
        var world = MeshWorld()
        #expect(try world.step().isEmpty)
        world.put(.podGone(ObjectKey(namespace: "shop", name: "web-1")))
        world.put(.meshGone("default"))
        #expect(try world.step().isEmpty)
    }

    @Test func everyPodWithASidecarIsTold() throws {
        var world = try shop()
        world.put(.pod(try MeshSample.pod("plain", address: "10.1.0.9", isInjected: false)))
        let publication = try world.step()
        #expect(told(publication) == [.shop("web-1"), .shop("web-2"), .shop("api-1")])
        #expect(publication.removed.isEmpty)
        #expect(try world.step().isEmpty)
    }

    @Test func withoutItsMeshAPodIsToldNothingUntilTheMeshComes() throws {
        var world = MeshWorld()
        world.put(.service(try MeshSample.service("web")))
        world.put(.pod(try MeshSample.pod("web-1")))
        #expect(try world.step().isEmpty)
        world.put(.mesh(MeshSample.mesh("other")))
        #expect(try world.step().isEmpty)
        world.put(.mesh(MeshSample.mesh()))
        #expect(told(try world.step()) == [.shop("web-1")])
    }

    @Test func whatMakesNoDifferenceIsNotTold() throws {
        var world = try shop()
        _ = try world.step()
        let before = try generation(world)
        world.put(.pod(try MeshSample.pod("web-1", version: "v1", address: "10.1.0.1", resourceVersion: 2)))
        world.put(.service(try MeshSample.service("web")))
        var mesh = MeshSample.mesh(generation: 2, version: 2)
        mesh.status = ProgrammingStatus()
        world.put(.mesh(mesh))
        #expect(try world.step().isEmpty)
        #expect(try generation(world) == before)
        // Known all the same, so that the status is about what is stored.
        #expect(world.meshes["default"]?.metadata.generation == 2)
    }

    @Test func aChangedEndpointIsToldToItsMeshAlone() throws {
        var world = try shop()
        world.put(.mesh(MeshSample.mesh("other")))
        world.put(.service(try MeshSample.service("web", namespace: "lab")))
        world.put(.pod(try MeshSample.pod("web-1", namespace: "lab", mesh: "other", address: "10.2.0.1")))
        _ = try world.step()
        let (shop, other) = (try generation(world), try generation(world, "other"))
        world.put(.pod(try MeshSample.pod("web-2", version: "v2", address: "10.1.0.99")))
        let publication = try world.step()
        #expect(told(publication) == [.shop("web-1"), .shop("web-2"), .shop("api-1")])
        #expect(publication.snapshots.allSatisfy { $0.snapshot.generation == shop + 1 })
        #expect(try generation(world, "other") == other)
    }

    @Test func aChangedEndpointLeavesEverythingElseTheVerySame() throws {
        var world = try shop()
        func snapshot(_ publication: MeshWorld.Publication) throws -> ProxySnapshot {
            try #require(publication.snapshots.first { $0.proxy == .shop("api-1") }?.snapshot)
        }
        let before = try snapshot(try world.step())
        world.put(.pod(try MeshSample.pod("web-2", version: "v2", address: "10.1.0.99")))
        let after = try snapshot(try world.step())
        #expect(before.resource(.listener, "outbound:10.0.0.1:80") != nil)
        for (type, name) in [(ResourceType.cluster, "web_shop_svc_80"), (.listener, "outbound:10.0.0.1:80")] {
            #expect(before.resource(type, name) === after.resource(type, name))
        }
        #expect(before.resource(.endpoint, "web_shop_svc_80") !== after.resource(.endpoint, "web_shop_svc_80"))
    }

    @Test func aRouteOfOneCallerIsToldToThatCallerAlone() throws {
        var world = try shop()
        _ = try world.step()
        var route = MeshSample.route("canary", version: "v2")
        route.spec.sources = [TrafficRouteSource(match: ["kuma.io/service": "api_shop_svc_80"])]
        world.put(.route(route))
        #expect(told(try world.step()) == [.shop("api-1")])
        world.put(.routeGone("canary"))
        #expect(told(try world.step()) == [.shop("api-1")])
    }

    @Test func aPodThatGoesIsRemoved() throws {
        var world = try shop()
        _ = try world.step()
        world.put(.podGone(ObjectKey(namespace: "shop", name: "web-2")))
        let publication = try world.step()
        #expect(publication.removed == [.shop("web-2")])
        #expect(told(publication) == [.shop("web-1"), .shop("api-1")])
    }

    @Test func aDataplaneMovesFromMeshToMesh() throws {
        var world = try shop()
        world.put(.mesh(MeshSample.mesh("other")))
        _ = try world.step()
        world.put(.pod(try MeshSample.pod("web-2", mesh: "other", version: "v2", address: "10.1.0.2")))
        let publication = try world.step()
        #expect(publication.removed == [.shop("web-2")])
        #expect(told(publication).contains(.shop("web-2", mesh: "other")))
        #expect(!told(publication).contains(.shop("web-2")))
        #expect(world.programmed["other"]?.proxies == [.shop("web-2", mesh: "other")])
    }

    @Test func aMeshThatIsMadeAgainGoesOnCounting() throws {
        var world = try shop()
        _ = try world.step()
        world.put(.mesh(MeshSample.mesh(passthrough: false)))
        _ = try world.step()
        let before = try generation(world)
        world.put(.meshGone("default"))
        let gone = try world.step()
        #expect(Set(gone.removed) == [.shop("web-1"), .shop("web-2"), .shop("api-1")])
        #expect(gone.snapshots.isEmpty)
        world.put(.mesh(MeshSample.mesh()))
        let again = try world.step()
        #expect(told(again) == Set(gone.removed))
        #expect(again.removed.isEmpty)
        #expect(again.snapshots.allSatisfy { $0.snapshot.generation > before })
    }

    /// A shop as above, and a mesh `other` of the namespace `lab`, whose configuration cannot be made while it is broken.
    private func shopBesideAMeshThatBreaks() throws -> (MeshWorld, isBroken: Switch) {
        let isBroken = Switch()
        var world = MeshWorld(compile: { (compiler, change) throws(EnvoyConfigError) in
            if isBroken.isOn, change.dataplanes.keys.contains(where: { $0.namespace == "lab" }) {
                throw EnvoyConfigError(verb: .encode, type: .cluster, name: "web_lab_svc_80", message: "scripted")
            }
            return try compiler.apply(change)
        })
        world.put(.mesh(MeshSample.mesh()))
        world.put(.service(try MeshSample.service("web")))
        world.put(.pod(try MeshSample.pod("web-1", address: "10.1.0.1")))
        world.put(.mesh(MeshSample.mesh("other")))
        world.put(.service(try MeshSample.service("web", namespace: "lab")))
        for number in 1...3 {
            world.put(
                .pod(try MeshSample.pod("web-\(number)", namespace: "lab", mesh: "other", address: "10.2.0.\(number)"))
            )
        }
        return (world, isBroken)
    }

    private final class Switch: Sendable {
        private let value = Mutex(false)
        var isOn: Bool { value.withLock { $0 } }
        func set(_ isOn: Bool) { value.withLock { $0 = isOn } }
    }

    private func lab(_ number: Int) -> ProxyID { ProxyID(mesh: "other", namespace: "lab", name: "web-\(number)") }

    private func labPod(_ number: Int, address: String) throws -> MeshInput {
        .pod(try MeshSample.pod("web-\(number)", namespace: "lab", mesh: "other", address: address))
    }

    @Test func aMeshThatFailsLosesNothingOfOthersAndBeginsAnew() throws {
        var (world, isBroken) = try shopBesideAMeshThatBreaks()
        #expect(world.advance().snapshots.count == 4)
        let before = try generation(world, "other")

        isBroken.set(true)
        world.put(.pod(try MeshSample.pod("web-1", address: "10.1.0.9")))
        world.put(try labPod(1, address: "10.2.0.9"))
        world.put(.podGone(ObjectKey(namespace: "lab", name: "web-3")))
        let failed = world.advance()
        #expect(failed.failures.map(\.mesh) == ["other"])
        #expect(told(failed) == [.shop("web-1")])
        #expect(failed.removed == [lab(3)])

        isBroken.set(false)
        world.put(try labPod(1, address: "10.2.0.8"))
        let mended = world.advance()
        #expect(mended.failures.isEmpty && mended.removed.isEmpty)
        #expect(told(mended) == [lab(1), lab(2)], "also whom the change does not concern")
        #expect(mended.snapshots.allSatisfy { $0.snapshot.generation > before })
        #expect(mended.snapshots.allSatisfy { $0.snapshot.resource(.cluster, "web_lab_svc_80") != nil })
        #expect(world.advance().isEmpty)
    }

    @Test func proxiesOfAMeshThatFailsAreRemovedWithTheirPodsAndWithTheMesh() throws {
        var (world, isBroken) = try shopBesideAMeshThatBreaks()
        _ = world.advance()
        isBroken.set(true)
        world.put(try labPod(1, address: "10.2.0.9"))
        #expect(!world.advance().failures.isEmpty)
        world.put(.podGone(ObjectKey(namespace: "lab", name: "web-2")))
        let failed = world.advance()
        #expect(!failed.failures.isEmpty)
        #expect(failed.removed == [lab(2)])
        world.put(.meshGone("other"))
        #expect(Set(world.advance().removed) == [lab(1), lab(3)])
    }

    @Test func whoHasNoUseForAPartIsToldOfAFailure() throws {
        var (world, isBroken) = try shopBesideAMeshThatBreaks()
        isBroken.set(true)
        #expect(throws: EnvoyConfigError.self) { try world.step() }
    }

    @Test func aMeshThatIsMadeAgainAtOnceHasNotGone() throws {
        var world = try shop()
        _ = try world.step()
        world.put(.meshGone("default"))
        world.put(.mesh(MeshSample.mesh()))
        #expect(try world.step().isEmpty)
    }

    @Test func theGenerationGrowsWithEveryChange() throws {
        var world = try shop()
        _ = try world.step()
        var last = try generation(world)
        for version in ["v1", "v2", "v1"] {
            world.put(.route(MeshSample.route("canary", version: version)))
            let publication = try world.step()
            #expect(!publication.isEmpty)
            let next = try generation(world)
            #expect(next == last + 1)
            last = next
        }
    }

    @Test func aRouteDecidesForThoseWhoSeeItsService() throws {
        var world = try shop()
        _ = try world.step()
        world.put(.route(MeshSample.route("canary", version: "v2")))
        #expect(told(try world.step()) == [.shop("web-1"), .shop("web-2"), .shop("api-1")])
        let view = world.programmed["default"]?.viewOf[ObjectKey(namespace: "shop", name: "api-1")]
        #expect(view?.decided["web_shop_svc_80"]?.origin == "canary")
        #expect(view?.decided.count == 1)
        world.put(.routeGone("canary"))
        #expect(told(try world.step()).count == 3)
        #expect(world.programmed["default"]?.viewOf.values.allSatisfy { $0.decided.isEmpty } == true)
    }

    @Test func anInvalidRouteDecidesNothingAndDisturbsNobody() throws {
        var world = try shop()
        world.put(.route(MeshSample.route("good")))
        _ = try world.step()
        world.put(.route(MeshSample.invalidRoute("bad")))
        #expect(try world.step().isEmpty)
        let mesh = try #require(world.programmed["default"])
        #expect(mesh.table.excluded.map(\.name) == ["bad"])
        #expect(mesh.deliveries { _ in nil }.routes.keys.sorted() == ["good"])
        // The same name, put right.
        world.put(.route(MeshSample.route("bad", to: "api_shop_svc_80", version: "v9")))
        #expect(!(try world.step().isEmpty))
    }

    @Test func aRouteThatMovesToAnotherMeshLeavesTheFirst() throws {
        var world = try shop()
        world.put(.mesh(MeshSample.mesh("other")))
        world.put(.route(MeshSample.route("canary", version: "v2")))
        _ = try world.step()
        world.put(.route(MeshSample.route("canary", version: "v2", mesh: "other")))
        #expect(told(try world.step()).count == 3)
        #expect(world.programmed["default"]?.table.routes.isEmpty == true)
        #expect(world.programmed["other"]?.table.routes.map(\.metadata.name) == ["canary"])
    }

    @Test func routesThatWereThereBeforeTheirMeshCountFromItsBeginning() throws {
        var world = MeshWorld()
        world.put(.route(MeshSample.route("canary", version: "v2")))
        _ = try world.step()
        world.put(.mesh(MeshSample.mesh()))
        world.put(.service(try MeshSample.service("web")))
        world.put(.pod(try MeshSample.pod("web-2", version: "v2")))
        #expect(told(try world.step()) == [.shop("web-2")])
        #expect(world.programmed["default"]?.table.routes.count == 1)
    }
}

import KubeModel
import SwiftletAPI
import Testing
import XDS

@testable import Operator

/// How far Meshes and TrafficRoutes have come, as their proxies tell.
struct ProgrammedMeshTests {
    private var world = MeshWorld()

    init() throws {
        world.put(.mesh(MeshSample.mesh()))
        world.put(.service(try MeshSample.service("web")))
        world.put(.pod(try MeshSample.pod("web-1", version: "v1", address: "10.1.0.1")))
        world.put(.pod(try MeshSample.pod("web-2", version: "v2", address: "10.1.0.2")))
        _ = try world.step()
    }

    private var mesh: ProgrammedMesh {
        get throws { try #require(world.programmed["default"]) }
    }

    /// All proxies are connected, were told the newest, and acknowledged so much.
    private func deliveries(acknowledged: UInt64?) throws -> (mesh: ObjectDelivery, routes: [String: ObjectDelivery]) {
        let mesh = try mesh
        return mesh.deliveries { _ in ProxyDelivery(published: mesh.generation, acknowledged: acknowledged) }
    }

    @Test mutating func aRouteIsPendingUntilItsOwnGenerationIsAcknowledged() throws {
        let before = try mesh.generation
        world.put(.route(MeshSample.route("canary", version: "v2")))
        _ = try world.step()
        let after = try mesh.generation
        #expect(try deliveries(acknowledged: before).routes["canary"]?.counts == ProxyCounts(pending: 2))
        #expect(try deliveries(acknowledged: after).routes["canary"]?.counts == ProxyCounts(acked: 2))
        // The Mesh is what it was before.
        #expect(try deliveries(acknowledged: before).mesh.counts == ProxyCounts(acked: 2))
    }

    @Test mutating func whatComesLaterTakesNothingAway() throws {
        world.put(.route(MeshSample.route("canary", version: "v2")))
        _ = try world.step()
        let acknowledged = try mesh.generation
        world.put(.pod(try MeshSample.pod("web-2", version: "v2", address: "10.1.0.22")))
        _ = try world.step()
        #expect(try mesh.generation > acknowledged)
        #expect(try deliveries(acknowledged: acknowledged).routes["canary"]?.counts == ProxyCounts(acked: 2))
        world.put(.route(MeshSample.route("canary", version: "v1")))
        _ = try world.step()
        #expect(try deliveries(acknowledged: acknowledged).routes["canary"]?.counts == ProxyCounts(pending: 2))
    }

    @Test mutating func anEditThatMakesTheMeshInvalidLeavesProxiesAsTheyWere() throws {
        let before = try mesh.generation
        var invalid = MeshSample.mesh(passthrough: false)
        invalid.spec.mtls = MTLSSection(enabledBackend: "nobody", backends: [])
        #expect(invalid.validate().hasErrors)
        world.put(.mesh(invalid))
        #expect(try world.step().isEmpty)
        #expect(try mesh.generation == before)
        // Once it is valid, it is taken on whole.
        world.put(.mesh(MeshSample.mesh(passthrough: false)))
        #expect(try world.step().snapshots.count == 2)
        #expect(try mesh.generation > before)
    }

    @Test mutating func changedSettingsArePendingForTheMesh() throws {
        world.put(.route(MeshSample.route("canary", version: "v2")))
        _ = try world.step()
        let before = try mesh.generation
        world.put(.mesh(MeshSample.mesh(passthrough: false)))
        _ = try world.step()
        let deliveries = try deliveries(acknowledged: before)
        #expect(deliveries.mesh.counts == ProxyCounts(pending: 2))
        #expect(deliveries.routes["canary"]?.counts == ProxyCounts(acked: 2))
    }

    @Test mutating func whatAnEarlierMeshOfTheNameHadDoesNotCount() throws {
        world.put(.route(MeshSample.route("canary", version: "v2")))
        _ = try world.step()
        let before = try mesh.generation
        world.put(.meshGone("default"))
        _ = try world.step()
        world.put(.mesh(MeshSample.mesh()))
        _ = try world.step()
        let deliveries = try deliveries(acknowledged: before)
        #expect(deliveries.mesh.counts == ProxyCounts(pending: 2))
        #expect(deliveries.routes["canary"]?.counts == ProxyCounts(pending: 2))
    }

    @Test mutating func aRouteThatDecidesNothingConcernsNobody() throws {
        world.put(.route(MeshSample.route("elsewhere", to: "nobody_shop_svc_80")))
        world.put(.route(MeshSample.route("canary", version: "v2")))
        _ = try world.step()
        let deliveries = try deliveries(acknowledged: 99)
        #expect(deliveries.routes["elsewhere"]?.counts == ProxyCounts())
        #expect(deliveries.routes["canary"]?.counts == ProxyCounts(acked: 2))
    }

    /// The counts that are made for all at once are those that are made one by one.
    @Test mutating func allAtOnceAgreesWithOneByOne() throws {
        world.put(.service(try MeshSample.service("api", address: "10.0.0.2")))
        for number in 0..<6 {
            world.put(.pod(try MeshSample.pod("api-\(number)", app: "api", address: "10.1.1.\(number)")))
        }
        world.put(.route(MeshSample.route("one", version: "v2")))
        world.put(.route(MeshSample.route("two", to: "api_shop_svc_80")))
        _ = try world.step()
        world.put(.route(MeshSample.route("two", to: "api_shop_svc_80", version: "v2")))
        _ = try world.step()
        let mesh = try mesh
        let origin = PushRejection.of("TrafficRoute", "one")
        func delivery(_ proxy: ProxyID) -> ProxyDelivery? {
            switch proxy.name {
            case "api-0": nil
            case "api-1": ProxyDelivery(published: nil, acknowledged: nil)
            case "api-2": ProxyDelivery(published: mesh.generation, acknowledged: nil)
            case "api-3": ProxyDelivery(published: mesh.generation, acknowledged: mesh.generation - 1)
            case "web-1":
                ProxyDelivery(published: mesh.generation, acknowledged: mesh.generation, rejections: [origin])
            default: ProxyDelivery(published: mesh.generation, acknowledged: mesh.generation)
            }
        }
        let all = mesh.deliveries(delivery)
        #expect(all.mesh == mesh.delivery(delivery))
        #expect(all.mesh.counts == ProxyCounts(acked: 5, pending: 1))
        for route in ["one", "two"] { #expect(all.routes[route] == mesh.delivery(ofRoute: route, delivery)) }
        #expect(all.routes["one"]?.counts == ProxyCounts(acked: 4, pending: 1, rejected: 1))
        #expect(all.routes["two"]?.counts == ProxyCounts(acked: 4, pending: 2))
    }
}

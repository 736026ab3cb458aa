import Dataplanes
import EnvoyAPI
import EnvoyConfig
import KubeModel
import Testing
import TrafficPolicy

/// What is shared, what stays, and what is told.
struct MeshCompilerTests {
    private static let keys = (0..<4).map { ObjectKey(namespace: "shop", name: "pod-\($0)") }
    private static let other = "other_shop_svc_80"

    /// Pods 0 and 1 have the canary, 2 and 3 nothing.
    private func mesh() throws -> (compiler: MeshCompiler, first: MeshUpdate) {
        var compiler = MeshCompiler(settings: MeshSettings(mesh: "default"))
        let other = Samples.service(Self.other, .http, addresses: [ServiceAddress(address: "10.1.0.2", port: 80)])
        let update = try compiler.apply(
            MeshChange(
                services: [Samples.web: Samples.service(), Self.other: other],
                dataplanes: Dictionary(
                    uniqueKeysWithValues: Self.keys.enumerated().map { index, key in
                        let inbound = Inbound(port: 8080, tags: [TagName.service: Samples.web], state: .ready)
                        return (key, Samples.dataplane(key, address: "10.2.1.\(index)", inbound))
                    }
                ),
                views: Dictionary(
                    uniqueKeysWithValues: Self.keys.prefix(2).map {
                        ($0, RouteView(decided: [Samples.web: Samples.canary]))
                    }
                )
            )
        )
        return (compiler, update)
    }

    @Test func layersAreShared() throws {
        let layers = try Self.keys.map { try #require(try mesh().first.snapshots[$0]).layers }
        #expect(layers.allSatisfy { $0.count == 3 })
        let (_, first) = try mesh()
        let shared = try Self.keys.map { try #require(first.snapshots[$0]).layers }
        #expect(Set(shared.map { ObjectIdentifier($0[0]) }).count == 1)
        #expect(shared[0][1] === shared[1][1] && shared[2][1] === shared[3][1] && shared[0][1] !== shared[2][1])
        #expect(Set(shared.map { ObjectIdentifier($0[2]) }).count == 4)
        // The application's cluster is the same for all.
        let local = Self.keys.map { first.snapshots[$0]?.resource(.cluster, "localhost:8080") }
        #expect(local[0] != nil && local.allSatisfy { $0 === local[0] })
    }

    @Test func theSameAgainIsNoChange() throws {
        var (compiler, first) = try mesh()
        let update = try compiler.apply(
            MeshChange(
                settings: MeshSettings(mesh: "default"),
                services: [Samples.web: Samples.service()],
                views: [Self.keys[0]: RouteView(decided: [Samples.web: Samples.canary]), Self.keys[2]: RouteView()]
            )
        )
        #expect(update.snapshots.isEmpty && update.removed.isEmpty && update.generation == first.generation)
    }

    @Test func endpointsChangeNothingButTheirAssignments() throws {
        var (compiler, first) = try mesh()
        var service = Samples.service()
        service.endpoints.removeFirst()
        let update = try compiler.apply(MeshChange(services: [Samples.web: service]))
        #expect(update.generation == first.generation + 1)
        #expect(Set(update.snapshots.keys) == Set(Self.keys))
        let v1 = Tags([TagName.service: Samples.web, "version": "v1"]).clusterName
        #expect(try changed(first, update, 0) == ["endpoint \(Samples.web)", "endpoint \(v1)"])
        #expect(try changed(first, update, 2) == ["endpoint \(Samples.web)"])
        #expect(first.snapshots[Self.keys[0]]?.layers[2] === update.snapshots[Self.keys[0]]?.layers[2])
    }

    @Test func aRouteChangesWhatItDecides() throws {
        var (compiler, first) = try mesh()
        var route = Samples.canary
        route.split[1].weight = 20
        let view = RouteView(decided: [Samples.web: route])
        let update = try compiler.apply(MeshChange(views: [Self.keys[0]: view, Self.keys[1]: view]))
        #expect(Set(update.snapshots.keys) == Set(Self.keys.prefix(2)))
        #expect(try changed(first, update, 0) == ["listener outbound:10.1.0.1:80"])
        #expect(update.snapshots[Self.keys[0]]?.layers[1] === update.snapshots[Self.keys[1]]?.layers[1])
    }

    @Test func aViewThatDecidesNothingNewSharesTheBase() throws {
        var (compiler, first) = try mesh()
        let route = ServiceRoute(origin: "route-all", split: [Samples.destination()])
        _ = try compiler.apply(MeshChange(views: [Self.keys[2]: RouteView(decided: [Samples.web: route])]))
        let snapshot = try #require(compiler.snapshot(of: Self.keys[2]))
        #expect(SnapshotDifference(from: first.snapshots[Self.keys[2]], to: snapshot).changes.isEmpty)
        #expect(ResourceType.allCases.allSatisfy { snapshot.layers[1].entries(of: $0).isEmpty })
    }

    @Test func readinessOfThePodChangesNothingOfItsOwn() throws {
        var (compiler, _) = try mesh()
        var dataplane = Samples.dataplane(
            Self.keys[0],
            address: "10.2.1.0",
            Inbound(port: 8080, tags: [TagName.service: Samples.web], state: .notReady)
        )
        #expect(try compiler.apply(MeshChange(dataplanes: [Self.keys[0]: dataplane])).snapshots.isEmpty)
        dataplane.address = "10.2.1.77"
        #expect(
            Set(try compiler.apply(MeshChange(dataplanes: [Self.keys[0]: dataplane])).snapshots.keys) == [Self.keys[0]]
        )
    }

    @Test func removal() throws {
        var (compiler, first) = try mesh()
        let update = try compiler.apply(
            MeshChange(
                services: [Samples.web: nil],
                dataplanes: [Self.keys[3]: nil],
                views: [Self.keys[3]: RouteView(decided: [Samples.web: Samples.canary])]
            )
        )
        #expect(update.removed == [Self.keys[3]] && update.generation == first.generation + 1)
        #expect(compiler.dataplanes == Set(Self.keys.prefix(3)) && compiler.snapshot(of: Self.keys[3]) == nil)
        let names = try #require(compiler.snapshot(of: Self.keys[0])).resources.map(\.name)
        #expect(names.filter { $0.contains(Samples.web) || $0.contains("10.1.0.1") } == [])
    }

    @Test func versionsAreOfTheContentAlone() throws {
        let (one, two) = (try mesh().first, try mesh().first)
        for key in Self.keys {
            let versions = [one, two].map { $0.snapshots[key]?.resources.map(\.version) }
            #expect(versions[0] == versions[1])
        }
    }

    private func changed(_ first: MeshUpdate, _ second: MeshUpdate, _ pod: Int) throws -> [String] {
        let key = Self.keys[pod]
        let (old, new) = (try #require(first.snapshots[key]), try #require(second.snapshots[key]))
        let result = new.resources.filter { old.resource($0.type, $0.name) !== $0 }
        #expect(new.resources.count == old.resources.count)
        return result.map { ResourceID(type: $0.type, name: $0.name).description }.sorted()
    }
}

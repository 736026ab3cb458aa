import Dataplanes
import EnvoyAPI
import JSON
import KubeClient
import KubeModel
import NIOPosix
import PollingSupport
import SwiftletAPI
import Testing

@testable import KubeRuntime
@testable import Operator
@testable import XDS

/// What is written to Meshes and TrafficRoutes, and when.
@Suite(.timeLimit(.minutes(20)))
struct DeliveryWatchTests {
    private let time = VirtualTime()
    private let stores = MeshStores()
    private let hub = ProxyHub()
    private let engine: MeshEngine
    private let stream = StreamHandle(
        eventLoop: MultiThreadedEventLoopGroup.singleton.next(),
        wake: {},
        end: { _ in }
    )

    init() throws {
        engine = MeshEngine(
            options: DataplaneOptions(),
            hub: hub,
            metrics: PrometheusRegistry(),
            logger: TestCluster.silent
        )
        engine.follow(stores)
        stores.meshes.beginFill()
        stores.meshes.put(MeshSample.mesh())
        stores.meshes.endFill(resourceVersion: ResourceVersion(1))
        stores.services.put(try MeshSample.service("web"))
        stores.pods.put(try MeshSample.pod("web-1", version: "v1"))
        stores.routes.put(MeshSample.route("canary"))
    }

    /// Runs `body` with an engine at work and a reconciler that writes to a server which takes everything.
    private func reconciling(
        _ body: @escaping @Sendable (ProgrammingReconciler, WorkQueue<ProgrammedKey>, ScriptedAPI) async throws -> Void
    ) async throws {
        try await ScriptedAPI.serve({ _ in .init(body: ["metadata": ["name": "any", "resourceVersion": "9"]]) }) {
            client,
            api in
            let reconciler = ProgrammingReconciler(
                client: client,
                stores: stores,
                engine: engine,
                hub: hub,
                barrier: WriteBarrier(stores: [:]),
                now: { Timestamp(secondsSinceEpoch: 1_800_000_000) }
            )
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { [engine] in await engine.run() }
                defer { group.cancelAll() }
                try await body(reconciler, WorkQueue(), api)
            }
        }
    }

    private static func context(_ id: String = "1") -> ReconcileContext {
        ReconcileContext(id: id, logger: TestCluster.silent, failures: 0)
    }

    private var published: UInt64? { hub.delivery(of: .shop("web-1"))?.published }

    private func connect(acknowledging: Bool) throws {
        try hub.connect(ProxyIdentity(.shop("web-1")), stream)
        if acknowledging { hub.acknowledge(try #require(published), by: .shop("web-1"), stream) }
    }

    @Test func nothingIsToldOfAnObjectBeforeItIsWorkedIn() async throws {
        try await reconciling { reconciler, _, api in
            #expect(try await reconciler.reconcile(.mesh("default"), Self.context()) == .done)
            #expect(api.requests.isEmpty)
            engine.begin()
            try await eventually("it is published") { published != nil }
            #expect(try await reconciler.reconcile(.mesh("default"), Self.context()) == .done)
            #expect(
                api.requests.map(\.line) == [
                    "PATCH /apis/kuma.io/v1alpha1/meshes/default/status?fieldManager=swiftlet-status&force=true"
                ]
            )
            let status = api.requests.first?.body["status"]
            #expect(status?["conditions"]?.arrayValue?.last?["reason"] == "NoProxies")
        }
    }

    @Test func theStatusFollowsTheProxies() async throws {
        try await reconciling { reconciler, _, api in
            engine.begin()
            try await eventually("it is published") { published != nil }
            func reason() async throws -> JSONValue? {
                _ = try await reconciler.reconcile(.route("canary"), Self.context())
                return api.requests.last?.body[path: "status", "conditions"]?.arrayValue?.last?["reason"]
            }
            #expect(try await reason() == "NoProxies")
            try connect(acknowledging: false)
            #expect(try await reason() == "Pending")
            hub.acknowledge(try #require(published), by: .shop("web-1"), stream)
            #expect(try await reason() == "Programmed")
            hub.setRejections([.of("TrafficRoute", "canary")], of: .shop("web-1"), stream)
            #expect(try await reason() == "Rejected")
            hub.disconnect(.shop("web-1"), stream)
            #expect(try await reason() == "NoProxies")
        }
    }

    @Test func whatIsStoredAlreadyIsNotWrittenAgain() async throws {
        try await reconciling { reconciler, _, api in
            engine.begin()
            try await eventually("it is published") { published != nil }
            _ = try await reconciler.reconcile(.mesh("default"), Self.context())
            var mesh = MeshSample.mesh(version: 2)
            let written = try #require(api.requests.last?.body["status"])
            mesh.status = try Mesh(["metadata": ["name": "default"], "status": written]).status
            stores.meshes.put(mesh)
            _ = try await reconciler.reconcile(.mesh("default"), Self.context())
            #expect(api.requests.count == 1)
        }
    }

    @Test func aRouteOfAMeshThatIsNotThereIsNotInUse() async throws {
        stores.routes.put(MeshSample.route("lost", mesh: "lab"))
        try await reconciling { reconciler, _, api in
            engine.begin()
            try await eventually("it is worked in") { engine.read { $0.routes.count } == 2 }
            _ = try await reconciler.reconcile(.route("lost"), Self.context())
            let conditions = api.requests.last?.body[path: "status", "conditions"]?.arrayValue
            #expect(conditions?.first?["reason"] == "MeshNotFound")
            #expect(conditions?.first?["status"] == "False")
        }
    }

    @Test func countsThatMoveAreToldAtABoundedPace() async throws {
        try await reconciling { reconciler, queue, _ in
            engine.begin()
            try await eventually("it is published") { published != nil }
            let watch = DeliveryWatch(reconciler: reconciler, queue: queue, hub: hub, time: time.source)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await watch.run() }
                defer { group.cancelAll() }
                func told() -> Int { queue.figures.depth.values.reduce(0, +) }
                try connect(acknowledging: false)
                try await eventually("it waits for more") { time.sleepers == 1 }
                #expect(told() == 0)
                time.advance(by: .milliseconds(250))
                // The Mesh and the TrafficRoute.
                try await eventually("both are told") { told() == 2 }
                for _ in 0..<2 {
                    let item = try #require(await queue.next())
                    queue.finish(item.key, .success(after: nil), worked: .zero)
                }
                // A change of a proxy that concerns neither.
                try hub.connect(ProxyIdentity(.shop("stranger")), stream)
                try await eventually("it waits for more") { time.sleepers == 1 }
                time.advance(by: .milliseconds(250))
                try await eventually("it has looked") { time.sleepers == 0 }
                #expect(told() == 0)
            }
        }
    }
}

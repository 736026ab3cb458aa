import Dataplanes
import KubeModel
import KubeRuntime
import PollingSupport
import Synchronization
import Testing
import XDS

@testable import Operator

@Suite(.timeLimit(.minutes(20)))
struct MeshEngineTests {
    private let time = VirtualTime()
    private let hub = ProxyHub()
    private let registry = PrometheusRegistry(catalog: .standard.merging(.mesh))
    private let engine: MeshEngine
    /// The keys that were told, a list for each time.
    private let told = Told()

    private final class Told: Sendable {
        let lists = Mutex<[[ProgrammedKey]]>([])
    }

    init() {
        engine = MeshEngine(
            options: DataplaneOptions(),
            hub: hub,
            time: time.source,
            metrics: registry,
            logger: TestCluster.silent
        )
        engine.onWorkedIn { [told] keys in told.lists.withLock { $0.append(keys) } }
    }

    /// Runs the engine while `body` runs.
    private func running(_ body: () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await engine.run() }
            defer { group.cancelAll() }
            try await body()
        }
    }

    private func noteShop() throws {
        engine.note(.mesh(MeshSample.mesh()))
        engine.note(.service(try MeshSample.service("web")))
        engine.note(.pod(try MeshSample.pod("web-1")))
    }

    /// Lets everything be done that is due within a while.
    private func settle(after duration: Duration = .milliseconds(600)) async throws {
        try await eventually("the engine sleeps") { time.sleepers == 1 }
        time.advance(by: duration)
        try await eventually("the engine is idle") { time.sleepers == 0 }
    }

    private func published(_ pod: String) -> UInt64? { hub.delivery(of: .shop(pod))?.published }

    @Test func nothingIsPublishedBeforeItBegins() async throws {
        try noteShop()
        try await running {
            try await settle()
            try await eventually("it has been worked in") { engine.read { $0.meshes.count } == 1 }
            #expect(published("web-1") == nil)
            #expect(told.lists.withLock { $0.isEmpty })
            engine.begin()
            try await settle()
            try await eventually("it is published") { published("web-1") != nil }
            #expect(told.lists.withLock { $0 } == [[.mesh("default")]])
            #expect(registry.text().contains("swiftlet_xds_generation_seconds_count 1"))
        }
    }

    @Test func aBurstIsWorkedInAtOnce() async throws {
        try noteShop()
        engine.begin()
        try await running {
            try await settle()
            try await eventually("the beginning is published") { published("web-1") != nil }
            let before = try #require(published("web-1"))
            for number in 2...20 {
                engine.note(.pod(try MeshSample.pod("web-\(number)", address: "10.1.0.\(number)")))
            }
            try await settle()
            try await eventually("all are published") { published("web-20") != nil }
            // One step, not nineteen.
            #expect(published("web-1") == before + 1)
            #expect((2...20).allSatisfy { published("web-\($0)") == before + 1 })
        }
    }

    @Test func whatGoesIsTakenBack() async throws {
        try noteShop()
        engine.begin()
        try await running {
            try await settle()
            try await eventually("it is published") { published("web-1") != nil }
            engine.note(.podGone(ObjectKey(namespace: "shop", name: "web-1")))
            try await settle()
            try await eventually("it is removed") { hub.delivery(of: .shop("web-1")) == nil }
        }
    }

    @Test func changedObjectsAreToldAfterTheyWerePublished() async throws {
        try noteShop()
        engine.begin()
        try await running {
            func settleAndHear(_ times: Int) async throws {
                try await settle()
                try await eventually("it is told") { told.lists.withLock { $0.count } == times }
            }
            try await settleAndHear(1)
            engine.note(.route(MeshSample.route("canary")))
            engine.note(.pod(try MeshSample.pod("web-2", address: "10.1.0.2")))
            try await settleAndHear(2)
            engine.note(.routeGone("canary"))
            engine.note(.meshGone("default"))
            try await settleAndHear(3)
            #expect(
                told.lists.withLock { $0 } == [
                    // Once as what is there at the beginning, once as what was noted.
                    [.mesh("default"), .mesh("default")], [.route("canary")], [.route("canary"), .mesh("default")],
                ]
            )
            #expect(published("web-1") == nil)
        }
    }

    @Test func itFollowsStores() async throws {
        let stores = MeshStores()
        stores.pods.put(try MeshSample.pod("web-1"))
        engine.follow(stores)
        stores.meshes.put(MeshSample.mesh())
        stores.services.put(try MeshSample.service("web"))
        stores.namespaces.put(try MeshSample.namespace())
        engine.begin()
        try await running {
            try await settle()
            try await eventually("it is published") { published("web-1") != nil }
            stores.meshes.delete(MeshSample.mesh(version: 2))
            try await settle()
            try await eventually("it is removed") { published("web-1") == nil }
        }
    }
}

import JSON
import KubeClient
import KubeModel
import Synchronization
import Testing

@testable import KubeRuntime
@testable import Operator

struct SlippedPodReconcilerTests {
    private let stores = MeshStores()
    private let registry = PrometheusRegistry()
    private let time = VirtualTime()
    private let sink = EventList()
    private let log: SlippedPodLog

    private final class EventList: EventSink {
        let notes = Mutex<[String]>([])

        func create(_ object: JSONValue) async throws(KubeError) {
            let regarding = object[path: "regarding", "kind"]?.stringValue ?? ""
            notes.withLock {
                $0.append("\(object["type"]?.stringValue ?? "") \(object["reason"]?.stringValue ?? "") \(regarding)")
            }
        }

        func patch(_ key: ObjectKey, _ patch: Patch) async throws(KubeError) {}
    }

    init() throws {
        log = SlippedPodLog(metrics: registry)
        stores.meshes.beginFill()
        stores.meshes.put(MeshSample.mesh())
        stores.meshes.endFill(resourceVersion: ResourceVersion(1))
        stores.pods.put(try MeshSample.read(Self.pod()))
    }

    private static let key = ObjectKey(namespace: "shop", name: "web-1")

    private static func pod(_ name: String = "web-1", uid: String = "uid-1") -> JSONValue {
        [
            "metadata": [
                "name": .string(name), "namespace": "shop", "uid": .string(uid),
                "ownerReferences": [
                    ["apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "web", "uid": "rs", "controller": true]
                ],
            ],
            "spec": ["containers": [["name": "app"]]],
        ]
    }

    private func enable(restart: Bool = false) throws {
        stores.namespaces.put(
            try MeshSample.namespace(
                labels: ["kuma.io/sidecar-injection": "enabled"],
                annotations: restart ? [SlippedPod.restartAnnotation: "true"] : [:]
            )
        )
    }

    private struct Outcome {
        var results: [ReconcileResult]
        var requests: [ScriptedAPI.Request]
        var events: [String]
    }

    private func events() -> EventRecorder {
        EventRecorder(
            sink: sink,
            reporter: EventReporter(controller: "web.phys.app/swiftlet", instance: "tests"),
            metrics: registry,
            logger: TestCluster.silent
        )
    }

    private func reconciler(
        _ client: KubeClient,
        _ events: EventRecorder,
        isInjecting: Bool
    ) -> SlippedPodReconciler {
        SlippedPodReconciler(
            client: client,
            stores: stores,
            events: events,
            log: log,
            injector: { MeshSample.injector },
            isInjecting: { isInjecting },
            evictionVersion: "policy/v1beta1",
            pace: SlippedPodReconciler.PaceKeeper(),
            time: time.source
        )
    }

    /// Reconciles so often.
    private func reconcile(
        times: Int = 1,
        isInjecting: Bool = true,
        eviction: ScriptedAPI.Answer = .init(status: 201),
        pod: ScriptedAPI.Answer = .init(body: pod())
    ) async throws -> Outcome {
        let events = events()
        return try await ScriptedAPI.serve({ $0.method == "GET" ? pod : eviction }) { client, api in
            let reconciler = reconciler(client, events, isInjecting: isInjecting)
            var results: [ReconcileResult] = []
            for _ in 0..<times {
                let context = ReconcileContext(id: "1", logger: TestCluster.silent, failures: 0)
                results.append(try await reconciler.reconcile(Self.key, context))
            }
            events.shutDown()
            await events.run()
            return Outcome(results: results, requests: api.requests, events: sink.notes.withLock { $0 })
        }
    }

    private func count() -> String? {
        registry.text().split(separator: "\n").first { $0.hasPrefix("swiftlet_pods_without_sidecar{") }.map(String.init)
    }

    @Test func aSlippedPodIsToldOfOnceAndCounted() async throws {
        try enable()
        let outcome = try await reconcile(times: 3)
        #expect(outcome.events == ["Warning SidecarMissing ReplicaSet"])
        #expect(outcome.requests.allSatisfy { $0.line == "GET /api/v1/namespaces/shop/pods/web-1" })
        #expect(outcome.results == [.done, .done, .done])
        #expect(count() == "swiftlet_pods_without_sidecar{namespace=\"shop\"} 1")
    }

    @Test func aPodThatGoesIsNotCountedAnyMore() async throws {
        try enable()
        _ = try await reconcile()
        _ = try await reconcile(pod: .refusal(404, "NotFound"))
        #expect(count() == "swiftlet_pods_without_sidecar{namespace=\"shop\"} 0")
        log.remove(namespace: "shop")
        #expect(count() == nil)
    }

    @Test func nobodyIsAskedAboutAPodThatHasNotSlipped() async throws {
        stores.namespaces.put(try MeshSample.namespace())
        #expect(try await reconcile().requests.isEmpty)
        #expect(count() == nil)
    }

    @Test func itIsEvictedWhereTheNamespaceAsksForIt() async throws {
        try enable(restart: true)
        let outcome = try await reconcile()
        let eviction = try #require(outcome.requests.last)
        #expect(eviction.line == "POST /api/v1/namespaces/shop/pods/web-1/eviction")
        #expect(eviction.body["apiVersion"] == "policy/v1beta1")
        #expect(eviction.body[path: "deleteOptions", "preconditions", "uid"] == "uid-1")
        #expect(outcome.events == ["Warning SidecarMissing ReplicaSet", "Normal EvictedForSidecar ReplicaSet"])
    }

    @Test func nothingIsEvictedWhileNobodyInjects() async throws {
        try enable(restart: true)
        let outcome = try await reconcile(isInjecting: false)
        #expect(outcome.requests.allSatisfy { $0.method == "GET" })
        #expect(outcome.results == [.requeue(after: .seconds(5))])
    }

    /// Whoever waits for a turn is not asked about until then, however many there are.
    @Test func manyPodsAreReadOnceAndAgainWhenItIsTheirTurn() async throws {
        try enable(restart: true)
        let names = (1...30).map { "web-\($0)" }
        for name in names.dropFirst() { stores.pods.put(try MeshSample.read(Self.pod(name))) }
        let requests = try await ScriptedAPI.serve({ request in
            guard request.method == "GET" else { return .init(status: 201) }
            return .init(body: Self.pod(String(request.path.split(separator: "/").last ?? "")))
        }) { client, api in
            let reconciler = reconciler(client, events(), isInjecting: true)
            // As the queue does: each is looked at when it is due.
            var due = Dictionary(uniqueKeysWithValues: names.map { ($0, time.now) })
            while let (name, moment) = due.min(by: { ($0.value, $0.key) < ($1.value, $1.key) }) {
                if moment > time.now { time.advance(by: time.now.duration(to: moment)) }
                let context = ReconcileContext(id: "1", logger: TestCluster.silent, failures: 0)
                let key = ObjectKey(namespace: "shop", name: name)
                switch try await reconciler.reconcile(key, context) {
                case .done: due[name] = nil
                case .requeue(let delay): due[name] = time.now.advanced(by: delay)
                }
            }
            return api.requests
        }
        #expect(requests.count { $0.method == "POST" } == 30)
        #expect(requests.count { $0.method == "GET" } <= 60)
        #expect(VirtualTime.start.duration(to: time.now) == .seconds(29 * 5))
    }

    @Test func evictionsKeepTheirPace() async throws {
        try enable(restart: true)
        let outcome = try await reconcile(times: 2)
        #expect(outcome.requests.filter { $0.method == "POST" }.count == 1)
        #expect(outcome.results == [.done, .requeue(after: .seconds(5))])
    }

    @Test func aDisruptionBudgetIsRespected() async throws {
        try enable(restart: true)
        let outcome = try await reconcile(
            eviction: .refusal(429, "TooManyRequests", "would violate the pod's disruption budget")
        )
        #expect(outcome.results == [.requeue(after: .seconds(10))])
        #expect(outcome.events == ["Warning SidecarMissing ReplicaSet"])
    }

    @Test(arguments: [ScriptedAPI.Answer.refusal(404, "NotFound"), .refusal(409, "Conflict")])
    func aPodThatWentMeanwhileIsNoFailure(_ answer: ScriptedAPI.Answer) async throws {
        try enable(restart: true)
        #expect(try await reconcile(eviction: answer).results == [.done])
    }

    @Test func aMissingPermissionIsAFailure() async throws {
        try enable(restart: true)
        await #expect(throws: KubeError.self) { _ = try await reconcile(eviction: .refusal(403, "Forbidden")) }
    }
}

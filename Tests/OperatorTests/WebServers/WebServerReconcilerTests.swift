import JSON
import KubeClient
import KubeModel
import KubeRuntime
import SwiftletAPI
import Testing
import WebServers

@testable import KubeRuntime
@testable import Operator

/// What only the server can tell a reconcile.
struct WebServerReconcilerTests {
    private static let path = "/apis/\(WebServer.resource.apiVersion)/namespaces/a/webservers/web"

    private static func webServer(uid: String = "1", hasStatus: Bool) -> JSONValue {
        var value: JSONValue = [
            "apiVersion": .string(WebServer.resource.apiVersion), "kind": "WebServer",
            "metadata": [
                "name": "web", "namespace": "a", "uid": .string(uid), "resourceVersion": "1", "generation": 1,
            ],
            "spec": ["webServerImage": "nginx"],
        ]
        if hasStatus { value["status"] = ["observedGeneration": 1] }
        return value
    }

    /// Reconciles a WebServer none of whose children is seen.
    ///
    /// - Returns: the requests, in order.
    private func requests(
        hasStatus: Bool,
        _ present: ScriptedAPI.Answer,
        paused: Bool = false
    ) async throws -> [ScriptedAPI.Request] {
        let answer: @Sendable (ScriptedAPI.Request) -> ScriptedAPI.Answer = { request in
            if request.method == "GET" || request.path.hasSuffix("/status") { return present }
            var stored = request.body
            stored[path: "metadata", "uid"] = "2"
            stored[path: "metadata", "resourceVersion"] = "2"
            return ScriptedAPI.Answer(status: 201, body: stored)
        }
        return try await ScriptedAPI.serve(answer) { client, api in
            let stores = WebServerStores(served: .current)
            var webServer = Self.webServer(hasStatus: hasStatus)
            if paused { webServer[path: "spec", "paused"] = true }
            stores.webServers.put(try WebServer(webServer))
            // Read, and empty.
            for store in stores.children.values {
                store.beginFill()
                store.endFill(resourceVersion: ResourceVersion(1))
            }
            stores.claims.beginFill()
            stores.claims.endFill(resourceVersion: ResourceVersion(1))
            let reconciler = WebServerReconciler(
                stores: stores,
                executor: PlanExecutor(client: client),
                barrier: WriteBarrier(stores: [:]),
                events: EventRecorder(
                    sink: KubeEventSink(client: client),
                    reporter: EventReporter(controller: "tests", instance: "tests"),
                    metrics: PrometheusRegistry(),
                    logger: TestCluster.silent
                ),
                converged: ConvergedVersions(),
                settled: SettledObjects(),
                now: { Timestamp(secondsSinceEpoch: 1_700_000_000) }
            )
            let context = ReconcileContext(id: "", logger: TestCluster.silent, failures: 0)
            _ = try await reconciler.reconcile(ObjectKey(namespace: "a", name: "web"), context)
            return api.requests
        }
    }

    @Test(arguments: [
        ScriptedAPI.Answer.refusal(404, "NotFound"),
        ScriptedAPI.Answer(body: webServer(uid: "another", hasStatus: true)),
    ])
    func childrenOfAWebServerThatIsGoneAreNotMadeAgain(_ answer: ScriptedAPI.Answer) async throws {
        let requests = try await requests(hasStatus: true, answer)
        #expect(requests.map(\.line) == ["GET \(Self.path)"])
    }

    @Test func thoseOfOneThatIsThereAre() async throws {
        let requests = try await requests(hasStatus: true, ScriptedAPI.Answer(body: Self.webServer(hasStatus: true)))
        #expect(requests.first?.line == "GET \(Self.path)")
        #expect(requests.contains { $0.method == "PATCH" && $0.path.hasSuffix("/deployments/web") })
    }

    @Test func aNewOneIsNotAskedFor() async throws {
        let requests = try await requests(hasStatus: false, .refusal(404, "NotFound"))
        #expect(!requests.isEmpty && requests.allSatisfy { $0.method == "PATCH" })
    }

    /// Nothing to do but to tell, and nobody to tell it to.
    @Test func aStatusOfAWebServerThatIsGoneIsNoFailure() async throws {
        let requests = try await requests(hasStatus: false, .refusal(404, "NotFound"), paused: true)
        #expect(requests.map(\.path) == ["\(Self.path)/status"])
    }
}

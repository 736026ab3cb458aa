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
    /// - Parameter children: what the server says to a write of one; `nil` to take it.
    /// - Returns: the requests, in order.
    private func requests(
        hasStatus: Bool,
        _ present: ScriptedAPI.Answer,
        paused: Bool = false,
        unread: ChildRole? = nil,
        toldBy status: ScriptedAPI.Answer? = nil,
        children: @escaping @Sendable (ScriptedAPI.Request) -> ScriptedAPI.Answer? = { _ in nil }
    ) async throws -> [ScriptedAPI.Request] {
        let answer: @Sendable (ScriptedAPI.Request) -> ScriptedAPI.Answer = { request in
            if request.path.hasSuffix("/status") { return status ?? present }
            if request.method == "GET" { return present }
            if let answer = children(request) { return answer }
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
            for (role, store) in stores.children where role != unread {
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
            do {
                _ = try await reconciler.reconcile(ObjectKey(namespace: "a", name: "web"), context)
            } catch let error as KubeError {
                // What could not be done is told, and thrown.
                guard status != nil else { throw error }
            }
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

    /// To go on would take what has not been read for missing, and make it anew.
    @Test func aKindThatIsNotReadIsToldAndNothingIsWritten() async throws {
        let told = ScriptedAPI.Answer(body: Self.webServer(hasStatus: true))
        let requests = try await requests(hasStatus: true, told, unread: .deployment, toldBy: told)
        #expect(requests.map(\.path) == ["\(Self.path)/status"])
        let conditions = requests.first?.body[path: "status", "conditions"]?.arrayValue ?? []
        let ready = conditions.first { $0["type"] == "Ready" }
        #expect(ready?["status"] == "False" && ready?["reason"] == "NotReadable")
        #expect(ready?["message"]?.stringValue?.contains("deployments.apps cannot be read") == true)
    }

    @Test func aLookThatFailsIsToldAndNothingIsMade() async throws {
        let told = ScriptedAPI.Answer(body: Self.webServer(hasStatus: true))
        let requests = try await requests(hasStatus: true, .refusal(403, "Forbidden"), toldBy: told)
        #expect(requests.map(\.method) == ["GET", "PATCH"] && requests.last?.path == "\(Self.path)/status")
        let conditions = requests.last?.body[path: "status", "conditions"]?.arrayValue ?? []
        #expect(conditions.contains { $0["type"] == "Reconciling" && $0["reason"] == "WriteFailed" })
    }

    /// Its reason, and when the server wants to be asked again, must not be lost.
    @Test func aFailureIsToldAlsoWhenTheStatusCannotBeWritten() async throws {
        let error = await #expect(throws: KubeError.self) {
            _ = try await requests(hasStatus: false, .refusal(500, "InternalError")) { request in
                request.path.hasSuffix("/status") ? nil : .refusal(403, "Forbidden", "quota")
            }
        }
        #expect(error?.isForbidden == true, "\(error.map { "\($0)" } ?? "")")
    }

    /// Nothing to do but to tell, and nobody to tell it to.
    @Test func aStatusOfAWebServerThatIsGoneIsNoFailure() async throws {
        let requests = try await requests(hasStatus: false, .refusal(404, "NotFound"), paused: true)
        #expect(requests.map(\.path) == ["\(Self.path)/status"])
    }
}

import JSON
import KubeClient
import KubeModel
import SwiftletAPI
import Synchronization
import Testing

@testable import Operator

/// Plans that are performed once, against a server on which others write as well.
struct ReconcileOnceTests {
    private static let webServer: JSONValue = [
        "apiVersion": .string(WebServer.resource.apiVersion), "kind": "WebServer",
        "metadata": ["name": "web", "namespace": "a", "uid": "1", "resourceVersion": "1", "generation": 1],
        "spec": ["webServerImage": "nginx"],
    ]

    private func perform(conflicts: Int) async throws -> (reports: [WebServerReport], applies: Int) {
        let refusals = Atomic(conflicts)
        let answer: @Sendable (ScriptedAPI.Request) -> ScriptedAPI.Answer = { request in
            if request.path.contains("/deployments/"), refusals.subtract(1, ordering: .relaxed).oldValue > 0 {
                return .refusal(409, "Conflict")
            }
            var stored = request.body
            stored[path: "metadata", "uid"] = "2"
            stored[path: "metadata", "resourceVersion"] = "2"
            return ScriptedAPI.Answer(status: 201, body: stored)
        }
        return try await ScriptedAPI.serve(answer) { client, api in
            let once = ReconcileOnce(
                state: ManifestState([DynamicObject(Self.webServer)]),
                prediction: .local,
                now: Timestamp(secondsSinceEpoch: 1_700_000_000)
            )
            let reports = try await once.perform(nil, namespace: "a", client: client)
            return (reports, api.requests.filter { $0.path.contains("/deployments/") }.count)
        }
    }

    @Test func aConflictIsReadPlannedAndPerformedAnew() async throws {
        let (reports, applies) = try await perform(conflicts: 2)
        #expect(applies == 3)
        #expect(reports.first?.changes.map(\.resource) == [.deployments, .services])
    }

    @Test func oneThatDoesNotPassIsTold() async throws {
        let error = await #expect(throws: KubeError.self) { _ = try await perform(conflicts: 1_000) }
        #expect(error?.isConflict == true)
    }
}

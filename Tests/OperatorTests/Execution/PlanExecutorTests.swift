import JSON
import KubeApply
import KubeClient
import KubeModel
import Testing

@testable import Operator

/// What plans are on the wire.
struct PlanExecutorTests {
    private static let stored: JSONValue = [
        "metadata": ["name": "web", "namespace": "a", "uid": "u", "resourceVersion": "8"]
    ]
    private static let intent = DynamicObject([
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": ["name": "web", "namespace": "a"],
        "spec": ["replicas": 3],
    ])

    private func apply(_ mode: PlannedAction.Apply.Mode) -> PlannedAction.Apply {
        PlannedAction.Apply(resource: .deployments, intent: Self.intent, manager: "me", mode: mode, reason: "a test")
    }

    private static let deletion = PlannedAction.delete(
        PlannedAction.Deletion(
            resource: .deployments,
            key: ObjectKey(namespace: "a", name: "web"),
            uid: UID("seen"),
            reason: "a test"
        )
    )

    /// The request that an action leads to, when the server answers like this.
    private func request(
        of action: PlannedAction,
        isDryRun: Bool = false,
        answer: ScriptedAPI.Answer = ScriptedAPI.Answer(status: 201, body: stored)
    ) async throws -> (path: String, body: JSONValue) {
        try await ScriptedAPI.serve({ _ in answer }) { client, api in
            try await PlanExecutor(client: client, isDryRun: isDryRun).perform(action)
            #expect(api.requests.count == 1)
            let request = try #require(api.requests.first)
            return (request.line, request.body)
        }
    }

    @Test func aCreationTakesNothingFromOthers() async throws {
        let request = try await request(of: .apply(apply(.create)))
        #expect(request.path == "PATCH /apis/apps/v1/namespaces/a/deployments/web?fieldManager=me")
        #expect(request.body == Self.intent.value)
    }

    @Test func anUpdateIsOfTheObjectThatWasSeenAndTakesItsFieldsBack() async throws {
        let request = try await request(of: .apply(apply(.update(UID("seen")))))
        #expect(request.path == "PATCH /apis/apps/v1/namespaces/a/deployments/web?fieldManager=me&force=true")
        #expect(request.body[path: "metadata", "uid"] == "seen")
        #expect(request.body["spec"] == Self.intent.value["spec"])
    }

    @Test func theStatusIsItsSubresource() async throws {
        let request = try await request(of: .applyStatus(apply(.update(UID("seen")))))
        #expect(request.path == "PATCH /apis/apps/v1/namespaces/a/deployments/web/status?fieldManager=me&force=true")
    }

    @Test func aDeletionIsOfTheObjectThatWasSeen() async throws {
        let request = try await request(of: Self.deletion)
        #expect(request.path == "DELETE /apis/apps/v1/namespaces/a/deployments/web")
        #expect(request.body[path: "preconditions", "uid"] == "seen")
        #expect(request.body["propagationPolicy"] == "Background")
        #expect(request.body["dryRun"] == nil)
    }

    @Test func aDryRunSaysSoInEveryWrite() async throws {
        for mode in [PlannedAction.Apply.Mode.create, .update(UID("seen"))] {
            #expect(try await request(of: .apply(apply(mode)), isDryRun: true).path.contains("dryRun=All"))
            #expect(try await request(of: .applyStatus(apply(mode)), isDryRun: true).path.contains("dryRun=All"))
        }
        #expect(try await request(of: Self.deletion, isDryRun: true).body["dryRun"] == ["All"])
    }

    @Test func goneAlreadyIsAsGoodAsDeletedAndAnotherObjectIsNot() async throws {
        _ = try await request(of: Self.deletion, answer: .refusal(404, "NotFound"))
        let error = await #expect(throws: KubeError.self) {
            _ = try await request(of: Self.deletion, answer: .refusal(409, "Conflict"))
        }
        #expect(error?.isConflict == true)
    }
}

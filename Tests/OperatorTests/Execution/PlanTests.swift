import JSON
import KubeApply
import KubeClient
import KubeModel
import Testing

@testable import Operator

/// Whole plans, some of whose actions the server refuses.
struct PlanTests {
    private static func action(_ resource: APIResource, manager: String = "me") -> PlannedAction {
        let intent: JSONValue = [
            "apiVersion": .string(resource.apiVersion), "kind": .string(resource.kind),
            "metadata": ["name": "web", "namespace": "a"],
        ]
        return .apply(
            PlannedAction.Apply(
                resource: resource,
                intent: DynamicObject(intent),
                manager: manager,
                mode: .create,
                reason: "a test"
            )
        )
    }

    private static let plan = Plan([
        action(.persistentVolumeClaims), action(.deployments), action(.deployments, manager: "other"),
        action(.services), action(.ingresses),
    ])

    /// Performs the plan against a server that refuses some kinds of objects.
    ///
    /// - Returns: the kinds that were asked for and those that were done, in order.
    private func perform(
        refusing refusals: [String: ScriptedAPI.Answer]
    ) async throws -> (asked: [Substring], done: [String], error: KubeError?) {
        @Sendable func kind(_ request: ScriptedAPI.Request) -> Substring {
            request.path.split(separator: "/").dropLast().last ?? ""
        }
        return try await ScriptedAPI.serve { request in
            let stored: JSONValue = ["metadata": ["name": "web", "namespace": "a", "uid": "u", "resourceVersion": "8"]]
            return refusals[String(kind(request))] ?? ScriptedAPI.Answer(status: 201, body: stored)
        } _: { client, api in
            let outcome = await PlanExecutor(client: client).perform(Self.plan)
            #expect(outcome.done.allSatisfy { $0.version == ResourceVersion(8) })
            return (api.requests.map(kind), outcome.done.map(\.action.resource.plural), outcome.failure)
        }
    }

    @Test func aRefusedActionHoldsBackThoseOfItsObjectAlone() async throws {
        let run = try await perform(refusing: ["deployments": .refusal(422, "Invalid")])
        #expect(run.asked == ["persistentvolumeclaims", "deployments", "services", "ingresses"])
        #expect(run.done == ["persistentvolumeclaims", "services", "ingresses"])
        #expect(run.error?.isInvalid == true)
    }

    @Test func theFirstRefusalIsToldAndAConflictOnlyWhenThereIsNoOther() async throws {
        let conflict = ScriptedAPI.Answer.refusal(409, "Conflict")
        let forbidden = ScriptedAPI.Answer.refusal(403, "Forbidden")
        let alone = try await perform(refusing: ["persistentvolumeclaims": conflict])
        #expect(alone.error?.isConflict == true)
        #expect(alone.done.count == 4)
        let other = try await perform(
            refusing: [
                "persistentvolumeclaims": conflict, "services": forbidden, "ingresses": .refusal(422, "Invalid"),
            ]
        )
        #expect(other.error?.isForbidden == true)
        #expect(other.done == ["deployments", "deployments"])
    }

    @Test(arguments: [(401, "Unauthorized"), (429, "TooManyRequests"), (500, "InternalError")] as [(Int64, String)])
    func whatIsNoRefusalOfThisActionEndsThePlan(code: Int64, reason: String) async throws {
        let run = try await perform(refusing: ["deployments": .refusal(code, reason)])
        #expect(run.done == ["persistentvolumeclaims"])
        #expect(Set(run.asked) == ["persistentvolumeclaims", "deployments"])
        #expect(run.error?.status?.code == Int(code))
    }
}

import JSON
import KubeApply
import KubeClient
import KubeModel
import Testing

@testable import Operator

/// Applies that servers before 1.21 refuse because of what they would leave of a probe.
struct GivenUpStructureTests {
    private static let field = "spec.template.spec.containers[0].livenessProbe"
    private static let probe: JSONValue = ["tcpSocket": ["port": 80]]

    private static func deployment(_ container: JSONValue, uid: String? = nil) -> DynamicObject {
        var container = container
        container["name"] = "web"
        var object: JSONValue = [
            "apiVersion": "apps/v1", "kind": "Deployment", "metadata": ["name": "web", "namespace": "a"],
            "spec": ["template": ["spec": ["containers": [container]]]],
        ]
        if let uid {
            let owned: JSONValue = [".": [:], "f:name": [:], "f:livenessProbe": ["f:tcpSocket": ["f:port": [:]]]]
            let fields: JSONValue = [
                "f:spec": ["f:template": ["f:spec": ["f:containers": [#"k:{"name":"web"}"#: owned]]]]
            ]
            object[path: "metadata", "uid"] = .string(uid)
            object[path: "metadata", "resourceVersion"] = "8"
            object[path: "metadata", "managedFields"] = [
                ["manager": "me", "operation": "Apply", "fieldsV1": fields]
            ]
        }
        return DynamicObject(object)
    }

    private static func hasProbe(_ object: JSONValue) -> Bool {
        object[path: "spec", "template", "spec", "containers"]?[0]?["livenessProbe"] != nil
    }

    /// A server as it was, on which the Deployment has a probe; it refuses `field`, and only while the probe is there.
    private static func old(refusing field: String = field) -> @Sendable (ScriptedAPI.Request) -> ScriptedAPI.Answer {
        let live = deployment(["livenessProbe": probe], uid: "seen")
        let isRemoved = Flag()
        return { request in
            if request.method == "GET" { return ScriptedAPI.Answer(body: live.value) }
            if request.body.arrayValue != nil {
                isRemoved.set()
                return ScriptedAPI.Answer(body: live.value)
            }
            guard isRemoved.isSet || hasProbe(request.body) else { return .refusal(422, "Invalid", fields: [field]) }
            var answer = live.value
            answer["spec"] = request.body["spec"]
            return ScriptedAPI.Answer(body: answer)
        }
    }

    private static func update(_ uid: String = "seen") -> PlannedAction {
        .apply(
            PlannedAction.Apply(
                resource: .deployments,
                intent: deployment(["image": "y"]),
                manager: "me",
                mode: .update(UID(uid)),
                reason: "a test"
            )
        )
    }

    private static let path = "/apis/apps/v1/namespaces/a/deployments/web"
    private static let apply = "PATCH \(path)?fieldManager=me&force=true"

    @Test func aProbeIsRemovedFromTheVersionThatWasReadAndTheApplySentAgain() async throws {
        try await ScriptedAPI.serve(Self.old()) { client, api in
            let object = try await PlanExecutor(client: client).perform(Self.update())
            #expect(object.map { Self.hasProbe($0.value) } == false)
            let lines = [
                Self.apply, "GET \(Self.path)", Self.apply + "&dryRun=All", "PATCH \(Self.path)?fieldManager=me",
                Self.apply,
            ]
            #expect(api.requests.map(\.line) == lines)
            let patch: JSONValue = [
                ["op": "replace", "path": "/metadata/resourceVersion", "value": "8"],
                ["op": "remove", "path": "/spec/template/spec/containers/0/livenessProbe"],
            ]
            #expect(api.requests.dropFirst(3).first?.body == patch)
        }
    }

    @Test func aDryRunShowsTheSameAndPatchesNothing() async throws {
        try await ScriptedAPI.serve(Self.old()) { client, api in
            let object = try await PlanExecutor(client: client, isDryRun: true).perform(Self.update())
            #expect(object?.value["spec"] == Self.deployment(["image": "y"]).value["spec"])
            #expect(api.requests.count == 3)
            #expect(api.requests.allSatisfy { $0.method == "GET" || $0.line.contains("dryRun=All") })
        }
    }

    @Test(arguments: [(field, "another"), ("spec.replicas", "seen")])
    func aRefusalOfAnotherObjectOrForAnotherReasonStands(field: String, uid: String) async throws {
        try await ScriptedAPI.serve(Self.old(refusing: field)) { client, api in
            let error = await #expect(throws: KubeError.self) {
                try await PlanExecutor(client: client).perform(Self.update(uid))
            }
            #expect(error?.isInvalid == true)
            #expect(api.requests.map(\.line) == [Self.apply, "GET \(Self.path)"])
        }
    }
}

import JSON
import KubeApply
import KubeClient
import KubeModel
import Testing

@testable import Operator

/// Applies after which servers that keep the present order, or merge selectors, have to be corrected.
struct CorrectionTests {
    private static func deployment(_ variables: [String], version: Int64? = nil, isPaused: Bool = false) -> JSONValue {
        let environment = variables.map { name -> JSONValue in ["name": .string(name)] }
        var object: JSONValue = [
            "apiVersion": "apps/v1", "kind": "Deployment", "metadata": ["name": "web", "namespace": "a"],
            "spec": ["template": ["spec": ["containers": [["name": "web", "env": .array(environment)]]]]],
        ]
        if isPaused { object[path: "spec", "paused"] = true }
        if let version {
            object[path: "metadata", "uid"] = "seen"
            object[path: "metadata", "resourceVersion"] = .string("\(version)")
        }
        return object
    }

    private static func update(_ intent: JSONValue, of resource: APIResource = .deployments) -> PlannedAction {
        .apply(
            PlannedAction.Apply(
                resource: resource,
                intent: DynamicObject(intent),
                manager: "me",
                mode: .update(UID("seen")),
                reason: "a test",
                correcting: .oldest
            )
        )
    }

    private static let path = "/apis/apps/v1/namespaces/a/deployments/web"
    private static let apply = "PATCH \(path)?fieldManager=me&force=true"
    private static let patch = "PATCH \(path)?fieldManager=me"

    /// Pods are made once, with the right order: the rollout is held back while it is wrong.
    @Test func aVariableBeforeAnotherIsMovedThereBeforeAnyPodIsMade() async throws {
        let answer: @Sendable (ScriptedAPI.Request) -> ScriptedAPI.Answer = { request in
            if request.method == "GET" { return ScriptedAPI.Answer(body: Self.deployment(["URL"], version: 8)) }
            guard request.body.arrayValue == nil else {
                return ScriptedAPI.Answer(body: Self.deployment(["HOST", "URL"], version: 10))
            }
            return ScriptedAPI.Answer(body: Self.deployment(["URL", "HOST"], version: 9, isPaused: true))
        }
        try await ScriptedAPI.serve(answer) { client, api in
            let version = try await PlanExecutor(client: client).write(Self.update(Self.deployment(["HOST", "URL"])))
            #expect(version == ResourceVersion(10))
            #expect(api.requests.map(\.line) == ["GET \(Self.path)", Self.apply, Self.patch])
            #expect(api.requests[1].body[path: "spec", "paused"] == true)
            let environment = "/spec/template/spec/containers/0/env"
            let patch: JSONValue = [
                ["op": "replace", "path": "/metadata/resourceVersion", "value": "9"],
                ["op": "remove", "path": "/spec/paused"],
                ["op": "replace", "path": .string("\(environment)/0/name"), "value": "HOST"],
                ["op": "replace", "path": .string("\(environment)/1/name"), "value": "URL"],
            ]
            #expect(api.requests[2].body == patch)
        }
    }

    /// A Deployment's controller writes it after each change.
    @Test func aCorrectionOfAnOldVersionIsMadeAnew() async throws {
        let isRefused = Flag()
        let answer: @Sendable (ScriptedAPI.Request) -> ScriptedAPI.Answer = { request in
            let wrong = Self.deployment(["URL", "HOST"], version: isRefused.isSet ? 10 : 9)
            guard request.body.arrayValue != nil else { return ScriptedAPI.Answer(body: wrong) }
            guard isRefused.isSet else {
                isRefused.set()
                return .refusal(409, "Conflict")
            }
            return ScriptedAPI.Answer(body: Self.deployment(["HOST", "URL"], version: 11))
        }
        try await ScriptedAPI.serve(answer) { client, api in
            let object = try await PlanExecutor(client: client).perform(Self.update(Self.deployment(["HOST", "URL"])))
            #expect(object?.resourceVersion == ResourceVersion(11))
            // Nothing but the order differs, which the apply does not change: nothing rolls out.
            #expect(api.requests[1].body[path: "spec", "paused"] == nil)
            let lines = ["GET \(Self.path)", Self.apply, Self.patch, "GET \(Self.path)", Self.patch]
            #expect(api.requests.map(\.line) == lines)
            #expect(api.requests.last?.body[0]?["value"] == "10")
        }
    }

    @Test func aDryRunShowsTheSameAndPatchesNothing() async throws {
        try await ScriptedAPI.serve({ _ in
            ScriptedAPI.Answer(body: Self.deployment(["URL", "HOST"], version: 9))
        }) { client, api in
            let intent = Self.deployment(["HOST", "URL"])
            let object = try await PlanExecutor(client: client, isDryRun: true).perform(Self.update(intent))
            #expect(object?.value["spec"] == intent["spec"])
            #expect(api.requests.map(\.line) == [Self.apply + "&dryRun=All"])
        }
    }

    @Test func whatASelectorHasTooMuchIsRemoved() async throws {
        @Sendable func service(_ selector: JSONValue) -> JSONValue {
            [
                "apiVersion": "v1", "kind": "Service",
                "metadata": ["name": "web", "namespace": "a", "uid": "seen", "resourceVersion": "8"],
                "spec": ["selector": selector],
            ]
        }
        let merged = service(["app": "web", "a/b": "yes"])
        try await ScriptedAPI.serve({ request in
            ScriptedAPI.Answer(body: request.body.arrayValue == nil ? merged : service(["app": "web"]))
        }) { client, api in
            let action = Self.update(service(["app": "web"]), of: .services)
            let object = try await PlanExecutor(client: client).perform(action)
            #expect(object?.value[path: "spec", "selector"] == ["app": "web"])
            #expect(api.requests.last?.body[1] == ["op": "remove", "path": "/spec/selector/a~1b"])
        }
    }

    @Test func anotherObjectOfTheNameIsNotCorrected() async throws {
        let answer: @Sendable (ScriptedAPI.Request) -> ScriptedAPI.Answer = { request in
            guard request.body.arrayValue == nil else { return .refusal(409, "Conflict") }
            var object = Self.deployment(["URL", "HOST"], version: 9)
            if request.method == "GET" { object[path: "metadata", "uid"] = "another" }
            return ScriptedAPI.Answer(body: object)
        }
        try await ScriptedAPI.serve(answer) { client, api in
            let error = await #expect(throws: KubeError.self) {
                try await PlanExecutor(client: client).perform(Self.update(Self.deployment(["HOST", "URL"])))
            }
            #expect(error?.isConflict == true)
            #expect(api.requests.count == 4)
        }
    }
}

import JSON
import KubeClient
import KubeModel
import KubeRuntime
import PollingSupport
import SwiftletAPI
import TestSupport
import Testing

@testable import Operator

/// The mesh part of the operator at work, as people see it through the API server.
@Suite(TestCluster.isThere, .serialized, .timeLimit(.minutes(20)))
struct MeshOperatorTests {
    private static let injection = "kuma.io/sidecar-injection"

    @Test func podsOfAnAnnotatedNamespaceComeBackWithTheirSidecar() async throws {
        try await TestNamespace.withMeshNamespace { space in
            try await space.withMesh { _, registry in
                try await space.annotate([Self.injection: "enabled"])
                try await eventually("the annotation is mirrored") {
                    try await space.label(Self.injection) == "enabled"
                }
                try await space.untilInjecting()

                let pod = try await space.client.create(.pods, space.pod("web"))
                #expect(pod.hasSidecar)
                let init0 = pod[path: "spec", "initContainers"]?.arrayValue?.map { $0["name"]?.stringValue }
                #expect(init0?.contains("kuma-init") == true)
                #expect(pod[path: "metadata", "labels", "kuma.io/mesh"] == "default")
                #expect(pod[path: "metadata", "annotations", "kuma.io/sidecar-injected"] == "true")

                #expect(try await !space.admitted("out", labels: [Self.injection: "disabled"]).hasSidecar)
                let denial = await #expect(throws: KubeError.self) {
                    _ = try await space.admitted("lab", labels: ["kuma.io/mesh": "lab"])
                }
                #expect(denial?.status?.code == 422)
                #expect(
                    denial?.message.contains(
                        "Pod \(space.name)/lab: no sidecar injected: there is no Mesh \"lab\": create it, or name another"
                    ) == true,
                    "\(denial.map { "\($0)" } ?? "")"
                )
                #expect(registry.text().contains("sidecar_injection_total{reason=\"\",result=\"success\"}"))

                // What goes takes the label along, and from then on a pod asks for itself.
                try await space.annotate([Self.injection: nil])
                try await eventually("the label is gone") { try await space.label(Self.injection) == nil }
                try await eventually("pods are left alone") { try await !space.admitted("plain").hasSidecar }
                #expect(try await space.admitted("own", labels: [Self.injection: "enabled"]).hasSidecar)
            }
        }
    }

    @Test func aLabelThatAPersonTookOverIsLeftAlone() async throws {
        try await TestNamespace.withMeshNamespace { space in
            try await space.withMesh { log, _ in
                try await space.annotate([Self.injection: "enabled"])
                try await eventually("the annotation is mirrored") {
                    try await space.label(Self.injection) == "enabled"
                }
                _ = try await space.client.patch(
                    .namespaces,
                    ObjectKey(namespace: "", name: space.name),
                    .merge(["metadata": ["labels": [.init(Self.injection): "disabled"]]]),
                    options: WriteOptions(fieldManager: "somebody")
                )
                try await always("it stays", for: .seconds(3)) {
                    try await space.label(Self.injection) == "disabled"
                }
                let before = log.writes
                try await always("nobody tries on and on", for: .seconds(3)) { log.writes["PATCH"] == before["PATCH"] }
            }
        }
    }

    @Test func theRegistrationIsMadeAgain() async throws {
        try await TestNamespace.withMeshNamespace { space in
            try await space.withMesh { _, _ in
                try await eventually("it is registered") { try await isWholeRegistration(space) }
                try await space.client.delete(.mutatingWebhookConfigurations, TestNamespace.registration)
                try await eventually("it is registered again") { try await isWholeRegistration(space) }
                _ = try await space.client.patch(
                    .mutatingWebhookConfigurations,
                    TestNamespace.registration,
                    .json([.replace(path: "/webhooks/0/failurePolicy", value: "Ignore")])
                )
                try await eventually("it is put right") { try await isWholeRegistration(space) }
            }
        }
    }

    @Test func invalidMeshesAndTrafficRoutesAreRefusedWhileOthersPass() async throws {
        try await TestNamespace.withMeshNamespace { space in
            try await space.withMesh(validates: true) { _, _ in
                try await eventually("TrafficRoutes are validated") {
                    try await refusal { try await create(space, "nothing", split: ["v1": 0]) }?.status?.code == 422
                }
                let refused = try await refusal { try await create(space, "nothing", split: ["v1": 0]) }
                let words = "spec.conf.split: there must be at least one split entry with weight above 0"
                #expect(refused?.message.contains(words) == true, "\(String(describing: refused))")
                // Unwise, but legal.
                try await create(space, "lost", split: ["v1": 1], mesh: "lab")
                try await space.create(Mesh.resource, "lab", ["spec": [:]])
            }
        }
    }

    private func refusal(_ body: () async throws -> Void) async throws -> KubeError? {
        do {
            try await body()
            return nil
        } catch let error as KubeError {
            return error
        }
    }

    @Test func meshesAndTrafficRoutesTellHowTheyAre() async throws {
        try await TestNamespace.withMeshNamespace { space in
            try await space.withMesh { _, _ in
                // Made since there was none.
                try await space.untilCondition(Mesh.resource, "default", "Programmed", reason: "NoProxies")
                try await create(space, "nothing", split: ["v1": 0])
                let invalid = try await space.untilCondition(
                    TrafficRoute.resource,
                    "nothing",
                    "Accepted",
                    reason: "Invalid"
                )
                #expect(invalid["status"] == "False")
                #expect(
                    invalid["message"]?.stringValue
                        == "spec.conf.split: there must be at least one split entry with weight above 0"
                )
                try await create(space, "canary", split: ["v1": 9, "v2": 1])
                try await space.untilCondition(TrafficRoute.resource, "canary", "Accepted", reason: "Accepted")
                try await space.untilCondition(TrafficRoute.resource, "canary", "Programmed", reason: "NoProxies")

                try await create(space, "lost", split: ["v1": 1], mesh: "lab")
                try await space.untilCondition(TrafficRoute.resource, "lost", "Accepted", reason: "MeshNotFound")
                try await createMesh(
                    space,
                    "lab",
                    ["mtls": ["enabledBackend": "ca", "backends": [["name": "ca", "type": "builtin"]]]]
                )
                try await space.untilCondition(TrafficRoute.resource, "lost", "Accepted", reason: "Accepted")
                let inactive = try await space.untilCondition(
                    Mesh.resource,
                    "lab",
                    "FieldsActive",
                    reason: "NotYetActive"
                )
                #expect(inactive["message"]?.stringValue?.contains("spec.mtls") == true)
            }
        }
    }

    @Test func theDefaultMeshIsMadeOnce() async throws {
        try await TestNamespace.withMeshNamespace { space in
            let key = ObjectKey(namespace: "", name: "default")
            try await space.withMesh { _, _ in
                try await space.untilCondition(Mesh.resource, "default", "Accepted", reason: "Accepted")
                try await space.client.delete(Mesh.resource, key)
                try await always("it stays away", for: .seconds(2)) { try await find(Mesh.resource, key, space) == nil }
            }
            try await createMesh(space, "mine")
            try await space.withMesh { _, _ in
                try await space.untilCondition(Mesh.resource, "mine", "Accepted", reason: "Accepted")
                try await always("there is one already", for: .seconds(2)) {
                    try await find(Mesh.resource, key, space) == nil
                }
            }
        }
    }

    @Test func aQuietMeshSeesNoWritesNeitherOverTimeNorOverARestart() async throws {
        try await TestNamespace.withMeshNamespace { space in
            let port = try TestServer.closedPort()
            try await space.withMesh(webhookPort: port) { log, _ in
                try await space.annotate([Self.injection: "enabled"])
                try await space.untilInjecting()
                _ = try await space.client.create(.pods, space.pod("web"))
                try await create(space, "canary", split: ["v1": 9, "v2": 1])
                try await create(space, "nothing", split: ["v1": 0])
                try await create(space, "lost", split: ["v1": 1], mesh: "lab")
                try await space.untilCondition(TrafficRoute.resource, "lost", "Accepted", reason: "MeshNotFound")
                try await space.untilCondition(TrafficRoute.resource, "canary", "Programmed", reason: "NoProxies")
                try await untilQuiet(log)
                let before = log.writes
                try await always("quiet: \(before)", for: .seconds(20)) { log.writes == before }
            }
            try await space.withMesh(webhookPort: port) { log, _ in
                try await eventually("the new operator has seen what there is") { log.isSettled(after: 1) }
                try await always("quiet after a restart; \(log.writes)", for: .seconds(10)) { log.writes.isEmpty }
                #expect(log.writes.isEmpty)
                // It was awake.
                #expect(try await space.admitted("late").hasSidecar)
            }
        }
    }

    /// `nil` when there is none.
    private func find(_ resource: APIResource, _ key: ObjectKey, _ space: TestNamespace) async throws -> JSONValue? {
        do {
            return try await space.client.get(resource, key)
        } catch  where error.isNotFound {
            return nil
        }
    }

    private func isWholeRegistration(_ space: TestNamespace) async throws -> Bool {
        let object = try await find(.mutatingWebhookConfigurations, TestNamespace.registration, space)
        guard let webhooks = object?["webhooks"]?.arrayValue, webhooks.count == 3 else { return false }
        return webhooks.allSatisfy { $0[path: "clientConfig", "caBundle"]?.stringValue?.isEmpty == false }
            && webhooks.map { $0["failurePolicy"] } == ["Fail", "Fail", "Ignore"]
    }

    private func untilQuiet(_ log: RequestLog) async throws {
        var last = log.writes
        var since = ContinuousClock.now
        try await eventually("nothing more is written") {
            if log.writes != last {
                last = log.writes
                since = .now
            }
            return since.duration(to: .now) > .seconds(2)
        }
    }

    private func create(
        _ space: TestNamespace,
        _ name: String,
        split: [String: Int64],
        mesh: String = "default"
    ) async throws {
        let split = split.sorted { $0.key < $1.key }.map { version, weight -> JSONValue in
            ["weight": .int(weight), "destination": ["kuma.io/service": "*", "version": .string(version)]]
        }
        try await space.create(
            TrafficRoute.resource,
            name,
            [
                "mesh": .string(mesh),
                "spec": [
                    "sources": [["match": ["kuma.io/service": "*"]]],
                    "destinations": [["match": ["kuma.io/service": "web_shop_svc_80"]]],
                    "conf": ["split": .array(split)],
                ],
            ]
        )
    }

    private func createMesh(_ space: TestNamespace, _ name: String, _ spec: JSONValue = [:]) async throws {
        try await space.create(Mesh.resource, name, ["spec": spec])
    }
}
